"""BODY[...] and BINARY[...] are slices of the message, octet for octet."""

import pytest

from simulator.mime.index import parse
from simulator.mime.section import UnknownEncoding, What, decoded, partial, section
from tests.mime.samples import NESTED, PLAIN, crlf

INDEX = parse(NESTED)


@pytest.mark.parametrize(
    ("parts", "what", "expected"),
    [
        ((1, 1), None, b"Ordonnance pr=C3=AAte"),
        ((1, 2), "MIME", b"Content-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: base64\r\n\r\n"),
        ((2,), "MIME", b"Content-Type: message/rfc822\r\nContent-Description: the letter\r\n\r\n"),
        (
            (2,),
            "HEADER",
            b"From: paul@medecin.example\r\nSubject: inside\r\nContent-Type: multipart/mixed; boundary=in\r\n\r\n",
        ),
        ((2, 1), None, b"inner text"),
        ((2, 1), "MIME", b"\r\n"),
        ((2, 2), None, b"JVBERg=="),
        ((3, 1), None, b"From: one@digest.example\r\n\r\ndigest one"),
        ((3, 1), "TEXT", b"digest one"),
        ((3, 1, 1), None, b"digest one"),
        ((3, 2), None, b"not a message"),
    ],
)
def test_a_section_number_finds_its_part(parts: tuple[int, ...], what: What | None, expected: bytes) -> None:
    assert section(INDEX, NESTED, parts, what) == expected


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        ((), "MIME"),
        ((0,), None),
        ((4,), None),
        ((1, 1, 1), None),
        ((1,), "HEADER"),
        ((1, 1), "TEXT"),
        ((2, 3), None),
        ((3, 1, 2), None),
        ((3, 1, 1, 1), None),
        ((-1,), None),
    ],
)
def test_what_is_not_there_is_nil(parts: tuple[int, ...], what: What | None) -> None:
    assert section(INDEX, NESTED, parts, what) is None


def test_header_and_text_together_are_the_message() -> None:
    for message in (PLAIN, NESTED):
        index = parse(message)
        assert section(index, message, (), None) is message
        assert (section(index, message, (), "HEADER") or b"") + (section(index, message, (), "TEXT") or b"") == message


def test_mime_header_and_body_together_are_the_part() -> None:
    for number, part in enumerate(INDEX.root.children, 1):
        header, body = (section(INDEX, NESTED, (number,), what) for what in ("MIME", None))
        assert header is not None and body is not None
        assert header + body == NESTED[part.start : part.end]


def test_part_one_of_a_message_that_is_no_multipart_is_its_text() -> None:
    index = parse(PLAIN)
    assert section(index, PLAIN, (1,), None) == section(index, PLAIN, (), "TEXT") == b"first line\r\nsecond line\r\n"
    assert section(index, PLAIN, (1,), "MIME") == section(index, PLAIN, (), "HEADER")
    assert section(index, PLAIN, (1, 1), None) is None
    assert section(index, PLAIN, (2,), None) is None


def test_a_message_that_is_wholly_another_message_counts_both() -> None:
    message = crlf("Content-Type: message/rfc822\n\nSubject: in\n\ntext\n")
    index = parse(message)
    assert section(index, message, (1,), "HEADER") == b"Subject: in\r\n\r\n"
    assert section(index, message, (1, 1), None) == b"text\r\n"


HEADER = crlf("Received: one;\n\tfolded\nsUBJECT: Case kept\nX-Empty:\nno field at all\nReceived: two\n\nbody\n")


@pytest.mark.parametrize(
    ("what", "fields", "expected"),
    [
        ("HEADER.FIELDS", (b"subject",), b"sUBJECT: Case kept\r\n\r\n"),
        ("HEADER.FIELDS", (b"RECEIVED", b"received"), b"Received: one;\r\n\tfolded\r\nReceived: two\r\n\r\n"),
        ("HEADER.FIELDS", (b"x-empty", b"subject"), b"sUBJECT: Case kept\r\nX-Empty:\r\n\r\n"),
        ("HEADER.FIELDS", (b"to",), b"\r\n"),
        ("HEADER.FIELDS.NOT", (b"received", b"Subject"), b"X-Empty:\r\nno field at all\r\n\r\n"),
    ],
)
def test_chosen_fields_come_as_they_stand_and_end_in_an_empty_line(
    what: What, fields: tuple[bytes, ...], expected: bytes
) -> None:
    assert section(parse(HEADER), HEADER, (), what, fields) == expected


def test_a_last_field_without_line_break_gets_one() -> None:
    message = b"To: x@y"
    assert section(parse(message), message, (), "HEADER.FIELDS", (b"To",)) == b"To: x@y\r\n\r\n"


def test_a_partial_is_what_there_is() -> None:
    assert [partial(b"0123456789", *span) for span in ((0, 5), (8, 5), (10, 1), (99, 1))] == [b"01234", b"89", b"", b""]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((), NESTED),
        ((1, 1), "Ordonnance prête".encode()),
        ((1, 2), "<p>prête</p>".encode("latin-1")),
        ((2, 2), b"%PDF"),
        ((3, 1), b"From: one@digest.example\r\n\r\ndigest one"),
        ((9,), None),
    ],
)
def test_binary_undoes_the_transfer_encoding(parts: tuple[int, ...], expected: bytes | None) -> None:
    assert decoded(INDEX, NESTED, parts) == expected


def test_an_encoding_nobody_knows_is_named() -> None:
    message = b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin"
    assert decoded(parse(message), message, (1,)) == UnknownEncoding(b"x-uuencode")
