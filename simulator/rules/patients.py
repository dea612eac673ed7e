"""Rules on exchanges between patients and professionals (messagerie citoyenne)."""

from __future__ import annotations

import re
from typing import Any

from simulator.model.address import Address
from simulator.model.mailbox import Kind, Mailbox
from simulator.rules.book import Breach, Rule, rule
from simulator.rules.facts import Exchange, ToRecipient, WithMessage, World
from simulator.rules.verdict import Severity

_MEANT_AS_FIN = re.compile(r"[\[({\uff3b]\s{0,9}F\s{0,9}I\s{0,9}N\s{0,9}[\])}\uff3d]", re.IGNORECASE)
_UNSEEN = {0xAD: None, **dict.fromkeys(range(0x200B, 0x2010)), 0x2060: None, 0xFEFF: None}
"""Characters that show nothing: soft hyphen, zero width and direction marks."""


def _writing_patient(f: ToRecipient | WithMessage) -> Mailbox | None:
    """The patient who signed in to write; other operators are trusted to have applied these rules themselves."""
    if f.identity is not None and f.identity.mailbox.kind is Kind.PATIENT:
        return f.identity.mailbox
    return None


@rule(
    ToRecipient,
    ref="mssante-rules 3.3 [C2]: no messaging between usagers",
    title="Patients do not write to each other",
    remedy="write to a professional who wrote to you, or to one of your pharmacies",
    fr=("Les usagers ne s'écrivent pas entre eux", "Écrire à un professionnel."),
    reply=(550, "5.7.1"),
)
def patients_do_not_write_to_each_other(f: ToRecipient) -> Breach | None:
    """Mon espace santé joins patients and professionals only."""
    if _writing_patient(f) is None or f.space.domain_kind(f.recipient.domain) != "patient":
        return None
    return Breach("A patient may not write to a patient")


@rule(
    ToRecipient,
    ref="mssante-rules 3.7 [C2], F18",
    title="A closed exchange takes no answer",
    remedy="wait until the professional writes again",
    fr=("Un échange clos n'admet pas de réponse", "Attendre un nouveau message du professionnel."),
    reply=(550, "5.7.1"),
)
def exchange_is_not_closed(f: ToRecipient) -> Breach | None:
    """After [FIN] the patient may not answer; a pharmacy may still be written to anew (mssante-rules 9, assumed)."""
    patient = _writing_patient(f)
    if patient is None:
        return None
    state = f.space.exchange(patient, f.recipient)
    if state == Exchange.CLOSED and not _is_offered_pharmacy(f, patient):
        return Breach(f"{f.recipient} has ended this exchange")
    if state == Exchange.NO_REPLY and not _is_offered_pharmacy(f, patient):
        return Breach(f"{f.recipient} wrote that the message takes no answer")
    return None


@rule(
    ToRecipient,
    ref="F7, F12; mssante-rules 3.3 [C]",
    title="A patient reaches a pharmacy through its organisational mailbox",
    remedy="the pharmacy must open an organisational (ORG) mailbox",
    fr=(
        "Le patient écrit à la BAL organisationnelle de la pharmacie",
        "La pharmacie doit disposer d'une BAL organisationnelle.",
    ),
    reply=(550, "5.7.1"),
)
def pharmacy_has_an_organisational_mailbox(f: ToRecipient) -> Breach | None:
    """A pharmacist's own mailbox is not open to a patient who writes first."""
    patient = _writing_patient(f)
    box = f.space.mailbox(f.recipient)
    if patient is None or box is None or box.structure is None or not box.structure.is_pharmacy:
        return None
    if _may_answer(f, patient) or (box.kind is Kind.ORG and not box.red_list):
        return None
    if box.kind is Kind.ORG:
        return Breach(f"{f.recipient} is not published in the directory, so it is not offered to patients",
                      "the pharmacy must have its mailbox published in the Annuaire Sante")
    return Breach(f"{f.recipient} is a {box.kind} mailbox, patients may only write to a pharmacy's ORG mailbox")


@rule(
    ToRecipient,
    ref="F12, F13; mssante-rules 3.3 [C2]",
    title="A patient writes first only to a pharmacy of their history",
    remedy="choose a pharmacy that dispensed reimbursed medicines to you within a year, or wait for its message",
    fr=(
        "Le patient n'écrit d'abord qu'à une pharmacie de son historique",
        "Choisir une pharmacie où une délivrance remboursée a eu lieu depuis moins d'un an.",
    ),
    reply=(550, "5.7.1"),
)
def pharmacy_is_in_the_dispensing_history(f: ToRecipient) -> Breach | None:
    """The pharmacies offered come from the reimbursement history."""
    patient = _writing_patient(f)
    box = f.space.mailbox(f.recipient)
    if patient is None or box is None or box.structure is None or not box.structure.is_pharmacy:
        return None
    if _may_answer(f, patient) or f.space.dispensed_within_a_year(patient, box.structure.id):
        return None
    return Breach(f"{box.structure.name} dispensed nothing to this patient within a year")


@rule(
    ToRecipient,
    ref="F11; mssante-rules 3.3 [C]",
    title="Only professionals start an exchange",
    remedy="wait for the professional's first message; only a pharmacy may be written to first",
    fr=(
        "Seul un professionnel peut initier l'échange",
        "Attendre le premier message du professionnel (sauf pharmacie).",
    ),
    reply=(550, "5.7.1"),
)
def professional_starts_the_exchange(f: ToRecipient) -> Breach | None:
    """A patient answers; only toward a pharmacy may they begin."""
    patient = _writing_patient(f)
    if patient is None or _may_answer(f, patient) or _is_offered_pharmacy(f, patient):
        return None
    return Breach(f"{f.recipient} has not written to this patient")


@rule(
    WithMessage,
    ref="F18; ENS v1.3 7 [C2]",
    title="The closing subject is strictly [FIN]",
    remedy="write the subject [FIN] with nothing before or after, in capitals, or use the header X-MSS-MES: FIN",
    fr=("L'objet de clôture est strictement [FIN]", "Écrire exactement [FIN], sans préfixe ni espace."),
    reply=(550, "5.6.0"),
    severity=Severity.WARN,
)
def closing_subject_is_strictly_fin(f: WithMessage) -> Breach | None:
    """``[fin]``, ``Re: [FIN]``, ``[FIN] merci``, a blank or something unseen leave it open; the sender is told why."""
    subject = f.letter.subject
    if subject == "[FIN]" or not _to_patients(f) or not _MEANT_AS_FIN.search(subject.translate(_UNSEEN)):
        return None
    return Breach(f"The subject {subject!r} is not [FIN], the exchange stays open")


@rule(
    WithMessage,
    ref="ECO.2.2.8 [C2]",
    title="X-MSS-MES says FIN, to a patient",
    remedy="use X-MSS-MES: FIN only, and only in a message to a patient",
    fr=("X-MSS-MES vaut FIN, vers un usager", "N'utiliser que X-MSS-MES: FIN, vers un usager."),
    reply=(550, "5.6.0"),
    severity=Severity.WARN,
)
def mss_mes_header_says_fin(f: WithMessage) -> Breach | None:
    """Any other value does nothing."""
    if not f.letter.mss_mes or (f.letter.mss_mes == "FIN" and _to_patients(f)):
        return None
    return Breach(f"X-MSS-MES: {f.letter.mss_mes[:40]} has no effect here")


@rule(
    WithMessage,
    ref="ENS v1.3 9 [C2]",
    title="A patient's answer stays inside the space",
    remedy="name an address of a whitelisted domain in Reply-To",
    fr=("La réponse du patient reste dans l'espace", "Indiquer en Reply-To une adresse MSSanté."),
    reply=(550, "5.7.1"),
)
def reply_to_is_inside_the_space(f: WithMessage) -> Breach | None:
    """Reply-To moves the right to answer, so it must be a mailbox of the space."""
    if not _to_patients(f):
        return None
    for address in f.letter.reply_to:
        if not f.space.lists(address.domain):
            return Breach(f"Reply-To names {address}, outside the trust space")
    return None


def _to_patients(f: WithMessage) -> bool:
    return any(f.space.domain_kind(r.domain) == "patient" for r in f.recipients)


def _may_answer(f: ToRecipient, patient: Mailbox) -> bool:
    return f.space.exchange(patient, f.recipient) == Exchange.OPEN


def _is_offered_pharmacy(f: ToRecipient, patient: Mailbox) -> bool:
    return _offers(f.space, patient, f.recipient)


def may_be_written_to(space: World, patient: Mailbox, other: Address) -> bool:
    """The patient may write to this professional now: the exchange is open, or it is a pharmacy that is offered."""
    if space.domain_kind(other.domain) == "patient":
        return False
    return space.exchange(patient, other) == Exchange.OPEN or _offers(space, patient, other)


def _offers(space: World, patient: Mailbox, other: Address) -> bool:
    box = space.mailbox(other)
    return (
        box is not None
        and box.kind is Kind.ORG
        and not box.red_list
        and box.structure is not None
        and box.structure.is_pharmacy
        and space.dispensed_within_a_year(patient, box.structure.id)
    )


RULES: tuple[Rule[Any], ...] = (
    patients_do_not_write_to_each_other,
    exchange_is_not_closed,
    pharmacy_has_an_organisational_mailbox,
    pharmacy_is_in_the_dispensing_history,
    professional_starts_the_exchange,
    closing_subject_is_strictly_fin,
    mss_mes_header_says_fin,
    reply_to_is_inside_the_space,
)
