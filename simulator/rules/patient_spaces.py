"""Rules on whether a patient's space can take a message (Mon espace santé).

Real senders learn it from a message that comes back, so these rules return what was accepted; enforced, they refuse.
"""

from __future__ import annotations

from typing import Any

from simulator.model.address import Address
from simulator.model.mailbox import Mailbox, Status
from simulator.rules.book import Bounce, Breach, Rule, rule
from simulator.rules.facts import FromSender, ToRecipient, WithMessage
from simulator.rules.verdict import Severity

_BACK = "Message non distribué"
_BACK_FOR_SIZE = "Undelivered Mail Returned to Sender"
"""The wording of the published rules (ENS v1.3 6 [C2]); that the one is for size alone is assumed."""


@rule(
    ToRecipient,
    ref="F10; mssante-rules 3.1, 3.6 [C2]: adresse invalide; 5.1.3 assumed",
    title="A patient's address is a matricule INS",
    remedy="write the 15 characters of the qualified INS, 13 and the key, before @patient.mssante.fr",
    fr=(
        "L'adresse d'un patient est son matricule INS",
        "Écrire les 15 caractères du matricule INS qualifié : 13 puis la clé.",
    ),
    reply=(550, "5.1.3"),
    severity=Severity.BOUNCE,
    bounce=Bounce(_BACK, "the address is not valid", "adresse invalide"),
)
def patient_address_is_well_formed(f: ToRecipient) -> Breach | None:
    """Fifteen characters; a wrong key is let pass, published samples have some."""
    if not _is_a_patient_here(f, f.recipient):
        return None
    problem = f.space.problem_with(f.recipient)
    return None if problem is None else Breach(f"{f.recipient} is not valid: {problem}")


@rule(
    ToRecipient,
    ref="mssante-rules 3.6 [C2]: patient non trouvé; 5.1.1 assumed",
    title="The patient has a space",
    remedy="check the INS with the national service (INSi); the patient may never have had a space",
    fr=(
        "Le patient a un espace",
        "Vérifier l'identité INS auprès du téléservice INSi.",
    ),
    reply=(550, "5.1.1"),
    severity=Severity.BOUNCE,
    bounce=Bounce(_BACK, "the patient was not found", "patient non trouvé"),
)
def patient_has_a_space(f: ToRecipient) -> Breach | None:
    """One that nobody has activated yet counts: the patient will find the message there."""
    if not _is_a_patient_here(f, f.recipient) or f.space.problem_with(f.recipient) is not None:
        return None
    return Breach(f"No space has the address {f.recipient}") if f.space.mailbox(f.recipient) is None else None


@rule(
    ToRecipient,
    ref="mssante-rules 3.2, 3.6 [C2]: messagerie fermée; 5.2.1 assumed",
    title="The patient's space is open",
    remedy="reach the patient by another way; the space may be opened again later",
    fr=("L'espace du patient est ouvert", "Joindre le patient autrement ; l'espace peut être rouvert plus tard."),
    reply=(550, "5.2.1"),
    severity=Severity.BOUNCE,
    bounce=Bounce(_BACK, "the mailbox is closed", "messagerie fermée"),
)
def patient_space_is_open(f: ToRecipient) -> Breach | None:
    """Closed and suspended spaces take nothing."""
    space = _space(f)
    if space is None or space.status not in (Status.CLOSED, Status.SUSPENDED):
        return None
    return Breach(f"The space of {f.recipient} is {space.status}")


@rule(
    ToRecipient,
    ref="mssante-rules 3.2 [C]: right to object; bounce and 5.7.1 assumed [U]",
    title="The patient has not objected to a space",
    remedy="reach the patient by another way; the patient may withdraw the objection",
    fr=(
        "Le patient ne s'est pas opposé à son espace",
        "Joindre le patient autrement ; il peut revenir sur son opposition.",
    ),
    reply=(550, "5.7.1"),
    severity=Severity.BOUNCE,
    bounce=Bounce(_BACK, "the patient has objected to Mon espace sante", "opposition du patient à Mon espace santé"),
)
def patient_has_not_objected(f: ToRecipient) -> Breach | None:
    """Whoever objected has no mailbox to read; that nothing leaves it either, ``sender-mailbox-is-open`` says."""
    space = _space(f)
    if space is None or space.status is not Status.OPPOSED:
        return None
    return Breach(f"The patient of {f.recipient} has objected to Mon espace sante")


@rule(
    ToRecipient,
    ref="RFC 1870; mssante-rules 3.6 [C2]: 25 Mo",
    title="The announced size fits the patient's space",
    remedy="send a smaller message: what counts is the size as encoded",
    fr=(
        "La taille annoncée est admise par Mon espace santé",
        "Réduire le message : c'est la taille encodée qui compte.",
    ),
    reply=(552, "5.3.4"),
    severity=Severity.OFF,
)
def announced_size_fits_the_patient_space(f: ToRecipient) -> Breach | None:
    """For operators that refuse before the bytes travel. The recipient must be known, so it is said at RCPT."""
    limit = f.space.domain_limit(f.recipient.domain)
    if not _is_a_patient_here(f, f.recipient) or limit is None or (f.declared_size or 0) <= limit:
        return None
    return Breach(f"{f.declared_size} octets announced, Mon espace sante takes {limit}")


@rule(
    WithMessage,
    ref="mssante-rules 3.6 [C2]: 25 Mo, Undelivered Mail Returned to Sender; 5.3.4 and MiB assumed",
    title="The message fits the patient's space",
    remedy="send a smaller message: what counts is the size as encoded, base64 adds a third",
    fr=(
        "La taille du message est admise par Mon espace santé",
        "Réduire le message : la taille encodée compte, et le base64 ajoute un tiers.",
    ),
    reply=(552, "5.3.4"),
    severity=Severity.BOUNCE,
    bounce=Bounce(_BACK_FOR_SIZE, "the message is too large", "message trop volumineux"),
)
def message_fits_the_patient_space(f: WithMessage) -> Breach | None:
    """On top of the limit of the sender's own operator."""
    too_large = tuple(
        recipient
        for recipient in f.recipients
        if _is_a_patient_here(f, recipient)
        and (limit := f.space.domain_limit(recipient.domain)) is not None
        and f.letter.size > limit
    )
    if not too_large:
        return None
    limit = f.space.domain_limit(too_large[0].domain)
    return Breach(f"The message has {f.letter.size} octets, Mon espace sante takes {limit}", recipients=too_large)


def _space(f: ToRecipient) -> Mailbox | None:
    return f.space.mailbox(f.recipient) if _is_a_patient_here(f, f.recipient) else None


def _is_a_patient_here(f: FromSender, recipient: Address) -> bool:
    """Said of addresses in the patients' domain, where it is served: by others when the message gets there."""
    if f.space.domain_kind(recipient.domain) != "patient":
        return False
    return f.is_transfer or f.operator == f.space.operator_of(recipient.domain)


RULES: tuple[Rule[Any], ...] = (
    patient_address_is_well_formed,
    patient_has_a_space,
    patient_space_is_open,
    patient_has_not_objected,
    announced_size_fits_the_patient_space,
    message_fits_the_patient_space,
)
