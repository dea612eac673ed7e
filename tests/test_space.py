"""The trust space: its answers follow every change at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from simulator.model.mailbox import Dispensing, Status
from simulator.rules.facts import Exchange
from simulator.store.interface import Batch, Deposit, NewMessage
from tests.builders import (
    COLLEAGUE,
    DOCTOR,
    PATIENT,
    PHARMACY,
    SOFTWARE,
    START,
    a_clock,
    a_space,
    a_store,
    address,
    at_once,
    dn_of,
    put_exchanges,
)


def test_the_whitelist_begins_with_the_listed_domains() -> None:
    space = a_space()
    assert space.lists("medecin.mssante.fr") and not space.lists("courriel.example")
    assert space.listed_dns("medecin.mssante.fr") == (dn_of("mailiz"),)
    assert space.listed_dns("courriel.example") == () and set(space.whitelist()) == {
        d.name for d in space.domains.values() if d.listed}


def test_a_withdrawn_domain_is_gone_at_once() -> None:
    space = a_space()
    space.withdraw("Patient.MSSANTE.fr")
    assert not space.lists("patient.mssante.fr") and not space.is_listed_dn(dn_of("mes"))
    with pytest.raises(KeyError):
        space.withdraw("patient.mssante.fr")


def test_a_dn_stays_listed_while_one_domain_has_it() -> None:
    space = a_space()
    space.withdraw("medecin.mssante.fr")
    assert space.is_listed_dn(dn_of("mailiz"))


def test_an_admitted_domain_counts_at_once_and_gathers_certificates() -> None:
    space = a_space()
    space.admit("Nouveau.mssante.fr", ["CN=a", "CN=b"])
    space.admit("nouveau.mssante.fr", ["CN=b", "CN=c"])
    assert space.lists("nouveau.mssante.fr") and space.listed_dns("nouveau.mssante.fr") == ("CN=a", "CN=b", "CN=c")
    assert space.is_listed_dn("CN=c") and not space.is_listed_dn("CN=d")
    assert space.operator_of("nouveau.mssante.fr") is None and space.operator_with_dn("CN=a") is None


def test_watchers_hear_of_each_change_after_it() -> None:
    space = a_space()
    heard: list[bool] = []
    space.on_whitelist_change(lambda: heard.append(space.lists("medecin.mssante.fr")))
    space.withdraw("medecin.mssante.fr")
    space.admit("medecin.mssante.fr", [dn_of("mailiz")])
    assert heard == [False, True]


def test_the_whitelist_that_is_shown_is_a_copy() -> None:
    space = a_space()
    shown = dict(space.whitelist())
    shown.clear()
    assert space.lists("medecin.mssante.fr")


def test_operators_and_kinds_of_domains_are_known() -> None:
    space = a_space()
    assert space.operator_of("infirmier.mssante.fr") == "mailiz" and space.operator_of("courriel.example") is None
    assert space.domain_kind("courriel.example") == "outsider" and space.domain_kind("gmail.com") is None
    assert space.operator_with_dn(dn_of("bfc")) == "bfc" and space.operator_with_dn("CN=nobody") is None
    assert space.kind_of("patient.mssante.fr").name == "patient"
    with pytest.raises(KeyError):
        space.kind_of("gmail.com")
    assert space.message_limit("mailiz") == 10 * 1024 * 1024


def test_a_mailbox_is_found_in_any_capitals_and_its_status_changes_at_once() -> None:
    space = a_space()
    box = space.mailbox(address("PAUL.Vial@medecin.mssante.fr"))
    assert box is not None and box.status is Status.OPEN
    space.set_status(address(DOCTOR), Status.SUSPENDED)
    again = space.mailbox(address(DOCTOR))
    assert again is not None and again.status is Status.SUSPENDED
    assert box.status is Status.OPEN, "what was handed out does not change"
    with pytest.raises(KeyError):
        space.set_status(address("nobody@medecin.mssante.fr"), Status.OPEN)


def test_usage_counts_stored_octets() -> None:
    store = a_store()
    space = a_space(store=store)
    box = space.mailboxes[DOCTOR]
    at_once(store.commit(Batch([Deposit(DOCTOR, NewMessage(b"x" * 30, 0.0))])))
    assert space.usage(box) == 30


def test_exchanges_are_none_until_something_happened() -> None:
    store = a_store()
    space = a_space(store=store)
    patient = space.mailboxes[PATIENT]
    assert space.exchange(patient, address(DOCTOR)) == Exchange.NONE
    put_exchanges(store, {(PATIENT, DOCTOR): Exchange.OPEN})
    assert space.exchange(patient, address(DOCTOR.upper().replace("MSSANTE.FR", "mssante.fr"))) == Exchange.OPEN
    assert space.exchange(patient, address(PHARMACY)) == Exchange.NONE


@pytest.mark.parametrize(("days", "counts"), [(0, True), (1, True), (365, True), (366, False), (-1, False)])
def test_a_dispensing_counts_for_a_year(days: int, counts: bool) -> None:
    date = (START - timedelta(days=days)).date().isoformat()
    space = a_space(history=[Dispensing("tilleuls", date)])
    assert space.dispensed_within_a_year(space.mailboxes[PATIENT], "tilleuls") is counts
    assert not space.dispensed_within_a_year(space.mailboxes[PATIENT], "pont")


def test_the_year_ends_by_the_simulated_clock() -> None:
    clock = a_clock()
    space = a_space(clock=clock, history=[Dispensing("tilleuls", START.date().isoformat())])
    patient = space.mailboxes[PATIENT]
    clock.advance(timedelta(days=366).total_seconds() - 9 * 3600 - 1)
    assert clock.now().isoformat() == "2027-11-02T23:59:59+00:00"
    assert space.dispensed_within_a_year(patient, "tilleuls")
    clock.advance(1)
    assert not space.dispensed_within_a_year(patient, "tilleuls")


def test_what_was_not_reimbursed_and_who_is_no_patient_do_not_count() -> None:
    space = a_space(history=[Dispensing("tilleuls", START.date().isoformat(), reimbursed=False)])
    assert not space.dispensed_within_a_year(space.mailboxes[PATIENT], "tilleuls")
    assert not space.dispensed_within_a_year(space.mailboxes[DOCTOR], "tilleuls")


def test_holders_of_certificates_are_found_by_their_national_id() -> None:
    space = a_space()
    owner, structure = space.mailboxes[COLLEAGUE].owner, space.mailboxes[SOFTWARE].structure
    assert owner is not None and structure is not None
    assert [str(b.address) for b in space.accounts_of(owner.national_id)] == [COLLEAGUE]
    assert [str(b.address) for b in space.applications_of(structure.national_id)] == [SOFTWARE]
    assert space.accounts_of("8000") == [] and space.applications_of("1000") == []


def test_the_space_is_put_back_to_what_it_was() -> None:
    space = a_space()
    boxes, listed = tuple(space.mailboxes.values()), dict(space.whitelist())
    heard: list[str] = []
    space.on_mailbox_change(lambda: heard.append("mailboxes"))
    space.on_whitelist_change(lambda: heard.append("whitelist"))
    space.set_status(address(DOCTOR), Status.CLOSED)
    space.enlist("Ailleurs.mssante.fr", ["CN=x", "CN=x"])
    assert space.listed_dns("ailleurs.mssante.fr") == ("CN=x",)
    space.put_back(boxes, listed)
    assert tuple(space.mailboxes.values()) == boxes
    assert dict(space.whitelist()) == listed
    assert not space.is_listed_dn("CN=x")
    assert heard == ["mailboxes", "whitelist", "whitelist", "mailboxes"]
