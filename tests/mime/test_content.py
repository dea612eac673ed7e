"""Content-* fields."""

import pytest

from simulator.mime.content import MAX_PARAMS, content, parameters
from simulator.mime.headers import fields
from simulator.mime.part import PLAIN_TEXT, Content, Params
from tests.mime.samples import crlf


def read(text: str) -> Content:
    return content(list(fields(crlf(text))), PLAIN_TEXT)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"text/plain", ()),
        (b'x; Charset="utf-8"; format=flowed', ((b"charset", b"utf-8"), (b"format", b"flowed"))),
        (b'x; a="q\\"uo;te\\\\d"; b = 2 ;c=', ((b"a", b'q"uo;te\\d'), (b"b", b"2"), (b"c", b""))),
        (b"x; name=my file.pdf; b=1", ((b"name", b"my file.pdf"), (b"b", b"1"))),
        (b"x; (comment; a=1) a=2 (more)", ((b"a", b"2"),)),
        (b'x; a="never closed', ((b"a", b"never closed"),)),
        (b"x; novalue; a=1", ((b"a", b"1"),)),
        (b"x; f*0=ab; f*1=cd; g=1", ((b"f", b"abcd"), (b"g", b"1"))),
        (b"x; f*1=cd; f*0=ab; f*3=lost", ((b"f", b"abcd"),)),
        (b"x; f*=utf-8'fr'pr%C3%AAte", ((b"f*", b"utf-8'fr'pr%C3%AAte"),)),
        (b"x; f*0*=utf-8''a%20; f*1=\"b c\"; f*2*=%C3%AA", ((b"f*", b"utf-8''a%20b%20c%C3%AA"),)),
        (b'x; f*0="a%"; f*1*=%20', ((b"f*", b"''a%25%20"),)),
        (b"x; f*1=orphan", ((b"f", b""),)),
    ],
)
def test_parameters_are_joined_and_unquoted(value: bytes, expected: Params) -> None:
    assert parameters(value) == expected


def test_parameters_have_a_cap() -> None:
    assert len(parameters(b"x" + b"; a=1" * 5_000)) == MAX_PARAMS


def test_types_and_encodings_are_lower_case_without_comments() -> None:
    found = read("Content-Type: (c) TEXT (c) / HTML (c); charset=X\nContent-Transfer-Encoding: (c) BASE64 (c)\n\n")
    assert (found.type, found.subtype, found.params, found.encoding) == (
        b"text",
        b"html",
        ((b"charset", b"X"),),
        b"base64",
    )


def test_a_part_without_content_fields_is_the_default() -> None:
    assert read("Subject: x\n\n") is PLAIN_TEXT


def test_empty_fields_count_as_absent_where_they_must_say_something() -> None:
    found = read("Content-Disposition: ;filename=x\nContent-Transfer-Encoding:\nContent-Language: ,\n\n")
    assert (found.disposition, found.encoding, found.language) == (None, b"7bit", ())
