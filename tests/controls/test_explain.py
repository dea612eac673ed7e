"""Explanations: rule, source, remedy, facts of a refusal; something sensible for everything else."""

from __future__ import annotations

import json

import pytest

from simulator.controls.errors import Invalid, NotFound
from simulator.controls.explain import Explain, certainty
from simulator.journal import Journal
from simulator.model.certificate import NO_CERTIFICATE
from simulator.rules.book import Book
from simulator.rules.catalogue import CATALOGUE
from simulator.rules.verdict import Severity
from simulator.signin import Attempt
from tests.builders import DOCTOR, STRANGER, a_clock, a_letter, a_store, tls
from tests.controls.conftest import Ruled


async def test_a_refused_recipient_is_explained_by_its_rule(it: Ruled) -> None:
    visit = await it.house.signed_in(DOCTOR)
    await it.house.send(visit, DOCTOR, [STRANGER], a_letter())
    (event,) = it.house.journal.events(kind="refusal")
    told = it.controls.explain.get(str(event.seq))
    rule = it.house.book.rules["recipient-domain-is-listed"]
    assert (told.rule, told.kind, told.reply) == (rule.name, "refusal", f"{rule.code} {rule.status}")
    assert (told.title_en, told.title_fr, told.ref) == (rule.title, rule.french.title, rule.ref)
    assert told.what == event.facts["what"]
    assert told.remedy_en and told.remedy_fr == rule.french.remedy
    assert told.certainty == "certain"
    assert (told.facts["client"], told.facts["door"], told.facts["who"]) == ("127.0.0.1", "submission", DOCTOR)
    assert told.is_refusal and told.story == event.story


async def test_a_message_that_came_back_is_explained_by_its_rule(it: Ruled) -> None:
    await it.house.send(it.house.at_mx("mailiz", "mes"), DOCTOR, ["248059999900396@patient.mssante.fr"], a_letter())
    (event,) = it.house.journal.events(kind="bounced")
    told = it.controls.explain.get(str(event.seq))
    assert (told.rule, told.kind, told.reply, told.is_refusal) == ("patient-space-is-open", "bounced", "5.2.1", True)
    assert (told.title_fr, told.certainty) == ("L'espace du patient est ouvert", "certain, second hand")
    assert told.remedy_en and told.remedy_fr


async def test_a_refused_sign_in_is_explained(it: Ruled) -> None:
    attempt = Attempt("imaps", "127.0.0.1", tls(NO_CERTIFICATE), "PLAIN", DOCTOR, secret="wrong")
    assert (await it.house.sign_in.attempt(attempt)).identity is None
    (event,) = it.house.journal.events(kind="sign-in-refused")
    told = it.controls.explain.get(str(event.seq))
    assert told.rule in it.house.book.rules
    assert "wrong" not in json.dumps(dict(told.facts))


@pytest.mark.parametrize(
    ("kind", "facts", "what", "refused"),
    [
        ("protocol", {"rule": "not-smtp"}, "the story", True),
        ("handshake-failed", {"why": "no shared cipher"}, "no shared cipher", True),
        ("connection-refused", {"why": "too many"}, "too many", True),
        ("sign-in-refused", {"rule": ""}, "the story", True),
        ("postponed", {"reason": "line cut"}, "line cut", True),
        ("refusal", {"rule": "a-rule-of-another-version", "remedy": "x"}, "the story", True),
        ("delivered", {}, "the story", False),
    ],
)
async def test_events_without_a_rule_are_explained_in_general(
    it: Ruled, kind: str, facts: dict[str, str], what: str, refused: bool
) -> None:
    event = it.house.journal.note(kind, "the story", **facts)
    told = it.controls.explain.get(str(event.seq))
    assert (told.kind, told.rule, told.reply, told.what, told.is_refusal) == (kind, "", "", what, refused)
    assert told.title_en and told.title_fr
    assert bool(told.remedy_en) == refused


async def test_a_remark_is_explained_by_its_rule_and_is_no_refusal(it: Ruled) -> None:
    event = it.house.journal.note("remark", "s", rule="recipient-domain-is-listed", what="w", remedy="r")
    told = it.controls.explain.get(str(event.seq))
    assert (told.what, told.remedy_en, told.is_refusal) == ("w", "r", False)


async def test_what_is_no_event_is_told(it: Ruled) -> None:
    for id in ("", "x", "-1", "1.5", "٣", "9" * 30):
        with pytest.raises(Invalid, match="no number of an event"):
            it.controls.explain.get(id)
    with pytest.raises(NotFound, match="no event 99"):
        it.controls.explain.get("99")


async def test_an_event_that_the_journal_has_forgotten_is_found_in_the_store() -> None:
    clock, store = a_clock(), a_store()
    journal = Journal(clock, keep=2, sink=store.record)
    explain = Explain(journal, Book(CATALOGUE), store)
    for n in range(5):
        journal.note("refusal", f"story {n}", mailbox=DOCTOR, rule="recipient-domain-is-listed", to=["a", "b"])
    told = explain.get("2")
    assert (told.id, told.story, told.facts["mailbox"], told.facts["to"]) == ("2", "story 1", DOCTOR, ["a", "b"])


@pytest.mark.parametrize("rule", CATALOGUE, ids=lambda rule: rule.name)
def test_every_rule_says_how_sure_its_source_is(rule: object) -> None:
    assert certainty(rule.ref) in ("certain", "certain, second hand", "inferred", "assumed", "ours")  # type: ignore[attr-defined]


def test_severities_do_not_matter_to_explaining() -> None:
    assert Book(CATALOGUE, {"recipient-domain-is-listed": Severity.OFF}).rules["recipient-domain-is-listed"]
