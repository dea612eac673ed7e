"""The controls of a whole simulator: over real doors and wires."""

from __future__ import annotations

import asyncio
import imaplib
import smtplib
import ssl
from pathlib import Path

import pytest

from simulator.app import Simulator
from simulator.controls.query import Query
from tests.app.conftest import configured
from tests.app.test_simulator import DOCTOR, TILLEULS, send

pytestmark = [pytest.mark.sockets]


def shown(sim: Simulator, door: str, name: str | None = None) -> str:
    """Serial of the certificate that a door shows."""
    context = ssl.create_default_context(cafile=str(sim.authority.ca_file))
    context.check_hostname = False
    with smtplib.SMTP("localhost", sim.ports[door], timeout=20) as smtp:
        if name is not None:
            smtp._host = name  # type: ignore[attr-defined]
        smtp.starttls(context=context)
        found = smtp.sock.getpeercert()  # type: ignore[union-attr]
    return str(found["serialNumber"]).lower().lstrip("0")


async def test_a_message_between_operators_is_waited_for_and_taken(sim: Simulator) -> None:
    taker = asyncio.create_task(sim.controls.messages.take(Query(mailbox=TILLEULS, from_=DOCTOR)))
    assert await asyncio.to_thread(send, sim, TILLEULS) == {}
    assert (await taker).raw.startswith(b"Return-Path: <" + DOCTOR.encode())
    assert sim.controls.mailboxes.folders(TILLEULS)["INBOX"] == (0, 0)


async def test_a_reset_gives_revoked_operators_a_fresh_certificate(sim: Simulator) -> None:
    old = {name: sim.issued[f"operator:{name}"].serial for name in ("mailiz", "bfc")}
    assert await asyncio.to_thread(shown, sim, "mx", "mx.bfc.mssante.fr") == old["bfc"]
    for serial in old.values():
        await sim.controls.certificates.revoke(serial)
    assert await asyncio.to_thread(send, sim, TILLEULS) == {}
    await sim.settle()
    assert sim.outbox.waiting(), "operators do not trust each other any more"
    await sim.controls.states.reset()
    new = sim.issued["operator:bfc"].serial
    assert await asyncio.to_thread(shown, sim, "mx", "mx.bfc.mssante.fr") == new != old["bfc"]
    assert await asyncio.to_thread(send, sim, TILLEULS) == {}
    await sim.controls.messages.wait(Query(mailbox=TILLEULS))
    assert sim.controls.certificates.list()[0].status in ("revoked", "good")
    assert {e.serial for e in sim.controls.certificates.list() if e.status == "revoked"} == set(old.values())


async def test_a_listing_without_names_is_known_by_the_operators_certificate(sim: Simulator) -> None:
    domain = TILLEULS.partition("@")[2]
    before = sim.controls.whitelist.get(domain)
    sim.controls.whitelist.withdraw(domain)
    assert sim.controls.whitelist.put(domain) == before


async def test_a_thousand_messages_are_gone_after_a_reset(sim: Simulator) -> None:
    inbox = sim.store.folder(TILLEULS, "INBOX")
    assert inbox is not None
    await asyncio.gather(*(sim.controls.messages.inject(TILLEULS, b"Subject: x\r\n\r\ny") for _ in range(1000)))
    await sim.controls.states.reset()
    assert sim.controls.messages.find(Query()).items == ()
    assert sim.store.folder_by_id(inbox.id) is None
    assert len(sim.controls.mailboxes.folders(TILLEULS)) == 6


async def test_a_fork_starts_as_a_simulator_of_its_own(sim: Simulator, tmp_path: Path) -> None:
    await sim.controls.messages.inject(TILLEULS, b"Subject: kept\r\n\r\ny")
    await sim.controls.mailboxes.suspend(DOCTOR)
    folder = await sim.controls.states.fork(tmp_path / "fork")
    async with Simulator(configured(tmp_path), data=folder) as other:
        assert [m.subject for m in other.controls.messages.find(Query()).items] == ["kept"]
        assert other.space.mailboxes[DOCTOR].status == "suspended"
        assert {slot: issued.serial for slot, issued in other.issued.items()} == {
            slot: issued.serial for slot, issued in sim.issued.items()
        }


async def test_an_imap_session_is_sent_away_and_the_next_one_sees_another_folder(sim: Simulator) -> None:
    await sim.controls.messages.inject(DOCTOR, b"Subject: old\r\n\r\ny")
    first = await asyncio.to_thread(signed_in, sim)
    before = await asyncio.to_thread(look, first)
    await sim.controls.states.snapshot("s")
    await sim.controls.states.reset()
    with pytest.raises(imaplib.IMAP4.abort, match="deleted"):
        await asyncio.to_thread(first.noop)
    await asyncio.to_thread(first.shutdown)
    await sim.controls.messages.inject(DOCTOR, b"Subject: new\r\n\r\ny")
    second = await asyncio.to_thread(signed_in, sim)
    after = await asyncio.to_thread(look, second)
    await asyncio.to_thread(second.logout)
    assert (before[1], after[1]) == (b"Subject: old\r\n\r\n", b"Subject: new\r\n\r\n")
    assert after[0] > before[0]
    await sim.controls.states.restore("s")
    third = await asyncio.to_thread(signed_in, sim)
    again = await asyncio.to_thread(look, third)
    await asyncio.to_thread(third.logout)
    assert again[1] == before[1]
    assert again[0] > after[0]


def signed_in(sim: Simulator) -> imaplib.IMAP4_SSL:
    """A mail program of the doctor."""
    trust = ssl.create_default_context(cafile=str(sim.authority.ca_file))
    imap = imaplib.IMAP4_SSL("localhost", sim.ports["imaps"], ssl_context=trust, timeout=20)
    imap.login(DOCTOR, sim.space.mailboxes[DOCTOR].secrets.password)
    return imap


def look(imap: imaplib.IMAP4_SSL) -> tuple[int, bytes]:
    """UIDVALIDITY of INBOX, and the subject of message 1, found by searching."""
    imap.select()
    validity = imap.response("UIDVALIDITY")[1][0]
    assert isinstance(validity, bytes)
    assert imap.search(None, "SUBJECT", "old")[0] == imap.search(None, "SUBJECT", "new")[0] == "OK"
    _, data = imap.fetch("1", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
    assert isinstance(data[0], tuple)
    return int(validity), data[0][1]
