"""The holders of spaces: finding one, and what kind of day the space has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.controls.errors import Conflict, NotFound, nearest
from simulator.journal import Event, Journal
from simulator.model.mailbox import Kind, Mailbox, NotifyBy, Patient, Status
from simulator.space import TrustSpace

_CLOSED = {
    Status.NOT_ACTIVATED: ("has not been activated yet", "activate it first: its holder must sign in once"),
    Status.CLOSED: ("is closed", "open it again first"),
    Status.SUSPENDED: ("is suspended", "open it again first"),
}


@dataclass(frozen=True, slots=True)
class Notification:
    """The patient was told of a new message, on paper only: nothing leaves the simulator."""

    at: float
    """Simulated seconds since 1970."""
    by: str
    address: str
    message_id: str


class Profiles:
    """The patients of the space, by INS."""

    def __init__(self, space: TrustSpace, journal: Journal) -> None:
        self._space = space
        self._journal = journal
        journal.listen(self._heard)

    def list(self) -> Sequence[Mailbox]:
        """Every patient's mailbox, in the order of the configuration."""
        return [box for box in self._space.mailboxes.values() if box.kind is Kind.PATIENT]

    def get(self, ins: str) -> Mailbox:
        """The mailbox of this matricule, or of this address. Raises NotFound with the nearest matricule."""
        box = self.find(ins)
        if box is None:
            known = (holder(box).ins for box in self.list())
            wanted = ins[:60].strip().upper().partition("@")[0]
            raise NotFound(f"there is no patient {ins[:60]}", nearest(wanted, known))
        return box

    def find(self, ins: str) -> Mailbox | None:
        """The same; None when there is none. Takes as long either way."""
        wanted = ins.strip().upper().partition("@")[0]
        found = [box for box in self.list() if holder(box).ins.upper() == wanted]
        return found[0] if found else None

    def active(self, ins: str) -> Mailbox:
        """The same, when its holder may act. Raises NotFound, Conflict."""
        box = self.get(ins)
        if box.status is not Status.OPEN:
            what, remedy = _CLOSED.get(box.status, (f"is {box.status}", "open it again first"))
            raise Conflict(f"the space of {holder(box).full_name} {what}", remedy)
        return box

    async def activate(self, ins: str) -> Mailbox:
        """Its holder signs in for the first time. Raises NotFound, Conflict when the space is closed."""
        box = self.get(ins)
        if box.status is Status.NOT_ACTIVATED:
            box = self._space.set_status(box.address, Status.OPEN)
            self._journal.note("mailbox", f"{box.address}: its holder activated the space", mailbox=str(box.address),
                               action="activated", status=str(box.status))
        return self.active(ins)

    def notifications(self, ins: str) -> Sequence[Notification]:
        """What the patient was told, oldest first, as far as the journal goes back. Raises NotFound."""
        address = str(self.get(ins).address)
        return [
            Notification(event.at, str(event.facts["by"]), str(event.facts["address"]), str(event.facts["message_id"]))
            for event in self._journal.events(kind="notified") if event.mailbox == address
        ]

    def _heard(self, event: Event) -> None:
        """A message reached a patient: tell them, as they chose (mssante-rules 3.5)."""
        box = self._space.mailboxes.get(event.mailbox.lower()) if event.kind == "delivered" else None
        if box is None or box.patient is None or box.patient.notify_by is NotifyBy.NONE:
            return
        patient = box.patient
        way = f"by e-mail to {patient.contact}" if patient.notify_by is NotifyBy.EMAIL and patient.contact else \
            f"by {patient.notify_by}"
        self._journal.note(
            "notified", f"{patient.full_name} is told {way} of a new message (nothing is really sent)",
            mailbox=str(box.address), by=str(patient.notify_by), address=patient.contact,
            message_id=str(event.facts.get("message_id", "")),
        )


def holder(box: Mailbox) -> Patient:
    """The person of a patient's mailbox."""
    assert box.patient is not None, box.address
    return box.patient
