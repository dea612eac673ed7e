"""Encoded words and charsets."""

import pytest

from simulator.mime import words
from simulator.mime.words import decode, decode_words, is_known


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"plain", "plain"),
        (b"=?utf-8?q?R=C3=A9sultat_1?=", "Résultat 1"),
        (b"=?UTF-8?B?UsOpc3VsdGF0?= 2", "Résultat 2"),
        (b"a =?iso-8859-1?q?=E9?= b", "a é b"),
        (b"=?utf-8?q?a?=  =?utf-8?q?b?=", "ab"),
        (b"=?utf-8?b?w6k=?= =?iso-8859-1?q?=E9?=", "éé"),
        (b"=?utf-8?q?=C3?= =?utf-8?q?=A9?=", "é"),
        (b"=?utf-8*fr?q?=C3=A9?=", "é"),
        (b"=?utf-8?x?y?=", "=?utf-8?x?y?="),
        (b"=?utf-8?b?@@@?= end", " end"),
        (b"=?zlib_codec?b?eJwDAAAAAAE=?=", "x\ufffd\x03\x00\x00\x00\x00\x01"),
        ("raw é".encode(), "raw é"),
        (b"raw \xe9", "raw é"),
    ],
)
def test_header_values_read_as_a_person_does(value: bytes, expected: str) -> None:
    assert decode_words(value) == expected


@pytest.mark.parametrize("charset", sorted(words._CODECS))
def test_every_charset_on_the_list_is_text_to_python(charset: str) -> None:
    assert isinstance(decode(bytes(range(256)), charset), str)
    assert "a" in decode("a".encode(words._CODECS[charset]), charset)


@pytest.mark.parametrize("charset", ["zlib_codec", "idna", "utf-7", "rot13", "base64", "punycode", "nonsense", "\0"])
def test_other_names_are_read_as_ascii(charset: str) -> None:
    assert decode(b"a+AOk-\xe9", charset) == "a+AOk-\ufffd"
    assert not is_known(charset)


def test_names_of_charsets_have_no_case() -> None:
    assert is_known(b"UTF-8")
    assert decode(b"\xa4", " ISO-8859-15 ") == "€"
