"""The formula in words, and periods."""

from __future__ import annotations

from datetime import date

import pytest

from simulator.controls.errors import Invalid
from simulator.controls.formula import Formula, Period, period_of

TODAY = date(2026, 12, 2)


@pytest.mark.parametrize(("stretch", "since", "until", "told"), [
    ("year", date(2026, 1, 1), date(2026, 12, 31), "l'année 2026"),
    ("month", date(2026, 12, 1), date(2026, 12, 31), "décembre 2026"),
    ("all", None, None, "depuis toujours"),
])
def test_the_period_follows_the_calendar(stretch: str, since: date | None, until: date | None, told: str) -> None:
    period = period_of(stretch, TODAY)  # type: ignore[arg-type]
    assert (period, str(period)) == (Period(since, until), told)


@pytest.mark.parametrize(("since", "until", "told"), [
    ("2026-02-01", "2026-02-28", "février 2026"),
    ("2024-02-01", "2024-02-29", "février 2024"),
    ("2025-01-01", "2025-12-31", "l'année 2025"),
    ("2026-03-02", "2026-03-02", "du 2026-03-02 au 2026-03-02"),
    ("2026-03-02", None, "depuis le 2026-03-02"),
    (None, "2026-03-02", "jusqu'au 2026-03-02"),
])
def test_days_may_be_asked_for(since: str | None, until: str | None, told: str) -> None:
    assert str(period_of("year", TODAY, since, until)) == told


def test_both_ends_are_inside() -> None:
    period = period_of("year", TODAY, "2026-03-02", "2026-03-03")
    assert [period.holds(date(2026, 3, day)) for day in (1, 2, 3, 4)] == [False, True, True, False]
    assert period_of("all", TODAY).holds(date.min)


@pytest.mark.parametrize(("since", "until", "told"), [
    ("2026-03-03", "2026-03-02", "2026-03-03 is after 2026-03-02"),
    ("2026-02-30", None, "'2026-02-30' is no day"),
    (None, "x" * 1000, "'" + "x" * 40 + "' is no day"),
])
def test_what_is_no_period_is_told(since: str | None, until: str | None, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        period_of("year", TODAY, since, until)


def test_the_sentence_says_all_that_was_assumed() -> None:
    assert Formula().sentence() == (
        "Taux = délivrances remboursées autour desquelles (30 jours avant ou après) la pharmacie a échangé un message "
        "MSSanté avec le patient ou un professionnel ÷ délivrances remboursées de la période. Ne comptent pas : les "
        "accusés de lecture, les messages de clôture [FIN], les avis de non-distribution. Hypothèse : la formule "
        "exacte n'est pas publiée ; la section indicators de la configuration la change."
    )


def test_the_sentence_follows_the_settings() -> None:
    only = Formula(numerator="messages", counts=("professionals",), reimbursed_only=False, receipts=True)
    assert only.sentence().startswith(
        "Taux = messages MSSanté échangés par la pharmacie avec un professionnel ÷ délivrances de la période. "
        "Ne comptent pas : les messages de clôture [FIN], les avis"
    )
    talks = Formula(numerator="conversations", around=86400.0, closings=True, receipts=True).sentence()
    assert "(pauses de 1 jour au plus)" in talks and "Ne comptent pas : les avis de non-distribution." in talks
