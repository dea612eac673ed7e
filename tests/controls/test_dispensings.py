"""Dispensing while the simulator runs: histories that grow, are kept, brought back and forgotten."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from simulator.controls.errors import Invalid, NotFound
from simulator.model.mailbox import Dispensing, Mailbox
from tests.builders import OTHER_PHARMACY, PATIENT, START, a_letter
from tests.controls.conftest import Ruled, ruled

ZOE = PATIENT.partition("@")[0]
CORSICAN = "781102A12500908"
CONFIGURED = [Dispensing("morel", "2026-09-23"), Dispensing("tilleuls", "2026-10-21")]


def history(it: Ruled, ins: str = ZOE) -> list[tuple[str, str, bool]]:
    """Pharmacy, day, reimbursed."""
    return [(d.structure, d.date, d.reimbursed) for d in it.controls.dispensings.of(ins)]


CONFIGURED_TOLD = [(d.structure, d.date, d.reimbursed) for d in CONFIGURED]
TODAY = ("pont", "2026-11-02", True)


async def test_a_patient_may_write_to_the_pharmacy_that_has_just_dispensed(it: Ruled) -> None:
    visit = await it.house.signed_in(PATIENT)
    refused = await it.house.send(visit, PATIENT, [OTHER_PHARMACY], a_letter(PATIENT))
    assert refused.refused and it.house.noted("refusal")[-1]["rule"] == "pharmacy-is-in-the-dispensing-history"
    recorded = await it.controls.dispensings.record(ZOE, "pont")
    assert (recorded.structure, recorded.date, recorded.reimbursed) == TODAY
    assert not (await it.house.send(visit, PATIENT, [OTHER_PHARMACY], a_letter(PATIENT))).refused
    (event,) = it.house.noted("dispensed")
    assert (event["mailbox"], event["structure"], event["date"]) == (PATIENT, "pont", "2026-11-02")


async def test_a_history_is_in_order_whatever_was_recorded_when(it: Ruled) -> None:
    assert list(it.controls.dispensings.of(ZOE)) == CONFIGURED
    await it.controls.dispensings.record(ZOE, "pont")
    await it.controls.dispensings.record(PATIENT.upper(), "tilleuls", "2026-01-31", reimbursed=False)
    assert history(it) == [("tilleuls", "2026-01-31", False), *CONFIGURED_TOLD, TODAY]
    await it.controls.dispensings.record(CORSICAN.lower(), "990000028")
    assert history(it, CORSICAN)[-1] == TODAY


async def test_what_cannot_be_dispensed_is_told(it: Ruled) -> None:
    with pytest.raises(NotFound, match=f"did you mean {ZOE}"):
        await it.controls.dispensings.record(f"{ZOE[:-1]}5", "pont")
    with pytest.raises(NotFound, match="did you mean tilleuls"):
        await it.controls.dispensings.record(ZOE, "tileuls")
    with pytest.raises(Invalid, match="chu-lumiere is no pharmacy; these are: tilleuls, pont, morel"):
        await it.controls.dispensings.record(ZOE, "chu-lumiere")
    with pytest.raises(Invalid, match="yet to come, today is 2026-11-02"):
        await it.controls.dispensings.record(ZOE, "pont", "2026-11-03")
    with pytest.raises(Invalid, match="write it like 2026-10-02"):
        await it.controls.dispensings.record(ZOE, "pont", "31/12/2025")
    assert history(it) == CONFIGURED_TOLD and not it.house.noted("dispensed")


async def test_whoever_listens_hears_of_it_when_it_is_true(it: Ruled) -> None:
    heard: list[tuple[str, str]] = []

    def at_once(box: Mailbox, structure: str) -> None:
        heard.append((str(box.address), structure))
        assert it.house.space.dispensed_within_a_year(box, structure)

    async def later(box: Mailbox, structure: str) -> None:
        await asyncio.sleep(0)
        heard.append(("later", structure))

    it.controls.dispensings.on_dispensing(at_once)
    it.controls.dispensings.on_dispensing(later)
    await it.controls.dispensings.record(ZOE, "pont")
    assert heard == [(PATIENT, "pont"), ("later", "pont")]


async def test_a_reset_forgets_what_was_recorded(it: Ruled) -> None:
    await it.controls.dispensings.record(ZOE, "pont")
    await it.controls.states.reset()
    assert history(it) == CONFIGURED_TOLD
    await it.controls.dispensings.record(ZOE, "tilleuls", "2026-10-21")
    assert history(it)[-2:] == [("tilleuls", "2026-10-21", True)] * 2, "the same again is one more"


async def test_a_state_that_is_brought_back_holds_each_once(it: Ruled) -> None:
    await it.controls.dispensings.record(ZOE, "pont")
    await it.controls.states.snapshot("one")
    await it.controls.dispensings.record(ZOE, "morel")
    for _ in range(2):
        await it.controls.states.restore("one")
        assert history(it) == [*CONFIGURED_TOLD, TODAY]
    await it.controls.dispensings.record(ZOE, "morel")
    assert len(history(it)) == 4


async def test_what_was_recorded_is_there_after_the_next_start(tmp_path: Path) -> None:
    async with ruled(tmp_path) as it:
        await it.controls.dispensings.record(ZOE, "pont")
    async with ruled(tmp_path) as it:
        assert history(it) == CONFIGURED_TOLD
        it.controls.dispensings.take_up()
        it.controls.dispensings.take_up()
        assert history(it) == [*CONFIGURED_TOLD, TODAY]


async def test_a_fork_that_went_on_starts_with_all_of_it_once(it: Ruled, tmp_path: Path) -> None:
    await it.controls.dispensings.record(ZOE, "pont")
    fork = await it.controls.states.fork(tmp_path / "fork")
    async with ruled(fork) as there:
        there.controls.states.take_up()
        there.controls.dispensings.take_up()
        assert history(there) == [*CONFIGURED_TOLD, TODAY]
        await there.controls.dispensings.record(ZOE, "morel")
    async with ruled(fork) as there:
        there.controls.states.take_up()
        there.controls.dispensings.take_up()
        assert history(there) == [*CONFIGURED_TOLD, TODAY, ("morel", f"{START:%Y-%m-%d}", True)]


async def test_a_reset_in_between_leaves_nothing_behind(it: Ruled) -> None:
    await asyncio.gather(it.controls.dispensings.record(ZOE, "pont"), it.controls.states.reset())
    told = history(it)
    it.controls.dispensings.take_up()
    assert history(it) == told, "the mailbox says what the ledger says"
