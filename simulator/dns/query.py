"""Reading one DNS query from hostile octets: only what an authoritative answer needs, in bounded work."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import dns.exception
import dns.flags
import dns.name
import dns.opcode
import dns.wire
from dns.name import Name
from dns.opcode import Opcode
from dns.rdataclass import RdataClass
from dns.rdatatype import OPT, RdataType

HEADER_SIZE = 12
MAX_QUERY = 4096
"""Octets of the longest query that is read; a question takes at most 271, the rest is EDNS options."""
_MAX_ADDITIONAL = 2
"""EDNS and one signature; more has no use in a query."""
_HEADER = struct.Struct("!HHHHHH")


@dataclass(frozen=True, slots=True)
class Header:
    """The first twelve octets (RFC 1035 4.1.1)."""

    ident: int
    flags: int
    counts: tuple[int, int, int, int]

    @property
    def is_response(self) -> bool:
        """True for the QR bit: answering an answer would make two servers talk for ever."""
        return bool(self.flags & dns.flags.QR)

    @property
    def opcode(self) -> Opcode:
        """What is asked for; every one but QUERY is refused."""
        return dns.opcode.from_flags(self.flags)


@dataclass(frozen=True, slots=True)
class Edns:
    """What the OPT record says (RFC 6891 6.1)."""

    version: int
    payload: int
    """Octets of the largest datagram that the client takes."""
    wants_dnssec: bool


@dataclass(frozen=True, slots=True)
class Question:
    """The one question of a query."""

    name: Name
    rdtype: RdataType
    rdclass: RdataClass
    edns: Edns | None


def read_header(octets: bytes) -> Header | None:
    """The header; None when there are fewer than twelve octets."""
    if len(octets) < HEADER_SIZE:
        return None
    ident, flags, *counts = _HEADER.unpack_from(octets)
    return Header(ident, flags, (counts[0], counts[1], counts[2], counts[3]))


def write_bare(header: Header, rcode: int) -> bytes:
    """A reply of a header alone, for a query whose question was not read."""
    kept = header.flags & (0x7800 | dns.flags.RD)
    return _HEADER.pack(header.ident, dns.flags.QR | kept | rcode, 0, 0, 0, 0)


def read_question(header: Header, octets: bytes) -> Question:
    """The question and EDNS of a QUERY. Raises dns.exception.FormError when it is anything but one question."""
    questions, answers, authorities, additionals = header.counts
    if len(octets) > MAX_QUERY or questions != 1 or answers or authorities or additionals > _MAX_ADDITIONAL:
        raise dns.exception.FormError
    parser = dns.wire.Parser(octets, HEADER_SIZE)
    name = parser.get_name()
    rdtype, rdclass = parser.get_struct("!HH")
    edns: Edns | None = None
    for _ in range(additionals):
        found = _read_additional(parser)
        if found is not None and edns is not None:
            raise dns.exception.FormError
        edns = found or edns
    if parser.remaining():
        raise dns.exception.FormError
    return Question(name, RdataType.make(rdtype), RdataClass.make(rdclass), edns)


def _read_additional(parser: dns.wire.Parser) -> Edns | None:
    owner = parser.get_name()
    rdtype, payload, ttl, length = parser.get_struct("!HHIH")
    with parser.restrict_to(length):
        if rdtype != OPT:
            parser.get_remaining()
            return None
        while parser.remaining():
            _, size = parser.get_struct("!HH")
            parser.get_bytes(size)
    if owner != dns.name.root:
        raise dns.exception.FormError
    return Edns(version=ttl >> 16 & 0xFF, payload=payload, wants_dnssec=bool(ttl & dns.flags.DO))
