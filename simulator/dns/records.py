"""What the application gives to publish, and the DNS records made of it. Every function raises ValueError for a
name, address or number that DNS cannot carry."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import dns.exception
import dns.name
import dns.rdata
from dns.name import Name
from dns.rdata import Rdata
from dns.rdataclass import IN
from dns.rdatatype import AAAA, HINFO, MX, NS, PTR, SOA, SRV, TXT, A, RdataType
from dns.rdtypes.ANY.TXT import TXT as TxtRecord

_TEXT_PIECE = 255
"""Octets of one string of a TXT record (RFC 1035 3.3.14)."""
_IMAP_DOORS = {"imap": "_imap._tcp", "imaps": "_imaps._tcp"}
_SUBMISSION_DOORS = {"submission": "_submission._tcp", "smtps": "_submissions._tcp"}


@dataclass(frozen=True, slots=True)
class Host:
    """A machine name and its IPv4 and IPv6 addresses, as text."""

    name: str
    addresses: Sequence[str]


@dataclass(frozen=True, slots=True)
class HostedDomain:
    """A mail domain: where its mail goes and where mail programs connect (RFC 6186, RFC 8314; ECO.1.1.9)."""

    name: str
    mx: Sequence[tuple[int, str]] = ()
    """Preference and host; ``(0, ".")`` says that the domain takes no mail (RFC 7505)."""
    imap_host: str | None = None
    submission_host: str | None = None
    ports: Mapping[str, int] = field(default_factory=dict)
    """Door name (``imap``, ``imaps``, ``submission``, ``smtps``) to the port it listens on; no port, no SRV record."""
    txt: Sequence[str] = ()


def absolute(text: str) -> Name:
    """The DNS name written in ``text``, letters outside ASCII encoded (IDNA). Raises ValueError."""
    try:
        return dns.name.from_text(text)
    except (dns.exception.DNSException, UnicodeError) as error:
        raise ValueError(f"{text!r} is not a DNS name: {error}") from None


def owner(text: str) -> Name:
    """The name of a domain or a host: any but the root. Raises ValueError."""
    name = absolute(text)
    if name == dns.name.root:
        raise ValueError("a domain or a host needs a name")
    return name


def below(labels: str, name: Name) -> Name:
    """``labels`` in front of ``name``."""
    try:
        return dns.name.from_text(labels, name)
    except dns.name.NameTooLong:
        raise ValueError(f"{name} is too long to hold {labels}") from None


def of_domain(domain: HostedDomain) -> Iterator[tuple[Name, Rdata]]:
    """MX and TXT of the domain itself, SRV below it: every record with its owner."""
    name = owner(domain.name)
    for preference, host in domain.mx:
        yield name, _record(MX, f"{preference} {absolute(host)}")
    for text in domain.txt:
        yield name, _text(text)
    for host_name, doors in ((domain.imap_host, _IMAP_DOORS), (domain.submission_host, _SUBMISSION_DOORS)):
        for door, service in doors.items():
            if host_name and door in domain.ports:
                yield below(service, name), _record(SRV, f"0 1 {domain.ports[door]} {absolute(host_name)}")


def of_address(text: str) -> Rdata:
    """A or AAAA."""
    address = ipaddress.ip_address(text)
    return _record(A if address.version == 4 else AAAA, str(address))


def pointer(host: Name) -> Rdata:
    """PTR: the name of an address."""
    return _record(PTR, str(host))


def authority(apex: Name, server: Name, serial: int, ttl: int) -> tuple[Rdata, Rdata]:
    """SOA and NS of a zone. ``ttl`` is also how long an absence may be remembered (RFC 2308)."""
    return (_record(SOA, f"{server} {below('hostmaster', apex)} {serial} 3600 600 86400 {ttl}"),
            _record(NS, str(server)))


def instead_of_any() -> Rdata:
    """The short reply to a question for every type (RFC 8482 4.2)."""
    return _record(HINFO, 'RFC8482 ""')


def _record(rdtype: RdataType, text: str) -> Rdata:
    # Names are written by dnspython, which escapes them: nothing in them can end a field.
    try:
        return dns.rdata.from_text(IN, rdtype, text)
    except dns.exception.DNSException as error:
        raise ValueError(f"{rdtype.name} {text}: {error}") from None


def _text(text: str) -> Rdata:
    octets = text.encode()
    pieces = [octets[i:i + _TEXT_PIECE] for i in range(0, len(octets), _TEXT_PIECE)]
    return TxtRecord(IN, TXT, pieces or [b""])
