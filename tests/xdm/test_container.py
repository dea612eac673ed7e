"""A ZIP file made to harm is bounded and told, and what is harmless in it is still read (P12)."""

from __future__ import annotations

import struct
import zipfile
from io import BytesIO

import pytest

from simulator.xdm import container
from simulator.xdm.container import Contents, unpack
from simulator.xdm.reader import open_archive
from tests.xdm.samples import archive, zipped

MIB = 1 << 20


def names(contents: Contents) -> list[str]:
    return [problem.name for problem in contents.problems]


def test_ordinary_entries_are_read() -> None:
    found = unpack(zipped({"a.txt": b"one", "folder/b.txt": b"two"}))
    assert found.files == {"a.txt": b"one", "folder/b.txt": b"two"}
    assert found.problems == []


@pytest.mark.parametrize("name", [
    "../up.xml", "a/../../up.xml", "/etc/passwd", "C:/x.xml", "c:x.xml", "..\\up.xml", "a\\b.xml", "\\\\host\\x",
    "a\x07b", "x" * 300, "..",
])
def test_names_that_lead_elsewhere_are_left_out(name: str) -> None:
    found = unpack(zipped({name: b"evil", "good.txt": b"good"}))
    assert found.files == {"good.txt": b"good"}
    assert names(found) == ["unsafe-name"]
    assert found.problems[0].place.isprintable()


def test_a_symbolic_link_is_left_out() -> None:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        link = zipfile.ZipInfo("link.xml")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        opened.writestr(link, "/etc/passwd")
    found = unpack(made.getvalue())
    assert found.files == {}
    assert names(found) == ["unsafe-name"]


def test_of_two_entries_with_one_name_the_first_counts() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        made = zipped([("A.XML", b"first"), ("A.XML", b"second"), ("a.xml", b"third")])
    found = unpack(made)
    assert found.files == {"A.XML": b"first"}
    assert names(found) == ["duplicate-entry", "duplicate-entry"]


def test_a_bomb_is_not_unpacked() -> None:
    found = unpack(zipped({"bomb.xml": b"\0" * (20 * MIB), "good.txt": b"good"}))
    assert found.files == {"good.txt": b"good"}
    assert names(found) == ["steep-ratio"]


def test_a_bomb_that_lies_about_its_size_is_not_unpacked() -> None:
    made = bytearray(zipped({"bomb.xml": b"\0" * (20 * MIB)}))
    directory = made.index(b"PK\x01\x02")
    struct.pack_into("<L", made, directory + 24, 10)
    found = unpack(bytes(made))
    assert found.files.get("bomb.xml", b"") == b"" or len(found.files["bomb.xml"]) <= 10
    assert found.problems


def test_all_entries_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MOST_OCTETS", 3 * MIB)
    found = unpack(zipped({f"{n}.bin": bytes(MIB) for n in range(5)}, zipfile.ZIP_STORED))
    assert len(found.files) == 3
    assert names(found) == ["too-large", "too-large"]


def test_the_bounds_are_those_promised() -> None:
    assert (container.MOST_OCTETS, container.MOST_ENTRIES, container.STEEPEST_RATIO) == (100 * MIB, 1000, 100)


def test_too_many_entries_are_not_even_listed() -> None:
    found = unpack(zipped({f"{n}": b"" for n in range(1001)}, zipfile.ZIP_STORED))
    assert found.files == {}
    assert names(found) == ["too-many-entries"]
    assert unpack(zipped({f"{n}": b"" for n in range(1000)}, zipfile.ZIP_STORED)).problems == []


def test_entries_that_overlap_cost_no_more_than_the_bound() -> None:
    """Many directory entries for one packed stream: small file, large sum."""
    once = zipped({"a": b"0123456789" * 10_000})
    directory = once.index(b"PK\x01\x02")
    end = once.index(b"PK\x05\x06")
    entry = once[directory:end]
    many = b"".join(entry.replace(b"a", b"%c" % (97 + n)) for n in range(26))
    tail = bytearray(once[end:])
    struct.pack_into("<HHL", tail, 8, 26, 26, len(many))
    found = unpack(once[:directory] + many + bytes(tail))
    assert sum(map(len, found.files.values())) <= container.MOST_OCTETS
    assert found.problems  # local and directory names differ


def test_an_encrypted_entry_is_told() -> None:
    made = bytearray(zipped({"a.xml": b"secret"}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        made[made.index(mark) + place] |= 1
    assert names(unpack(bytes(made))) == ["encrypted"]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_uncommon_compression_is_not_tried(method: int) -> None:
    assert names(unpack(zipped({"a.xml": b"text" * 100}, method))) == ["unknown-compression"]


def test_an_archive_inside_is_kept_closed() -> None:
    inner = zipped({"x": b"y"})
    found = unpack(zipped({"inner.zip": inner}))
    assert found.files == {"inner.zip": inner}
    assert names(found) == ["nested-archive"]
    assert not found.problems[0].is_error


def test_damaged_data_is_told_and_the_rest_is_read() -> None:
    made = bytearray(zipped({"a.txt": b"aaaaaaaaaa", "b.txt": b"good"}, zipfile.ZIP_STORED))
    made[made.index(b"aaaaaaaaaa")] = ord("b")
    found = unpack(bytes(made))
    assert found.files == {"b.txt": b"good"}
    assert names(found) == ["damaged-entry"]


@pytest.mark.parametrize("octets", [b"", b"PK", b"hello", b"PK\x05\x06", b"PK\x05\x06" + bytes(18), b"\0" * 100])
def test_what_is_no_archive_is_told(octets: bytes) -> None:
    opened = open_archive(octets)
    assert opened.documents == ()
    assert [problem.name for problem in opened.problems] in (["not-a-zip"], ["empty-archive"])


def test_zip64_is_refused() -> None:
    made = bytearray(zipped({"a": b"b"}))
    struct.pack_into("<L", made, made.index(b"PK\x05\x06") + 12, 0xFFFFFFFF)
    assert names(unpack(bytes(made))) == ["too-large"]


def test_an_archive_cut_off_anywhere_is_told() -> None:
    whole = archive()
    for length in range(0, len(whole), 97):
        opened = open_archive(whole[:length])
        assert opened.problems and not opened.is_sound
