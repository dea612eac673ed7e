"""Header fields from bytes."""

import pytest

from simulator.mime.headers import fields, first, unfold, without_comments
from simulator.mime.part import MAX_HEADER


def test_fields_keep_their_bytes_and_stop_at_the_empty_line() -> None:
    block = b"A: 1\r\nb : 2\r\n  more\r\n\t\r\njunk\r\n: no name\r\nwith blank: 3\r\nc:\n\r\n indented body: x\r\n"
    found = list(fields(block))
    assert [field.name for field in found] == [b"a", b"b", b"", b"", b"", b"c"]
    assert b"".join(field.raw for field in found) == block[: block.index(b"\r\n indented")]
    assert [field.value for field in found] == [b"1", b"2  more", b"junk", b": no name", b"with blank: 3", b""]


def test_the_first_field_of_a_name_is_unfolded() -> None:
    assert first(b"X: 1\r\nSubject: a\r\n b\r\nSubject: c\r\n\r\n", b"subject") == b"a b"
    assert first(b"X: 1\r\n\r\nSubject: body\r\n", b"subject") is None


def test_unfolding_keeps_the_blank() -> None:
    assert unfold(b" a\r\n\tb\n  c \r\n") == b"a\tb  c"


def test_a_header_is_analysed_up_to_its_cap() -> None:
    block = b"A: " + b"x" * MAX_HEADER + b"\r\nSubject: behind\r\n\r\n"
    assert [field.name for field in fields(block)] == [b"a"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"a (b (c) \\) d) e", b"a   e"),
        (b'"(kept)" (gone)', b'"(kept)"  '),
        (b"a (never closed", b"a  "),
        (b'"never ( closed', b'"never ( closed'),
        (b"plain", b"plain"),
    ],
)
def test_comments_become_a_blank(value: bytes, expected: bytes) -> None:
    assert without_comments(value) == expected
