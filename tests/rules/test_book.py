"""The book: severities, order, unknown names, and what a refusal says."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.rules.book import Book, Bounce, Breach, Rule, rule
from simulator.rules.catalogue import CATALOGUE
from simulator.rules.facts import FromSender, ToRecipient
from simulator.rules.verdict import PASSED, Severity
from tests.builders import DOCTOR, NURSE, from_, to


def a_rule(name: str, *, broken: bool = True, severity: Severity = Severity.ENFORCE,
           remedy: str = "", bounce: Bounce | None = None) -> Rule[Any]:
    """A rule of MAIL FROM that always says the same."""
    def check(f: FromSender) -> Breach | None:
        return Breach(f"{name} is broken", remedy) if broken else None

    check.__name__ = name
    return rule(FromSender, ref="RFC 0", title=name, remedy="mend it", fr=(name, "réparer"), reply=(550, "5.7.1"),
                severity=severity, bounce=bounce)(check)


def test_a_rule_is_named_as_its_function_with_dashes() -> None:
    assert a_rule("sender_is_polite").name == "sender-is-polite"


def test_nothing_broken_is_passed() -> None:
    assert Book([a_rule("kept", broken=False)]).judge(from_(DOCTOR)) is PASSED
    assert not PASSED.refused


def test_an_enforced_breach_refuses_in_two_ascii_lines_with_rule_and_remedy() -> None:
    verdict = Book([a_rule("polite")]).judge(from_(DOCTOR))
    assert verdict.refused and verdict.reply is not None
    assert verdict.reply.encode() == b"550-5.7.1 polite is broken [polite]\r\n550 5.7.1 Remedy: mend it\r\n"


def test_a_breach_may_bring_a_better_remedy() -> None:
    verdict = Book([a_rule("polite", remedy="say hello")]).judge(from_(DOCTOR))
    assert verdict.reply is not None and verdict.reply.lines[1] == "Remedy: say hello"
    assert verdict.findings[0].remedy == "say hello"


def test_a_warned_breach_is_found_and_changes_nothing() -> None:
    verdict = Book([a_rule("polite")], {"polite": Severity.WARN}).judge(from_(DOCTOR))
    assert verdict.reply is None and not verdict.refused
    assert [(f.rule, f.severity, f.what, f.ref) for f in verdict.findings] == [
        ("polite", Severity.WARN, "polite is broken", "RFC 0")]


def test_a_rule_that_is_off_is_not_asked() -> None:
    assert Book([a_rule("polite")], {"polite": Severity.OFF}).judge(from_(DOCTOR)) is PASSED


def test_a_rule_that_rests_by_default_may_be_enforced() -> None:
    resting = a_rule("polite", severity=Severity.OFF)
    assert Book([resting]).judge(from_(DOCTOR)) is PASSED
    assert Book([resting], {"polite": Severity.ENFORCE}).judge(from_(DOCTOR)).refused


def test_rules_are_judged_in_order_up_to_the_first_refusal() -> None:
    book = Book([a_rule("first", severity=Severity.WARN), a_rule("second"), a_rule("third")])
    verdict = book.judge(from_(DOCTOR))
    assert [f.rule for f in verdict.findings] == ["first", "second"]
    assert verdict.reply is not None and "[second]" in verdict.reply.lines[0]


def test_a_rule_runs_at_its_own_moment_only() -> None:
    """Facts of RCPT hold those of MAIL, yet MAIL's rules are not judged twice."""
    assert issubclass(ToRecipient, FromSender)
    assert Book([a_rule("polite")]).judge(to(NURSE)) is PASSED


def test_an_unknown_name_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="no-such-rule"):
        Book(CATALOGUE, {"no-such-rule": Severity.OFF})


def test_severities_are_known_for_every_rule() -> None:
    book = Book(CATALOGUE, {"letter-has-a-message-id": Severity.ENFORCE})
    assert book.severities.keys() == {r.name for r in CATALOGUE}
    assert book.severities["letter-has-a-message-id"] is Severity.ENFORCE


BACK = Bounce("Returned", "impolite", "impoli")


def test_a_message_that_goes_back_is_accepted_and_says_why() -> None:
    verdict = Book([a_rule("polite", bounce=BACK)], {"polite": Severity.BOUNCE}).judge(from_(DOCTOR))
    assert verdict.reply is None and not verdict.refused
    assert verdict.returned is not None and verdict.returned.rule == "polite"
    assert Book([a_rule("polite", bounce=BACK)]).judge(from_(DOCTOR)).returned is None, "refused, not returned"


def test_it_goes_back_once_and_may_still_be_refused() -> None:
    first, second = (a_rule(name, bounce=BACK, severity=Severity.BOUNCE) for name in ("first", "second"))
    assert [f.rule for f in Book([first, second]).judge(from_(DOCTOR)).findings] == ["first"]
    verdict = Book([first, second, a_rule("third")]).judge(from_(DOCTOR))
    assert verdict.refused and [f.rule for f in verdict.findings] == ["first", "third"]


def test_a_rule_that_cannot_return_a_message_is_not_made_to() -> None:
    with pytest.raises(ValueError, match="polite cannot return a message"):
        Book([a_rule("polite")], {"polite": Severity.BOUNCE})
