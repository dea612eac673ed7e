"""Decoded text for SEARCH."""

import pytest

from simulator.mime.index import parse
from simulator.mime.text import contains, searchable_body, searchable_fields, searchable_header, searchable_text
from tests.mime.samples import NESTED, crlf

INDEX = parse(NESTED)


@pytest.mark.parametrize(
    "needle", ["ordonnance PRÊTE", "<P>prête", "INNER text", "subject: inside", "the letter", "digest one"]
)
def test_the_body_is_searched_decoded_and_in_nested_headers(needle: str) -> None:
    assert contains(searchable_body(INDEX, NESTED), needle)


@pytest.mark.parametrize("needle", ["%PDF", "JVBER", "isabelle@pharmacie", "=C3=AA", "nowhere"])
def test_attachments_and_the_own_header_are_not_in_the_body(needle: str) -> None:
    assert not contains(searchable_body(INDEX, NESTED), needle)


def test_text_is_the_header_and_the_body() -> None:
    assert contains(searchable_text(INDEX, NESTED), "from: ISABELLE")
    assert contains(searchable_text(INDEX, NESTED), "inner text")


def test_fields_are_found_by_name_and_by_written_address() -> None:
    message = crlf("From: <user (c)@ (c) x.example>\nFROM: =?utf-8?q?Zo=C3=AB?= <z@x>\nTo: friends: a@b;\nX-A: 1\n\n")
    assert contains(searchable_fields(message, b"from"), "USER@X.EXAMPLE")
    assert contains(searchable_fields(message, b"From"), "zoë <z@x>")
    assert contains(searchable_fields(message, b"to"), "friends")
    assert contains(searchable_fields(message, b"x-a"), "")
    assert not contains(searchable_fields(message, b"x-b"), "")


@pytest.mark.parametrize(
    ("header", "body", "expected"),
    [
        ("", "é".encode(), "é"),
        ("Content-Type: text/plain; charset=us-ascii\n", b"\xe9", "é"),
        ("Content-Type: text/plain; charset=koi8-r\n", "привет".encode("koi8-r"), "привет"),
        ("Content-Type: text/plain; charset=bz2\n", b"abc\xff", "abc\ufffd"),
        ("Content-Transfer-Encoding: x-odd\n", b"abc", "abc"),
        ("Content-Transfer-Encoding: base64\n", b"YWJ", "ab"),
        ("Content-Transfer-Encoding: quoted-printable\n", b"a=3Db=\r\nc", "a=bc"),
    ],
)
def test_text_parts_are_decoded_as_well_as_can_be(header: str, body: bytes, expected: str) -> None:
    message = crlf(header + "\n") + body
    assert list(searchable_body(parse(message), message)) == [expected]


def test_header_values_are_unfolded_first() -> None:
    assert searchable_header(b"=?utf-8?q?a?=\r\n =?utf-8?q?b?=") == "ab"
