"""Ways to damage a dialogue: whole steps, how they travel, and the octets inside them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from fuzz.dialogues import DIALOGUES
from fuzz.steps import Dialogue, Step

Steps = list[Step]

SPICE = (
    b"\0", b"\r", b"\n", b"\r\n", b".", b"\r\n.\r\n", b"\n.\n", b"\r\n.\r", b" ", b"  ", b"\t", b"\x1b[2J", b"\x7f",
    b"\xff\xfe",
    b"\xc3\xa9", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"%s%n", b"<", b">", b"<>", b"@", b":", b",", b";", b"=",
    b"+", b"*",
    b"%", b"&", b"&-", b"&AOk", b"~", b"{", b"}", b"{-1}", b"{0}", b"{5+}\r\n", b"{99999999999999999999}",
    b"~{3}\r\n", b"(",
    b")", b'"', b"\\", b"[", b"]", b"<0.0>", b"NIL", b"1:*", b"*:4294967295", b"STARTTLS\r\n", b"DATA\r\n",
    b"BDAT 3\r\n",
    b"AUTH PLAIN ", b"RSET\r\n", b"QUIT\r\n", b"DONE\r\n", b"LOGOUT\r\n", b"GET / HTTP/1.1\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00",
    b"=?utf-8?q?", b"=?x?b?====?=", b"Content-Type: multipart/mixed; boundary=b1\r\n\r\n", b"--b1\r\n", b"--b1--\r\n",
)
NUMBERS = (b"0", b"-1", b"1", b"00000000001", b"65536", b"2147483647", b"2147483648", b"4294967295", b"4294967296",
           b"9223372036854775807", b"18446744073709551616", b"9" * 19, b"9" * 20, b"9" * 400, b"1e9", b"0x10", b"")
HUGE = (300, 1_000, 4_097, 12_289, 65_536, 70_000, 300_000, 1_200_000)
PIECES = (b"A", b"(", b"a ", b"1,", b"*%", b"x\r\n", b".\r\n", b"\r\n ", b"NOT ", b"=?u?q?a?= ", b"\xff")
_NUMBER = re.compile(rb"\d+")
_LITERAL = re.compile(rb"~?\{\d+\+?\}")
_TOKEN = re.compile(rb"[^\s()<>{}\"\[\]:,;=]+|[\s()<>{}\"\[\]:,;=]")


# -- octets
def flipped(chance: random.Random, data: bytes) -> bytes:
    """Some bits changed."""
    octets = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        octets[chance.randrange(len(octets))] ^= 1 << chance.randrange(8)
    return bytes(octets)


def inserted(chance: random.Random, data: bytes) -> bytes:
    """Something put in."""
    at = chance.randrange(len(data) + 1)
    return data[:at] + (chance.choice(SPICE) if chance.random() < 0.8 else chance.randbytes(9)) + data[at:]


def deleted(chance: random.Random, data: bytes) -> bytes:
    """Something taken out."""
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.randint(1, 12):]


def tokens_swapped(chance: random.Random, data: bytes) -> bytes:
    """Two words change places, or one is said twice, or not at all."""
    tokens = _TOKEN.findall(data)
    first, second = chance.randrange(len(tokens)), chance.randrange(len(tokens))
    match chance.randrange(3):
        case 0:
            tokens[first], tokens[second] = tokens[second], tokens[first]
        case 1:
            tokens[first:first] = [tokens[second]] * chance.choice((1, 2, 300))
        case _:
            tokens[first] = b""
    return b"".join(tokens)


def numbers_extreme(chance: random.Random, data: bytes) -> bytes:
    """A number that nobody would write."""
    found = list(_NUMBER.finditer(data))
    if not found:
        return data + b" " + chance.choice(NUMBERS)
    number = chance.choice(found)
    return data[:number.start()] + chance.choice(NUMBERS) + data[number.end():]


def literals_wrong(chance: random.Random, data: bytes) -> bytes:
    """A literal whose size is not that of what follows, or one where none should be."""
    wrong = b"%b{%b%b}" % (chance.choice((b"", b"~")), chance.choice(NUMBERS), chance.choice((b"", b"+", b"-", b"++")))
    found = list(_LITERAL.finditer(data))
    if found:
        literal = chance.choice(found)
        return data[:literal.start()] + wrong + data[literal.end():]
    end = len(data.rstrip(b"\r\n"))
    return data[:end] + b" " + wrong + data[end:]


def huge(chance: random.Random, data: bytes) -> bytes:
    """A very long string, or a short one very often."""
    at = chance.randrange(len(data) + 1)
    piece = chance.choice(PIECES)
    return data[:at] + piece * (chance.choice(HUGE) // len(piece)) + data[at:]


OCTETS: tuple[tuple[int, Callable[[random.Random, bytes], bytes]], ...] = (
    (6, flipped), (6, inserted), (5, deleted), (6, tokens_swapped), (5, numbers_extreme), (4, literals_wrong), (2,
    huge))
"""Each with how often it is chosen."""


def wounded(chance: random.Random, step: Step) -> Step:
    """One octet mutation inside a step."""
    (change,) = chance.choices([c for _, c in OCTETS], [weight for weight, _ in OCTETS])
    return Step(step.do, change(chance, step.data or b"x"))


# -- steps
def _sends(steps: Steps) -> list[int]:
    return [at for at, step in enumerate(steps) if step.do in ("send", "raw") and step.data]


def wound(chance: random.Random, steps: Steps, _kin: str) -> Steps:
    """Damage the octets of some sends."""
    for at in chance.choices(_sends(steps) or [0], k=chance.randint(1, 3)):
        if steps[at].data:
            steps[at] = wounded(chance, steps[at])
    return steps


def duplicate(chance: random.Random, steps: Steps, _kin: str) -> Steps:
    """Say a stretch again."""
    at = chance.randrange(len(steps))
    stretch = steps[at:at + chance.randint(1, 4)]
    return steps[:at] + stretch * chance.choice((2, 2, 3, 30)) + steps[at + len(stretch):]


def reorder(chance: random.Random, steps: Steps, _kin: str) -> Steps:
    """Some steps change places."""
    for _ in range(chance.randint(1, 4)):
        first, second = chance.randrange(len(steps)), chance.randrange(len(steps))
        steps[first], steps[second] = steps[second], steps[first]
    return steps


def forget(chance: random.Random, steps: Steps, _kin: str) -> Steps:
    """Leave steps out."""
    return [step for step in steps if chance.random() > 0.15] or steps


def borrow(chance: random.Random, steps: Steps, kin: str) -> Steps:
    """Put in a stretch of another dialogue."""
    other = list(chance.choice(DIALOGUES[kin if chance.random() < 0.8 else chance.choice(sorted(DIALOGUES))]).steps)
    start, at = chance.randrange(len(other)), chance.randrange(len(steps) + 1)
    return steps[:at] + other[start:start + chance.randint(1, 8)] + steps[at:]


def pipeline(chance: random.Random, steps: Steps, _kin: str) -> Steps:
    """Wait for no answer from some place on."""
    start = chance.randrange(len(steps))
    return steps[:start] + [step for step in steps[start:] if step.do != "listen"]


def join(chance: random.Random, steps: Steps, _kin: str) -> Steps:
    """Several sends in one write."""
    start = chance.randrange(len(steps))
    stretch = steps[start:start + chance.randint(2, 12)]
    data = b"".join(step.data for step in stretch if step.do == "send")
    others = [step for step in stretch if step.do not in ("send", "listen")]
    return steps[:start] + ([Step("send", data)] if data else []) + others + steps[start + len(stretch):]


def cut(chance: random.Random, steps: Steps, _kin: str) -> Steps:
    """Sends that leave in several writes, cut anywhere."""
    for at in _sends(steps):
        data = steps[at].data
        if len(data) > 1 and chance.random() < 0.5:
            many = len(data) - 1 if len(data) < 40 and chance.random() < 0.3 else chance.randint(1, 4)
            cuts = sorted({chance.randrange(1, len(data)) for _ in range(many)})
            steps[at] = Step(steps[at].do, data, tuple(cuts))
    return steps


def beneath(chance: random.Random, steps: Steps, _kin: str) -> Steps:
    """Octets on the socket that are no TLS records, or clear text around a handshake."""
    at = chance.randrange(len(steps) + 1)
    secure = [n for n, step in enumerate(steps) if step.do == "secure"]
    if secure and chance.random() < 0.5:
        at = chance.choice(secure)
    noise = chance.choice((b"NOOP\r\n", b"a9 NOOP\r\n", b"\x17\x03\x03\x00\x10" + b"x" * 16,
                           b"\x15\x03\x03\x00\x02\x02\x28",
                           b"\x16\x03\x01\x40\x00\x01\x00\x3f\xfc", b"\x80\x2e\x01\x03\x01", chance.randbytes(60)))
    return [*steps[:at], Step("raw", noise), *steps[at:]]


def stop_short(chance: random.Random, steps: Steps, _kin: str) -> Steps:
    """End in the middle."""
    at = chance.randint(1, len(steps))
    end: Step = chance.choice((Step("half-close"), Step("half-close"), Step("reset"), Step("leave"), Step("silence")))
    return [*steps[:at], end]


def deafen(chance: random.Random, steps: Steps, _kin: str) -> Steps:
    """Stop reading, and say the rest many times."""
    at = chance.randrange(len(steps))
    rest = [step for step in steps[at:] if step.do == "send"]
    return [*steps[:at], Step("deaf"), *(rest * chance.choice((1, 10, 50)))][:1_000]


STEPS: tuple[tuple[int, Callable[[random.Random, Steps, str], Steps]], ...] = (
    (12, wound), (3, duplicate), (4, reorder), (3, forget), (3, borrow), (4, pipeline), (4, join), (3, cut), (2,
    beneath),
    (4, stop_short), (1, deafen))
"""Each with how often it is chosen."""
MOST_OCTETS = 4_000_000
"""Sent by one dialogue; what is past it is left out."""


def damaged(kin: str, seed: int, number: int) -> Dialogue:
    """The dialogue ``number`` of a seed: the same each time."""
    name = f"{kin}/{seed}/{number}"
    chance = random.Random(name)
    valid = chance.choice(DIALOGUES[kin])
    steps = list(valid.steps)
    if number % 50:  # every fiftieth is left whole, so that the mailboxes hold something
        for change in chance.choices([c for _, c in STEPS], [weight for weight, _ in STEPS], k=chance.randint(1, 4)):
            steps = change(chance, steps, kin) or steps
    return Dialogue(valid.door, _bounded(steps), name)


def _bounded(steps: Steps) -> tuple[Step, ...]:
    kept, octets = [], 0
    for step in steps:
        octets += len(step.data)
        if octets > MOST_OCTETS:
            break
        kept.append(step)
    return tuple(kept)
