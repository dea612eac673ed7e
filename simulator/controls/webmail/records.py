"""The audit trail of a mailbox by person (F6, F24): what the page does is noted like what a mail program does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.journal import Event, Journal
from simulator.model.mailbox import Identity
from simulator.rules.facts import INSIDE
from simulator.space import TrustSpace

if TYPE_CHECKING:
    from simulator.controls.webmail.reading import Mail

_STORIES = {
    "read": "read 1 message in", "flags": "changed the flags of 1 message in", "deleted": "deleted 1 message in",
    "moved": "moved 1 message of",
}
_FRENCH = {
    "sign-in": "s'est identifié(e)", "sign-in-refused": "n'a pas pu s'identifier", "read": "a lu un message",
    "flags": "a changé les marques d'un message", "deleted": "a supprimé un message", "moved": "a déplacé un message",
    "copied": "a copié un message", "accepted": "a envoyé un message", "appended": "a déposé un message",
    "folder": "a changé un dossier", "receipt": "accusé de lecture",
    "refusal": "envoi refusé", "mailbox": "boîte aux lettres modifiée", "injected": "message déposé par une commande",
    "taken": "message retiré par une commande", "purged": "boîte vidée par une commande", "opened": "a lu un message",
}
_BY_THE_OPERATOR = {
    "delivered": "message reçu", "relayed": "message remis à l'opérateur du destinataire",
    "bounced": "message non remis", "postponed": "remise reportée", "already-here": "message déjà reçu",
}
"""Nobody does these."""
MOST = 500
"""Lines of the trail that are shown."""


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the trail."""

    event: Event
    person: str
    """Name of whoever did it; the address when the space knows no name, empty when it was the mail system."""
    address: str
    """Of the person's account."""
    what: str
    """In French."""


class Records:
    """Writes and reads the trail."""

    def __init__(self, journal: Journal, space: TrustSpace) -> None:
        self._journal = journal
        self._space = space

    def did(self, who: Identity, kind: str, mail: Mail, more: str = "") -> None:
        """The person did this with a message; ``more`` goes behind the story."""
        where = mail.folder.name
        self._journal.note(
            kind, f"{who.who}: {_STORIES[kind]} {where}{more}", who=who.who, mailbox=str(who.mailbox.address),
            door=INSIDE, folder=where, uids=str(mail.message.uid), count=1, subject=mail.summary.raw_subject,
            message_id=mail.summary.message_id)

    def of(self, who: Identity, *, person: str = "", limit: int = MOST) -> Sequence[Record]:
        """What happened to the mailbox, newest first, as far as the journal goes back; of one person when named."""
        key = who.mailbox.address.key
        found: list[Record] = []
        for event in reversed(self._journal.events()):
            if key not in (event.mailbox.lower(), event.who.rpartition(" for ")[2].lower()) or _is_echo(event, key):
                continue
            record = self._record(event)
            if not person or record.address.lower() == person.strip().lower():
                found.append(record)
            if len(found) >= min(limit, MOST):
                break
        return found

    def _record(self, event: Event) -> Record:
        if event.kind in _BY_THE_OPERATOR:
            return Record(event, "", "", _BY_THE_OPERATOR[event.kind])
        address = event.who.partition(" for ")[0]
        box = self._space.mailboxes.get(address.lower())
        return Record(event, box.display_name if box is not None else address, address,
                      _FRENCH.get(event.kind, event.kind))


def _is_echo(event: Event, key: str) -> bool:
    """The same message again: at the door of the next operator, where nobody's name is known any more; or on its way to
    this mailbox, which hears of it when it has come."""
    on_its_way = event.kind in ("relayed", "postponed", "bounced") and event.mailbox.lower() == key
    return on_its_way or (event.kind == "accepted" and event.facts.get("door") == "mx")
