"""Guessing passwords is slow, tells nothing, and locks nobody else out (P10, figure 14)."""

from __future__ import annotations

import re
import time
from itertools import count

import pytest

from tests.journeys.people import DOCTOR
from tests.journeys.running import Running
from tests.promises.caller import Caller, b64, writer

pytestmark = pytest.mark.sockets

KNOWN, UNKNOWN = DOCTOR, "nobody.here@medecin.mssante.fr"
FIRST, LONGEST = 0.1, 0.4
"""Seconds, as the space is configured."""
NEXT = count(1)


def a_source() -> str:
    """An address that has not failed yet."""
    return f"127.0.5.{next(NEXT)}"


class Guesser:
    """Tries at one door on one connection."""

    def __init__(self, space: Running, door: str, source: str) -> None:
        self.caller = Caller(space, door, source)
        self._imap = door == "imaps"
        self.caller.line()
        if not self._imap:
            self.caller.ask("EHLO guesser.example")

    def guess(self, user: str, password: str) -> tuple[str, float]:
        """The answer without its tag, and the seconds it took."""
        begun = time.monotonic()
        if self._imap:
            said = self.caller.command(f"LOGIN {user} {password}")[-1].decode().partition(" ")[2].strip()
        else:
            said = self.caller.ask(f"AUTH PLAIN {b64(chr(0) + user + chr(0) + password)}")
        # Every refusal has a number of its own.
        return re.sub(r" \(explain \d+\)", "", said), time.monotonic() - begun


@pytest.mark.parametrize("door", ["smtps", "imaps"])
def test_the_third_failure_ends_the_session_and_each_takes_longer(space: Running, door: str) -> None:
    guesser = Guesser(space, door, a_source())
    with guesser.caller:
        answers = [guesser.guess(user, "wrong") for user in (KNOWN, UNKNOWN, KNOWN)]
        rest = guesser.caller.rest()
    assert len({said for said, _ in answers}) == 1, answers
    assert all(seconds >= FIRST * 2**failure for failure, (_, seconds) in enumerate(answers))
    assert rest in ((b"", b"* BYE Too many failed sign-ins\r\n")[door == "imaps"],)


@pytest.mark.parametrize("door", ["smtps", "imaps"])
def test_a_new_connection_begins_no_new_count_for_the_address(space: Running, door: str) -> None:
    source = a_source()
    taken = []
    for _ in range(5):
        guesser = Guesser(space, door, source)
        with guesser.caller:
            taken.append(guesser.guess(KNOWN, "wrong")[1])
    assert all(seconds >= min(FIRST * 2**failure, LONGEST) for failure, seconds in enumerate(taken))


@pytest.mark.parametrize("door", ["smtps", "imaps"])
def test_an_address_that_guesses_on_is_not_listened_to_and_others_are(space: Running, door: str) -> None:
    source = a_source()
    said = ""
    for _ in range(4):
        guesser = Guesser(space, door, source)
        with guesser.caller:
            for _ in range(3):
                said, _ = guesser.guess(KNOWN, "wrong")
                if "Too many failures" in said:
                    break
    assert "Too many failures" in said
    guesser = Guesser(space, door, source)
    with guesser.caller:
        assert "Too many failures" in guesser.guess(KNOWN, space.account(KNOWN)["password"])[0]
    writer(space, KNOWN, a_source()).close()
