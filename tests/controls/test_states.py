"""States: reset, snapshots, bringing back, forking."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from simulator.controls.errors import Conflict, Invalid, NotFound
from simulator.controls.query import Query
from simulator.controls.state_file import STATE
from simulator.controls.states import Snapshot
from simulator.model.mailbox import Status
from simulator.outbox import CannotReach, Handover
from simulator.store.interface import StoreError
from tests.builders import DOCTOR, NURSE, PATIENT, PHARMACY, START, NextDoor, a_letter, address
from tests.controls.conftest import Ruled, ruled
from tests.controls.test_mailboxes import NEW, PERSON
from tests.controls.test_messages import a_mail

DOMAIN = "pharmacie.bfc.mssante.fr"


def space_of(it: Ruled) -> tuple[object, ...]:
    """All that the space holds apart from mail."""
    return (dict(it.house.space.mailboxes), dict(it.house.space.whitelist()), it.house.clock.now(),
            it.house.clock.is_frozen)


def mail_of(it: Ruled) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """All mail."""
    found = it.controls.messages.find(Query(limit=1000)).items
    return sorted((m.mailbox, m.folder, m.subject, m.flags) for m in found)


async def change_everything(it: Ruled) -> None:
    """Mail, exchange, mailboxes, members, whitelist, clock, queue."""
    visit = await it.house.signed_in(DOCTOR)
    await it.house.send(visit, DOCTOR, [NURSE, PATIENT], a_letter())
    await it.house.outbox.settle()
    await it.controls.messages.inject(PHARMACY, a_mail("kept"), flags=["\\Seen", "$Own"])
    await it.controls.mailboxes.open(**PERSON)
    await it.controls.mailboxes.add_member(PHARMACY, NEW)
    await it.controls.mailboxes.suspend(NURSE)
    it.controls.whitelist.withdraw(DOMAIN)
    it.controls.whitelist.put("ailleurs.mssante.fr", ["CN=x,C=FR"])
    await it.controls.time.advance(3600)


async def test_a_reset_brings_the_configured_state_back(it: Ruled) -> None:
    before = space_of(it)
    await change_everything(it)
    it.controls.time.run()
    await it.controls.states.reset()
    assert space_of(it) == before
    assert mail_of(it) == []
    assert it.house.exchange(PATIENT, DOCTOR) == "none"
    assert NEW not in it.house.space.mailboxes
    assert it.renewed == ["renewed"]
    assert it.house.noted("reset")
    assert it.house.noted("accepted"), "the journal goes on"
    await it.house.send(await it.house.signed_in(DOCTOR), DOCTOR, [PHARMACY], a_letter())
    await it.house.outbox.settle()
    assert [box for box, *_ in mail_of(it)] == [PHARMACY]


async def test_what_waits_for_a_retry_is_forgotten_by_a_reset(tmp_path: Path) -> None:
    async def nowhere(operator: str, domain: str) -> Handover:
        raise CannotReach("the line is cut")

    async with ruled(tmp_path, connect=nowhere) as it:
        await it.house.send(await it.house.signed_in(DOCTOR), DOCTOR, [PHARMACY], a_letter())
        await it.house.outbox.settle()
        assert len(it.house.outbox.waiting()) == 1
        await it.controls.states.reset()
        assert it.house.outbox.waiting() == []
        assert (await it.controls.time.run_until_quiet()).jumps == 0


async def test_mail_under_way_does_not_arrive_after_a_reset(tmp_path: Path) -> None:
    under_way, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(operator: str, domain: str) -> Handover:
        under_way.set()
        await go_on.wait()
        return NextDoor(it.house, operator, domain)

    async with ruled(tmp_path, connect=slowly) as it:
        await it.house.send(await it.house.signed_in(DOCTOR), DOCTOR, [PHARMACY], a_letter())
        await under_way.wait()
        reset = asyncio.create_task(it.controls.states.reset())
        go_on.set()
        await reset
        await it.house.outbox.settle()
        assert mail_of(it) == []
        assert it.house.journal.events(kind="delivered"), "it arrived in the state that was left"


async def test_snapshots_bring_a_state_back_again_and_again(it: Ruled) -> None:
    await change_everything(it)
    then, mail = space_of(it), mail_of(it)
    exchange = it.house.exchange(PATIENT, DOCTOR)
    assert exchange == "open"
    taken = await it.controls.states.snapshot("full")
    assert taken == Snapshot("full", it.house.clock.now(), len(mail), len(it.house.space.mailboxes))
    await it.controls.states.reset()
    await it.controls.time.advance(5)
    for _ in range(2):
        assert await it.controls.states.restore("full") == taken
        assert space_of(it) == then
        assert mail_of(it) == mail
        assert it.house.exchange(PATIENT, DOCTOR) == exchange
        await it.controls.messages.purge()
        await it.controls.mailboxes.close(DOCTOR)
    assert len(it.house.noted("restored")) == 2


async def test_retries_that_were_kept_come_back_to_life(tmp_path: Path) -> None:
    cut = True

    async def perhaps(operator: str, domain: str) -> Handover:
        if cut:
            raise CannotReach("the line is cut")
        return NextDoor(it.house, operator, domain)

    async with ruled(tmp_path, connect=perhaps) as it:
        await it.house.send(await it.house.signed_in(DOCTOR), DOCTOR, [PHARMACY], a_letter())
        await it.house.outbox.settle()
        await it.controls.states.snapshot("waiting")
        await it.controls.states.reset()
        await it.controls.states.restore("waiting")
        cut = False
        assert (await it.controls.time.run_until_quiet()).jumps == 1
        assert [box for box, *_ in mail_of(it)] == [PHARMACY]


async def test_a_flowing_clock_comes_back_as_far_ahead_as_it_was(it: Ruled) -> None:
    it.controls.time.run()
    await it.controls.time.advance(7200)
    ahead = it.controls.time.show().offset
    await it.controls.states.snapshot("ahead")
    await it.controls.states.reset()
    assert it.controls.time.show().frozen and it.controls.time.now() == START
    await it.controls.states.restore("ahead")
    shown = it.controls.time.show()
    assert (shown.frozen, shown.offset) == (False, ahead)


async def test_ids_of_a_state_that_was_left_name_nothing(it: Ruled) -> None:
    old = await it.controls.messages.inject(PHARMACY, a_mail("old"))
    await it.controls.states.snapshot("s")
    await it.controls.states.restore("s")
    await it.controls.messages.inject(PHARMACY, a_mail("new"))
    with pytest.raises(NotFound, match="left by a reset"):
        it.controls.messages.get(old.id)


async def test_snapshots_are_listed_replaced_and_deleted(it: Ruled) -> None:
    states = it.controls.states
    await states.snapshot("b")
    await states.snapshot("a")
    await it.controls.messages.inject(PHARMACY, a_mail())
    await states.snapshot("b")
    assert [(s.name, s.messages) for s in states.list()] == [("a", 0), ("b", 1)]
    states.delete("a")
    assert [s.name for s in states.list()] == ["b"]
    for act in (states.restore("a"), states.fork(Path("never"), "a")):
        with pytest.raises(NotFound, match="there is no snapshot a"):
            await act
    with pytest.raises(NotFound):
        states.delete("a")
    await states.reset()
    assert [s.name for s in states.list()] == ["b"], "a reset forgets no snapshot"


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", ".hidden", "a" * 65, "é", "a\n"])
async def test_a_name_is_never_a_path(it: Ruled, name: str) -> None:
    for act in (it.controls.states.snapshot(name), it.controls.states.restore(name)):
        with pytest.raises(Invalid, match="cannot name a snapshot"):
            await act


async def test_a_damaged_snapshot_changes_nothing(it: Ruled, tmp_path: Path) -> None:
    await it.controls.states.snapshot("s")
    await it.controls.messages.inject(PHARMACY, a_mail())
    (tmp_path / "snapshots" / "s" / "mail.sqlite3").write_bytes(b"nonsense" * 1000)
    with pytest.raises(StoreError):
        await it.controls.states.restore("s")
    (tmp_path / "snapshots" / "s" / STATE).write_text("{}")
    with pytest.raises(Conflict, match="cannot be read"):
        await it.controls.states.restore("s")
    assert len(mail_of(it)) == 1
    await it.house.send(await it.house.signed_in(DOCTOR), DOCTOR, [PHARMACY], a_letter())
    await it.house.outbox.settle()
    assert len(mail_of(it)) == 2


async def test_who_remembers_something_hears_of_a_change_of_state(it: Ruled) -> None:
    heard: list[str] = []
    it.controls.states.on_change(lambda: heard.append("change"))
    await it.controls.states.snapshot("s")
    await it.controls.states.reset()
    await it.controls.states.restore("s")
    assert heard == ["change", "change"]


async def test_resets_asked_for_at_the_same_time_follow_each_other(it: Ruled) -> None:
    await asyncio.gather(*(it.controls.states.reset() for _ in range(5)), it.controls.states.snapshot("s"))
    assert len(it.house.noted("reset")) == 5


async def test_a_fork_starts_another_space_in_the_same_state(it: Ruled, tmp_path: Path) -> None:
    await change_everything(it)
    issued = await it.controls.certificates.issue(DOCTOR)
    folder = await it.controls.states.fork(tmp_path / "fork")
    async with ruled(folder) as other:
        other.controls.states.take_up()
        assert space_of(other) == space_of(it)
        assert mail_of(other) == mail_of(it)
        assert issued.serial in [entry.serial for entry in other.controls.certificates.list()]
        await other.controls.messages.purge()
        await other.controls.states.reset()
        assert NEW not in other.house.space.mailboxes
    assert mail_of(it) != []
    with pytest.raises(Conflict, match="is not empty"):
        await it.controls.states.fork(folder)


async def test_a_fork_of_a_snapshot_holds_that_state(it: Ruled, tmp_path: Path) -> None:
    await it.controls.states.snapshot("empty")
    await it.controls.mailboxes.suspend(NURSE)
    await it.controls.messages.inject(PHARMACY, a_mail())
    async with ruled(await it.controls.states.fork(tmp_path / "fork", "empty")) as other:
        other.controls.states.take_up()
        assert mail_of(other) == []
        box = other.house.space.mailbox(address(NURSE))
        assert box is not None and box.status is Status.OPEN


async def test_without_a_fork_there_is_nothing_to_take_up(it: Ruled) -> None:
    before = space_of(it)
    it.controls.states.take_up()
    assert space_of(it) == before


async def test_what_was_revoked_stays_revoked(it: Ruled) -> None:
    issued = await it.controls.certificates.issue(DOCTOR)
    await it.controls.certificates.revoke(issued.serial)
    await it.controls.states.reset()
    assert it.controls.certificates.list()[-1].status == "revoked"


async def test_an_exchange_of_the_state_that_is_left_does_not_end_in_the_one_that_comes(it: Ruled) -> None:
    await it.controls.mailboxes.end_exchanges(DOCTOR, after=3600)
    await it.house.send(await it.house.signed_in(DOCTOR), DOCTOR, [PATIENT], a_letter())
    await it.house.outbox.settle()
    await it.controls.states.snapshot("waiting")
    await it.controls.states.reset()
    await it.controls.time.advance(7200)
    assert mail_of(it) == [] and it.house.noted("closing") == []
    await it.controls.states.restore("waiting")
    assert it.house.space.mailboxes[DOCTOR].closing.after == 3600
    await it.controls.time.advance(3600)
    assert [m.subject for m in it.controls.messages.find(Query(mailbox=PATIENT)).items] == ["Compte rendu", "[FIN]"]
    assert it.house.exchange(PATIENT, DOCTOR) == "closed"


async def test_a_state_written_before_exchanges_could_end_by_themselves_is_read(it: Ruled, tmp_path: Path) -> None:
    await it.controls.states.snapshot("old")
    path = tmp_path / "snapshots" / "old" / STATE
    kept = json.loads(path.read_text(encoding="utf-8"))
    for box in kept["mailboxes"]:
        del box["closing"]
    path.write_text(json.dumps(kept), encoding="utf-8")
    await it.controls.states.restore("old")
    assert not it.house.space.mailboxes[DOCTOR].closing.is_automatic
