"""The pieces that need no sockets: names, patterns, sets, the reader, the sieve."""

from __future__ import annotations

import random
from fnmatch import fnmatchcase

import pytest

from simulator.imap.formatter import astring, number_set, plain, string
from simulator.imap.matching import Pattern
from simulator.imap.names import NotAName, decode_name, encode_name
from simulator.imap.numbers import parse_set, within
from simulator.imap.reader import Command, Invitation, Reader, Refusal
from simulator.imap.search.sieve import Sieve, plain_header
from simulator.imap.settings import ImapSettings
from simulator.mime.index import parse
from simulator.mime.text import contains, searchable_fields, searchable_text


@pytest.mark.parametrize("name, wire", [
    ("INBOX", b"INBOX"), ("A & B", b"A &- B"), ("Reçus/é", b"Re&AOc-us/&AOk-"), ("台北", b"&U,BTFw-"), ("\U0001f600",
    b"&2D3eAA-"),
])
def test_names_travel_in_modified_utf_7(name: str, wire: bytes) -> None:
    assert encode_name(name) == wire
    assert decode_name(wire) == name


@pytest.mark.parametrize("wire", [b"&", b"&AOk", b"&AGE-", b"&AO-", b"&!!-", b"a\x80", b"&AOk-&AOk-", b"&2D0-", b"\t"])
def test_names_with_two_spellings_or_none_are_refused(wire: bytes) -> None:
    with pytest.raises(NotAName):
        decode_name(wire)


@pytest.mark.parametrize("pattern, name, fits", [
    ("*", "a/b", True), ("%", "a/b", False), ("a/%", "a/b", True), ("%/%", "a/b", True), ("a%b", "a/b", False),
    ("a*b", "a/b", True),
    ("inbox", "INBOX", True), ("InB*", "INBOX", True), ("inbox/x", "INBOX/x", True), ("inbox", "inbox2", False),
    ("", "", True), ("", "a", False), ("a", "A", False), ("%*", "a/b", True), ("*%", "a/b", True), ("%a%", "bab", True),
    ("[a]", "[a]", True), ("a.b", "axb", False),
])
def test_patterns(pattern: str, name: str, fits: bool) -> None:
    assert Pattern(pattern).matches(name) is fits


def test_patterns_agree_with_a_slower_matcher() -> None:
    chance = random.Random(1)
    for _ in range(3_000):
        pattern = "".join(chance.choice("ab*") for _ in range(chance.randint(0, 8)))
        name = "".join(chance.choice("ab") for _ in range(chance.randint(0, 8)))
        assert Pattern(pattern).matches(name) == fnmatchcase(name, pattern), (pattern, name)


def test_sets_are_read_merged_and_written() -> None:
    found = parse_set(b"7,3:1,2:4,*", 10)
    assert found is not None
    ranges = found.resolved(9)
    assert ranges == [(1, 4), (7, 7), (9, 9)]
    assert [n for n in range(12) if within(ranges, n)] == [1, 2, 3, 4, 7, 9]
    assert number_set([1, 2, 3, 5, 7, 8]) == b"1:3,5,7:8"
    for wrong in (b"", b"0", b"1,", b"1:2:3", b"a", b"4294967296", b"**", b"1,2,3,4"):
        assert parse_set(wrong, 3) is None


def test_strings_choose_their_form() -> None:
    assert astring(b"INBOX") == b"INBOX"
    assert astring(b"nil") == b'"nil"'
    assert astring(b"") == b'""'
    assert string(b'a"b\\') == b'"a\\"b\\\\"'
    assert string(b"a\r\n") == b"{3}\r\na\r\n"
    assert string("é".encode()) == b"{2}\r\n\xc3\xa9"
    assert plain("é\r\nx") == b"???x"


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_the_reader_does_not_mind_how_the_stream_is_cut(step: int) -> None:
    stream = b"a LOGIN {3+}\r\nx y {0}\r\n\r\nb NOOP\r\n{3}\r\nc X ~{1+}\r\nzd NOOP\r\n"
    reader = Reader(ImapSettings())
    reader.non_synchronizing = True
    found: list[object] = []
    for at in range(0, len(stream), step):
        reader.feed(stream[at:at + step])
        while (read := reader.command()) is not None:
            found.append(read)
    first, *rest = [f for f in found if isinstance(f, Command)]
    assert (first.name, sorted(first.literals.values())) == ("LOGIN", [b"", b"x y"])
    assert [command.tag for command in rest] == [b"b"]
    assert sum(isinstance(f, Invitation) for f in found) == 1
    assert sum(isinstance(f, Refusal) for f in found) == 2


LETTERS = [
    b"Subject: plain Words\r\nFrom: \"Pa\\ul\" <p@x.fr>\r\n\r\nBody text\r\n",
    b"Subject: =?utf-8?b?w6l0w6k=?=\r\n\r\nx\r\n",
    b"Subject: folded\r\n words\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\naGVsbG8gd29ybGQ=\r\n",
    b"Subject: \xc3\xa9t\xc3\xa9\r\n\r\n\xc3\x89T\xc3\x89\r\n",
    b"no header at all", b"",
]


@pytest.mark.parametrize("needle", ["words", "plain words", "paul", "PAUL", "été", "hello", "hello world",
"folded words", "p@x.fr",
                                    "nothing", "", " ", "<p@x.fr>", "x"])
def test_the_sieve_never_drops_what_is_there(needle: str) -> None:
    sieve = Sieve(needle)
    for letter in LETTERS:
        index = parse(letter)
        if contains(searchable_text(index, letter), needle):
            assert sieve.text(letter), (needle, letter)
        for name in (b"subject", b"from"):
            if contains(searchable_fields(letter, name), needle):
                header = plain_header(letter)
                assert header is None or sieve.may_hold(header), (needle, letter)
