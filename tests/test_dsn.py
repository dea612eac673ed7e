"""Delivery notices over real doors: asked for by a client, carried between operators, honoured for each recipient."""

from __future__ import annotations

import asyncio
import email
import smtplib
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import cast

import pytest

from simulator.app import Simulator
from simulator.notices import Fate, Notice
from simulator.outbox import CannotReach, Handover
from simulator.pki.authority import Authority
from simulator.pki.keys import KeyType
from simulator.routing import Sorted
from tests.app.conftest import configured
from tests.builders import DOCTOR, NURSE, PHARMACIST, PHARMACY, House, a_letter, an_office
from tests.smtp.test_carrier import FULL, Bench

pytestmark = [pytest.mark.sockets]

TILLEULS = "pharmacie.des.tilleuls@pharmacie.bfc.mssante.fr"
LETTER = (f"From: {DOCTOR}\r\nTo: x@y.fr\r\nSubject: Bilan\r\nMessage-ID: <1@x.fr>\r\nTLS-Required: No\r\n"
          "\r\nsecret text\r\n")


@pytest.fixture
async def sim(tmp_path: Path) -> AsyncIterator[Simulator]:
    async with Simulator(configured(tmp_path)) as running:
        yield running


def submit(sim: Simulator, sender: str, recipients: Mapping[str, Sequence[str]], mail: Sequence[str] = ()) -> None:
    """A letter by smtplib with parameters for MAIL and for each RCPT."""
    trust = ssl.create_default_context(cafile=str(sim.authority.ca_file))
    with smtplib.SMTP("localhost", sim.ports["submission"], timeout=20) as smtp:
        smtp.starttls(context=trust)
        smtp.login(sender, sim.space.mailboxes[sender].secrets.password)
        assert {"dsn", "chunking", "requiretls", "limits"} <= smtp.esmtp_features.keys()
        assert smtp.mail(sender, list(mail))[0] == 250
        for recipient, options in recipients.items():
            assert smtp.rcpt(recipient, list(options))[0] == 250
        assert smtp.data(LETTER.replace(DOCTOR, sender))[0] == 250


async def send(sim: Simulator, sender: str, recipients: Mapping[str, Sequence[str]], mail: Sequence[str] = ()) -> None:
    await asyncio.to_thread(submit, sim, sender, recipients, mail)
    await sim.settle()


def read(bodies: Sequence[bytes]) -> list[EmailMessage]:
    found = [email.message_from_bytes(body, policy=SMTP) for body in bodies]
    assert not [defect for message in found for part in message.walk() for defect in part.defects]
    return found


def inbox(sim: Simulator, mailbox: str) -> list[EmailMessage]:
    folder = sim.store.folder(mailbox, "INBOX")
    assert folder is not None
    return read([body for _, body in sim.store.bodies(folder.id, [m.uid for m in sim.store.messages(folder.id)])])


def fields(notice: EmailMessage) -> dict[str, str]:
    """Fields of a notice about one recipient, per message and per recipient together."""
    assert notice.get_content_type() == "multipart/report" and notice["Return-Path"] == "<>"
    status = list(notice.iter_parts())[1]
    blocks = cast("list[EmailMessage]", status.get_payload())
    assert status.get_content_type() == "message/delivery-status" and len(blocks) == 2
    return {name: str(value) for block in blocks for name, value in block.items()}


def text_of(notice: EmailMessage) -> str:
    """What people read."""
    return str(next(notice.iter_parts()).get_content())


def about(notices: Sequence[EmailMessage]) -> dict[str, str]:
    """Recipient to action."""
    return {told["Final-Recipient"].removeprefix("rfc822; "): told["Action"] for told in map(fields, notices)}


# -- through two operators of the simulator
async def test_success_is_told_by_the_last_operator_with_all_that_the_client_said(sim: Simulator) -> None:
    wishes = ["NOTIFY=SUCCESS,FAILURE", f"ORCPT=rfc822;a+2Bb+3D{TILLEULS}"]
    await send(sim, DOCTOR, {TILLEULS: wishes}, ["ENVID=QQ+2B314+3Dx", "RET=FULL"])
    (notice,) = inbox(sim, DOCTOR)
    told = fields(notice)
    assert told["Reporting-MTA"] == "dns; mx.bfc.mssante.fr"
    assert told["Original-Envelope-Id"] == "QQ+314=x"
    assert told["Original-Recipient"] == f"rfc822;a+b={TILLEULS}"
    assert (told["Final-Recipient"], told["Action"], told["Status"]) == (f"rfc822; {TILLEULS}", "delivered", "2.0.0")
    # RET is about failures: otherwise only the header comes back (RFC 3461 4.3).
    assert "secret text" not in notice.as_string()
    text = text_of(notice)
    assert "Votre message a été remis" in text and "Your message was delivered" in text


async def test_each_recipient_has_wishes_of_its_own(sim: Simulator) -> None:
    await send(sim, DOCTOR, {
        TILLEULS: ["NOTIFY=SUCCESS"], NURSE: ["NOTIFY=SUCCESS"], PHARMACIST: ["NOTIFY=NEVER"],
        "nobody@pharmacie.bfc.mssante.fr": ["NOTIFY=FAILURE"], "nemo@pharmacie.bfc.mssante.fr": ["NOTIFY=NEVER"],
        "personne@pharmacie.bfc.mssante.fr": ["NOTIFY=SUCCESS,DELAY"], "aucun@pharmacie.bfc.mssante.fr": []})
    assert about(inbox(sim, DOCTOR)) == {
        TILLEULS: "delivered", NURSE: "delivered", "nobody@pharmacie.bfc.mssante.fr": "failed",
        "aucun@pharmacie.bfc.mssante.fr": "failed"}
    assert len(inbox(sim, DOCTOR)) == 4 and len(inbox(sim, PHARMACIST)) == 1


async def test_within_one_operator_success_is_told_at_once(sim: Simulator) -> None:
    await send(sim, DOCTOR, {NURSE: ["NOTIFY=SUCCESS", f"ORCPT=rfc822;{NURSE}"]}, ["ENVID=one"])
    (notice,) = inbox(sim, DOCTOR)
    told = fields(notice)
    assert (told["Reporting-MTA"], told["Original-Envelope-Id"]) == ("dns; mx.mailiz.mssante.fr", "one")
    assert about([notice]) == {NURSE: "delivered"}


@pytest.mark.parametrize(("ret", "whole"), [(["RET=FULL"], True), (["ret=hdrs"], False), ([], True)])
async def test_a_failure_returns_what_was_asked_for(sim: Simulator, ret: list[str], whole: bool) -> None:
    await send(sim, DOCTOR, {"nobody@pharmacie.bfc.mssante.fr": ["ORCPT=x400;/G+3Da/S+3Db/"]}, ret)
    (notice,) = inbox(sim, DOCTOR)
    told = fields(notice)
    assert (told["Action"], told["Status"]) == ("failed", "5.1.1") and told["Original-Recipient"] == "x400;/G=a/S=b/"
    assert told["Remote-MTA"] == "dns; mx.bfc.mssante.fr" and told["Diagnostic-Code"].startswith("smtp; 550 5.1.1 ")
    assert ("secret text" in notice.as_string()) is whole
    assert "n'a pas pu être remis" in text_of(notice)


async def test_a_demand_for_tls_goes_all_the_way(sim: Simulator) -> None:
    """RFC 8689: our operators announce it to each other, and what fails comes back without its text."""
    await send(sim, DOCTOR, {TILLEULS: [], "nobody@pharmacie.bfc.mssante.fr": []}, ["REQUIRETLS", "RET=FULL"])
    assert len(inbox(sim, TILLEULS)) == 1
    (notice,) = inbox(sim, DOCTOR)
    assert fields(notice)["Status"] == "5.1.1" and "secret text" not in notice.as_string()


# -- toward another operator's software
@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    yield Authority.open(tmp_path_factory.mktemp("pki"), lambda: datetime.now(UTC), KeyType.ECDSA_P256)


async def told_after(authority: Authority, extensions: tuple[str, ...], mail: Mapping[str, str],
                     rcpt: Mapping[str, str], script: Mapping[str, str] | None = None) -> list[EmailMessage]:
    """What the doctor hears of a letter to a peer with these extensions."""
    bench = Bench(authority)
    async with bench.carrier(dict(script or {}), extensions=extensions) as carrier, \
            an_office(connect=carrier.connect) as house:
        await sent(house, mail, rcpt)
        return read(house.inbox(DOCTOR))


async def sent(house: House, mail: Mapping[str, str], rcpt: Mapping[str, str]) -> None:
    verdict = await house.send(await house.signed_in(DOCTOR), DOCTOR, [PHARMACY], a_letter(), mail, rcpt)
    assert verdict.reply is not None and verdict.reply.code == 250
    await house.outbox.settle()


PLAIN = tuple(word for word in FULL if word != "DSN")


async def test_a_peer_without_notices_is_told_of_as_relayed(authority: Authority) -> None:
    (notice,) = await told_after(authority, PLAIN, {"ENVID": "e1"}, {"NOTIFY": "SUCCESS", "ORCPT": "rfc822;x@y.fr"})
    told = fields(notice)
    assert (told["Action"], told["Status"], told["Original-Envelope-Id"]) == ("relayed", "2.0.0", "e1")
    assert (told["Original-Recipient"], told["Remote-MTA"]) == ("rfc822;x@y.fr", "dns; mx.bfc.mssante.fr")
    assert "a été transmis" in text_of(notice)


@pytest.mark.parametrize("notify", ["", "NEVER", "FAILURE", "DELAY,FAILURE"])
async def test_nobody_is_told_who_did_not_ask(authority: Authority, notify: str) -> None:
    assert await told_after(authority, PLAIN, {}, {"NOTIFY": notify} if notify else {}) == []


async def test_a_peer_with_notices_tells_itself(authority: Authority) -> None:
    assert await told_after(authority, FULL, {}, {"NOTIFY": "SUCCESS"}) == []


@pytest.mark.parametrize(("notify", "told"), [("", 1), ("FAILURE", 1), ("SUCCESS,DELAY", 0), ("NEVER", 0)])
async def test_a_peer_that_cannot_promise_tls_does_not_get_the_letter(
        authority: Authority, notify: str, told: int) -> None:
    notices = await told_after(authority, FULL, {"REQUIRETLS": ""}, {"NOTIFY": notify} if notify else {})
    assert len(notices) == told
    for notice in notices:
        assert (fields(notice)["Status"], fields(notice)["Action"]) == ("5.7.30", "failed")
        assert "Bonjour." not in notice.as_string()


async def test_a_peer_that_mixes_up_its_codes_fails_nevertheless(authority: Authority) -> None:
    (notice,) = await told_after(authority, FULL, {}, {}, {"RCPT": "550 4.2.2 never"})
    assert fields(notice)["Status"] == "5.2.2"
    (notice,) = await told_after(authority, FULL, {}, {}, {"RCPT": "550 never"})
    assert fields(notice)["Status"] == "5.0.0"


async def test_a_peer_that_takes_one_mail_gets_a_session_for_each(authority: Authority) -> None:
    bench = Bench(authority)
    async with bench.carrier(extensions=(*FULL, "LIMITS MAILMAX=1 RCPTMAX=1")) as carrier, \
            an_office(connect=carrier.connect) as house:
        for _ in range(3):
            await sent(house, {}, {})
    verbs = [line.split(b" ")[0] for line in bench.said if line.split(b" ")[0] in (b"STARTTLS", b"MAIL", b"QUIT")]
    assert verbs == [b"STARTTLS", b"MAIL", b"QUIT"] * 3


# -- a letter that waits
async def nowhere(operator: str, domain: str) -> Handover:
    """The other operator is down."""
    raise CannotReach(f"{domain} is down")


@pytest.mark.parametrize(("notify", "told"), [
    ("", ["delayed", "failed"]), ("DELAY", ["delayed"]), ("FAILURE", ["failed"]), ("NEVER", []), ("SUCCESS", [])])
async def test_a_delay_is_told_once_with_the_end_of_patience(notify: str, told: list[str]) -> None:
    async with an_office(connect=nowhere) as house:
        await sent(house, {"ENVID": "e1", "RET": "FULL"}, {"NOTIFY": notify} if notify else {})
        for hours in (3, 3, 6, 50):
            house.clock.advance(hours * 3600)
            await house.outbox.settle()
        notices = read(house.inbox(DOCTOR))
    assert [fields(notice)["Action"] for notice in notices] == told
    for notice in notices:
        said = fields(notice)
        late = said["Action"] == "delayed"
        assert said["Diagnostic-Code"].startswith("x-simulator; ") and said["Original-Envelope-Id"] == "e1"
        assert said["Status"] == ("4.4.1" if late else "5.4.7")
        assert said.get("Will-Retry-Until") == ("Wed, 04 Nov 2026 09:00:00 +0000" if late else None)
        assert ("n'est pas encore remis" in text_of(notice)) is late
        assert ("Bonjour." in notice.as_string()) is not late


# -- addresses beyond ASCII
def test_an_address_beyond_ascii_is_told_in_ascii() -> None:
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    notice = Notice(Fate.FAILED, "mx.x.fr", "zoé@x.fr", "zoé@y.fr", "5.1.1", "550 5.1.1 no", at, at, b"")
    assert b"Final-Recipient: utf-8; zo\\x{E9}@y.fr\r\n" in notice.encode()


async def test_a_notice_to_an_address_beyond_ascii_says_so_on_its_way() -> None:
    async with an_office(connect=nowhere) as house:
        into = Sorted()
        house.routing.notify(
            into, Fate.DELIVERED, operator="mailiz", sender="zoé@pharmacie.bfc.mssante.fr", recipient=NURSE,
            status="2.0.0", reason="", body=b"", created=0.0, options={"REQUIRETLS": ""})
        (relay,) = into.relays
    assert relay.sender == "" and relay.options == {"SMTPUTF8": "", "REQUIRETLS": ""}
