"""Rules on whom a message may go to."""

from __future__ import annotations

from typing import Any

from simulator.model.mailbox import Status
from simulator.rules.book import Breach, Rule, rule
from simulator.rules.facts import ToRecipient


@rule(
    ToRecipient,
    ref="F1, F21; mssante-rules 9: reply assumed",
    title="Mail stays inside the trust space",
    remedy="write to a mailbox of the trust space; the directory tells the address, ordinary mail services are outside",
    fr=(
        "Le message reste dans l'espace de confiance",
        "Écrire à une adresse MSSanté : les messageries ordinaires ne sont pas admises.",
    ),
    reply=(550, "5.7.1"),
)
def recipient_domain_is_listed(f: ToRecipient) -> Breach | None:
    """A message goes only to a domain on the whitelist."""
    if f.space.lists(f.recipient.domain):
        return None
    return Breach(f"{f.recipient.domain} is not on the whitelist of the trust space")


@rule(
    ToRecipient,
    ref="promise: no relay; RFC 5321 3.6",
    title="An operator delivers to its own domains only",
    remedy="look up the MX of the recipient's domain and deliver there",
    fr=("Un opérateur ne reçoit que pour ses domaines", "Livrer au serveur MX du domaine du destinataire."),
    reply=(550, "5.7.1"),
)
def recipient_lives_here(f: ToRecipient) -> Breach | None:
    """At the door between operators nothing is relayed further."""
    if not f.is_transfer:
        return None
    serving = f.space.operator_of(f.recipient.domain)
    if serving is not None and f.operator in (None, serving):
        return None
    return Breach(f"{f.operator or 'This host'} does not serve {f.recipient.domain}")


@rule(
    ToRecipient,
    ref="RFC 5321 4.5.3.1.8 (at least 100)",
    title="The number of recipients is bounded",
    remedy="send the rest in another transaction",
    fr=("Le nombre de destinataires est limité", "Envoyer le reste dans un autre message."),
    reply=(452, "4.5.3"),
)
def recipients_are_few_enough(f: ToRecipient) -> Breach | None:
    """The limit is ``limits.recipients``; the remedy is the client's to apply at once (RFC 5321 4.5.3.1.10)."""
    return Breach(f"{f.most} recipients are taken per message") if f.already >= f.most else None


@rule(
    ToRecipient,
    ref="mssante-rules 9 [U]: 550 5.1.1 assumed",
    title="The recipient has a mailbox",
    remedy="check the address in the directory",
    fr=("Le destinataire a une BAL", "Vérifier l'adresse dans l'annuaire."),
    reply=(550, "5.1.1"),
)
def recipient_has_a_mailbox(f: ToRecipient) -> Breach | None:
    """Known at once for mailboxes of the operator addressed; for others, when the message arrives there.

    The patients' domain has rules of its own (``patient_spaces.py``): there, mail comes back.
    """
    if not _is_served_here(f) or _is_for_a_patient(f) or f.space.mailbox(f.recipient) is not None:
        return None
    return Breach(f"There is no mailbox {f.recipient}")


@rule(
    ToRecipient,
    ref="mssante-rules 9 [U]: 550 5.2.1 assumed",
    title="The recipient's mailbox takes mail",
    remedy="reach the correspondent by another way; the mailbox may be opened again later",
    fr=("La BAL du destinataire est ouverte", "Joindre le correspondant autrement."),
    reply=(550, "5.2.1"),
)
def recipient_is_not_suspended(f: ToRecipient) -> Breach | None:
    """Suspended and closed mailboxes of professionals refuse."""
    box = f.space.mailbox(f.recipient) if _is_served_here(f) and not _is_for_a_patient(f) else None
    if box is None or box.status is Status.OPEN:
        return None
    return Breach(f"The mailbox {f.recipient} is {box.status}")


@rule(
    ToRecipient,
    ref="mssante-rules 9 [U]: 452 4.2.2 assumed",
    title="The recipient's mailbox has room",
    remedy="try again later; the holder must delete or archive mail",
    fr=("La BAL du destinataire n'est pas pleine", "Réessayer plus tard."),
    reply=(452, "4.2.2"),
)
def recipient_has_room(f: ToRecipient) -> Breach | None:
    """A full mailbox refuses for now, so that the sender's operator retries."""
    box = f.space.mailbox(f.recipient) if _is_served_here(f) else None
    if box is None:
        return None
    if f.space.usage(box) + (f.declared_size or 0) <= box.quota:
        return None
    return Breach(f"The mailbox {f.recipient} is over its quota")


def _is_served_here(f: ToRecipient) -> bool:
    """At submission an operator knows its own mailboxes only, like the real ones."""
    serving = f.space.operator_of(f.recipient.domain)
    return serving is not None and (f.is_transfer or f.operator == serving)


def _is_for_a_patient(f: ToRecipient) -> bool:
    return f.space.domain_kind(f.recipient.domain) == "patient"


RULES: tuple[Rule[Any], ...] = (
    recipient_domain_is_listed,
    recipient_lives_here,
    recipients_are_few_enough,
    recipient_has_a_mailbox,
    recipient_is_not_suspended,
    recipient_has_room,
)
