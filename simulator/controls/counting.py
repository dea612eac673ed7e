"""Which dispensings and which messages count, and why: days compared, nothing looked up."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from simulator.controls.formula import Formula
from simulator.correspondence import CLOSING, PATIENT, RECEIPT, SENT, Contact


@dataclass(frozen=True, slots=True)
class Dispensed:
    """One dispensing of the pharmacy."""

    patient: str
    """Key of the patient's address."""
    name: str
    day: date
    reimbursed: bool


@dataclass(frozen=True, slots=True)
class Exchanged:
    """One message of the pharmacy, and whether it can count at all."""

    at: float
    """Simulated seconds since 1970."""
    day: date
    """The same, UTC."""
    mailbox: str
    """Key of the pharmacy's address."""
    contact: Contact
    counts: bool
    why: str
    """In French."""

    @property
    def with_patient(self) -> bool:
        """Else with a professional."""
        return self.contact.kind == PATIENT

    def told(self) -> str:
        """``reçu le 2026-11-20``."""
        return f"{'envoyé' if self.contact.direction == SENT else 'reçu'} le {self.day}"


@dataclass(frozen=True, slots=True)
class Judged:
    """One dispensing with what makes it count."""

    dispensed: Dispensed
    with_patient: bool
    with_professional: bool
    is_counted: bool
    """In the denominator."""
    why: str
    """In French."""

    @property
    def counts(self) -> bool:
        """In the denominator and in the numerator."""
        return self.is_counted and (self.with_patient or self.with_professional)


def sift(formula: Formula, found: Iterable[tuple[float, str, Contact]]) -> list[Exchanged]:
    """The messages by time, each once for the pharmacy however many of its mailboxes it went to."""
    seen: set[tuple[str, str, str]] = set()
    sifted = []
    for at, mailbox, contact in sorted(found, key=lambda each: each[0]):
        name = (contact.direction, contact.correspondent.lower(), contact.message_id)
        why = _why_not(formula, contact) or ("déjà compté : le même message" if name in seen else "")
        if contact.message_id and not why:
            seen.add(name)
        day = datetime.fromtimestamp(at, UTC).date()
        sifted.append(Exchanged(at, day, mailbox, contact, not why, why or "compte"))
    return sifted


def _why_not(formula: Formula, contact: Contact) -> str:
    side = "patients" if contact.kind == PATIENT else "professionals"
    if side not in formula.counts:
        return f"ne compte pas : échange avec un {'patient' if side == 'patients' else 'professionnel'}"
    if contact.form == RECEIPT and not formula.receipts:
        return "ne compte pas : accusé de lecture"
    if contact.form == CLOSING and not formula.closings:
        return "ne compte pas : clôture [FIN]"
    return ""


def judge(formula: Formula, dispensings: Iterable[Dispensed], exchanged: Iterable[Exchanged]) -> list[Judged]:
    """Every dispensing, oldest first.

    An exchange with the patient makes each of this patient's dispensings around it count. The envelope of a message
    between professionals does not say whom it is about: it makes one dispensing count, the nearest one around it that
    nothing else makes count [U].
    """
    ordered = sorted(dispensings, key=lambda d: (d.day, d.patient))
    counting = [e for e in exchanged if e.counts]
    by_patient: dict[str, list[Exchanged]] = {}
    for exchange in counting:
        if exchange.with_patient:
            by_patient.setdefault(exchange.contact.correspondent.lower(), []).append(exchange)
    own = [_nearest(formula.within, d.day, by_patient.get(d.patient, ())) for d in ordered]
    open_days = Days(formula.within)
    for place, dispensed in enumerate(ordered):
        if own[place] is None and (dispensed.reimbursed or not formula.reimbursed_only):
            open_days.put(dispensed.day, place)
    others: dict[int, Exchanged] = {}
    for exchange in counting:
        taken = None if exchange.with_patient else open_days.take(exchange.day)
        if taken is not None:
            others[taken] = exchange
    return [_judged(formula, d, own[place], others.get(place)) for place, d in enumerate(ordered)]


def _judged(formula: Formula, dispensed: Dispensed, own: Exchanged | None, other: Exchanged | None) -> Judged:
    is_counted = dispensed.reimbursed or not formula.reimbursed_only
    if not is_counted:
        why = "hors du compte : non remboursée"
    elif own is not None:
        why = f"compte : message {own.told()} avec le patient"
    elif other is not None:
        why = f"compte : message {other.told()} avec {other.contact.correspondent}"
    else:
        why = f"ne compte pas : aucun échange à {formula.within.days} jours près"
    return Judged(dispensed, own is not None, other is not None, is_counted, why)


def _day(exchange: Exchanged) -> date:
    return exchange.day


def _nearest(within: timedelta, day: date, exchanged: Sequence[Exchanged]) -> Exchanged | None:
    """The first one of the nearest day; ``exchanged`` are given oldest first, and many."""
    after = bisect_left(exchanged, day, key=_day)
    before = bisect_left(exchanged, exchanged[after - 1].day, key=_day) if after else after
    nearest = min((exchanged[i] for i in (before, after) if i < len(exchanged)), key=lambda e: abs(e.day - day),
                  default=None)
    return nearest if nearest is not None and abs(nearest.day - day) <= within else None


class Days:
    """Things that wait on a day, given away from the nearest day on."""

    def __init__(self, within: timedelta) -> None:
        self._within = within
        self._waiting: dict[date, list[int]] = {}
        self._empty_around: set[date] = set()

    def put(self, day: date, thing: int) -> None:
        """Before the first ``take``."""
        self._waiting.setdefault(day, []).insert(0, thing)

    def take(self, day: date) -> int | None:
        """One thing of the nearest day, the earlier of two; None when none waits near enough."""
        if not self._waiting or day in self._empty_around:
            return None
        nearest = min(self._waiting, key=lambda other: (abs(other - day), other))
        if abs(nearest - day) > self._within:
            # Things only become fewer: whoever asks for this day again need not look.
            self._empty_around.add(day)
            return None
        things = self._waiting[nearest]
        thing = things.pop()
        if not things:
            del self._waiting[nearest]
        return thing


def conversations(within: timedelta, exchanged: Iterable[Exchanged]) -> Iterator[Exchanged]:
    """The first message of each conversation: with one correspondent, without a longer pause than ``within``."""
    last: dict[str, date] = {}
    for exchange in exchanged:
        other, day = exchange.contact.correspondent.lower(), exchange.day
        if other not in last or day - last[other] > within:
            yield exchange
        last[other] = day
