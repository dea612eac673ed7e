"""The relay queue: nothing lost, nothing bounced twice, patience by the simulated clock (P2, P4)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from simulator.model.reply import Reply, reply
from simulator.outbox import CannotReach, Handed, Outbox, RelaySettings
from simulator.store.interface import Batch, QueuedRelay, StoreError
from simulator.store.memory import MemoryStore
from tests.builders import (
    DOCTOR,
    HOSPITAL,
    NURSE,
    PATIENT,
    PHARMACIST,
    PHARMACY,
    START,
    House,
    a_letter,
    a_store,
    an_office,
)

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
        self.peer.closing.set()
        if self.peer.hold_close is not None:
            await self.peer.hold_close.wait()
        self.peer.closed += 1


async def queue(house: House, *recipients: str, sender: str = DOCTOR, notify: str = "", body: bytes = a_letter()) -> None:
    """Commit relays as an accepted message does, and tell the outbox."""
    now = house.clock.timestamp()
    options = {"NOTIFY": notify} if notify else {}
    relays = [QueuedRelay(0, "mailiz", sender, to, body, now, now, options=options) for to in recipients or [PHARMACY]]
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


# -- handing over
async def test_a_message_is_handed_over_once_verbatim_and_leaves_the_queue() -> None:
    peer = Peer()
    async with an_office(connect=peer.connect) as house:
        await queue(house)
        await house.outbox.settle()
        assert peer.got == [(PHARMACY, a_letter())] and house.store.queue() == []
        (event,) = house.noted("relayed")
        assert event["mailbox"] == PHARMACY and event["peer"] == "mx.other.example"
        assert notices(house) == []


async def test_a_session_carries_several_messages_and_is_closed_at_the_end() -> None:
    peer = Peer()
    async with an_office(connect=peer.connect, settings=PATIENT_SETTINGS) as house:
        for _ in range(3):
            await queue(house)
            await house.outbox.settle()
        assert (len(peer.got), peer.opened, peer.closed) == (3, 1, 0)
    assert peer.closed == 1


async def test_a_session_that_cannot_be_used_again_is_closed() -> None:
    peer = Peer(reusable=False)
    async with an_office(connect=peer.connect) as house:
        await queue(house, PHARMACY, HOSPITAL, PHARMACIST)
        await house.outbox.settle()
        assert (len(peer.got), peer.opened, peer.closed) == (3, 3, 3)


async def test_each_domain_has_sessions_of_its_own() -> None:
    peer = Peer()
    async with an_office(connect=peer.connect) as house:
        await queue(house, PHARMACY, PATIENT)
        await house.outbox.settle()
        assert peer.opened == 2 and sorted(peer.recipients) == sorted([PHARMACY, PATIENT])


async def test_many_messages_open_several_sessions_but_not_more_than_allowed() -> None:
    peer = Peer(hold=asyncio.Event())
    async with an_office(connect=peer.connect, settings=RelaySettings(connections_per_domain=3)) as house:
        await queue(house, *[PHARMACY] * 60)
        await peer.reached.wait()
        assert peer.hold is not None
        peer.hold.set()
        await house.outbox.settle()
        assert len(peer.got) == 60 and 1 < peer.opened <= 3 and house.store.queue() == []


async def test_an_idle_session_is_closed_after_a_while() -> None:
    peer = Peer()
    async with an_office(connect=peer.connect, settings=RelaySettings(keep_open=0.001)) as house:
        await queue(house)
        await peer.closing.wait()
        await queue(house)
        await house.outbox.settle()
        assert len(peer.got) == 2 and house.store.queue() == []


async def test_a_message_that_comes_while_the_session_says_goodbye_is_carried_too() -> None:
    peer = Peer(hold_close=asyncio.Event())
    async with an_office(connect=peer.connect, settings=RelaySettings(keep_open=0.001)) as house:
        await queue(house)
        await peer.closing.wait()
        await queue(house, HOSPITAL.replace("chu-lumiere.bfc", "pharmacie.bfc"))
        assert peer.hold_close is not None
        peer.hold_close.set()
        await house.outbox.settle()
        assert len(peer.got) == 2 and peer.opened == 2


async def test_a_worker_that_is_often_woken_for_nothing_waits_on() -> None:
    """Two idle sessions: each message wakes both, one takes it; the other must not pile up."""
    peer = Peer(hold=asyncio.Event())
    settings = RelaySettings(connections_per_domain=2, keep_open=3600.0)
    async with an_office(connect=peer.connect, settings=settings) as house:
        await queue(house, *[PHARMACY] * 20)
        assert peer.hold is not None
        peer.hold.set()
        await house.outbox.settle()
        assert peer.opened == 2
        for _ in range(1500):
            await queue(house)
            await house.outbox.settle()
        assert len(peer.got) == 1520 and (peer.opened, peer.closed) == (2, 0)


# -- temporary failures
async def test_a_temporary_refusal_is_tried_again_when_its_time_has_come() -> None:
    peer = Peer([LATER])
    async with an_office(connect=peer.connect) as house:
        await queue(house)
        await house.outbox.settle()
        assert dues(house) == [30] and len(house.store.queue()) == 1 and notices(house) == []
        await later(house, 29)
        assert len(peer.got) == 1
        await later(house, 1)
        assert len(peer.got) == 2 and house.store.queue() == [] and house.outbox.waiting() == []
        assert house.noted("postponed")[0]["reason"] == "451 4.3.0 Not now"


@pytest.mark.parametrize("broken", [ConnectionResetError("reset"), TimeoutError(), EOFError(), BrokenPipeError("pipe")])
async def test_a_session_that_breaks_after_the_text_is_closed_and_the_message_tried_again(broken: Exception) -> None:
    peer = Peer([broken])
    async with an_office(connect=peer.connect) as house:
        await queue(house)
        await house.outbox.settle()
        assert peer.closed == 1 and dues(house) == [30]
        await later(house, 30)
        assert peer.got[0] == peer.got[1] and peer.opened == 2 and house.store.queue() == []


@pytest.mark.parametrize("down", [CannotReach("mx is down"), ConnectionRefusedError("refused")])
async def test_a_peer_that_is_down_is_asked_again_later(down: CannotReach | OSError) -> None:
    peer = Peer(down=down)
    async with an_office(connect=peer.connect) as house:
        await queue(house)
        await house.outbox.settle()
        peer.down = None
        await later(house, 30)
        assert len(peer.got) == 1 and house.store.queue() == []


async def test_what_keeps_one_message_from_a_peer_keeps_all_and_is_tried_once() -> None:
    peer = Peer(down=CannotReach("mx is down"))
    async with an_office(connect=peer.connect) as house:
        await queue(house, PHARMACY, PHARMACY, PHARMACIST)
        await house.outbox.settle()
        assert peer.connects == 1 and dues(house) == [30, 30, 30]


@pytest.mark.parametrize(("attempts", "seconds"), [
    (1, 30), (2, 60), (3, 120), (7, 1920), (8, 3600), (9, 3600), (50, 3600), (5000, 3600)])
def test_each_wait_is_twice_the_one_before_up_to_an_hour(attempts: int, seconds: float) -> None:
    assert RelaySettings().wait(attempts) == seconds


async def test_waits_grow_with_each_failure_and_the_store_remembers() -> None:
    peer = Peer([LATER] * 3)
    async with an_office(connect=peer.connect) as house:
        await queue(house)
        await house.outbox.settle()
        await later(house, 30)
        await later(house, 60)
        assert dues(house) == [30 + 60 + 120]
        (kept,) = house.store.queue()
        assert (kept.attempts, kept.due) == (3, START.timestamp() + 210) and kept.last_reply == str(LATER)


async def test_everything_that_waits_can_be_tried_at_once() -> None:
    peer = Peer([LATER])
    async with an_office(connect=peer.connect) as house:
        await queue(house)
        await house.outbox.settle()
        house.outbox.retry_now()
        await house.outbox.settle()
        assert len(peer.got) == 2 and house.store.queue() == []


async def test_the_timer_notices_the_time_by_itself() -> None:
    peer = Peer([LATER])
    async with an_office(connect=peer.connect) as house:
        await queue(house)
        await house.outbox.settle()
        house.clock.advance(30)
        await house.journal.wait_for(lambda event: event.kind == "relayed")
        assert len(peer.got) == 2


async def test_a_leap_of_time_loses_and_repeats_nothing_and_keeps_the_order() -> None:
    peer = Peer([LATER, LATER, LATER, LATER])
    async with an_office(connect=peer.connect, settings=RelaySettings(connections_per_domain=1)) as house:
        await queue(house, PHARMACIST)
        await house.outbox.settle()
        await later(house, 10)
        await queue(house, PHARMACY)
        await later(house, 5)
        await queue(house, PHARMACIST)
        await house.outbox.settle()
        assert dues(house) == [30, 40, 45]
        await later(house, 20 * 24 * HOUR)
        assert peer.recipients == [PHARMACIST, PHARMACY, PHARMACIST] * 2
        assert notices(house) == ["failed 5.4.7"], "only the one that was refused again is given up"


# -- lasting failures
async def test_a_lasting_refusal_comes_back_once_with_the_message() -> None:
    peer = Peer([NEVER])
    async with an_office(connect=peer.connect) as house:
        await queue(house)
        await house.outbox.settle()
        assert notices(house) == ["failed 5.1.1"] and house.store.queue() == []
        (notice,) = house.inbox(DOCTOR)
        assert notice.startswith(b"Return-Path: <>\r\n") and a_letter() in notice
        assert b"Diagnostic-Code: smtp; 550 5.1.1 There is no mailbox" in notice
        assert b"Remote-MTA: dns; mx.other.example" in notice and len(house.noted("bounced")) == 1
        await later(house, 100 * HOUR)
        assert len(peer.got) == 1 and len(notices(house)) == 1


async def test_the_null_sender_is_never_told() -> None:
    peer = Peer([NEVER])
    async with an_office(connect=peer.connect) as house:
        await queue(house, sender="")
        await house.outbox.settle()
        assert house.store.queue() == [] and len(house.noted("dropped")) == 1 and notices(house) == []


async def test_a_notice_that_cannot_be_delivered_leads_to_no_other() -> None:
    """The sender lives at an operator that refuses its bounce too."""
    peer = Peer([NEVER, NEVER])
    async with an_office(connect=peer.connect) as house:
        await queue(house, sender=PATIENT)
        await house.outbox.settle()
        assert peer.recipients == [PHARMACY, PATIENT] and house.store.queue() == []
        assert (len(house.noted("bounced")), len(house.noted("dropped"))) == (1, 1)


async def test_a_domain_without_hosts_bounces_all_at_once() -> None:
    peer = Peer(down=CannotReach("no such domain", permanent=True, status="4.1.2"))
    async with an_office(connect=peer.connect) as house:
        await queue(house, PHARMACY, PHARMACY)
        await house.outbox.settle()
        assert notices(house) == ["failed 5.1.2"] * 2 and peer.connects == 1 and house.store.queue() == []


async def test_a_status_that_says_never_is_told_as_it_is() -> None:
    peer = Peer(down=CannotReach("refused", permanent=True, status="5.7.4"))
    async with an_office(connect=peer.connect) as house:
        await queue(house)
        await house.outbox.settle()
        assert notices(house) == ["failed 5.7.4"]


@pytest.mark.parametrize(("notify", "told"), [
    ("", True), ("FAILURE", True), ("SUCCESS,FAILURE", True), ("NEVER", False), ("DELAY", False)])
async def test_failures_are_told_to_those_who_want_to_know(notify: str, told: bool) -> None:
    peer = Peer([NEVER])
    async with an_office(connect=peer.connect) as house:
        await queue(house, notify=notify)
        await house.outbox.settle()
        assert bool(notices(house)) is told and house.store.queue() == []


async def test_a_peer_without_notices_leaves_the_success_to_us() -> None:
    for announces, expected in ((False, ["relayed 2.0.0"]), (True, [])):
        peer = Peer(announces_dsn=announces)
        async with an_office(connect=peer.connect) as house:
            await queue(house, notify="SUCCESS")
            await house.outbox.settle()
            assert notices(house) == expected


# -- giving up
async def test_the_delay_is_told_once_and_the_end_once() -> None:
    peer = Peer(down=CannotReach("mx is down"))
    async with an_office(connect=peer.connect) as house:
        await queue(house)
        await house.outbox.settle()
        for _ in range(70):
            await later(house, HOUR)
        assert notices(house) == ["delayed 4.4.1", "failed 5.4.7"]
        assert house.store.queue() == [] and house.outbox.waiting() == []
        assert "after 4 attempts" not in house.inbox(DOCTOR)[1].decode()
        told = [event["at"] for event in house.noted("bounced")]
        assert told == [START.timestamp() + 48 * HOUR]


async def test_the_delay_is_told_after_four_hours() -> None:
    peer = Peer(down=CannotReach("mx is down"))
    async with an_office(connect=peer.connect) as house:
        await queue(house)
        await house.outbox.settle()
        await later(house, 4 * HOUR - 1)
        assert notices(house) == []
        await later(house, HOUR)
        assert notices(house) == ["delayed 4.4.1"] and house.store.queue()[0].delayed_notice


@pytest.mark.parametrize("notify", ["NEVER", "FAILURE", "SUCCESS"])
async def test_a_delay_is_not_told_to_those_who_did_not_ask(notify: str) -> None:
    peer = Peer(down=CannotReach("mx is down"))
    async with an_office(connect=peer.connect) as house:
        await queue(house, notify=notify)
        await house.outbox.settle()
        await later(house, 5 * HOUR)
        assert notices(house) == [] and len(house.store.queue()) == 1


# -- settling, stopping, starting
async def test_an_empty_outbox_is_settled() -> None:
    async with an_office(connect=Peer().connect) as house:
        await house.outbox.settle()


async def test_settling_waits_for_what_is_in_hand() -> None:
    peer = Peer(hold=asyncio.Event())
    async with an_office(connect=peer.connect) as house:
        await queue(house)
        settled = asyncio.create_task(house.outbox.settle())
        await peer.reached.wait()
        assert not settled.done() and peer.hold is not None
        peer.hold.set()
        await settled
        assert house.store.queue() == []


async def test_stopping_finishes_what_is_in_hand_and_keeps_the_rest() -> None:
    peer = Peer(hold=asyncio.Event())
    async with an_office(connect=peer.connect, settings=PATIENT_SETTINGS) as house:
        await queue(house, PHARMACY, PHARMACIST)
        await peer.reached.wait()
        begun = asyncio.get_running_loop().time()
        stopping = asyncio.create_task(house.outbox.stop())
        asyncio.get_running_loop().call_soon(peer.hold.set if peer.hold else None)
        await stopping
        assert peer.recipients == [PHARMACY] and [r.recipient for r in house.store.queue()] == [PHARMACIST]
        assert (peer.opened, peer.closed) == (1, 1)
        assert asyncio.get_running_loop().time() - begun < 4, "stopping must not wait for idle sessions to end"
        await house.outbox.settle()


async def test_stopping_right_after_a_message_came_keeps_it() -> None:
    peer = Peer()
    async with an_office(connect=peer.connect, settings=PATIENT_SETTINGS) as house:
        await queue(house)
        await house.outbox.stop()
        await queue(house, PHARMACIST)
        assert peer.got == [] and len(house.store.queue()) == 2
        await house.outbox.settle()


async def started(house: House, peer: Peer) -> Outbox:
    """A new outbox on what an earlier run left."""
    outbox = Outbox(store=house.store, clock=house.clock, journal=house.journal, routing=house.routing,
                    connect=peer.connect)
    await outbox.start()
    return outbox


async def test_a_restart_takes_up_the_queue() -> None:
    down, up = Peer(down=CannotReach("mx is down")), Peer()
    async with an_office(connect=down.connect) as house:
        await queue(house, PHARMACY, NURSE.replace("infirmier", "medecin"))
        await house.outbox.settle()
        await house.outbox.stop()
        again = await started(house, up)
        await again.settle()
        assert up.got == [] and len(again.waiting()) == 2, "what waits, waits on"
        house.clock.advance(30)
        await again.settle()
        assert len(up.got) == 2 and house.store.queue() == []
        await again.stop()


async def test_a_restart_carries_at_once_what_is_due() -> None:
    peer = Peer()
    async with an_office(connect=peer.connect) as house:
        await queue(house)
        await house.outbox.stop()
        again = await started(house, peer)
        await again.settle()
        assert peer.recipients == [PHARMACY] and house.store.queue() == []
        await again.stop()


async def test_patience_goes_on_over_a_restart() -> None:
    down = Peer(down=CannotReach("mx is down"))
    async with an_office(connect=down.connect) as house:
        await queue(house)
        await house.outbox.settle()
        await later(house, 5 * HOUR)
        assert notices(house) == ["delayed 4.4.1"]
        await house.outbox.stop()
        again = await started(house, down)
        for _ in range(50):
            house.clock.advance(HOUR)
            await again.settle()
        assert notices(house) == ["delayed 4.4.1", "failed 5.4.7"]
        await again.stop()


# -- a store that fails
class Forgetful(MemoryStore):
    """A memory store that can refuse to take messages out of the queue, or to read them."""

    def __init__(self) -> None:
        super().__init__()
        self.unreadable = False

    def queued_body(self, relay: int) -> bytes:
        if self.unreadable:
            raise StoreError("cannot read")
        return super().queued_body(relay)


async def a_forgetful_store(boxes: Sequence[str] = (DOCTOR,)) -> Forgetful:
    """Open, with inboxes."""
    store = Forgetful()
    await store.open()
    for box in boxes:
        await store.ensure_mailbox(box, (("INBOX", None),))
    return store


async def test_a_message_that_cannot_be_taken_out_of_the_queue_is_handed_over_again() -> None:
    store, peer = a_store(), Peer(hold=asyncio.Event())
    async with an_office(store=store, connect=peer.connect) as house:
        await queue(house)
        await peer.reached.wait()
        store.refuse = StoreError("read-only")
        assert peer.hold is not None
        peer.hold.set()
        await house.outbox.settle()
        assert len(house.store.queue()) == 1 and len(house.outbox.waiting()) == 1
        store.refuse = None
        await later(house, 60)
        assert peer.got[0] == peer.got[1] and house.store.queue() == []


async def test_a_bounce_that_cannot_be_stored_is_made_later_and_once() -> None:
    store, peer = a_store(), Peer([NEVER, NEVER], hold=asyncio.Event())
    async with an_office(store=store, connect=peer.connect) as house:
        await queue(house)
        await peer.reached.wait()
        store.refuse = StoreError("read-only")
        assert peer.hold is not None
        peer.hold.set()
        await house.outbox.settle()
        assert notices(house) == []
        store.refuse = None
        await later(house, 60)
        assert notices(house) == ["failed 5.1.1"] and house.store.queue() == []


async def test_a_retry_that_cannot_be_remembered_on_disk_is_made_all_the_same() -> None:
    store, peer = a_store(), Peer([LATER], hold=asyncio.Event())
    async with an_office(store=store, connect=peer.connect) as house:
        await queue(house)
        await peer.reached.wait()
        store.refuse = StoreError("read-only")
        assert peer.hold is not None
        peer.hold.set()
        await house.outbox.settle()
        assert dues(house) == [30] and house.noted("store-error")
        store.refuse = None
        await later(house, 30)
        assert house.store.queue() == []


async def test_a_message_that_cannot_be_read_is_tried_again_later() -> None:
    store, peer = await a_forgetful_store(), Peer()
    async with an_office(store=store, connect=peer.connect) as house:
        store.unreadable = True
        await queue(house)
        await house.outbox.settle()
        assert peer.got == [] and dues(house) == [30]
        store.unreadable = False
        await later(house, 30)
        assert peer.recipients == [PHARMACY]
