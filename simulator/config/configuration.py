"""The checked configuration, and the way from a file to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from simulator.config.document import read_document
from simulator.config.mailboxes import read_mailboxes
from simulator.config.operators import DOMAIN_KINDS, Land, read_operators, read_structures
from simulator.config.patients import read_patients
from simulator.config.proofreader import Proofreader, S
from simulator.config.rules import read_rules
from simulator.config.settings import Access, Dns, Http, Indicators, JournalKeeping, Limits, Pki, Relay
from simulator.config.shapes import VERSION, ListedShape, WhitelistShape
from simulator.model.mailbox import Kind, Mailbox, Structure
from simulator.model.operator import Operator

SECTIONS = ("version", "operators", "structures", "mailboxes", "patients", "whitelist", "rules", "access", "limits",
            "relay", "indicators", "pki", "dns", "http", "journal")


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything the file says, checked, with defaults filled in."""

    path: Path
    operators: tuple[Operator, ...]
    structures: Mapping[str, Structure]
    """By the name the configuration gives them."""
    mailboxes: tuple[Mailbox, ...]
    """PER, ORG, APP, CAB and those of patients, in the order of the file."""
    whitelist: Mapping[str, ListedShape]
    """Listed domains of operators that are not simulated here. The operators' own domains say
    ``Domain.listed``."""
    rules: Mapping[str, str]
    """Rule name to ``enforce``, ``bounce``, ``warn`` or ``off``, for the rules whose severity is changed."""
    access: Access
    limits: Limits
    relay: Relay
    indicators: Indicators
    pki: Pki
    dns: Dns
    http: Http
    journal: JournalKeeping
    warnings: tuple[str, ...]
    """Oddities that do not stop the simulator, such as a wrong check digit: ``file:line: key: what``."""


def load(path: Path, *, today: date, known_rules: Collection[str] = (), returning_rules: Collection[str] = (),
         domain_kinds: Mapping[str, Collection[Kind]] = DOMAIN_KINDS,
         imap_extensions: Collection[str] = ()) -> Configuration:
    """Read and check the file; raises ConfigurationError with every mistake found.

    ``today`` is the simulated date, from which ``days_ago`` counts and minors are known. ``known_rules`` are the names
    that may stand under ``rules`` (empty: any), ``returning_rules`` those that may bounce. ``domain_kinds`` gives for
    each kind of domain the kinds of mailbox that may live there. ``imap_extensions`` are the names of what an
    operator's IMAP server may lack (empty: any).
    """
    proof = Proofreader(read_document(path))
    top = proof.sections(SECTIONS)
    _check_version(proof, top)
    limits = _settings(proof, Limits, top, "limits")
    land = read_operators(proof, top.get("operators"), domain_kinds, imap_extensions)
    structures = read_structures(proof, top.get("structures"))
    _check_room(proof, limits, land)
    professionals = read_mailboxes(proof, top.get("mailboxes"), land, structures, limits.quota)
    written = top.get("mailboxes")
    patients = read_patients(
        proof, top.get("patients"), land, structures, list(written) if isinstance(written, dict) else (),
        path.parent, limits.quota, today,
    )
    whitelist = _settings(proof, WhitelistShape, top, "whitelist")
    for name in whitelist.others.keys() & land.declared:
        proof.wrong(("whitelist", "others", name), "is a domain of an operator here, expected listed: true there")
    rules = read_rules(proof, top.get("rules"), known_rules, returning_rules)
    access = _settings(proof, Access, top, "access")
    relay = _settings(proof, Relay, top, "relay")
    indicators = _settings(proof, Indicators, top, "indicators")
    pki = _settings(proof, Pki, top, "pki")
    dns = _settings(proof, Dns, top, "dns")
    http = _settings(proof, Http, top, "http")
    journal = _settings(proof, JournalKeeping, top, "journal")
    return Configuration(
        path=path, operators=land.operators, structures=MappingProxyType(structures.good),
        mailboxes=(*professionals, *patients), whitelist=MappingProxyType(whitelist.others),
        rules=MappingProxyType(rules), access=access, limits=limits, relay=relay,
        indicators=indicators, pki=pki, dns=dns, http=http, journal=journal, warnings=proof.finish(),
    )


def _settings(proof: Proofreader, shape: type[S], top: Mapping[str, object], section: str) -> S:
    """One section of settings; its defaults when it is absent or, until ``finish`` raises, when it is wrong."""
    return proof.read(shape, top.get(section), (section,)) or shape()


def _check_room(proof: Proofreader, limits: Limits, land: Land) -> None:
    """A message that no operator's client could ever finish would be put off for days."""
    largest = max((operator.message_limit for operator in land.operators), default=0)
    for name in ("held_per_address", "held_in_all"):
        if getattr(limits.message, name) < largest:
            proof.wrong(("limits", "message", name),
                        f"is less than the largest message_size, expected {largest} or more")


def _check_version(proof: Proofreader, top: Mapping[str, object]) -> None:
    if top.get("version") != str(VERSION):
        found = f"{top['version']!r} is not a version known here" if "version" in top else "missing"
        proof.wrong(("version",), f"{found}, expected {VERSION}")
