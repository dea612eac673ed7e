"""Any bytes: never an exception, never more work than the length of the message warrants."""

import random
import sys
from collections.abc import Callable

import pytest

from simulator.mime.addresses import addresses
from simulator.mime.content import parameters
from simulator.mime.dates import sent
from simulator.mime.headers import unfold, without_comments
from simulator.mime.index import from_bytes, parse, to_bytes
from simulator.mime.part import MAX_DEPTH, MAX_PARTS, Part
from simulator.mime.section import decoded, section
from simulator.mime.sortkeys import sortable
from simulator.mime.subject import base_subject
from simulator.mime.text import contains, searchable_fields, searchable_text
from simulator.mime.transfer import undo
from simulator.mime.words import decode_words
from tests.mime.samples import NESTED, PLAIN, crlf

FRAGMENTS = (
    *(
        b"\r\n",
        b"\n",
        b"\r",
        b"\r\n\r\n",
        b"--",
        b"--out",
        b"--out--",
        b"--in",
        b"\r\n--in\r\n",
        b"\r\n--dig\r\n",
        b"\0",
    ),
    *(b'"', b"(", b")", b"<", b">", b"@", b",", b";", b":", b"\\", b"=?utf-8?q?", b"?=", b"=", b"\xff", b"*0*=", b" "),
    *(
        b"Content-Type: multipart/mixed; boundary=out\r\n",
        b"Content-Type: message/rfc822\r\n\r\n",
        b"From: ",
        b"{5}\r\n",
    ),
)


def mutated(chance: random.Random) -> bytes:
    """A known message with a few cuts, doublings and strange pieces."""
    message = bytearray(chance.choice((NESTED, NESTED, PLAIN, b"")))
    for _ in range(chance.randint(1, 12)):
        start = chance.randint(0, len(message))
        end = min(len(message), start + chance.choice((0, 0, 1, 5, 80)))
        piece = chance.choice(FRAGMENTS) if chance.random() < 0.8 else bytes(message[start : start + 300])
        message[start:end] = piece
    return bytes(message)


def is_balanced(text: bytes) -> bool:
    """True when the parentheses outside strings and literals match, as a client's parser needs."""
    depth, at = 0, 0
    while at < len(text):
        octet = text[at : at + 1]
        if octet == b'"':
            at += 1
            while text[at : at + 1] != b'"':
                at += 2 if text[at : at + 1] == b"\\" else 1
        elif octet == b"{":
            digits = text[at + 1 : text.index(b"}\r\n", at)]
            at += len(digits) + 3 + int(digits)
        depth += (octet == b"(") - (octet == b")")
        at += 1
    return depth == 0


def check_nesting(part: Part, level: int = 1) -> None:
    assert part.start <= part.body <= part.end
    assert level <= MAX_DEPTH + 1
    edge = part.body
    for child in part.children:
        assert edge <= child.start
        assert child.end <= part.end
        edge = child.end
        check_nesting(child, level + 1)


def test_mutated_messages_are_indexed_and_read_in_every_way() -> None:
    chance = random.Random(2045)
    for _ in range(1_500):
        message = mutated(chance)
        index = parse(message)
        check_nesting(index.root)
        assert is_balanced(index.envelope) and is_balanced(index.body) and is_balanced(index.bodystructure)
        assert to_bytes(from_bytes(to_bytes(index)) or index) == to_bytes(index)
        header, text = section(index, message, (), "HEADER"), section(index, message, (), "TEXT")
        assert header is not None and text is not None and header + text == message
        for parts in ((1,), (2,), (1, 1), (2, 1), (2, 2), (3, 1), (3, 1, 1)):
            body, mime = section(index, message, parts, None), section(index, message, parts, "MIME")
            assert (body is None) == (mime is None) == (decoded(index, message, parts) is None)
            assert mime is None or body is None or mime + body in message
            section(index, message, parts, "HEADER.FIELDS", (b"From",))
        contains(searchable_text(index, message), "nowhere to be found")
        list(searchable_fields(message, b"from"))
        sortable(1, 0.0, 0, header)


LONG = 200 * 1024
REPEATED = (
    b"(",
    b")",
    b"(a",
    b'"',
    b'\\"',
    b"<",
    b"<a@",
    b"@",
    b",",
    b";",
    b":",
    b"a:;",
    b"[",
    b"]",
    b" ",
    b"\t\n",
    b"\n ",
    b"\\",
)
STRANGE = (
    b"=?",
    b"=?u?q?",
    b"=?utf-8?q?a?= ",
    b"; a=",
    b"; a*0=",
    b'; a="',
    b";a",
    b"=\n",
    b" \t",
    b"a ",
    b"a. ",
    b"1 Jan ",
    b"1",
)


@pytest.mark.parametrize("piece", REPEATED + STRANGE)
def test_long_repetitions_are_read_as_any_value(piece: bytes) -> None:
    """A reader that goes back over what it read, or recurses, never comes to the end of these."""
    value = piece * (LONG // len(piece))
    for read in (addresses, parameters, without_comments, unfold, decode_words, sent, base_subject):
        read(value)
    for encoding in (b"base64", b"quoted-printable"):
        undo(value, encoding)
    message = b"From: " + value + b"\r\nSubject: " + value + b"\r\nContent-Type: text/" + value + b"\r\n\r\n" + value
    index = parse(message)
    contains(searchable_text(index, message), "nowhere to be found")


def steps(action: Callable[[], object]) -> int:
    """How many calls, of Python and of C, the action makes."""
    count = 0

    def note(_frame: object, event: str, _arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        action()
    finally:
        sys.setprofile(before)
    return count


NESTING = "Content-Type: multipart/mixed; boundary=b{0}\n\n--b{0}\n"
GROWING: tuple[Callable[[int], bytes], ...] = (
    lambda n: crlf("Content-Type: multipart/mixed; boundary=a\n\n" + "--a\n\nx\n" * n),
    lambda n: crlf("Content-Type: multipart/mixed; boundary=a\n\n" + "--a\nno empty line\n" * n),
    lambda n: crlf(
        "Content-Type: multipart/mixed; boundary=a\n\n" + "--a\nContent-Type: multipart/mixed; boundary=b\n\n" * n
    ),
    lambda n: crlf("".join(NESTING.format(level) for level in range(MAX_DEPTH)) + "--x\n" * n),
    lambda n: crlf("Content-Type: message/rfc822\n\n" * n),
    lambda n: crlf("X: y\n" * n),
    lambda n: crlf("To: " + "a b <c@d>, " * n),
)


@pytest.mark.parametrize("grow", GROWING)
def test_the_work_grows_no_faster_than_the_message(grow: Callable[[int], bytes]) -> None:
    small, large = grow(3_000), grow(12_000)
    assert steps(lambda: parse(large)) < 4.5 * steps(lambda: parse(small))
    assert sum(1 for _ in parse(large).root.walk()) <= 2 * MAX_PARTS
