"""ENVELOPE and BODYSTRUCTURE, octet for octet."""

import pytest

from simulator.mime.index import parse
from simulator.mime.part import MAX_NESTED_HEADERS
from simulator.mime.structure import bodystructure, envelope, nstring
from tests.mime.samples import NESTED, PLAIN, crlf


def structure(text: str) -> bytes:
    return bodystructure(parse(crlf(text)), extended=True)


def test_a_message_without_mime_headers_is_plain_ascii_text() -> None:
    index = parse(PLAIN)
    assert bodystructure(index, extended=False) == b'("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 25 2)'
    assert bodystructure(index, extended=True) == (
        b'("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 25 2 NIL NIL NIL NIL)'
    )


def test_a_nested_message_shows_every_part_with_its_envelope() -> None:
    envelope_inside = (
        b'(NIL "inside" ((NIL NIL "paul" "medecin.example")) ((NIL NIL "paul" "medecin.example"))'
        b' ((NIL NIL "paul" "medecin.example")) NIL NIL NIL NIL NIL)'
    )
    digest_envelope = (
        b'(NIL NIL ((NIL NIL "one" "digest.example")) ((NIL NIL "one" "digest.example"))'
        b' ((NIL NIL "one" "digest.example")) NIL NIL NIL NIL NIL)'
    )
    assert bodystructure(parse(NESTED), extended=False) == (
        b'((("text" "plain" ("charset" "utf-8") NIL NIL "quoted-printable" 21 0)'
        b'("text" "html" ("charset" "iso-8859-1") NIL NIL "base64" 16 0) "alternative")'
        b'("message" "rfc822" NIL NIL "the letter" "7bit" 286 '
        + envelope_inside
        + b' (("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 10 0)'
        b'("application" "pdf" ("name" "a b.pdf") NIL NIL "base64" 8) "mixed") 14)'
        b'(("message" "rfc822" NIL NIL NIL "7bit" 38 '
        + digest_envelope
        + b' ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 10 0) 2)'
        b'("text" "plain" NIL NIL NIL "7bit" 13 0) "digest") "mixed")'
    )


def test_extension_data_follow_in_their_order() -> None:
    assert structure(
        "Content-Type: application/pdf\nContent-MD5: abc==\nContent-ID: <1@x>\nContent-Description: d\n"
        "Content-Disposition: ATTACHMENT; FileName=x.pdf\nContent-Language: fr, en\nContent-Location: http://x/\n\nbody"
    ) == (
        b'("application" "pdf" NIL "<1@x>" "d" "7bit" 4 "abc==" ("attachment" ("filename" "x.pdf"))'
        b' ("fr" "en") "http://x/")'
    )


def test_extension_data_of_a_multipart_begin_with_its_parameters() -> None:
    assert structure("Content-Type: multipart/mixed; boundary=a\nContent-Language: fr\n\n--a\n\n--a--\n") == (
        b'(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0 NIL NIL NIL NIL) "mixed" ("boundary" "a") NIL'
        b' ("fr") NIL)'
    )


def test_a_multipart_without_parts_shows_its_body_as_text() -> None:
    assert structure("Content-Type: multipart/mixed\n\nhello\n") == (
        b'(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 7 1 NIL NIL NIL NIL) "mixed" NIL NIL NIL NIL)'
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, b"NIL"),
        (b"", b'""'),
        (b'a "b" \\', b'"a \\"b\\" \\\\"'),
        ("é".encode(), b"{2}\r\n\xc3\xa9"),
        (b"a\rb", b"{3}\r\na\rb"),
        (b"a\0b", b"{3}\r\na?b"),
        (b"x" * 1001, b"{1001}\r\n" + b"x" * 1001),
    ],
)
def test_strings_are_quoted_unless_only_a_literal_can_carry_them(value: bytes | None, expected: bytes) -> None:
    assert nstring(value) == expected


def test_an_envelope_has_ten_places() -> None:
    header = crlf(
        "Message-ID: <m@x>\nDate: Thu, 15 Feb 2007 01:02:03 +0200\nSubject: =?utf-8?q?=C3=A9?=\n folded\n"
        "FROM : F <f@x>\nSender: S <s@x>\nReply-To: R <r@x>\nTo: T <t@x>\nCc: C <c@x>\nBcc: B <b@x>\n"
        "In-Reply-To: <i@x>\nSubject: not this one\n\n"
    )
    assert envelope(header) == (
        b'("Thu, 15 Feb 2007 01:02:03 +0200" "=?utf-8?q?=C3=A9?= folded" (("F" NIL "f" "x")) (("S" NIL "s" "x"))'
        b' (("R" NIL "r" "x")) (("T" NIL "t" "x")) (("C" NIL "c" "x")) (("B" NIL "b" "x")) "<i@x>" "<m@x>")'
    )


def test_an_absent_or_empty_sender_is_the_author() -> None:
    assert envelope(b"From: a@b\r\nSender:\r\n\r\n") == (
        b'(NIL NIL ((NIL NIL "a" "b")) ((NIL NIL "a" "b")) ((NIL NIL "a" "b")) NIL NIL NIL NIL NIL)'
    )


def test_an_empty_subject_differs_from_none() -> None:
    assert envelope(b"Subject:\r\n\r\n").startswith(b'(NIL "" NIL')
    assert envelope(b"").startswith(b"(NIL NIL NIL")


def test_address_fields_that_come_again_are_joined() -> None:
    assert b' ((NIL NIL "a" "x")(NIL NIL "b" "x")) ' in envelope(b"To: a@x\r\nTo: b@x\r\n\r\n")


def test_envelopes_of_nested_messages_are_read_up_to_a_cap() -> None:
    one = crlf("--a\n\nTo: x@y\nX: ") + b"x" * 100_000 + b"\r\n\r\n"
    message = crlf("Content-Type: multipart/digest; boundary=a\n\n") + one * 20
    assert bodystructure(parse(message), extended=False).count(b'((NIL NIL "x" "y"))') == MAX_NESTED_HEADERS // 100_000


def test_raw_eight_bit_names_go_as_literals() -> None:
    assert b"((" + b"{4}\r\nZo\xc3\xab" + b' NIL "z" "x"))' in envelope("From: Zoë <z@x>\r\n\r\n".encode())
