"""Rules on the message itself that hold for every letter."""

from __future__ import annotations

from typing import Any

from simulator.rules.book import Breach, Rule, rule
from simulator.rules.facts import FromSender, WithMessage
from simulator.rules.verdict import Severity


@rule(
    FromSender,
    ref="RFC 1870; REM MSS/va1.13 [C2]",
    title="The announced size fits the operator",
    remedy="send a smaller message, or use the operator's announced SIZE before composing",
    fr=("La taille annoncée est admise par l'opérateur", "Réduire le message."),
    reply=(552, "5.3.4"),
)
def announced_size_fits_the_operator(f: FromSender) -> Breach | None:
    """SIZE= in MAIL is judged before the bytes travel."""
    if f.operator is None or f.declared_size is None or f.declared_size <= f.space.message_limit(f.operator):
        return None
    return Breach(f"{f.declared_size} octets announced, {f.operator} takes {f.space.message_limit(f.operator)}")


@rule(
    WithMessage,
    ref="RFC 1870; REM MSS/va1.13 [C2]",
    title="The message fits the operator",
    remedy="send a smaller message; EHLO announces the SIZE taken",
    fr=("La taille du message est admise par l'opérateur", "Réduire le message."),
    reply=(552, "5.3.4"),
)
def message_fits_the_operator(f: WithMessage) -> Breach | None:
    """Each operator has its own limit."""
    if f.operator is None or f.letter.size <= f.space.message_limit(f.operator):
        return None
    return Breach(f"The message has {f.letter.size} octets, {f.operator} takes {f.space.message_limit(f.operator)}")


@rule(
    WithMessage,
    ref="RFC 5321 6.3",
    title="The message does not go round in circles",
    remedy="look for a forwarding loop in the Received fields",
    fr=("Le message ne tourne pas en boucle", "Chercher une boucle dans les champs Received."),
    reply=(554, "5.4.6"),
)
def message_does_not_loop(f: WithMessage) -> Breach | None:
    """Too many Received fields."""
    return Breach(f"The message has {f.letter.hops} Received fields") if f.letter.hops > f.most_hops else None


@rule(
    WithMessage,
    ref="RFC 5322 3.6; ours: what cannot be read is not passed on",
    title="The header can be read",
    remedy="write the header as RFC 5322 asks: one From, encoded words for accents, under 256 KiB in all",
    fr=("L'en-tête est lisible", "Écrire un en-tête conforme à la RFC 5322."),
    reply=(550, "5.6.0"),
)
def header_can_be_read(f: WithMessage) -> Breach | None:
    """Two From fields, an unreadable address or an endless header are refused rather than repaired."""
    return Breach(f.letter.defects[0]) if f.letter.defects else None


@rule(
    WithMessage,
    ref="ECO.2.2.1 [C2]; RFC 5322 3.6.4",
    title="A letter has a Message-ID",
    remedy="write one Message-ID field, <unique@your.domain>",
    fr=("Un message porte un Message-ID", "Ajouter un champ Message-ID unique."),
    reply=(550, "5.6.0"),
    severity=Severity.WARN,
)
def letter_has_a_message_id(f: WithMessage) -> Breach | None:
    """Threads and receipts lean on it."""
    return None if f.letter.message_id else Breach("The message has no Message-ID")


RULES: tuple[Rule[Any], ...] = (
    announced_size_fits_the_operator,
    message_fits_the_operator,
    message_does_not_loop,
    header_can_be_read,
    letter_has_a_message_id,
)
