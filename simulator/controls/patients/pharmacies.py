"""Which pharmacies a patient may write to first, and why the others are not offered (F7, F12, F13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from simulator.controls.patients.profiles import Profiles, holder
from simulator.controls.pharmacies import Pharmacies as Officines
from simulator.model.address import Address
from simulator.model.mailbox import Dispensing, Kind, Mailbox, Status, Structure
from simulator.space import TrustSpace


class Why(StrEnum):
    """Why a pharmacy is offered, or not."""

    OFFERED = "offered"
    NEVER_DISPENSED = "never-dispensed"
    NOT_REIMBURSED = "not-reimbursed"
    TOO_LONG_AGO = "too-long-ago"
    NO_TEAM_MAILBOX = "no-organisational-mailbox"
    TEAM_MAILBOX_CLOSED = "mailbox-closed"
    NOT_PUBLISHED = "not-published"
    NOT_LISTED = "domain-not-listed"


_FRENCH = {
    Why.OFFERED: "Vous y avez fait délivrer des médicaments depuis moins d'un an.",
    Why.NEVER_DISPENSED: "Aucune délivrance de cette pharmacie ne figure dans votre historique de remboursement.",
    Why.NOT_REIMBURSED: "Les délivrances de cette pharmacie n'ont pas été remboursées : elle ne figure pas dans votre "
                        "historique.",
    Why.TOO_LONG_AGO: "Votre dernière délivrance remboursée dans cette pharmacie remonte à plus d'un an.",
    Why.NO_TEAM_MAILBOX: "Cette pharmacie n'a pas de boîte aux lettres organisationnelle MSSanté : elle ne peut pas "
                         "recevoir les messages des patients.",
    Why.TEAM_MAILBOX_CLOSED: "La boîte aux lettres de cette pharmacie est suspendue ou fermée.",
    Why.NOT_PUBLISHED: "La boîte aux lettres de cette pharmacie n'est pas publiée dans l'Annuaire Santé.",
    Why.NOT_LISTED: "Le domaine de cette pharmacie ne figure plus dans la liste blanche MSSanté.",
}


@dataclass(frozen=True, slots=True)
class Pharmacy:
    """A pharmacy as the patient sees it."""

    structure: Structure
    mailbox: Address | None
    """Its organisational mailbox; None when it has none."""
    why: Why
    last_dispensing: date | None
    """The newest one to this patient, reimbursed or not."""

    @property
    def offered(self) -> bool:
        """True when the patient may write first."""
        return self.why is Why.OFFERED

    @property
    def reason(self) -> str:
        """The same for people, in French."""
        return _FRENCH[self.why]


class Pharmacies:
    """Every pharmacy of the space, seen by one patient."""

    def __init__(self, profiles: Profiles, space: TrustSpace, officines: Officines) -> None:
        self._profiles = profiles
        self._space = space
        self._officines = officines

    def list(self, ins: str) -> Sequence[Pharmacy]:
        """Those that are offered first, each group by name. Raises NotFound."""
        box = self._profiles.get(ins)
        seen = [self._seen_by(box, structure) for structure in self._officines.all()]
        return sorted(seen, key=lambda pharmacy: (not pharmacy.offered, pharmacy.structure.name))

    def _seen_by(self, patient: Mailbox, structure: Structure) -> Pharmacy:
        dispensed = [d for d in holder(patient).dispensings if d.structure == structure.id]
        teams = [box for box in self._officines.mailboxes(structure) if box.kind is Kind.ORG]
        team = next((box for box in teams if box.status is Status.OPEN and not box.red_list), next(iter(teams), None))
        newest = max((date.fromisoformat(d.date) for d in dispensed), default=None)
        recently = self._space.dispensed_within_a_year(patient, structure.id)
        return Pharmacy(structure, team.address if team is not None else None,
                        self._why(dispensed, recently, team), newest)

    def _why(self, dispensed: Sequence[Dispensing], recently: bool, team: Mailbox | None) -> Why:
        checks = (
            (Why.NEVER_DISPENSED, not dispensed),
            (Why.NOT_REIMBURSED, not any(d.reimbursed for d in dispensed)),
            (Why.TOO_LONG_AGO, not recently),
            (Why.NO_TEAM_MAILBOX, team is None),
            (Why.TEAM_MAILBOX_CLOSED, team is not None and team.status is not Status.OPEN),
            (Why.NOT_PUBLISHED, team is not None and team.red_list),
            (Why.NOT_LISTED, team is not None and not self._space.lists(team.address.domain)),
        )
        return next((why for why, holds in checks if holds), Why.OFFERED)
