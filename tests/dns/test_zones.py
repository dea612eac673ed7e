"""Zones from plain values, without sockets."""

from __future__ import annotations

import dns.name
import pytest
from dns.rcode import Rcode
from dns.rdatatype import AAAA, ANY, MX, NS, PTR, SOA, SRV, TXT, A, RdataType

from simulator.dns.records import Host, HostedDomain
from simulator.dns.zones import Answer, Zones


def find(zones: Zones, name: str, rdtype: RdataType) -> Answer:
    return zones.find(dns.name.from_text(name), rdtype)


def data(answer: Answer) -> list[str]:
    return [rdata.to_text() for rrset in answer.answer for rdata in rrset]


def test_mail_goes_where_the_domain_says_and_addresses_come_along(zones: Zones) -> None:
    answer = find(zones, "pharmacie.bfc.mssante.fr", MX)
    assert data(answer) == ["20 mx2.bfc.mssante.fr.", "10 mx.bfc.mssante.fr."]
    assert [(str(rrset.name), rrset.rdtype) for rrset in answer.additional] == [
        ("mx2.bfc.mssante.fr.", A), ("mx.bfc.mssante.fr.", A), ("mx.bfc.mssante.fr.", AAAA)]


@pytest.mark.parametrize(("service", "port"), [
    ("_imap", 10143), ("_imaps", 10993), ("_submission", 10587), ("_submissions", 10465)])
def test_each_service_names_its_host_and_the_real_port(zones: Zones, service: str, port: int) -> None:
    answer = find(zones, f"{service}._tcp.pharmacie.bfc.mssante.fr", SRV)
    assert data(answer) == [f"0 1 {port} imap.bfc.mssante.fr."]
    assert [str(rrset.name) for rrset in answer.additional] == ["imap.bfc.mssante.fr."]


def test_a_service_without_a_port_is_not_announced(zones: Zones) -> None:
    assert find(zones, "_imap._tcp.courriel.example", SRV).rcode == Rcode.NXDOMAIN


def test_case_does_not_matter(zones: Zones) -> None:
    assert data(find(zones, "DIRECT.Example", A)) == ["127.0.0.3"]


def test_names_ending_in_a_parent_share_its_zone_and_others_have_their_own(zones: Zones) -> None:
    def apex(name: str) -> str:
        return str(zones.zone_of(dns.name.from_text(name)))

    assert apex("pharmacie.bfc.mssante.fr") == "mssante.fr."
    assert apex("mx.courriel.example") == "courriel.example."
    assert zones.zone_of(dns.name.from_text("example")) is None


def test_a_domain_below_another_shares_its_zone_in_any_order() -> None:
    zones = Zones([HostedDomain("a.b.example"), Host("x.a.b.example", ["127.0.0.1"]), HostedDomain("b.example")])
    assert zones.zone_of(dns.name.from_text("x.a.b.example")) == dns.name.from_text("b.example")


def test_each_zone_has_its_authority(zones: Zones) -> None:
    for apex in ("mssante.fr", "courriel.example", "127.in-addr.arpa"):
        assert len(data(find(zones, apex, SOA))) == 1
        assert data(find(zones, apex, NS)) == [f"ns.{apex}."]
        assert data(find(zones, f"ns.{apex}", A)) == ["127.0.0.1"]


def test_an_address_leads_back_to_the_first_host_that_has_it(zones: Zones) -> None:
    assert data(find(zones, "1.0.0.127.in-addr.arpa", PTR)) == ["mx.bfc.mssante.fr."]
    assert find(zones, "9.0.0.127.in-addr.arpa", PTR).rcode == Rcode.NXDOMAIN


@pytest.mark.parametrize("name", [
    "_tcp.pharmacie.bfc.mssante.fr", "bfc.mssante.fr", "mx2.bfc.mssante.fr", "lost.example"])
def test_a_name_without_such_data_gives_the_soa_only(zones: Zones, name: str) -> None:
    answer = find(zones, name, AAAA)
    assert (answer.rcode, answer.answer) == (Rcode.NOERROR, ())
    assert [rrset.rdtype for rrset in answer.authority] == [SOA]


def test_an_unknown_name_of_ours_does_not_exist(zones: Zones) -> None:
    answer = find(zones, "nobody.mssante.fr", MX)
    assert (answer.rcode, answer.authoritative) == (Rcode.NXDOMAIN, True)
    assert [str(rrset.name) for rrset in answer.authority] == ["mssante.fr."]


def test_a_name_of_others_is_refused(zones: Zones) -> None:
    for name in ("www.example.com", "mssante.fr.example.com", "xmssante.fr", "."):
        answer = find(zones, name, A)
        assert (answer.rcode, answer.authoritative, answer.authority) == (Rcode.REFUSED, False, ())


def test_any_is_answered_by_one_short_record(zones: Zones) -> None:
    assert data(find(zones, "pharmacie.bfc.mssante.fr", ANY)) == ['"RFC8482" ""']
    assert data(find(zones, "_tcp.pharmacie.bfc.mssante.fr", ANY)) == []


def test_a_long_text_is_cut_in_strings_of_255_octets() -> None:
    zones = Zones([HostedDomain("t.example", txt=["é" * 200, ""])])
    (rrset,) = find(zones, "t.example", TXT).answer
    assert [[len(piece) for piece in rdata.strings] for rdata in rrset] == [[255, 145], [0]]


def test_text_cannot_become_another_record() -> None:
    zones = Zones([HostedDomain("t.example", [(5, 'a" b ; (.example')], txt=['"quoted" ; (']), ])
    (rrset,) = find(zones, "t.example", MX).answer
    assert [rdata.exchange.labels[0] for rdata in rrset] == [b'a" b ; (']
    (rrset,) = find(zones, "t.example", TXT).answer
    assert [rdata.strings for rdata in rrset] == [(b'"quoted" ; (',)]


@pytest.mark.parametrize("record", [
    HostedDomain(""), HostedDomain("a..example"), HostedDomain("x" * 64 + ".example"),
    HostedDomain("a.example", [(70000, "mx.example")]), HostedDomain("a.example", [(1, "mx..example")]),
    HostedDomain("a.example", imap_host="i.example", ports={"imap": 70000}),
    HostedDomain(".".join(["x" * 60] * 4) + ".exampl", imap_host="i.example", ports={"imap": 1}),
    Host("h.example", ["127.0.0.256"]), Host("h.example", ["localhost"]), Host(".", ["127.0.0.1"])])
def test_what_dns_cannot_carry_is_a_configuration_error(record: HostedDomain | Host) -> None:
    with pytest.raises(ValueError, match=r"."):
        Zones([record])
