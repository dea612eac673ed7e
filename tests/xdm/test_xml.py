"""XML without document type, entities or network, and within bounds (P12)."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.xdm import xml
from simulator.xdm.reader import open_archive
from simulator.xdm.xml import NotTaken, parse
from tests.xdm.samples import LEVEL_1, archive, changed

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol">%b]><l>&i;</l>""" % b"".join(
    b'<!ENTITY %c "%b">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(8))


def refusal(octets: bytes) -> NotTaken:
    with pytest.raises(NotTaken) as caught:
        parse(octets)
    return caught.value


def test_plain_xml_is_taken() -> None:
    assert parse(b"<a><!-- no --><?pi no?><b/></a>").tag == "a"


@pytest.mark.parametrize("octets", [
    LAUGHS,
    b"<!DOCTYPE a><a/>",
    b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>',
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    b'<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><a/>',
    '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16"),
    b"\xef\xbb\xbf<!DOCTYPE a><a/>",
    b"<!-- x --><?pi?><!DOCTYPE a [<!ATTLIST a b CDATA 'c'>]><a/>",
])
def test_a_document_type_is_refused(octets: bytes) -> None:
    assert refusal(octets).name == "xml-document-type"


def test_an_external_entity_never_shows_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    entity = f'<!DOCTYPE ClinicalDocument [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'.encode()
    first = LEVEL_1.replace(b"<ClinicalDocument", entity + b"<ClinicalDocument").replace(b"Compte rendu", b"&x;")
    opened = open_archive(changed(archive(), first=first))
    assert "xml-document-type" in [problem.name for problem in opened.problems]
    assert opened.documents[0].cda is None
    assert "SECRET" not in repr(opened)


@pytest.mark.parametrize("octets", [
    b"", b"<a>", b"text", b"<a>&unknown;</a>", b"\xff\xfe\xfd", b"<a>\x00</a>", b"<a b='1' b='2'/>", b"<a:b/>",
    b'<?xml version="1.0" encoding="nonsense"?><a/>',
])
def test_what_is_not_well_formed_is_told(octets: bytes) -> None:
    problem = refusal(octets)
    assert problem.name == "not-xml"
    assert problem.what.isascii()


def test_depth_is_bounded() -> None:
    assert refusal(b"<a>" * 100_000 + b"</a>" * 100_000).name == "not-xml"


def test_a_flood_of_elements_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "MOST_ELEMENTS", 1000)
    assert refusal(b"<a>" + b"<b/>" * 3000 + b"</a>").name == "xml-too-large"


def test_a_long_name_or_attribute_is_no_trouble() -> None:
    assert parse(b"<a b='" + b"x" * 1_000_000 + b"'/>").get("b") == "x" * 1_000_000
