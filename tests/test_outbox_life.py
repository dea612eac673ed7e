"""The relay queue over stops and starts, and on a store that fails (P1, P2, P3, P5)."""

from __future__ import annotations

import asyncio

from simulator.outbox import CannotReach, Outbox
from simulator.store.interface import StoreError
from simulator.store.memory import MemoryStore
from tests.builders import DOCTOR, NURSE, PHARMACIST, PHARMACY, House, a_store, an_office
from tests.peers import HOUR, LATER, NEVER, PATIENT_SETTINGS, Peer, dues, later, notices, queue


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
        stopping = asyncio.create_task(house.outbox.stop())
        assert peer.hold is not None
        peer.hold.set()
        await stopping
        assert peer.recipients == [PHARMACY] and [r.recipient for r in house.store.queue()] == [PHARMACIST]
        assert (peer.opened, peer.closed) == (1, 1)
        assert not peer.cut_off, "an idle session ends by itself when it is asked to"
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


async def a_forgetful_store() -> Forgetful:
    """Open, with the doctor's inbox."""
    store = Forgetful()
    await store.open()
    await store.ensure_mailbox(DOCTOR, (("INBOX", None),))
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
        assert len(house.noted("bounced")) == 1, "it is told when it is true"


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
