"""The pharmacy's counter, "picto argent": dispensings, those with an MSSanté exchange, rate and threshold (F22)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from simulator import correspondence
from simulator.controls.counting import Dispensed, Exchanged, Judged, conversations, judge, sift
from simulator.controls.formula import Formula, Period, period_of
from simulator.controls.pharmacies import Pharmacies
from simulator.model.mailbox import Structure
from simulator.space import TrustSpace
from simulator.store.interface import Store


@dataclass(frozen=True, slots=True)
class Sides:
    """How many of something, by who the other side is."""

    patients: int
    professionals: int

    @property
    def all(self) -> int:
        """Both."""
        return self.patients + self.professionals


@dataclass(frozen=True, slots=True)
class Indicator:
    """The counter of one pharmacy over one period."""

    structure: Structure
    mailboxes: tuple[str, ...]
    """Addresses whose mail is looked at."""
    period: Period
    formula: Formula
    lines: tuple[Judged, ...]
    """The dispensings of the period, oldest first."""
    exchanges: tuple[Exchanged, ...]
    """The messages of the period, oldest first, those that do not count too."""

    @property
    def dispensings(self) -> int:
        """The denominator."""
        return sum(line.is_counted for line in self.lines)

    @property
    def with_patients(self) -> int:
        """Counted dispensings around which there was an exchange with the patient."""
        return sum(line.is_counted and line.with_patient for line in self.lines)

    @property
    def with_professionals(self) -> int:
        """Counted dispensings that a message between professionals was found for."""
        return sum(line.is_counted and line.with_professional for line in self.lines)

    @property
    def messages(self) -> Sides:
        """Messages of the period that count."""
        return _sides(e for e in self.exchanges if e.counts)

    @property
    def conversations(self) -> Sides:
        """Conversations of the period."""
        return _sides(conversations(self.formula.within, (e for e in self.exchanges if e.counts)))

    @property
    def numerator(self) -> int:
        """Of what the formula names."""
        if self.formula.numerator == "dispensings":
            return sum(line.counts for line in self.lines)
        return (self.messages if self.formula.numerator == "messages" else self.conversations).all

    @property
    def rate(self) -> float | None:
        """Percent, rounded to hundredths; None when nothing was dispensed."""
        return round(100 * self.numerator / self.dispensings, 2) if self.dispensings else None

    @property
    def reached(self) -> bool:
        """The exact rate, not the rounded one, is at the threshold or above."""
        return self.dispensings > 0 and 100 * self.numerator >= self.formula.threshold * self.dispensings

    @property
    def due(self) -> float:
        """Euros."""
        return self.formula.amount if self.reached else 0.0


class Indicators:
    """The counters of all pharmacies."""

    def __init__(self, space: TrustSpace, store: Store, pharmacies: Pharmacies, formula: Formula) -> None:
        self._space = space
        self._store = store
        self._pharmacies = pharmacies
        self.formula = formula

    def all(self, since: str | None = None, until: str | None = None) -> Sequence[Indicator]:
        """Every pharmacy's. Raises Invalid."""
        period = self._period(since, until)
        return tuple(self._of(pharmacy, period) for pharmacy in self._pharmacies.all())

    def of(self, pharmacy: str, since: str | None = None, until: str | None = None) -> Indicator:
        """One pharmacy's, whatever ``Pharmacies.get`` knows it by. ``since`` and ``until`` are days, both included;
        with neither, the period is that of the configuration. Raises NotFound, Invalid."""
        return self._of(self._pharmacies.get(pharmacy), self._period(since, until))

    def _period(self, since: str | None, until: str | None) -> Period:
        return period_of(self.formula.period, self._space.now().date(), since, until)

    def _of(self, pharmacy: Structure, period: Period) -> Indicator:
        boxes = self._pharmacies.mailboxes(pharmacy)
        found = ((line.at, line.owner, correspondence.read(line)) for box in boxes
                 for line in self._store.ledger(correspondence.TOPIC, box.address.key))
        exchanged = sift(self.formula, (each for each in found if each[2].structure == pharmacy.id))
        # Judged as a whole and cut afterwards: the same message makes no dispensing count in two periods.
        judged = judge(self.formula, self._dispensed(pharmacy), exchanged)
        return Indicator(
            pharmacy, tuple(str(box.address) for box in boxes), period, self.formula,
            tuple(line for line in judged if period.holds(line.dispensed.day)),
            tuple(exchange for exchange in exchanged if period.holds(exchange.day)),
        )

    def _dispensed(self, pharmacy: Structure) -> Iterable[Dispensed]:
        for key, box in self._space.mailboxes.items():
            for d in box.patient.dispensings if box.patient is not None else ():
                if d.structure == pharmacy.id:
                    yield Dispensed(key, box.display_name, date.fromisoformat(d.date), d.reimbursed)


def _sides(exchanged: Iterable[Exchanged]) -> Sides:
    found = [exchange.with_patient for exchange in exchanged]
    return Sides(found.count(True), found.count(False))
