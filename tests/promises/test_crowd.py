"""One peer address has its share of the connections and no more; another is served all the while (figure 13)."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.journeys.running import Running
from tests.promises.caller import ATTACKER, Caller
from tests.promises.conftest import Unnoticed

pytestmark = pytest.mark.sockets

PER_ADDRESS = 50
HELD = 800
DOORS = ("mx", "submission", "smtps", "imap", "imaps")


def test_an_address_that_has_its_share_is_told_so_at_every_door(space: Running, unnoticed: Unnoticed) -> None:
    with ExitStack() as held, unnoticed(space) as neighbour:
        for number in range(PER_ADDRESS):
            held.enter_context(Caller(space, DOORS[number % 2], ATTACKER)).line()
        for door, words in (("mx", b"421 4.7.0 "), ("submission", b"421 4.7.0 "), ("smtps", b""),
                            ("imap", b"* BYE [UNAVAILABLE] "), ("imaps", b"")):
            with Caller(space, door, ATTACKER, secure=False) as late:
                said = late.rest()
                assert said.startswith(words) and said.count(b"\r\n") == bool(words)
        neighbour.wait_for(2)
    told = space.wait_for(lambda e: e["kind"] == "connection-refused")
    assert (told["client"], told["why"]) == (ATTACKER, f"{PER_ADDRESS} connections from {ATTACKER} are open already")


def test_a_place_that_is_left_is_free(space: Running) -> None:
    with ExitStack() as held:
        for _ in range(PER_ADDRESS):
            held.enter_context(Caller(space, "imap", ATTACKER)).line()
        with Caller(space, "imap", ATTACKER) as late:
            assert late.line().startswith(b"* BYE")
    # The server hears of the leaving a moment after it: those that come too early are refused, not harmed.
    said = b""
    while not said.startswith(b"* OK"):
        with Caller(space, "imap", ATTACKER) as again:
            said = again.line()
            assert said.startswith((b"* OK", b"* BYE"))


def test_eight_hundred_held_connections_starve_nobody(space: Running, unnoticed: Unnoticed) -> None:
    with ExitStack() as held, unnoticed(space) as neighbour:
        for number in range(HELD):
            source = f"127.0.4.{1 + number // PER_ADDRESS}"
            held.enter_context(Caller(space, DOORS[number % len(DOORS)], source, secure=False))
        neighbour.wait_for(3)
