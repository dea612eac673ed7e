"""The simulated clock, and what moves with it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from simulator.controls.errors import Invalid, TimedOut
from simulator.controls.query import Query
from simulator.outbox import CannotReach, Handover, RelaySettings
from tests.builders import DOCTOR, PATIENT, PHARMACY, START, NextDoor, a_letter
from tests.controls.conftest import Ruled, ruled


class Unreachable:
    """The way to other operators, blocked for so many attempts."""

    def __init__(self, attempts: int) -> None:
        self.left = attempts
        self.it: Ruled | None = None

    async def __call__(self, operator: str, domain: str) -> Handover:
        if self.left > 0:
            self.left -= 1
            raise CannotReach("the line is cut")
        assert self.it is not None
        return NextDoor(self.it.house, operator, domain)


async def test_the_clock_is_shown_frozen_and_let_run(it: Ruled) -> None:
    time = it.controls.time
    assert (time.now(), time.show().frozen, time.show().offset) == (START, True, 0)
    assert not time.run().frozen
    assert time.freeze().frozen
    assert time.now() >= START


async def test_the_clock_moves_forward_only(it: Ruled) -> None:
    shown = await it.controls.time.advance(90_061)
    assert shown.now == START + timedelta(days=1, hours=1, minutes=1, seconds=1)
    assert shown.offset == 90_061
    assert it.house.noted("clock")[0]["story"] == "the clock moved 1 d 1 h 1 min 1 s forward"
    for seconds in (-1, float("nan"), float("inf"), 1e12):
        with pytest.raises(Invalid, match="only moves forward"):
            await it.controls.time.advance(seconds)


async def test_revocation_lists_are_renewed_when_their_time_has_come(it: Ruled, tmp_path: Path) -> None:
    before = sorted(path.read_bytes() for path in (tmp_path / "pki" / "crl").iterdir())
    await it.controls.time.advance(8 * 86400)
    assert sorted(path.read_bytes() for path in (tmp_path / "pki" / "crl").iterdir()) != before


async def test_advancing_makes_retries_due_and_sees_them_through(tmp_path: Path) -> None:
    way = Unreachable(1)
    async with ruled(tmp_path, connect=way) as it:
        way.it = it
        await it.house.send(await it.house.signed_in(DOCTOR), DOCTOR, [PHARMACY], a_letter())
        await it.house.outbox.settle()
        assert it.controls.messages.find(Query(mailbox=PHARMACY)).items == ()
        await it.controls.time.advance(30)
        assert len(it.controls.messages.find(Query(mailbox=PHARMACY)).items) == 1


async def test_time_jumps_from_retry_to_retry_until_no_mail_waits(tmp_path: Path) -> None:
    way = Unreachable(3)
    async with ruled(tmp_path, connect=way) as it:
        way.it = it
        await it.house.send(await it.house.signed_in(DOCTOR), DOCTOR, [PHARMACY], a_letter())
        quiet = await it.controls.time.run_until_quiet()
        assert (quiet.jumps, round(quiet.seconds)) == (3, 30 + 60 + 120)
        assert len(it.controls.messages.find(Query(mailbox=PHARMACY)).items) == 1
        assert (await it.controls.time.run_until_quiet()).jumps == 0


async def test_mail_that_is_never_handed_over_comes_back_within_the_limit(tmp_path: Path) -> None:
    async with ruled(tmp_path, connect=Unreachable(10_000)) as it:
        await it.house.send(await it.house.signed_in(DOCTOR), DOCTOR, [PHARMACY], a_letter())
        with pytest.raises(TimedOut, match=f"1 messages still wait .* {PHARMACY}: the line is cut; mend"):
            await it.controls.time.run_until_quiet(3600)
        await it.controls.time.run_until_quiet()
        notices = it.controls.messages.find(Query(mailbox=DOCTOR, header=("Content-Type", "delivery-status"))).items
        assert "5.4.7" in it.controls.messages.raw(notices[-1].id).decode()


async def test_retries_in_quick_succession_end_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.controls.time.MOST_JUMPS", 5)
    async with ruled(tmp_path, connect=Unreachable(10_000), settings=RelaySettings(first_retry=0.5, growth=1.0)) as it:
        await it.house.send(await it.house.signed_in(DOCTOR), DOCTOR, [PHARMACY], a_letter())
        with pytest.raises(TimedOut):
            await it.controls.time.run_until_quiet()


async def test_advancing_sees_exchanges_end_that_became_due(it: Ruled) -> None:
    await it.controls.mailboxes.end_exchanges(DOCTOR, after=3600)
    await it.house.send(await it.house.signed_in(DOCTOR), DOCTOR, [PATIENT], a_letter())
    await it.controls.time.advance(0)
    await it.controls.time.advance(3599)
    assert it.house.exchange(PATIENT, DOCTOR) == "open"
    await it.controls.time.advance(1)
    assert it.house.exchange(PATIENT, DOCTOR) == "closed"
