"""How the indicator of F22 is computed, and over which days.

The 5 % and the two kinds of exchange that count are published; the formula, what it leaves out and the amount are not
[U]. So everything here can be changed in the configuration, and the sentence says what was assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from simulator.controls.errors import Invalid

Numerator = Literal["dispensings", "messages", "conversations"]
Side = Literal["patients", "professionals"]
Stretch = Literal["year", "month", "all"]

_MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
           "décembre")
_WHOM = {"patients": "le patient", "professionals": "un professionnel"}


@dataclass(frozen=True, slots=True)
class Formula:
    """What counts, against what."""

    threshold: float = 5.0
    """Percent of the dispensings."""
    amount: float = 240.0
    """Euros a year once the threshold is reached."""
    numerator: Numerator = "dispensings"
    """Dispensings around which there was an exchange; messages; or conversations, whose pauses are no longer than
    ``around``."""
    around: float = 30 * 86400.0
    """Seconds before and after a dispensing within which an exchange belongs to it."""
    counts: Sequence[Side] = ("patients", "professionals")
    reimbursed_only: bool = True
    receipts: bool = False
    closings: bool = False
    period: Stretch = "year"

    @property
    def within(self) -> timedelta:
        """``around`` in whole days: a dispensing has a day and no hour."""
        return timedelta(days=self.around // 86400)

    def sentence(self) -> str:
        """The whole formula in French, with what is assumed."""
        what = "délivrances remboursées" if self.reimbursed_only else "délivrances"
        whom = " ou ".join(_WHOM[side] for side in _WHOM if side in self.counts) or "personne"
        days = f"{self.within.days} jour{'s' if self.within.days > 1 else ''}"
        upper = {
            "dispensings": f"{what} autour desquelles ({days} avant ou après) la pharmacie a échangé un message "
                           f"MSSanté avec {whom}",
            "messages": f"messages MSSanté échangés par la pharmacie avec {whom}",
            "conversations": f"conversations MSSanté de la pharmacie avec {whom} (pauses de {days} au plus)",
        }[self.numerator]
        left_out = [name for name, counted in (("les accusés de lecture", self.receipts),
                                               ("les messages de clôture [FIN]", self.closings)) if not counted]
        without = f" Ne comptent pas : {', '.join([*left_out, 'les avis de non-distribution'])}."
        return (f"Taux = {upper} ÷ {what} de la période.{without} Hypothèse : la formule exacte n'est pas publiée ; la "
                "section indicators de la configuration la change.")


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both ends included; None is open."""

    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        """The day lies within."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def __str__(self) -> str:
        """``l'année 2026``, ``du 2026-01-01 au 2026-03-31``."""
        first, last = self.since, self.until
        if first is None and last is None:
            return "depuis toujours"
        if first is None or last is None:
            return f"depuis le {first}" if last is None else f"jusqu'au {last}"
        if (first, last) == (_year(first).since, _year(first).until):
            return f"l'année {first.year}"
        if (first, last) == (_month(first).since, _month(first).until):
            return f"{_MONTHS[first.month - 1]} {first.year}"
        return f"du {first} au {last}"


def period_of(stretch: Stretch, today: date, since: str | None = None, until: str | None = None) -> Period:
    """The period that is asked for: the calendar's year or month of today, or from and to a day where one is given.

    Raises Invalid."""
    if since is None and until is None:
        return _year(today) if stretch == "year" else _month(today) if stretch == "month" else Period()
    asked = Period(*(None if text is None else day_of(text) for text in (since, until)))
    if asked.since is not None and asked.until is not None and asked.since > asked.until:
        raise Invalid(f"{asked.since} is after {asked.until}", "give the earlier day as since")
    return asked


def day_of(text: str) -> date:
    """A day written ``2026-10-02``. Raises Invalid."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"{text[:40]!r} is no day", "write it like 2026-10-02") from None


def _year(day: date) -> Period:
    return Period(date(day.year, 1, 1), date(day.year, 12, 31))


def _month(day: date) -> Period:
    next_month = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return Period(day.replace(day=1), next_month - timedelta(days=1))
