"""The whitelist, changed while the simulator runs (F2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from simulator.controls.errors import Invalid, NotFound, nearest
from simulator.journal import Journal
from simulator.model.address import Address, AddressError
from simulator.space import TrustSpace


@dataclass(frozen=True, slots=True)
class Listing:
    """A whitelisted domain."""

    domain: str
    dns: tuple[str, ...]
    """Subjects of its operator's certificates."""
    operator: str | None
    """The configured operator that serves it; None for a domain from elsewhere."""


class Whitelist:
    """Which domains belong to the space, and by which certificates their operators are known."""

    def __init__(self, space: TrustSpace, journal: Journal, subject_of: Callable[[str], str | None]) -> None:
        """``subject_of`` gives the DN of an operator's own certificate, by its name."""
        self._space = space
        self._journal = journal
        self._subject_of = subject_of

    def all(self) -> Sequence[Listing]:
        """Every entry, by domain."""
        return tuple(self._listing(domain) for domain in sorted(self._space.whitelist()))

    def get(self, domain: str) -> Listing:
        """One entry. Raises NotFound."""
        name = domain.strip().lower()
        if not self._space.lists(name):
            near = nearest(name, self._space.whitelist())
            raise NotFound(f"{name} is not on the whitelist", near)
        return self._listing(name)

    def put(self, domain: str, dns: Sequence[str] | None = None) -> Listing:
        """List the domain with exactly these DNs, at once; None is the configured operator's own certificate.

        Raises Invalid."""
        name = domain.strip().lower()
        try:
            Address.parse(f"postmaster@{name}")
        except AddressError as problem:
            raise Invalid(f"{domain[:260]!r} cannot be listed: {problem}") from problem
        names = [self._own(name)] if dns is None else [dn.strip() for dn in dns]
        if not names or not all(names):
            raise Invalid(f"{name} needs at least one certificate subject", "give one such as CN=…,OU=…,O=…,ST=…,C=FR")
        self._space.enlist(name, names)
        self._journal.note("whitelist", f"{name} is on the whitelist", domain=name, action="listed", dns=names)
        return self._listing(name)

    def withdraw(self, domain: str) -> None:
        """Take the domain off, at once. Raises NotFound."""
        name = self.get(domain).domain
        self._space.withdraw(name)
        self._journal.note("whitelist", f"{name} was taken off the whitelist", domain=name, action="withdrawn")

    def _own(self, domain: str) -> str:
        known = self._space.domains.get(domain)
        subject = self._subject_of(known.operator) if known is not None else None
        if subject is None:
            remedy = "say by which DN its operator is known"
            raise Invalid(f"no operator with a certificate serves {domain} here", remedy)
        return subject

    def _listing(self, domain: str) -> Listing:
        return Listing(domain, tuple(self._space.listed_dns(domain)), self._space.operator_of(domain))
