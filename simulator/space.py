"""The trust space: operators, whitelist, mailboxes and exchanges, as they are right now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from simulator.clock import Clock
from simulator.domains.kinds import DomainKind, kind_named
from simulator.model.address import Address
from simulator.model.mailbox import Kind, Mailbox, Status
from simulator.model.operator import Domain, Operator
from simulator.rules.facts import Exchange
from simulator.store.interface import ExchangeChange, Store

HISTORY = timedelta(days=365)
"""How far back a dispensing makes a pharmacy reachable by the patient (mssante-rules 3.3 [C2])."""


class TrustSpace:
    """Answers every question of ``rules.facts.World`` and keeps the changes made while running."""

    def __init__(
        self,
        operators: Iterable[Operator],
        mailboxes: Iterable[Mailbox],
        *,
        store: Store,
        clock: Clock,
        listed: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """``listed`` adds whitelist entries (domain to DNs) of domains that no operator here serves."""
        self.operators: dict[str, Operator] = {o.name: o for o in operators}
        self.domains: dict[str, Domain] = {d.name: d for o in self.operators.values() for d in o.domains}
        self.mailboxes: dict[str, Mailbox] = {m.address.key: m for m in mailboxes}
        self._store = store
        self._clock = clock
        self._whitelist: dict[str, tuple[str, ...]] = {d: tuple(dns) for d, dns in (listed or {}).items()}
        self._dns: frozenset[str] = frozenset()
        self._watchers: list[Callable[[], None]] = []
        self._mailbox_watchers: list[Callable[[], None]] = []
        self._refresh()

    # -- the whitelist
    def admit(self, domain: str, dns: Sequence[str]) -> None:
        """Put a domain on the whitelist with the DNs of its operator's certificates; takes effect at once (F2)."""
        self._whitelist[domain.lower()] = tuple(dict.fromkeys((*self._whitelist.get(domain.lower(), ()), *dns)))
        self._refresh()

    def enlist(self, domain: str, dns: Sequence[str]) -> None:
        """Put a domain on the whitelist with these DNs and no others; takes effect at once."""
        self._whitelist[domain.lower()] = tuple(dict.fromkeys(dns))
        self._refresh()

    def withdraw(self, domain: str) -> None:
        """Take a domain off the whitelist. KeyError when it is not listed."""
        del self._whitelist[domain.lower()]
        self._refresh()

    def whitelist(self) -> Mapping[str, Sequence[str]]:
        """Listed domains with their certificate DNs."""
        return dict(self._whitelist)

    def on_whitelist_change(self, call: Callable[[], None]) -> None:
        """Call this after every change of the whitelist."""
        self._watchers.append(call)

    def _refresh(self) -> None:
        self._dns = frozenset(dn for dns in self._whitelist.values() for dn in dns)
        for call in self._watchers:
            call()

    # -- what rules ask
    def now(self) -> datetime:
        """Simulated date and time."""
        return self._clock.now()

    def lists(self, domain: str) -> bool:
        """The domain is on the whitelist."""
        return domain in self._whitelist

    def listed_dns(self, domain: str) -> Sequence[str]:
        """Certificate DNs that the whitelist gives for the domain."""
        return self._whitelist.get(domain, ())

    def is_listed_dn(self, dn: str) -> bool:
        """The whitelist gives this DN for at least one domain."""
        return dn in self._dns

    def operator_of(self, domain: str) -> str | None:
        """The configured operator that serves the domain; None for outsiders and unknown domains."""
        known = self.domains.get(domain)
        return known.operator if known is not None and known.kind != "outsider" else None

    def operator_with_dn(self, dn: str) -> str | None:
        """The configured operator whose domains the whitelist gives this DN for."""
        for name, dns in self._whitelist.items():
            if dn in dns and name in self.domains:
                return self.domains[name].operator
        return None

    def domain_kind(self, domain: str) -> str | None:
        """The kind of a declared domain."""
        known = self.domains.get(domain)
        return known.kind if known is not None else None

    def kind_of(self, domain: str) -> DomainKind:
        """The behaviour of a declared domain; KeyError for one nobody declared."""
        return kind_named(self.domains[domain].kind)

    def problem_with(self, address: Address) -> str | None:
        """Why the kind of its domain knows no such address; None when it may exist, or nobody declared the domain."""
        return self.kind_of(address.domain).problem_with(address.local) if address.domain in self.domains else None

    def mailbox(self, address: Address) -> Mailbox | None:
        """The registered mailbox, whatever its status."""
        return self.mailboxes.get(address.key)

    def usage(self, mailbox: Mailbox) -> int:
        """Octets stored."""
        return self._store.usage(mailbox.address.key)

    def message_limit(self, operator: str) -> int:
        """Octets of the largest message that the operator takes."""
        return self.operators[operator].message_limit

    def domain_limit(self, domain: str) -> int | None:
        """Octets of the largest message to a mailbox of the domain; None when only the operator's limit holds."""
        return self.domains[domain].message_limit if domain in self.domains else None

    def exchange(self, patient: Mailbox, correspondent: Address) -> str:
        """State of the exchange between a patient and a mailbox."""
        return self._store.exchange(patient.address.key, correspondent.key) or Exchange.NONE

    def exchanges(self, patient: Mailbox) -> Mapping[str, ExchangeChange]:
        """All exchanges of a patient in full, by the key of the correspondent."""
        return {known.mailbox: known for known in self._store.exchanges_in_full(patient.address.key)}

    def dispensed_within_a_year(self, patient: Mailbox, structure: str) -> bool:
        """A reimbursed dispensing by this pharmacy lies within a year of the simulated clock (F13)."""
        if patient.patient is None:
            return False
        today = self.now().date()
        return any(
            d.structure == structure and d.reimbursed and today - HISTORY <= date.fromisoformat(d.date) <= today
            for d in patient.patient.dispensings
        )

    # -- mailboxes
    def set_status(self, address: Address, status: Status) -> Mailbox:
        """Suspend, close or open a mailbox again. KeyError: there is none. ValueError: only patients object."""
        if status is Status.OPPOSED and self.mailboxes[address.key].kind is not Kind.PATIENT:
            raise ValueError(f"{address} is no patient's")
        changed = replace(self.mailboxes[address.key], status=status)
        self.register(changed)
        return changed

    def register(self, mailbox: Mailbox) -> None:
        """Add a mailbox, or put it in place of the one with its address."""
        self.mailboxes[mailbox.address.key] = mailbox
        self._tell_of_mailboxes()

    def put_back(self, mailboxes: Iterable[Mailbox], listed: Mapping[str, Sequence[str]]) -> None:
        """These mailboxes and this whitelist instead of those of the moment."""
        self.mailboxes = {m.address.key: m for m in mailboxes}
        self._whitelist = {d: tuple(dns) for d, dns in listed.items()}
        self._refresh()
        self._tell_of_mailboxes()

    def on_mailbox_change(self, call: Callable[[], None]) -> None:
        """Call this after mailboxes were opened, changed, suspended, closed or put back."""
        self._mailbox_watchers.append(call)

    def _tell_of_mailboxes(self) -> None:
        for call in self._mailbox_watchers:
            call()

    def applications_of(self, structure_id: str) -> list[Mailbox]:
        """APP mailboxes of the structure with this national id."""
        return [
            m
            for m in self.mailboxes.values()
            if m.kind == "APP" and m.structure is not None and m.structure.national_id == structure_id
        ]

    def accounts_of(self, national_id: str) -> list[Mailbox]:
        """Nominative mailboxes of the person with this national id."""
        return [m for m in self.mailboxes.values() if m.owner is not None and m.owner.national_id == national_id]
