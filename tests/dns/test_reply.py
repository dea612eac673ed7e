"""From octets to octets, without sockets."""

from __future__ import annotations

import random

import dns.flags
import dns.message
import dns.name
import dns.rcode
import pytest
from dns.message import Message
from dns.rcode import Rcode

from simulator.dns.reply import PAYLOAD, Reply, reply_to
from simulator.dns.zones import Zones

SEED = 20261122
MUTATIONS = 5000


def send(zones: Zones, query: Message | bytes, *, datagram: bool = True) -> Reply | None:
    octets = query if isinstance(query, bytes) else query.to_wire()
    return reply_to(octets, zones, {}, datagram=datagram)


def ask(zones: Zones, query: Message | bytes, *, datagram: bool = True) -> Message:
    reply = send(zones, query, datagram=datagram)
    assert reply is not None
    return dns.message.from_wire(reply.octets)


def header(flags: int, *counts: int) -> bytes:
    return b"\xab\xcd" + b"".join(value.to_bytes(2, "big") for value in (flags, *counts))


def test_an_answer_of_ours_is_authoritative_and_never_offers_recursion(zones: Zones) -> None:
    reply = ask(zones, dns.message.make_query("direct.example", "A"))
    assert reply.flags == dns.flags.QR | dns.flags.AA | dns.flags.RD


def test_the_question_comes_back_in_the_case_it_was_asked(zones: Zones) -> None:
    query = dns.message.make_query("DiReCt.eXaMpLe", "A")
    reply = send(zones, query)
    assert reply is not None
    assert b"\x06DiReCt\x07eXaMpLe\x00" in reply.octets
    assert query.is_response(dns.message.from_wire(reply.octets))


def test_records_keep_their_order(zones: Zones) -> None:
    replies = {send(zones, dns.message.make_query("pharmacie.bfc.mssante.fr", "MX", id=1)) for _ in range(20)}
    assert len(replies) == 1


@pytest.mark.parametrize(("payload", "limit"), [(None, 512), (100, 512), (800, 800), (4096, PAYLOAD)])
def test_a_datagram_is_cut_to_what_both_sides_take(zones: Zones, payload: int | None, limit: int) -> None:
    query = dns.message.make_query("large.mssante.fr", "TXT", use_edns=payload is not None, payload=payload or 0)
    reply = send(zones, query)
    assert reply is not None
    assert len(reply.octets) <= limit
    assert dns.message.from_wire(reply.octets).flags & dns.flags.TC
    assert not ask(zones, query, datagram=False).flags & dns.flags.TC


def test_edns_is_answered_only_when_asked(zones: Zones) -> None:
    assert ask(zones, dns.message.make_query("direct.example", "A")).edns == -1
    reply = ask(zones, dns.message.make_query("direct.example", "A", use_edns=0, want_dnssec=True))
    assert (reply.edns, reply.payload, reply.ednsflags & dns.flags.DO) == (0, PAYLOAD, dns.flags.DO)


def test_another_version_of_edns_is_refused_with_ours(zones: Zones) -> None:
    reply = ask(zones, dns.message.make_query("direct.example", "A", use_edns=1))
    assert (reply.rcode(), reply.edns, reply.answer) == (Rcode.BADVERS, 0, [])


@pytest.mark.parametrize(("rdtype", "rdclass", "rcode"), [
    ("A", "CH", Rcode.REFUSED), ("A", "ANY", Rcode.REFUSED), ("TYPE65280", "IN", Rcode.NOERROR),
    ("AXFR", "IN", Rcode.REFUSED), ("TKEY", "IN", Rcode.NOTIMP), ("MAILB", "IN", Rcode.NOTIMP)])
def test_other_classes_and_kinds_of_question_are_turned_away(
        zones: Zones, rdtype: str, rdclass: str, rcode: Rcode) -> None:
    assert ask(zones, dns.message.make_query("direct.example", rdtype, rdclass)).rcode() == rcode


@pytest.mark.parametrize("opcode", [1, 2, 3, 4, 5, 15])
def test_other_operations_are_not_implemented(zones: Zones, opcode: int) -> None:
    reply = send(zones, header(opcode << 11 | dns.flags.RD, 1, 0, 0, 0))
    assert reply is not None
    assert reply.octets == header(dns.flags.QR | opcode << 11 | dns.flags.RD | Rcode.NOTIMP, 0, 0, 0, 0)


GOOD = dns.message.make_query("direct.example", "A", id=0xABCD, use_edns=0).to_wire()
QUESTION = GOOD[12:-11]
OPT = GOOD[-11:]


@pytest.mark.parametrize("octets", [
    header(0, 1, 0, 0, 0),
    header(0, 0, 0, 0, 0),
    header(0, 2, 0, 0, 0) + QUESTION * 2,
    header(0, 1, 1, 0, 0) + QUESTION,
    header(0, 1, 0, 0, 1) + QUESTION,
    header(0, 1, 0, 0, 2) + QUESTION + OPT * 2,
    header(0, 1, 0, 0, 65535) + QUESTION + OPT,
    header(0, 1, 0, 0, 0) + QUESTION + b"rest",
    header(0, 1, 0, 0, 0) + b"\xc0\x0c\x00\x01\x00\x01",
    header(0, 1, 0, 0, 0) + b"\x3f" * 300,
    header(0, 1, 0, 0, 0) + b"\x80\x00\x00\x01\x00\x01",
    header(0, 1, 0, 0, 1) + QUESTION + b"\x01x" + OPT,
    header(0, 1, 0, 0, 1) + QUESTION + OPT[:-2] + b"\x00\x05\x00\x03\x00\x02x",
    header(0, 1, 0, 0, 1) + QUESTION + OPT[:-2] + b"\x20\x00" + b"\x00\x0c\x1f\xfc" + bytes(0x1FFC),
], ids=["no question", "none counted", "two questions", "an answer", "missing record", "two OPT", "many records",
        "octets left", "pointer to itself", "name too long", "reserved label", "OPT with a name", "option cut short",
        "too long"])
def test_what_cannot_be_read_is_a_format_error(zones: Zones, octets: bytes) -> None:
    reply = send(zones, octets, datagram=False)
    assert reply is not None
    assert reply.octets == header(dns.flags.QR | Rcode.FORMERR, 0, 0, 0, 0)


@pytest.mark.parametrize("octets", [b"", GOOD[:2], GOOD[:11], header(dns.flags.QR, 1, 0, 0, 0) + QUESTION])
def test_what_deserves_no_reply_gets_none(zones: Zones, octets: bytes) -> None:
    assert send(zones, octets) is None


def test_a_name_of_very_many_labels_is_refused_without_work(zones: Zones) -> None:
    reply = send(zones, header(0, 1, 0, 0, 0) + b"\x01a" * 127 + b"\x00\x00\x01\x00\x01")
    assert reply is not None
    assert reply.octets == header(dns.flags.QR | Rcode.REFUSED, 0, 0, 0, 0)
    longest = ".".join("1" * 32) + ".ip6.arpa"
    assert ask(zones, dns.message.make_query(longest, "PTR")).question[0].name.to_text() == f"{longest}."


def test_a_signature_that_we_cannot_check_does_not_hide_the_question(zones: Zones) -> None:
    unknown = b"\x00\x00\xfa\x00\xff\x00\x00\x00\x00\x00\x04abcd"
    assert ask(zones, header(0, 1, 0, 0, 2) + QUESTION + OPT + unknown).rcode() == Rcode.NOERROR


def test_an_override_speaks_for_the_name_and_what_lies_below(zones: Zones) -> None:
    overrides = {dns.name.from_text("BFC.mssante.fr"): Rcode.NXDOMAIN}

    def rcode(name: str) -> Rcode:
        reply = reply_to(dns.message.make_query(name, "A").to_wire(), zones, overrides, datagram=True)
        assert reply is not None
        return dns.message.from_wire(reply.octets).rcode()

    assert [rcode(name) for name in ("bfc.mssante.fr", "mx.bfc.mssante.fr", "large.mssante.fr")] == [
        Rcode.NXDOMAIN, Rcode.NXDOMAIN, Rcode.NOERROR]


def test_any_octets_give_a_reply_within_bounds_or_none(zones: Zones) -> None:
    chance = random.Random(SEED)
    for _ in range(MUTATIONS):
        octets = mutate(GOOD, chance)
        reply = send(zones, octets)
        if reply is not None:
            assert len(reply.octets) <= PAYLOAD
            assert reply.octets[:2] == octets[:2]
            read = dns.message.from_wire(reply.octets)
            assert read.flags & dns.flags.QR
            assert not read.flags & dns.flags.RA


def mutate(octets: bytes, chance: random.Random) -> bytes:
    mutated = bytearray(octets)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(mutated) + 1)
        match chance.randrange(4):
            case 0:
                mutated[place:place + 1] = chance.randbytes(1)
            case 1:
                mutated[place:place] = chance.randbytes(chance.randint(1, 40))
            case 2:
                del mutated[place:place + chance.randint(1, 10)]
            case _:
                mutated[place:place + 2] = b"\xc0" + bytes([chance.randrange(64)])
    return bytes(mutated)
