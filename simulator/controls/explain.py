"""Why something was refused: the event, the rule, its source and certainty, the facts, the remedy."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.controls.errors import Invalid, NotFound
from simulator.journal import Event, Fact, Journal
from simulator.rules.book import Book, Rule
from simulator.store.interface import Store


@dataclass(frozen=True, slots=True)
class Explanation:
    """One event of the journal, explained."""

    id: str
    """Number of the event."""
    at: float
    """Simulated seconds since 1970."""
    kind: str
    """``refusal``, ``sign-in-refused``, ``protocol``, ``handshake-failed``, ``connection-refused`` or another."""
    rule: str
    """Name of the rule; empty when no rule of the catalogue stands behind it."""
    title_en: str
    title_fr: str
    what: str
    """What was wrong in this case."""
    remedy_en: str
    remedy_fr: str
    ref: str
    """Where the requirement is published."""
    certainty: str
    """``certain``, ``certain, second hand``, ``inferred``, ``assumed``, ``ours`` or empty."""
    reply: str
    """Code and enhanced status, ``550 5.7.1``; empty when it is not known."""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    story: str = ""
    is_refusal: bool = True
    """False when the event is no refusal at all."""


@dataclass(frozen=True, slots=True)
class _General:
    """What can be said of a kind of event when no rule stands behind it."""

    en: str
    fr: str
    remedy_en: str
    remedy_fr: str
    ref: str = ""


_GENERAL = {
    "sign-in-refused": _General(
        "The sign-in was refused", "La connexion au compte est refusée",
        "wait a minute when there were many failures, then check address, password and one-time code",
        "Patienter une minute après de nombreux échecs, puis vérifier adresse, mot de passe et code.",
        "promise: passwords cannot be guessed in bulk"),
    "protocol": _General(
        "The protocol was not followed", "Le protocole n'est pas respecté",
        "compare what the program sent with the RFC, or with the limit it passed (limits in config.yaml)",
        "Comparer ce que le logiciel a envoyé avec la RFC, ou avec la limite dépassée (limits dans config.yaml).",
        "RFC 5321, RFC 3501; limits of the configuration"),
    "handshake-failed": _General(
        "The TLS handshake failed", "La négociation TLS a échoué",
        "trust the ca.pem of this simulator, offer TLS 1.2 or 1.3, and ask for the name of the operator's host",
        "Faire confiance au ca.pem du simulateur, proposer TLS 1.2 ou 1.3 et demander le nom d'hôte de l'opérateur.",
        "ECO.1.1.3 [C2]"),
    "connection-refused": _General(
        "The connection was refused", "La connexion est refusée",
        "close connections that are not needed, or raise limits.connections in config.yaml",
        "Fermer les connexions inutiles, ou relever limits.connections dans config.yaml.",
        "limits of the configuration"),
    "closing-refused": _General(
        "An exchange could not end by itself", "Un échange n'a pu être clos automatiquement",
        "read the reply in the story; the refusal just before names its rule",
        "Lire la réponse dans le récit ; le refus qui précède nomme sa règle.", "F19"),
    "bounced": _General(
        "The message could not be handed over and was sent back", "Le message n'a pu être remis et revient",
        "read the reply of the other operator in the notice", "Lire la réponse de l'autre opérateur dans l'avis.",
        "RFC 5321 6.1"),
    "dropped": _General(
        "A notice could not be handed over, or a client did not read its answers",
        "Un avis n'a pu être remis, ou un client ne lisait pas les réponses",
        "read the story of the event", "Lire le récit de l'événement.", "RFC 5321 6.1"),
    "postponed": _General(
        "The message waits for another try", "Le message attend une nouvelle tentative",
        "mend what the reply tells, then advance the clock", "Corriger ce que dit la réponse, puis avancer l'horloge.",
        "RFC 5321 4.5.4.1"),
    "store-error": _General(
        "The store could not do it", "Le stockage n'a pu le faire",
        "look at the disk of the data folder", "Vérifier le disque du dossier de données."),
    "error": _General(
        "A defect of the simulator", "Un défaut du simulateur",
        "report it with the story of the event", "Le signaler avec le récit de l'événement."),
    "refusal": _General(
        "The message was refused", "Le message est refusé", "read what was wrong", "Lire ce qui n'allait pas."),
}
_NO_REFUSAL = _General("Nothing was refused here", "Rien n'a été refusé ici", "", "")

_TAGS = {"C": "certain", "C2": "certain, second hand", "I": "inferred", "U": "assumed"}
_TAG = re.compile(r"\[(C2?|I|U)\]")


class Explain:
    """Looks events up by their number."""

    def __init__(self, journal: Journal, book: Book, store: Store) -> None:
        self._journal = journal
        self._book = book
        self._store = store

    def get(self, id: str) -> Explanation:
        """Raises Invalid when ``id`` is no number, NotFound when there is no such event (any more)."""
        if not (id.isascii() and id.isdecimal() and len(id) < 16):
            raise Invalid(f"{id[:40]!r} is no number of an event", "refusals end with theirs: (explain 42)")
        event = self._event(int(id))
        if event is None:
            raise NotFound(f"the journal has no event {id}", "it keeps the newest ones only (journal.keep)")
        rule = self._book.rules.get(str(event.facts.get("rule") or ""))
        return _by_rule(event, rule) if rule is not None else _in_general(event)

    def _event(self, number: int) -> Event | None:
        remembered = self._journal.events(after=number - 1)
        if remembered and remembered[0].seq == number:
            return remembered[0]
        for stored in self._store.recorded(after=number - 1, limit=1):
            event = _read(stored.data)
            return event if event is not None and event.seq == number else None
        return None


def _by_rule(event: Event, rule: Rule[Any]) -> Explanation:
    facts = event.facts
    return Explanation(
        str(event.seq), event.at, event.kind, rule.name, rule.title, rule.french.title,
        what=str(facts.get("what") or event.story), remedy_en=str(facts.get("remedy") or rule.remedy),
        remedy_fr=rule.french.remedy, ref=rule.ref, certainty=certainty(rule.ref),
        # What was accepted and sent back was refused in no reply.
        reply=rule.status if event.kind in ("bounced", "dropped") else f"{rule.code} {rule.status}",
        facts=_facts(event), story=event.story, is_refusal=event.kind != "remark",
    )


def _in_general(event: Event) -> Explanation:
    facts = event.facts
    known = _GENERAL.get(event.kind, _NO_REFUSAL)
    return Explanation(
        str(event.seq), event.at, event.kind, "", known.en, known.fr,
        what=str(facts.get("what") or facts.get("why") or facts.get("reason") or event.story),
        remedy_en=str(facts.get("remedy") or known.remedy_en), remedy_fr=known.remedy_fr, ref=known.ref,
        certainty=certainty(known.ref), reply="", facts=_facts(event), story=event.story,
        is_refusal=known is not _NO_REFUSAL,
    )


def _facts(event: Event) -> dict[str, Fact]:
    """All that the event knows, without what is empty."""
    named: dict[str, Fact] = {
        "who": event.who, "mailbox": event.mailbox, "client": event.client, "certificate": event.certificate,
    }
    return {key: value for key, value in (named | event.facts).items() if value not in ("", None)}


def certainty(ref: str) -> str:
    """How sure the source is: its first tag; founding facts and RFCs are certain; the rest is ours."""
    tag = _TAG.search(ref)
    if tag is not None:
        return _TAGS[tag[1]]
    if re.search(r"\bF[0-9]+\b|\bRFC [0-9]+", ref):
        return "certain"
    return "assumed" if "assumed" in ref else "ours" if ref else ""


def _read(data: str) -> Event | None:
    """An event as the store kept it."""
    kept = json.loads(data)
    if not isinstance(kept, dict) or not isinstance(kept.get("seq"), int):
        return None
    names = ("seq", "at", "kind", "story", "who", "mailbox", "client", "certificate")
    own = {name: kept.pop(name, "") for name in names}
    return Event(**own, facts=kept)
