"""Binary parts become base64, and nothing else changes."""

from simulator.mime.index import parse
from simulator.mime.section import decoded
from simulator.mime.textual import textual

MIXED = (b"Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: binary\r\n\r\n--b\r\n"
         b"Content-Transfer-Encoding: 8bit\r\n\r\n\xe9\r\n--b\r\nContent-Type: image/png\r\n"
         b"Content-Transfer-Encoding:\r\n binary\r\nX: y\r\n\r\n\0\1\n\2\r\n--b--\r\n")


def test_a_binary_part_is_the_same_when_it_is_decoded() -> None:
    made = textual(MIXED)
    assert made is not None
    assert made.startswith(MIXED[:MIXED.index(b"Content-Transfer-Encoding:\r\n")])
    assert made.endswith(b"Content-Transfer-Encoding: base64\r\nX: y\r\n\r\nAAEKAg==\r\n--b--\r\n")
    assert decoded(parse(made), made, (2,)) == b"\0\1\n\2"


def test_a_message_of_one_part() -> None:
    assert textual(b"Content-Transfer-Encoding: binary\r\n\r\n\0") == (
        b"Content-Transfer-Encoding: base64\r\n\r\nAA==\r\n")


def test_nul_elsewhere_cannot_be_told() -> None:
    assert textual(b"Subject: \0\r\n\r\nx") is None
    assert textual(b"Content-Transfer-Encoding: 8bit\r\n\r\n\0") is None


def test_a_message_without_nul_stays_as_it_is() -> None:
    plain = MIXED.replace(b"\0", b"x")
    assert textual(plain) == plain
