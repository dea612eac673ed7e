"""Waiting for messages: answered at the event, and told why it did not come."""

from __future__ import annotations

import asyncio

import pytest

from simulator.controls.errors import Arrived, Invalid, NotFound, TimedOut
from simulator.controls.looking import Looking
from simulator.controls.query import Query
from simulator.controls.waiting import Waiting
from simulator.store.interface import Batch, Change, Deposit, FlagOp, NewMessage
from tests.builders import DOCTOR, NURSE, PHARMACY, a_letter
from tests.controls.conftest import Ruled
from tests.controls.test_messages import a_mail

SOON = 0.02
"""Seconds for what shall time out."""


async def waiting(it: Ruled, query: Query, count: int = 1) -> asyncio.Task[tuple[str, ...]]:
    """Somebody who waits already; the subjects found."""
    begun = asyncio.Event()

    async def wait() -> tuple[str, ...]:
        begun.set()
        return tuple(m.subject for m in await it.controls.messages.wait(query, count=count))

    task = asyncio.create_task(wait())
    await begun.wait()
    return task


async def test_what_is_there_already_counts(it: Ruled) -> None:
    await it.controls.messages.inject(PHARMACY, a_mail("a"))
    await it.controls.messages.inject(PHARMACY, a_mail("b"))
    assert [m.subject for m in await it.controls.messages.wait(Query(mailbox=PHARMACY), timeout=0)] == ["a"]


async def test_what_comes_is_told_in_the_same_turn_of_the_loop_as_its_commit(it: Ruled) -> None:
    task = await waiting(it, Query(mailbox=PHARMACY, subject="second"))
    await it.controls.messages.inject(PHARMACY, a_mail("first"))
    await it.store.commit(Batch(deposits=[Deposit(PHARMACY, NewMessage(a_mail("second"), 0.0))]))
    assert await task == ("second",)


async def test_as_many_as_wanted_are_waited_for(it: Ruled) -> None:
    task = await waiting(it, Query(mailbox=PHARMACY), count=3)
    for subject in ("1", "2"):
        await it.controls.messages.inject(PHARMACY, a_mail(subject))
        it.house.clock.advance(1)
    assert not task.done()
    await it.controls.messages.inject(PHARMACY, a_mail("3"))
    assert await task == ("1", "2", "3")
    with pytest.raises(Invalid):
        await it.controls.messages.wait(Query(), count=0)


async def test_only_what_comes_after_the_cursor_counts(it: Ruled) -> None:
    await it.controls.messages.inject(PHARMACY, a_mail("old"))
    cursor = it.controls.messages.find(Query(mailbox=PHARMACY)).cursor
    task = await waiting(it, Query(mailbox=PHARMACY, after=cursor))
    await it.controls.messages.inject(PHARMACY, a_mail("new"))
    assert await task == ("new",)


async def test_what_a_program_stores_in_sent_is_no_arrival(it: Ruled) -> None:
    task = await waiting(it, Query(mailbox=DOCTOR))
    await it.controls.messages.inject(DOCTOR, a_mail("mine"), folder="Sent")
    await it.controls.messages.inject(DOCTOR, a_mail("arrived"))
    assert await task == ("arrived",)
    (found,) = await it.controls.messages.wait(Query(mailbox=DOCTOR, folder="Sent"))
    assert found.subject == "mine"


async def test_a_flag_can_be_what_is_waited_for(it: Ruled) -> None:
    put = await it.controls.messages.inject(PHARMACY, a_mail())
    task = await waiting(it, Query(mailbox=PHARMACY, unseen=False))
    folder, uid = map(int, put.id.split("."))
    await it.store.set_flags(folder, [uid], FlagOp.ADD, frozenset({"\\Seen"}))
    assert await task == ("x",)


async def test_what_was_removed_meanwhile_does_not_count(it: Ruled) -> None:
    first = await it.controls.messages.inject(PHARMACY, a_mail("1"))
    task = await waiting(it, Query(mailbox=PHARMACY), count=2)
    await it.store.remove(int(first.id.partition(".")[0]), [first.uid])
    await it.controls.messages.inject(PHARMACY, a_mail("2"))
    assert not task.done()
    await it.controls.messages.inject(PHARMACY, a_mail("3"))
    assert await task == ("2", "3")


async def test_who_waits_goes_on_through_a_reset(it: Ruled) -> None:
    await it.controls.messages.inject(PHARMACY, a_mail("old"))
    task = await waiting(it, Query(mailbox=PHARMACY), count=2)
    await it.controls.states.reset()
    await it.controls.messages.inject(PHARMACY, a_mail("1"))
    await it.controls.messages.inject(PHARMACY, a_mail("2"))
    assert await task == ("1", "2")


async def test_a_timeout_tells_what_was_seen_and_what_came_nearest(it: Ruled) -> None:
    await it.controls.messages.inject(PHARMACY, a_mail("far", "z"))
    near = await it.controls.messages.inject(PHARMACY, a_mail("Ordonance", "z"))
    with pytest.raises(TimedOut) as told:
        await it.controls.messages.wait(
            Query(mailbox=PHARMACY, subject="Ordon", from_="nadia"), timeout=SOON)
    error = told.value
    assert [m.subject for m in error.seen] == ["far", "Ordonance"]
    assert error.nearest_miss == (near, f"it is from {DOCTOR!r}, which lacks 'nadia'")
    assert f"the nearest is message {near.id}" in str(error)
    assert "subject with 'Ordon'" in str(error)


async def test_a_message_in_another_mailbox_is_the_nearest_miss(it: Ruled) -> None:
    looking = Looking(it.house.space, it.store)
    with Waiting(looking, Query(mailbox=PHARMACY, folder="INBOX", subject="x")) as waits:
        await it.controls.messages.inject(NURSE, a_mail("x"))
        error = waits.timed_out(it.house.journal, 1)
    assert f"it is in the mailbox {NURSE}, not in {PHARMACY}" in str(error)


async def test_a_refusal_that_may_be_the_reason_is_told(it: Ruled) -> None:
    visit = await it.house.signed_in(DOCTOR)
    await it.house.send(visit, DOCTOR, ["nobody@pharmacie.bfc.mssante.fr"], a_letter())
    await it.house.outbox.settle()
    await it.house.send(visit, NURSE, [PHARMACY], a_letter())
    with pytest.raises(TimedOut) as told:
        await it.controls.messages.wait(Query(mailbox=DOCTOR, from_="nobody"), timeout=SOON)
    assert [event.kind for event in told.value.refusals] == ["refusal", "bounced", "refusal"]
    assert f"but event {told.value.refusals[-1].seq} tells: refused at submission" in str(told.value)


async def test_too_few_messages_are_counted(it: Ruled) -> None:
    await it.controls.messages.inject(PHARMACY, a_mail())
    with pytest.raises(TimedOut, match="1 of 2 came"):
        await it.controls.messages.wait(Query(mailbox=PHARMACY), count=2, timeout=SOON)


async def test_nobody_waits_at_a_mailbox_that_is_not_there(it: Ruled) -> None:
    with pytest.raises(NotFound, match=f"did you mean {PHARMACY}"):
        await it.controls.messages.wait(Query(mailbox="pharmacie.tilleuls@pharmacie.bfc.mssante.fr"))


async def test_nothing_is_waited_for(it: Ruled) -> None:
    await it.controls.messages.nothing(Query(mailbox=PHARMACY), within=SOON)
    put = await it.controls.messages.inject(PHARMACY, a_mail("unwanted"))
    await it.controls.messages.nothing(Query(mailbox=PHARMACY, after=put.id), within=SOON)
    with pytest.raises(Arrived, match="unwanted") as told:
        await it.controls.messages.nothing(Query(mailbox=PHARMACY), within=60)
    assert told.value.message == put


async def test_what_arrives_ends_the_waiting_for_nothing(it: Ruled) -> None:
    begun = asyncio.Event()

    async def nothing() -> None:
        begun.set()
        await it.controls.messages.nothing(Query(mailbox=PHARMACY), within=60)

    task = asyncio.create_task(nothing())
    await begun.wait()
    await it.controls.messages.inject(PHARMACY, a_mail())
    with pytest.raises(Arrived):
        await task


async def test_nobody_listens_once_the_waiting_is_over(it: Ruled) -> None:
    with pytest.raises(TimedOut):
        await it.controls.messages.wait(Query(), timeout=0)
    task = await waiting(it, Query())
    task.cancel()
    await asyncio.wait([task])
    watchers: dict[int | None, list[object]] = it.store._watchers._of  # type: ignore[attr-defined]
    assert None not in watchers
    heard: list[Change] = []
    it.store.watch_all(heard.append)
    await it.controls.messages.inject(PHARMACY, a_mail())
    assert len(heard) == 1
