"""What the space publishes in DNS: zones built from plain values, and the answer to one question.

A ``Zones`` never changes once made; the server is given a new one when domains or hosts change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import dns.name
import dns.reversename
import dns.rrset
from dns.name import Name
from dns.rcode import Rcode
from dns.rdata import Rdata
from dns.rdataclass import IN
from dns.rdatatype import AAAA, ANY, SOA, A, RdataType
from dns.rdtypes.ANY.MX import MX as MxRecord
from dns.rdtypes.ANY.NS import NS as NsRecord
from dns.rdtypes.IN.SRV import SRV as SrvRecord
from dns.rrset import RRset

from simulator.dns import records
from simulator.dns.records import Host, HostedDomain, owner

TTL = 60
"""Seconds that an answer may be kept: short, because the space changes while it runs."""
PARENTS = ("mssante.fr",)
"""Names that are one zone with everything below them."""
_LOOPBACK = dns.name.from_text("127.in-addr.arpa.")


@dataclass(frozen=True, slots=True)
class Answer:
    """The sections of a reply to one question."""

    rcode: Rcode
    authoritative: bool = True
    answer: tuple[RRset, ...] = ()
    authority: tuple[RRset, ...] = ()
    additional: tuple[RRset, ...] = ()


def enclosing(name: Name, known: Collection[Name], deepest: int) -> Name | None:
    """The name itself or the nearest one above it that is ``known``; none of these has more than ``deepest`` labels."""
    # A name of 127 labels costs thousands of steps when they are taken off one by one.
    labels = name.labels[-deepest:]
    for first in range(len(labels)):
        if (above := Name(labels[first:])) in known:
            return above
    return None


class Zones:
    """Every record of the space. Names are compared without regard to case (RFC 4343).

    Each of ``parents`` is one zone with all that lies below it; another domain is its own zone, unless it
    lies below a domain that has one; a host below no zone is its own zone. Addresses get PTR records, for
    the first host that has them. Raises ValueError for a name, address or number that DNS cannot carry.
    """

    def __init__(self, published: Iterable[HostedDomain | Host] = (), *, parents: Sequence[str] = PARENTS,
                 server_addresses: Sequence[str] = ("127.0.0.1",), serial: int = 1, ttl: int = TTL) -> None:
        self._ttl = ttl
        self._serial = serial
        self._nodes: dict[Name, dict[RdataType, RRset]] = {}
        listed = list(published)
        hosts = [r for r in listed if isinstance(r, Host)]
        domains = [r for r in listed if isinstance(r, HostedDomain)]
        self._apexes = _apexes(domains, hosts, parents)
        for record in listed:
            self._nodes.setdefault(owner(record.name), {})
        for domain in domains:
            for name, rdata in records.of_domain(domain):
                self._add(name, rdata)
        for host in hosts:
            for address in host.addresses:
                self._add(owner(host.name), records.of_address(address))
        self._add_reverse(hosts)
        for apex in self._apexes:
            self._add_authority(apex, server_addresses)
        self._deepest = max(map(len, self._apexes))
        for name in list(self._nodes):
            self._add_empty_names_above(name)

    def zone_of(self, name: Name) -> Name | None:
        """The apex of the zone that holds ``name``; None when the space does not speak for it."""
        return enclosing(name, self._apexes, self._deepest)

    def find(self, name: Name, rdtype: RdataType) -> Answer:
        """The answer for a name and a type: data, NODATA, NXDOMAIN (RFC 2308), or REFUSED outside the space."""
        apex = self.zone_of(name)
        if apex is None:
            return Answer(Rcode.REFUSED, authoritative=False)
        node = self._nodes.get(name)
        if node is None:
            return self.denial(name, Rcode.NXDOMAIN)
        if rdtype == ANY and node:
            return Answer(Rcode.NOERROR, answer=(dns.rrset.from_rdata(name, self._ttl, records.instead_of_any()),))
        if (found := node.get(rdtype)) is not None:
            return Answer(Rcode.NOERROR, answer=(found,), additional=tuple(self._addresses_behind(found)))
        return self.denial(name, Rcode.NOERROR)

    def denial(self, name: Name, rcode: Rcode) -> Answer:
        """An answer without data, with the zone's SOA so that it can be remembered (RFC 2308)."""
        apex = self.zone_of(name)
        if apex is None:
            return Answer(rcode, authoritative=False)
        return Answer(rcode, authority=(self._nodes[apex][SOA],))

    def _addresses_behind(self, rrset: RRset) -> Iterator[RRset]:
        targets = dict.fromkeys(target for rdata in rrset if (target := _target(rdata)) is not None)
        for target in targets:
            node = self._nodes.get(target, {})
            yield from (node[rdtype] for rdtype in (A, AAAA) if rdtype in node)

    def _add(self, name: Name, rdata: Rdata) -> None:
        node = self._nodes.setdefault(name, {})
        if (rrset := node.get(rdata.rdtype)) is None:
            rrset = node[rdata.rdtype] = RRset(name, IN, rdata.rdtype)
        rrset.add(rdata, self._ttl)

    def _add_reverse(self, hosts: Iterable[Host]) -> None:
        for host in hosts:
            for address in host.addresses:
                name = dns.reversename.from_address(address)
                if name not in self._nodes:
                    self._apexes.add(_LOOPBACK if name.is_subdomain(_LOOPBACK) else name)
                    self._add(name, records.pointer(owner(host.name)))

    def _add_authority(self, apex: Name, server_addresses: Sequence[str]) -> None:
        server = records.below("ns", apex)
        for rdata in records.authority(apex, server, self._serial, self._ttl):
            self._add(apex, rdata)
        if server not in self._nodes:
            for address in server_addresses:
                self._add(server, records.of_address(address))

    def _add_empty_names_above(self, name: Name) -> None:
        # A name with something below it exists, even when nobody wrote a record for it (RFC 8020).
        while name not in self._apexes:
            name = name.parent()
            self._nodes.setdefault(name, {})


def _apexes(domains: Iterable[HostedDomain], hosts: Iterable[Host], parents: Iterable[str]) -> set[Name]:
    apexes = {owner(parent) for parent in parents}
    # Short names first, so that the result does not depend on the order of the configuration.
    names = [*sorted((owner(d.name) for d in domains), key=len), *sorted((owner(h.name) for h in hosts), key=len)]
    for name in names:
        if not any(name.is_subdomain(apex) for apex in apexes):
            apexes.add(name)
    return apexes


def _target(rdata: Rdata) -> Name | None:
    if isinstance(rdata, MxRecord):
        return rdata.exchange
    if isinstance(rdata, (SrvRecord, NsRecord)):
        return rdata.target
    return None
