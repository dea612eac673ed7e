"""The relay queue: nothing lost, nothing bounced twice, patience by the simulated clock (P2, P4)."""

from __future__ import annotations

import asyncio

import pytest

from simulator.outbox import CannotReach, RelaySettings
from tests.builders import DOCTOR, HOSPITAL, PATIENT, PHARMACIST, PHARMACY, START, a_letter, an_office
from tests.peers import HOUR, LATER, NEVER, PATIENT_SETTINGS, Peer, dues, later, notices, queue


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
        await peer.reached.wait()
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
        await house.outbox.settle()
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
