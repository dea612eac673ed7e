"""Exchanges that end by themselves: when, by whom, never twice, and after a restart all the same (F19)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from simulator.clock import Clock
from simulator.model.mailbox import Closing, Status
from simulator.rules.letter import read_letter
from simulator.store.interface import Batch, ExchangeChange, StoreFull
from simulator.store.memory import MemoryStore
from tests.builders import (
    COLLEAGUE,
    DOCTOR,
    NURSE,
    OTHER_PATIENT,
    PATIENT,
    PHARMACY,
    START,
    House,
    a_clock,
    a_letter,
    a_space,
    a_store,
    address,
    an_office,
    the_mailbox,
)

DAY = 86400.0
WEEK = 7 * DAY
EACH, LATER, DISPENSED = Closing(every_reply=True), Closing(after=WEEK), Closing(after_dispensing=True)
LETTER = "Subject: Bonjour"
REPORT = "Content-Type: multipart/report; report-type=disposition-notification; boundary=b"


@asynccontextmanager
async def closing(
    mailboxes: Mapping[str, Closing], *, clock: Clock | None = None, store: MemoryStore | None = None
) -> AsyncIterator[House]:
    """An office whose mailboxes end exchanges by themselves."""
    clock, store = clock or a_clock(), store or a_store()
    space = a_space(store=store, clock=clock, change={key: {"closing": value} for key, value in mailboxes.items()})
    async with an_office(space=space, store=store, clock=clock) as house:
        yield house


async def writes(house: House, who: str, *header: str, to: str = PATIENT) -> None:
    """A letter, and everything that follows."""
    visit = await (house.signed_in(COLLEAGUE, PHARMACY) if who == PHARMACY else house.signed_in(who))
    head = "\r\n".join((f"From: {who}", "Message-ID: <1@test.example>", *(header or [LETTER])))
    verdict = await house.send(visit, who, [to], f"{head}\r\n\r\nBonjour.\r\n".encode())
    assert not verdict.refused, verdict.reply
    await house.closings.settle()


async def goes_by(house: House, seconds: float) -> None:
    """Time, and what becomes due."""
    house.clock.advance(seconds)
    await house.closings.settle()


def subjects(house: House, mailbox: str = PATIENT) -> list[str]:
    return [read_letter(body).subject for body in house.inbox(mailbox)]


# -- each reply
async def test_each_message_to_a_patient_is_followed_by_fin() -> None:
    async with closing({DOCTOR: EACH}) as house:
        await writes(house, DOCTOR)
        assert (subjects(house), house.exchange(PATIENT, DOCTOR)) == (["Bonjour", "[FIN]"], "closed")
        await writes(house, DOCTOR)
        assert subjects(house) == ["Bonjour", "[FIN]"] * 2
        (_, fin, *_) = [read_letter(body) for body in house.inbox(PATIENT)]
        assert [str(a) for a in fin.from_] == [DOCTOR] and fin.message_id and not fin.defects


async def test_the_fin_is_told_in_the_journal_and_travels_as_any_message() -> None:
    async with closing({DOCTOR: EACH}) as house:
        await writes(house, DOCTOR)
        (told,) = house.noted("closing")
        assert (told["who"], told["mailbox"], told["operator"]) == (DOCTOR, PATIENT, "mailiz")
        assert "each message" in str(told["why"])
        assert [e["door"] for e in house.noted("accepted")] == ["submission", "mx", "inside", "mx"]
        assert len(house.noted("relayed")) == 2
        assert b"\r\nAuto-Submitted: auto-generated\r\n" in house.inbox(PATIENT)[-1]


async def test_nothing_follows_what_ends_or_takes_no_answer_by_itself() -> None:
    async with closing({DOCTOR: EACH}) as house:
        await writes(house, DOCTOR, "X-MSS-MES: FIN", LETTER)
        await writes(house, DOCTOR, "Subject: [FIN]")
        assert subjects(house) == ["Bonjour", "[FIN]"] and house.noted("closing") == []


async def test_nothing_follows_the_patients_own_letter_or_another_mailboxs() -> None:
    async with closing({PHARMACY: EACH}) as house:
        await writes(house, PATIENT, to=PHARMACY)
        await writes(house, NURSE)
        assert subjects(house) == ["Bonjour"] and house.exchange(PATIENT, PHARMACY) == "open"
        await writes(house, PHARMACY)
        assert subjects(house) == ["Bonjour", "Bonjour", "[FIN]"] and house.exchange(PATIENT, NURSE) == "open"


async def test_the_right_that_reply_to_moved_ends_too() -> None:
    async with closing({DOCTOR: EACH}) as house:
        await writes(house, DOCTOR, LETTER, f"Reply-To: {NURSE}")
        assert house.exchange(PATIENT, NURSE) == "closed" and subjects(house) == ["Bonjour", "[FIN]"]


async def test_a_right_that_another_gave_in_its_own_name_is_left_alone() -> None:
    async with closing({DOCTOR: EACH}) as house:
        await writes(house, NURSE)
        await writes(house, DOCTOR, LETTER, f"Reply-To: {NURSE}")
        assert subjects(house) == ["Bonjour", "Bonjour"] and house.exchange(PATIENT, NURSE) == "open"


async def test_the_receipt_of_a_mail_program_is_no_reply() -> None:
    async with closing({PHARMACY: EACH}) as house:
        await writes(house, PATIENT, to=PHARMACY)
        await writes(house, PHARMACY, "Subject: Lu", REPORT)
        assert house.exchange(PATIENT, PHARMACY) == "open" and subjects(house) == ["Lu"]


# -- after some time
@pytest.mark.parametrize(("who", "to"), [(DOCTOR, PATIENT), (PATIENT, DOCTOR)])
async def test_a_receipt_gives_an_exchange_no_more_time(who: str, to: str) -> None:
    async with closing({DOCTOR: LATER}) as house:
        await writes(house, DOCTOR)
        await goes_by(house, 5 * DAY)
        await writes(house, who, "Subject: Lu", REPORT, to=to)
        await goes_by(house, 2 * DAY + 1)
        assert house.exchange(PATIENT, DOCTOR) == "closed"


async def test_an_exchange_ends_so_long_after_the_last_message_in_either_direction() -> None:
    async with closing({PHARMACY: LATER}) as house:
        await writes(house, PATIENT, to=PHARMACY)
        await goes_by(house, 5 * DAY)
        await writes(house, PHARMACY)
        await goes_by(house, 5 * DAY)
        await writes(house, PATIENT, to=PHARMACY)
        await goes_by(house, WEEK - 1)
        assert subjects(house) == ["Bonjour"] and house.exchange(PATIENT, PHARMACY) == "open"
        await goes_by(house, 2)
        assert subjects(house) == ["Bonjour", "[FIN]"] and house.exchange(PATIENT, PHARMACY) == "closed"
        assert house.noted("closing")[0]["why"] == "nobody wrote for 7 d"
        await goes_by(house, 10 * WEEK)
        assert len(house.noted("closing")) == 1


async def test_a_message_that_takes_no_answer_counts_as_one() -> None:
    async with closing({DOCTOR: LATER}) as house:
        await writes(house, DOCTOR)
        await goes_by(house, 5 * DAY)
        await writes(house, DOCTOR, "X-MSS-MES: FIN")
        await goes_by(house, 5 * DAY)
        assert house.exchange(PATIENT, DOCTOR) == "open"
        await goes_by(house, 3 * DAY)
        assert house.exchange(PATIENT, DOCTOR) == "closed"


async def test_what_was_ended_by_hand_is_not_ended_again() -> None:
    async with closing({DOCTOR: LATER}) as house:
        await writes(house, DOCTOR)
        await writes(house, DOCTOR, "Subject: [FIN]")
        await goes_by(house, 2 * WEEK)
        assert subjects(house) == ["Bonjour", "[FIN]"]


async def test_the_timer_needs_nobody_to_ask() -> None:
    clock = Clock(START)
    async with closing({DOCTOR: LATER}, clock=clock) as house:
        await writes(house, DOCTOR)
        seen = house.journal.events()[-1].seq
        clock.advance(WEEK + 1)
        async with asyncio.timeout(20):
            told = await house.journal.wait_for(lambda event: event.kind == "delivered", after=seen)
        assert told.mailbox == PATIENT and subjects(house)[-1] == "[FIN]"


# -- a dispensing
async def test_a_dispensing_ends_the_open_exchange_with_that_pharmacy() -> None:
    async with closing({PHARMACY: DISPENSED, DOCTOR: LATER}) as house:
        for patient in (PATIENT, OTHER_PATIENT):
            await writes(house, patient, to=PHARMACY)
        box = the_mailbox(PATIENT)
        assert await house.closings.dispensed(box, "pont") == 0
        assert await house.closings.dispensed(box, "tilleuls") == 1
        await house.closings.settle()
        assert (house.exchange(PATIENT, PHARMACY), house.exchange(OTHER_PATIENT, PHARMACY)) == ("closed", "open")
        assert house.noted("closing")[0]["why"] == "Pharmacie des Tilleuls dispensed to the patient"
        assert await house.closings.dispensed(box, "tilleuls") == 0 and subjects(house) == ["[FIN]"]


async def test_a_dispensing_ends_nothing_where_it_was_not_asked_for() -> None:
    async with closing({PHARMACY: LATER}) as house:
        await writes(house, PATIENT, to=PHARMACY)
        assert await house.closings.dispensed(the_mailbox(PATIENT), "tilleuls") == 0


# -- never twice, never lost
async def test_a_fin_on_its_way_is_not_followed_by_another() -> None:
    async with closing({DOCTOR: LATER}) as house:
        await writes(house, DOCTOR)
        await house.outbox.stop()
        house.clock.advance(WEEK)
        await house.closings._end_the_due()
        await house.closings.stop()
        await house.closings.start()
        house.clock.advance(WEEK)
        await house.closings._end_the_due()
        assert len(house.noted("closing")) == 1 and len(house.store.queue()) == 1
        await house.outbox.start()
        await house.closings.settle()
        assert subjects(house) == ["Bonjour", "[FIN]"] and house.exchange(PATIENT, DOCTOR) == "closed"


@pytest.mark.parametrize(("how", "since"), [(EACH, 0.0), (LATER, WEEK)])
async def test_what_was_due_while_nothing_ran_ends_at_the_start(how: Closing, since: float) -> None:
    clock, store = a_clock(), a_store()
    async with closing({}, clock=clock, store=store) as house:
        await writes(house, DOCTOR)
    clock.advance(since)
    async with closing({DOCTOR: how}, clock=clock, store=store) as house:
        await house.closings.settle()
        assert subjects(house) == ["Bonjour", "[FIN]"]


async def test_a_mailbox_that_changes_is_looked_at_again() -> None:
    async with closing({DOCTOR: LATER}) as house:
        await writes(house, DOCTOR)
        house.space.register(the_mailbox(DOCTOR))
        await goes_by(house, 2 * WEEK)
        assert house.noted("closing") == []


async def test_a_refused_fin_is_told_and_not_tried_for_ever() -> None:
    async with closing({DOCTOR: LATER}) as house:
        await writes(house, DOCTOR)
        house.space.set_status(address(DOCTOR), Status.SUSPENDED)
        await goes_by(house, WEEK)
        await goes_by(house, WEEK)
        (told,) = house.noted("closing-refused")
        assert "[sender-mailbox-is-open]" in str(told["reason"]) and house.noted("closing") == []


async def test_a_full_disk_only_delays_it() -> None:
    store = a_store()
    async with closing({DOCTOR: LATER}, store=store) as house:
        await writes(house, DOCTOR)
        store.refuse = StoreFull("no room")
        await goes_by(house, WEEK)
        store.refuse = None
        await goes_by(house, 61)
        assert subjects(house) == ["Bonjour", "[FIN]"]


async def test_an_exchange_that_nobody_remembers_in_full_still_ends_after_some_time() -> None:
    store = a_store()
    await store.commit(Batch(exchanges=[ExchangeChange(PATIENT, DOCTOR, "open", START.timestamp())]))
    async with closing({DOCTOR: Closing(every_reply=True, after=DAY)}, store=store) as house:
        await house.closings.settle()
        assert house.noted("closing") == []
        await goes_by(house, timedelta(days=1).total_seconds())
        assert subjects(house) == ["[FIN]"]


async def test_fin_to_a_space_that_closed_comes_back_like_any_message() -> None:
    async with closing({DOCTOR: LATER}) as house:
        await writes(house, DOCTOR)
        house.space.set_status(address(PATIENT), Status.CLOSED)
        await goes_by(house, WEEK)
        assert len(house.inbox(DOCTOR)) == 1 and house.noted("bounced")[0]["rule"] == "patient-space-is-open"
        await goes_by(house, WEEK)
        assert len(house.noted("closing")) == 1


async def test_a_mailbox_without_the_setting_ends_nothing() -> None:
    async with closing({}) as house:
        await house.send(await house.signed_in(DOCTOR), DOCTOR, [PATIENT], a_letter())
        await goes_by(house, 52 * WEEK)
        assert house.exchange(PATIENT, DOCTOR) == "open" and house.noted("closing") == []
