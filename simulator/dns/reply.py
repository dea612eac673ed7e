"""From the octets of a query to the octets of its reply, without sockets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from dns.name import Name
from dns.opcode import Opcode
from dns.rcode import Rcode
from dns.rdatatype import ANY, AXFR, IXFR

from simulator.dns.query import Header, Question, read_header, read_question, write_bare
from simulator.dns.zones import Answer, Zones, enclosing

DATAGRAM = 512
"""Octets of the largest datagram for a client without EDNS (RFC 1035 4.2.1)."""
PAYLOAD = 1232
"""Octets of the largest datagram ever sent, and what EDNS announces: fits every path unfragmented."""
STREAM = 65535
MAX_LABELS = 40
"""Labels of the longest name that is looked for: an IPv6 address takes 35, and the work grows with their square."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The octets to send, and what a journal may say about them."""

    octets: bytes
    rcode: str
    """``NOERROR``, ``NXDOMAIN``, ``REFUSED``…"""
    name: str = ""
    """The name asked, without the final dot, escaped to ASCII; empty when the question was not read."""
    rdtype: str = ""


def reply_to(octets: bytes, zones: Zones, overrides: Mapping[Name, Rcode], *, datagram: bool) -> Reply | None:
    """The reply to one query; None for octets that deserve none (no header, or themselves a reply)."""
    header = read_header(octets)
    if header is None or header.is_response:
        return None
    if header.opcode != Opcode.QUERY:
        return _bare(header, Rcode.NOTIMP)
    try:
        question = read_question(header, octets)
    except dns.exception.DNSException:
        return _bare(header, Rcode.FORMERR)
    if len(question.name) > MAX_LABELS:
        return _bare(header, Rcode.REFUSED)
    answer = _answer(question, zones, overrides)
    rendered = _render(header, question, answer, _limit(question, datagram=datagram))
    return Reply(rendered, dns.rcode.to_text(answer.rcode),
                 question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype))


def _bare(header: Header, rcode: Rcode) -> Reply:
    return Reply(write_bare(header, rcode), dns.rcode.to_text(rcode))


def _answer(question: Question, zones: Zones, overrides: Mapping[Name, Rcode]) -> Answer:
    if question.edns is not None and question.edns.version > 0:
        return Answer(Rcode.BADVERS, authoritative=False)
    if question.rdclass != dns.rdataclass.IN or question.rdtype in (AXFR, IXFR):
        return Answer(Rcode.REFUSED, authoritative=False)
    if question.rdtype != ANY and dns.rdatatype.is_metatype(question.rdtype):
        return Answer(Rcode.NOTIMP, authoritative=False)
    override = _override_for(question.name, overrides)
    if override is None:
        return zones.find(question.name, question.rdtype)
    if override == Rcode.NXDOMAIN:
        return zones.denial(question.name, override)
    return Answer(override, authoritative=False)


def _override_for(name: Name, overrides: Mapping[Name, Rcode]) -> Rcode | None:
    if not overrides:
        return None
    known = enclosing(name, overrides.keys(), max(map(len, overrides)))
    return None if known is None else overrides[known]


def _limit(question: Question, *, datagram: bool) -> int:
    if not datagram:
        return STREAM
    if question.edns is None:
        return DATAGRAM
    return min(max(question.edns.payload, DATAGRAM), PAYLOAD)


def _render(header: Header, question: Question, answer: Answer, limit: int) -> bytes:
    reply = dns.message.QueryMessage(header.ident)
    reply.flags = dns.flags.Flag(dns.flags.QR | header.flags & dns.flags.RD)
    if answer.authoritative:
        reply.flags |= dns.flags.AA
    # The name keeps the case it came with: clients check it against forged replies.
    reply.question = [dns.rrset.RRset(question.name, question.rdclass, question.rdtype)]
    reply.answer = list(answer.answer)
    reply.authority = list(answer.authority)
    reply.additional = list(answer.additional)
    if question.edns is not None:
        reply.use_edns(0, dns.flags.DO if question.edns.wants_dnssec else 0, PAYLOAD)
    reply.set_rcode(answer.rcode)
    # Records keep the order of the configuration, so that a test sees the same answer each time.
    return reply.to_wire(max_size=limit, prefer_truncation=True, want_shuffle=False)
