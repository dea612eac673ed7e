"""Rules on who may be named as the sender."""

from __future__ import annotations

from typing import Any

from simulator.model.mailbox import Status
from simulator.rules.book import Breach, Rule, rule
from simulator.rules.facts import FromSender, WithMessage
from simulator.rules.verdict import Severity


@rule(
    FromSender,
    ref="F1; promise: a user sends only as himself",
    title="The envelope sender is the mailbox signed in",
    remedy="put the address of the mailbox you signed in for in MAIL FROM, or sign in for the one you want",
    fr=("L'expéditeur d'enveloppe est la BAL connectée", "Utiliser comme expéditeur l'adresse de la BAL ouverte."),
    reply=(553, "5.7.1"),
)
def login_owns_the_sender(f: FromSender) -> Breach | None:
    """What a login proves and what the envelope says are the same thing."""
    if f.identity is None or f.sender is None or f.sender.key == f.identity.mailbox.address.key:
        return None
    return Breach(f"{f.identity.who} may not send as {f.sender}")


@rule(
    FromSender,
    ref="mssante-rules 1.5, 3.2 [C]; ours: a session outlives what was decided meanwhile",
    title="Only an open mailbox writes",
    remedy="have the mailbox opened again; a patient activates the space, or withdraws the objection",
    fr=(
        "Seule une BAL ouverte écrit",
        "Faire rouvrir la BAL ; un patient active son espace ou revient sur son opposition.",
    ),
    reply=(550, "5.7.1"),
)
def sender_mailbox_is_open(f: FromSender) -> Breach | None:
    """Nothing leaves a mailbox that was suspended or closed, or the space of a patient who objected."""
    if f.identity is None:
        return None
    for box in (f.identity.account, f.identity.mailbox):
        if box.status is not Status.OPEN:
            return Breach(f"The mailbox {box.address} is {box.status}")
    return None


@rule(
    FromSender,
    ref="ours: clients submit letters, operators send notices",
    title="A client gives a sender",
    remedy="write MAIL FROM with the address of the mailbox",
    fr=("Un client indique un expéditeur", "Indiquer l'adresse de la BAL dans MAIL FROM."),
    reply=(553, "5.7.1"),
    severity=Severity.OFF,
)
def client_gives_a_sender(f: FromSender) -> Breach | None:
    """The null sender is for notices. A client uses it too, for receipts (RFC 8098), so this rests by default."""
    if f.identity is not None and f.sender is None:
        return Breach("A client submits with its own address")
    return None


@rule(
    WithMessage,
    ref="F1; ECO.2.2.7 [C2] on From",
    title="The From header is the sender",
    remedy="put the address of the mailbox signed in, alone, in From",
    fr=("L'en-tête From est l'adresse de l'expéditeur", "Mettre dans From la seule adresse de la BAL connectée."),
    reply=(550, "5.7.1"),
)
def from_header_is_the_sender(f: WithMessage) -> Breach | None:
    """What the reader sees is what the login proved."""
    if f.identity is None:
        return None
    expected = f.identity.mailbox.address
    if len(f.letter.from_) == 1 and f.letter.from_[0].key == expected.key:
        if f.letter.sender is None or f.letter.sender.key == expected.key:
            return None
        return Breach(f"The Sender header names {f.letter.sender}, not {expected}")
    said = ", ".join(str(a) for a in f.letter.from_[:3]) or "nobody"
    return Breach(f"The From header names {said}, not {expected}")


@rule(
    WithMessage,
    ref="F1; RFC 5322 3.6.2",
    title="A letter between operators says who wrote it",
    remedy="send a message with a From header naming an address of a whitelisted domain",
    fr=("Une lettre entre opérateurs nomme son auteur", "Fournir un en-tête From d'un domaine de la liste blanche."),
    reply=(550, "5.7.1"),
)
def from_header_is_inside_the_space(f: WithMessage) -> Breach | None:
    """An operator vouches for its own domain only: the author shown belongs to the domain of the envelope sender."""
    if f.identity is not None or f.sender is None:
        return None
    strangers = [a for a in f.letter.from_ if a.domain != f.sender.domain]
    if f.letter.from_ and not strangers:
        return None
    return Breach(f"The From header names {strangers[0] if strangers else 'nobody'}, the envelope {f.sender}")


RULES: tuple[Rule[Any], ...] = (
    client_gives_a_sender,
    login_owns_the_sender,
    sender_mailbox_is_open,
    from_header_is_the_sender,
    from_header_is_inside_the_space,
)
