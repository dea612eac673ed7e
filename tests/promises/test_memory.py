"""What a client sends and gives up costs nothing once it has gone (figure 11)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fuzz.target import memory
from tests.journeys.people import DOCTOR
from tests.journeys.running import Running
from tests.promises.caller import ATTACKER, Caller, reader, writer

pytestmark = pytest.mark.sockets

TIMES = 20
HALF = (b"x" * 998 + b"\r\n") * 9_000
MOST_KEPT = 60_000_000
"""Octets; twenty halves are three times as much."""


def half_a_message(space: Running) -> Caller:
    caller = writer(space, DOCTOR, ATTACKER)
    for command in (f"MAIL FROM:<{DOCTOR}>", f"RCPT TO:<{DOCTOR}>", "DATA"):
        caller.ask(command)
    caller.send(HALF)
    return caller


def half_an_append(space: Running) -> Caller:
    caller = reader(space, DOCTOR, ATTACKER)
    caller.send(b"a APPEND INBOX {10000000+}\r\n" + HALF)
    return caller


@pytest.mark.parametrize("half", [
    pytest.param(half_a_message, id="DATA"),
    pytest.param(half_an_append, id="APPEND"),
])
def test_a_message_given_up_in_the_middle_leaves_nothing_in_memory(
        space: Running, half: Callable[[Running], Caller]) -> None:
    before = memory(space.process.pid)
    for _ in range(TIMES):
        half(space).close()
        reader(space, DOCTOR).close()  # what was closed before it has been heard of
    assert memory(space.process.pid) - before <= MOST_KEPT
