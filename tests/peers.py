"""An operator at the other end of the outbox, without a wire, and what tests ask of the queue."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from simulator.model.reply import Reply, reply
from simulator.outbox import CannotReach, Handed, RelaySettings
from simulator.store.interface import Batch, QueuedRelay
from tests.builders import DOCTOR, PHARMACY, START, House, a_letter

TAKEN = reply(250, "2.0.0", "Stored")
LATER = reply(451, "4.3.0", "Not now")
NEVER = reply(550, "5.1.1", "There is no mailbox")
HOUR = 3600.0
PATIENT_SETTINGS = RelaySettings(keep_open=3600.0)
"""Idle sessions stay open for longer than any test lasts."""

Answer = Reply | Exception


@dataclass(slots=True)
class Peer:
    """Another operator: says what it is told to, 250 when it was told nothing, and remembers what it got."""

    answers: list[Answer] = field(default_factory=list)
    down: CannotReach | OSError | None = None
    reusable: bool = True
    announces_dsn: bool = True
    got: list[tuple[str, bytes]] = field(default_factory=list)
    connects: int = 0
    opened: int = 0
    closed: int = 0
    cut_off: bool = False
    """A session was closed because its worker was cancelled."""
    hold: asyncio.Event | None = None
    """Answers wait for it."""
    hold_close: asyncio.Event | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a message is in hand."""
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    async def connect(self, operator: str, domain: str) -> PeerSession:
        """Open a session."""
        self.connects += 1
        if self.down is not None:
            raise self.down
        self.opened += 1
        return PeerSession(self)

    @property
    def recipients(self) -> list[str]:
        """Who was written to, in order."""
        return [recipient for recipient, _ in self.got]


@dataclass(slots=True)
class PeerSession:
    """One session with the peer."""

    peer: Peer

    async def hand_over(self, relay: QueuedRelay, body: bytes) -> Handed:
        """Take a message."""
        peer = self.peer
        peer.got.append((relay.recipient, body))
        peer.reached.set()
        if peer.hold is not None:
            await peer.hold.wait()
        answer = peer.answers.pop(0) if peer.answers else TAKEN
        if isinstance(answer, Exception):
            raise answer
        return Handed(answer, "mx.other.example", peer.announces_dsn, peer.reusable)

    async def close(self) -> None:
        """Say goodbye."""
        task = asyncio.current_task()
        self.peer.cut_off |= task is not None and task.cancelling() > 0
        self.peer.closing.set()
        if self.peer.hold_close is not None:
            await self.peer.hold_close.wait()
        self.peer.closed += 1


async def queue(house: House, *recipients: str, sender: str = DOCTOR, notify: str = "") -> None:
    """Commit relays as an accepted message does, and tell the outbox."""
    now = house.clock.timestamp()
    options = {"NOTIFY": notify} if notify else {}
    relays = [QueuedRelay(0, "mailiz", sender, to, a_letter(), now, now, options=options)
              for to in recipients or [PHARMACY]]
    done = await house.store.commit(Batch(relays=relays))
    house.outbox.added(relays, done.relays)


async def later(house: House, seconds: float) -> None:
    """Let simulated time pass, and what became due be done."""
    house.clock.advance(seconds)
    await house.outbox.settle()


def dues(house: House) -> list[float]:
    """When the next attempts are, in seconds after START."""
    return [relay.due - START.timestamp() for relay in house.outbox.waiting()]


def notices(house: House) -> list[str]:
    """Action and status of the notices that the doctor got."""
    found = []
    for body in house.inbox(DOCTOR):
        fields = dict(line.split(": ", 1) for line in body.decode().split("\r\n") if ": " in line)
        found.append(f"{fields['Action']} {fields['Status']}")
    return found
