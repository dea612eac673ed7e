"""Rules on the message itself, at their boundaries."""

from __future__ import annotations

import pytest

from simulator.rules.facts import Letter
from simulator.rules.letters import (
    announced_size_fits_the_operator,
    header_can_be_read,
    letter_has_a_message_id,
    message_does_not_loop,
    message_fits_the_operator,
)
from simulator.rules.verdict import Severity
from tests.builders import DOCTOR, carrying, from_

MIB = 1024 * 1024


@pytest.mark.parametrize(("operator", "size", "refused"), [
    ("mailiz", 10 * MIB, False), ("mailiz", 10 * MIB + 1, True), ("bfc", 20 * MIB, False), ("bfc", 20 * MIB + 1, True),
    ("mes", 0, False), (None, 99 * MIB, False)])
def test_each_operator_takes_its_own_size(operator: str | None, size: int, refused: bool) -> None:
    assert bool(announced_size_fits_the_operator.check(from_(DOCTOR, operator=operator, size=size))) is refused
    assert bool(message_fits_the_operator.check(carrying(Letter(size), operator=operator))) is refused


def test_a_size_that_is_not_announced_is_not_judged_yet() -> None:
    assert announced_size_fits_the_operator.check(from_(DOCTOR, operator="mailiz")) is None


@pytest.mark.parametrize(("hops", "refused"), [(0, False), (50, False), (51, True)])
def test_fifty_hops_are_the_most_by_default(hops: int, refused: bool) -> None:
    assert bool(message_does_not_loop.check(carrying(Letter(1, hops=hops)))) is refused


def test_the_most_hops_are_a_setting() -> None:
    assert message_does_not_loop.check(carrying(Letter(1, hops=3), most_hops=2))


def test_the_first_defect_is_told() -> None:
    breach = header_can_be_read.check(carrying(Letter(1, defects=("The header has 2 From fields", "more"))))
    assert breach is not None and breach.what == "The header has 2 From fields"
    assert header_can_be_read.check(carrying(f"From: {DOCTOR}")) is None


def test_a_missing_message_id_is_only_remarked_on() -> None:
    assert letter_has_a_message_id.severity is Severity.WARN
    assert letter_has_a_message_id.check(carrying("Subject: x"))
    assert letter_has_a_message_id.check(carrying("Message-ID:  "))
    assert letter_has_a_message_id.check(carrying("Message-ID: <1@a.example>")) is None
