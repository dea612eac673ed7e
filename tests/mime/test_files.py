"""The files of a message: found, named in every spelling, decoded."""

from __future__ import annotations

import pytest

from simulator.mime.files import is_attached, leaves, part_name, part_octets
from simulator.mime.part import Part
from simulator.mime.tree import parse_tree


def only(*header: str, text: str = "x") -> tuple[Part, bytes]:
    """The one part of a message with these header lines, and its bytes."""
    body = "\r\n".join([*header, "", text]).encode()
    (part,) = leaves(parse_tree(body))
    return part, body


@pytest.mark.parametrize(("header", "name"), [
    ('Content-Disposition: attachment; filename="IHE_XDM.zip"', "IHE_XDM.zip"),
    ("Content-Type: application/zip; name=IHE_XDM.zip", "IHE_XDM.zip"),
    ("Content-Disposition: attachment; filename*=UTF-8''%C3%A9t%C3%A9.pdf", "été.pdf"),
    ("Content-Type: application/pdf; name=\"=?UTF-8?Q?=C3=A9t=C3=A9.pdf?=\"", "été.pdf"),
    ("Content-Type: text/plain", ""),
])
def test_a_name_is_read_in_every_spelling(header: str, name: str) -> None:
    assert part_name(only(header)[0]) == name


@pytest.mark.parametrize(("header", "attached"), [
    ("Content-Type: text/plain", False), ("Content-Type: text/html", False), ("Content-Type: image/png", True),
    ("Content-Type: text/plain; name=notes.txt", True), ("Content-Disposition: attachment", True),
    ("Content-Type: message/rfc822", True),
])
def test_what_is_no_text_to_be_read_is_attached(header: str, attached: bool) -> None:
    assert is_attached(only(header)[0]) is attached


def test_transfer_encoding_is_undone_where_it_can_be() -> None:
    part, body = only("Content-Type: application/pdf", "Content-Transfer-Encoding: base64", text="JVBERg==")
    assert part_octets(part, body) == b"%PDF"
    part, body = only("Content-Type: application/pdf", "Content-Transfer-Encoding: x-unknown", text="plain")
    assert part_octets(part, body) == b"plain"
