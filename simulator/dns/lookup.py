"""Where mail for a domain goes: the client of our DNS that the relay uses (RFC 5321 5.1)."""

from __future__ import annotations

import asyncio
import ipaddress
from dataclasses import dataclass

import dns.asyncbackend
import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
from dns.message import Message
from dns.name import Name
from dns.rcode import Rcode
from dns.rdataclass import IN
from dns.rdatatype import AAAA, MX, A, RdataType
from dns.rdtypes.ANY.MX import MX as MxRecord
from dns.rrset import RRset

from simulator.dns.records import absolute

MAX_HOSTS = 10
"""Mail hosts of one domain that are looked at."""
MAX_REMEMBERED = 512
"""Domains kept."""
LONGEST_MEMORY = 300
"""Seconds that a route is kept at most, whatever the answer allows."""
_TRIES = 2
_PAYLOAD = 1232


@dataclass(frozen=True, slots=True)
class Exchanger:
    """A host that takes mail for a domain, at one of its addresses."""

    host: str
    """In lower case, without a final dot."""
    address: str
    """IPv4 or IPv6, as text."""
    preference: int
    """Lower is tried first."""


class NoRoute(Exception):
    """Nobody to bring the mail to. ``permanent``: trying again is useless; otherwise, later may do."""

    def __init__(self, permanent: bool, reason: str) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.reason = reason


class Memory:
    """The routes found lately, bounded; times are seconds of a monotonic clock."""

    def __init__(self) -> None:
        self._kept: dict[Name, tuple[float, tuple[Exchanger, ...]]] = {}

    def recall(self, domain: Name, now: float) -> tuple[Exchanger, ...] | None:
        """The route, while it is still good."""
        until, route = self._kept.get(domain, (now, ()))
        if now < until:
            return route
        self._kept.pop(domain, None)
        return None

    def keep(self, domain: Name, route: tuple[Exchanger, ...], now: float, ttl: int) -> None:
        """Remember the route for ``ttl`` seconds; the oldest one makes room."""
        self._kept.pop(domain, None)
        if len(self._kept) >= MAX_REMEMBERED:
            del self._kept[next(iter(self._kept))]
        self._kept[domain] = (now + min(ttl, LONGEST_MEMORY), route)

    def forget(self) -> None:
        """Know nothing again."""
        self._kept.clear()


class Lookup:
    """Asks the DNS server at ``host``, an IP address, and ``port``; each question takes at most ``timeout`` seconds.

    Raises ValueError for a host that is not an address.
    """

    def __init__(self, host: str, port: int, timeout: float = 5.0) -> None:
        ipaddress.ip_address(host)
        self._host = host
        self._port = port
        self._timeout = timeout
        self._memory = Memory()

    def forget(self) -> None:
        """Ask again for every domain: names or faults changed."""
        self._memory.forget()

    async def exchangers(self, domain: str) -> list[Exchanger]:
        """The hosts that take mail for ``domain``, preferred first, equals in the order of the answer; never empty.

        Raises NoRoute: permanent when the domain does not exist, takes no mail (RFC 7505) or leads to no
        address; temporary when the server does not answer, fails or refuses.
        """
        now = asyncio.get_running_loop().time()
        try:
            name = absolute(domain.lower())
        except ValueError as error:
            raise NoRoute(True, str(error)) from None
        if (remembered := self._memory.recall(name, now)) is not None:
            return list(remembered)
        route, ttl = await self._find(name)
        self._memory.keep(name, tuple(route), now, ttl)
        return route

    async def _find(self, domain: Name) -> tuple[list[Exchanger], int]:
        answer = await self._ask(domain, MX)
        if answer.rcode() == Rcode.NXDOMAIN:
            raise NoRoute(True, f"{_text(domain)} does not exist")
        records = answer.get_rrset(answer.answer, domain, IN, MX)
        ttls = [] if records is None else [records.ttl]
        route: list[Exchanger] = []
        failure: NoRoute | None = None
        for preference, host in _mail_hosts(domain, records)[:MAX_HOSTS]:
            try:
                found = await self._addresses(host, answer)
            except NoRoute as error:
                failure = error
                continue
            route += [Exchanger(_text(host), rdata.to_text(), preference) for rrset in found for rdata in rrset]
            ttls += [rrset.ttl for rrset in found]
        if not route:
            raise failure or NoRoute(True, f"no address for the mail of {_text(domain)}")
        # A route that is only a part of the truth is not kept.
        return route, min(ttls) if failure is None else 0

    async def _addresses(self, host: Name, answer: Message) -> list[RRset]:
        """From the additional section when it says something, else by asking."""
        found = [rrset for rdtype in (A, AAAA) if (rrset := answer.get_rrset(answer.additional, host, IN, rdtype))]
        if found:
            return found
        for rdtype in (A, AAAA):
            reply = await self._ask(host, rdtype)
            if rrset := reply.get_rrset(reply.answer, host, IN, rdtype):
                found.append(rrset)
        return found

    async def _ask(self, name: Name, rdtype: RdataType) -> Message:
        """A reply that says yes or no. Raises NoRoute, temporary, for every other end."""
        query = dns.message.make_query(name, rdtype, use_edns=0, payload=_PAYLOAD, flags=0)
        asked = f"{dns.rdatatype.to_text(rdtype)} of {_text(name)}"
        try:
            reply = await self._exchange(query)
        except TimeoutError:
            raise NoRoute(False, f"no answer from DNS for {asked}") from None
        except (dns.exception.DNSException, OSError, EOFError) as error:
            raise NoRoute(False, f"bad answer from DNS for {asked}: {type(error).__name__}") from error
        if reply.rcode() not in (Rcode.NOERROR, Rcode.NXDOMAIN):
            raise NoRoute(False, f"DNS answers {dns.rcode.to_text(reply.rcode())} for {asked}")
        return reply

    async def _exchange(self, query: Message) -> Message:
        backend = dns.asyncbackend.get_backend("asyncio")
        for tries_left in reversed(range(_TRIES)):
            try:
                # dnspython's own deadlines follow the wall clock, which may jump.
                async with asyncio.timeout(self._timeout / _TRIES):
                    reply, _ = await dns.asyncquery.udp_with_fallback(
                        query, self._host, None, self._port, ignore_unexpected=True, ignore_errors=True,
                        backend=backend)
                    return reply
            except TimeoutError:
                if not tries_left:
                    raise
        raise AssertionError("unreachable")


def _mail_hosts(domain: Name, records: RRset | None) -> list[tuple[int, Name]]:
    """Preference and host, preferred first. Without MX records the domain itself is its mail host."""
    if records is None:
        return [(0, domain)]
    listed = [(r.preference, r.exchange) for r in records if isinstance(r, MxRecord)]
    hosts = [(preference, host) for preference, host in listed if host != dns.name.root]
    if not hosts:
        raise NoRoute(True, f"{_text(domain)} takes no mail")
    return sorted(hosts, key=lambda pair: pair[0])


def _text(name: Name) -> str:
    return name.to_text(omit_final_dot=True).lower()
