"""The simulator as a whole, in one loop: DNS, whitelist, doors of one's own, letters between operators."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from pathlib import Path

import dns.asyncquery
import dns.message
import pytest

from simulator.app import Simulator
from simulator.app.doors import PortInUse
from simulator.app.simulator import DataInUse
from simulator.model.address import Address
from simulator.model.mailbox import Status
from tests.app.conftest import configured

pytestmark = [pytest.mark.sockets]

DOCTOR = "paul.vial@medecin.mssante.fr"
TILLEULS = "pharmacie.des.tilleuls@pharmacie.bfc.mssante.fr"


async def ask(sim: Simulator, name: str, kind: str) -> list[str]:
    """What our DNS answers."""
    reply = await dns.asyncquery.udp(dns.message.make_query(name, kind), "127.0.0.1", port=sim.dns.port, timeout=10)
    return [record.to_text() for rrset in reply.answer for record in rrset]


def send(sim: Simulator, to: str, *, port: int | None = None) -> dict[str, tuple[int, bytes]]:
    """A doctor's letter by smtplib; the refused recipients."""
    trust = ssl.create_default_context(cafile=str(sim.authority.ca_file))
    with smtplib.SMTP("localhost", port or sim.ports["submission"], timeout=20) as smtp:
        smtp.starttls(context=trust)
        smtp.login(DOCTOR, sim.space.mailboxes[DOCTOR].secrets.password)
        try:
            return smtp.sendmail(
                DOCTOR, [to], f"From: {DOCTOR}\r\nSubject: x\r\nMessage-ID: <1@x.fr>\r\n\r\nBonjour\r\n"
            )
        except smtplib.SMTPRecipientsRefused as refused:
            return refused.recipients


async def test_dns_leads_to_the_doors(sim: Simulator) -> None:
    assert await ask(sim, "pharmacie.bfc.mssante.fr", "MX") == ["10 mx.bfc.mssante.fr."]
    assert await ask(sim, "mx.bfc.mssante.fr", "A") == ["127.0.0.1"]
    (imaps,) = await ask(sim, "_imaps._tcp.pharmacie.bfc.mssante.fr", "SRV")
    assert imaps.endswith(f" {sim.ports['imaps']} client.bfc.mssante.fr.")
    assert await ask(sim, "courriel.example", "MX") == ["0 ."]


async def test_a_letter_reaches_the_other_operator_and_settles(sim: Simulator) -> None:
    assert await asyncio.to_thread(send, sim, TILLEULS) == {}
    await sim.settle()
    inbox = sim.store.folder(TILLEULS, "INBOX")
    assert inbox is not None
    assert sim.store.counts(inbox.id).messages == 1
    assert sim.store.queue() == []
    assert [event.kind for event in sim.journal.events() if event.kind in ("accepted", "delivered", "relayed")] == [
        "accepted",
        "accepted",
        "delivered",
        "relayed",
    ]


async def test_a_domain_taken_off_the_whitelist_is_outside_at_once(sim: Simulator) -> None:
    sim.space.withdraw("pharmacie.bfc.mssante.fr")
    refused = await asyncio.to_thread(send, sim, TILLEULS)
    assert b"[recipient-domain-is-listed]" in refused[TILLEULS][1]
    sim.space.admit("pharmacie.bfc.mssante.fr", ["CN=someone else,C=FR"])
    assert await asyncio.to_thread(send, sim, TILLEULS) == {}
    await sim.settle()
    postponed = sim.journal.events(kind="postponed")
    assert "the whitelist does not give CN=mx.bfc.mssante.fr" in postponed[-1].story
    waiting = sim.outbox.waiting()
    assert [relay.recipient for relay in waiting] == [TILLEULS]
    own = sim.issued["operator:bfc"].subject
    sim.space.admit("pharmacie.bfc.mssante.fr", [own])
    sim.clock.advance(60)
    await sim.journal.wait_for(lambda event: event.kind == "delivered" and event.mailbox == TILLEULS)
    await sim.settle()
    assert sim.store.queue() == []


async def test_a_suspended_mailbox_sends_the_letter_back(sim: Simulator) -> None:
    sim.space.set_status(Address.parse(TILLEULS), Status.SUSPENDED)
    assert await asyncio.to_thread(send, sim, TILLEULS) == {}
    await sim.settle()
    inbox = sim.store.folder(DOCTOR, "INBOX")
    assert inbox is not None
    (message,) = sim.store.messages(inbox.id)
    body = sim.store.body(inbox.id, message.uid)
    assert body is not None
    assert b"Status: 5.2.1" in body
    assert body.startswith(b"Return-Path: <>\r\n")


async def test_an_operator_may_have_doors_of_its_own(tmp_path: Path) -> None:
    host = "    client_host: client.mailiz.mssante.fr"
    own = (host, f"    listen: {{submission: 0, mx: 0}}\n{host}")
    async with Simulator(configured(tmp_path, own)) as sim:
        ports = sim.doors.own_ports["mailiz"]
        assert set(ports) == {"submission", "mx"}
        assert await asyncio.to_thread(send_to_own, sim, ports["submission"]) == {}
        await sim.settle()


def send_to_own(sim: Simulator, port: int) -> dict[str, tuple[int, bytes]]:
    """The operator's certificate answers without a server name, so its name is what must be trusted."""
    trust = ssl.create_default_context(cafile=str(sim.authority.ca_file))
    with smtplib.SMTP(timeout=20) as smtp:
        smtp.connect("127.0.0.1", port)
        smtp._host = "client.mailiz.mssante.fr"  # type: ignore[attr-defined]
        smtp.starttls(context=trust)
        smtp.login(DOCTOR, sim.space.mailboxes[DOCTOR].secrets.password)
        return smtp.sendmail(DOCTOR, [TILLEULS], f"From: {DOCTOR}\r\nSubject: x\r\n\r\nBonjour\r\n")


async def test_a_door_that_cannot_listen_names_its_port(tmp_path: Path, sim: Simulator) -> None:
    with pytest.raises(PortInUse, match=f"port {sim.ports['mx']}"):
        async with Simulator(configured(tmp_path), port_base=sim.ports["mx"] - 25):
            raise AssertionError("it must not start")


async def test_a_data_folder_serves_one_simulator(tmp_path: Path) -> None:
    async with Simulator(configured(tmp_path), data=tmp_path / "data"):
        with pytest.raises(DataInUse):
            async with Simulator(configured(tmp_path), data=tmp_path / "data"):
                raise AssertionError("it must not start")
    async with Simulator(configured(tmp_path), data=tmp_path / "data") as again:
        assert again.ports["mx"]
