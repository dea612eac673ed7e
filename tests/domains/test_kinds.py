"""The kinds of domain, and the outsider."""

from __future__ import annotations

import pytest

from simulator.domains.arrival import Arrival
from simulator.domains.kinds import KINDS, kind_named
from simulator.model.mailbox import Kind
from simulator.rules.facts import Letter
from tests.builders import DOCTOR, NURSE, PATIENT, STRANGER, address, the_configuration, the_mailbox


def test_kinds_are_found_by_name() -> None:
    assert [kind_named(kind.name) for kind in KINDS] == list(KINDS)
    with pytest.raises(KeyError):
        kind_named("hospital")


def test_every_kind_of_mailbox_lives_somewhere_and_only_there() -> None:
    homes = [kind for domain in KINDS for kind in domain.mailbox_kinds]
    assert sorted(homes) == sorted(Kind)


def test_an_outsider_has_no_mailboxes_and_nothing_arrives() -> None:
    outsider = kind_named("outsider")
    assert outsider.mailbox_kinds == frozenset() and outsider.problem_with("anything at all") is None
    assert outsider.arrive(Arrival(the_mailbox(PATIENT), address(STRANGER), Letter(1), 0.0)) == ()


def test_every_mailbox_that_ships_has_an_address_of_its_domain() -> None:
    kinds = {domain.name: domain.kind for o in the_configuration().operators for domain in o.domains}
    for box in the_configuration().mailboxes:
        kind = kind_named(kinds[box.address.domain])
        assert kind.problem_with(box.address.local) is None and box.kind in kind.mailbox_kinds, box.address


def test_the_correspondent_is_whom_an_answer_would_reach() -> None:
    def correspondent(*reply_to: str) -> str:
        letter = Letter(1, reply_to=tuple(map(address, reply_to)))
        return str(Arrival(the_mailbox(PATIENT), address(DOCTOR), letter, 0.0).correspondent)

    assert correspondent() == DOCTOR and correspondent(NURSE, STRANGER) == NURSE
