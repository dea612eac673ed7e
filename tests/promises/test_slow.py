"""Clients that dawdle cost others nothing, and are sent away (P16)."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from tests.journeys.people import DOCTOR
from tests.journeys.running import Running
from tests.promises.caller import ATTACKER, Caller, operator, reader, writer
from tests.promises.conftest import Unnoticed

pytestmark = pytest.mark.sockets

MANY = 20
GONE = (ConnectionError, ssl.SSLError)
"""The other side broke off; a time-out is not among them."""
Arrive = Callable[[Running, str], Caller]


def silent(door: str) -> Arrive:
    """Connected, and that is all."""
    return lambda space, source: Caller(space, door, source, secure=False)


def greeted(door: str) -> Arrive:
    """In TLS where the door wants it, before any command."""
    def arrive(space: Running, source: str) -> Caller:
        caller = Caller(space, door, source)
        caller.line()
        return caller
    return arrive


def in_the_text(space: Running) -> Caller:
    """In the middle of a message."""
    caller = operator(space, "mailiz", ATTACKER)
    for command in (f"MAIL FROM:<{DOCTOR}>", "RCPT TO:<isabelle.fontaine@pharmacie.bfc.mssante.fr>", "DATA"):
        caller.ask(command)
    return caller


def in_a_literal(space: Running, source: str) -> Caller:
    """Before sign-in, in the middle of a literal."""
    caller = Caller(space, "imaps", source)
    caller.line()
    caller.send(b"a LOGIN {4000}\r\n")
    caller.line()
    return caller


WAYS = {
    "mx, silent": (silent("mx"), b""),
    "smtps, silent": (silent("smtps"), b""),
    "imaps, silent": (silent("imaps"), b""),
    "smtps, half a hello": (silent("smtps"), b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 100),
    "imaps, half a hello": (silent("imaps"), b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 100),
    "mx, half a command": (greeted("mx"), b"EHLO slow" + b"w" * 20),
    "submission, half a command": (greeted("submission"), b"EHLO slow" + b"w" * 20),
    "smtps, half a command": (greeted("smtps"), b"EHLO slow" + b"w" * 20),
    "imap, half a command": (greeted("imap"), b"a LOGIN slow" + b"w" * 20),
    "imaps, half a command": (greeted("imaps"), b"a LOGIN slow" + b"w" * 20),
    "imaps, half a literal": (in_a_literal, b"x" * 20),
}


def test_those_who_dawdle_are_sent_away_and_nobody_waits_for_them(
        impatient_space: Running, unnoticed: Unnoticed) -> None:
    """All ways at once; each octet is followed by a whole visit of the neighbour."""
    with ExitStack() as here, unnoticed(impatient_space) as neighbour:
        slow = [(here.enter_context(arrive(impatient_space, f"127.0.6.{number}")), words, way)
                for number, (way, (arrive, words)) in enumerate(WAYS.items(), 1) for _ in range(MANY)]
        for at in range(20):
            for caller, words, _ in slow:
                with contextlib.suppress(*GONE):  # sent away already
                    caller.send(words[at:at + 1])
            neighbour.wait_for(1)
        for caller, _, way in slow:
            try:
                caller.rest()
            except TimeoutError:
                pytest.fail(f"{way}: still here")


def test_a_message_that_does_not_go_on_is_given_up(impatient_space: Running, unnoticed: Unnoticed) -> None:
    with ExitStack() as here, unnoticed(impatient_space):
        slow = [here.enter_context(in_the_text(impatient_space)) for _ in range(10)]
        for caller in slow:
            caller.send(b"From: slow")
        assert {caller.rest()[:10] for caller in slow} == {b"421 4.4.2 "}


@pytest.mark.parametrize("command", ["UID FETCH 1:* BODY.PEEK[]", "NOOP"])
def test_a_reader_that_does_not_read_is_dropped(impatient_space: Running, unnoticed: Unnoticed, command: str) -> None:
    with reader(impatient_space, DOCTOR) as filler:
        text = b"Subject: big\r\n\r\n" + (b"x" * 998 + b"\r\n") * 2_000
        filler.ok(b"APPEND INBOX {%d+}\r\n%b" % (len(text), text))
    with unnoticed(impatient_space), reader(impatient_space, DOCTOR, ATTACKER, 4096) as deaf:
        deaf.ok("SELECT INBOX")
        with pytest.raises(GONE):
            for number in range(1_000_000):
                deaf.send(b"n%d %b\r\n" % (number, command.encode()) * 20)


def test_a_client_that_takes_no_replies_is_dropped(impatient_space: Running, unnoticed: Unnoticed) -> None:
    with unnoticed(impatient_space), writer(impatient_space, DOCTOR, ATTACKER, 4096) as deaf, pytest.raises(GONE):
        for _ in range(1_000_000):
            deaf.send(b"EHLO deaf\r\nRCPT TO:<x>\r\n" * 20)
