"""Accepting a message: what is stored, what is queued, what is told, and what happens when it cannot be stored."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simulator.model.certificate import Worth
from simulator.outbox import CannotReach, Handover
from simulator.rules.facts import Exchange
from simulator.rules.letter import read_letter
from simulator.rules.verdict import Severity
from simulator.store.interface import StoreError, StoreFull
from simulator.store.sqlite import SqliteStore
from tests.builders import (
    COLLEAGUE,
    DOCTOR,
    HOSPITAL,
    NURSE,
    PATIENT,
    PHARMACIST,
    PHARMACY,
    House,
    a_clock,
    a_letter,
    a_space,
    a_store,
    an_office,
    put_exchanges,
)

TRACE = re.compile(rb"Received: from client\.test \(\[127\.0\.0\.1\]\)\r\n\t\(TLSv1\.3, TLS_AES_256_GCM_SHA384, "
                   rb"no client certificate\)\r\n\tby client\.mailiz\.mssante\.fr \(mssante-simulator\) with ESMTPSA "
                   rb"id ([0-9a-f.]+)\r\n\tfor <([^>]+)>;\r\n\tMon, 02 Nov 2026 09:00:00 \+0000\r\n")


async def nowhere(operator: str, domain: str) -> Handover:
    """Every other operator is down."""
    raise CannotReach(f"{domain} is down")


async def sent(house: House, recipients: list[str], body: bytes = a_letter(), mail: dict[str, str] | None = None,
               rcpt: dict[str, str] | None = None, account: str = DOCTOR) -> str:
    """Submit as ``account``; the code of the answer."""
    verdict = await house.send(await house.signed_in(account), account, recipients, body, mail, rcpt)
    assert verdict.reply is not None
    return f"{verdict.reply.code} {verdict.reply.status}"


# -- submission
async def test_a_letter_to_another_operator_is_one_relay_with_a_trace_and_the_body_verbatim() -> None:
    body = a_letter(DOCTOR, "X-Odd:  spaces \t", text="=C3=A9 \t\r\n.\r\n..\r\né\r\n")
    async with an_office(connect=nowhere) as house:
        assert await sent(house, [PHARMACY], body) == "250 2.0.0"
        (relay,) = house.store.queue()
        assert (relay.operator, relay.sender, relay.recipient) == ("mailiz", DOCTOR, PHARMACY)
        queued = house.store.queued_body(relay.id)
        trace = TRACE.match(queued)
        assert trace is not None and trace[2].decode() == PHARMACY
        assert queued[trace.end():] == body


async def test_the_answer_names_the_letter_and_the_journal_and_the_trace_know_it() -> None:
    async with an_office() as house:
        verdict = await house.send(await house.signed_in(DOCTOR), DOCTOR, [NURSE], a_letter())
        assert verdict.reply is not None
        letter_id = verdict.reply.lines[0].removeprefix("Stored as ")
        assert f"id {letter_id}\r\n".encode() in house.inbox(NURSE)[0]
        assert house.noted("accepted")[0]["id"] == letter_id == house.noted("delivered")[0]["id"]


async def test_a_letter_to_the_same_operator_is_deposited_with_return_path() -> None:
    async with an_office() as house:
        assert await sent(house, [NURSE]) == "250 2.0.0"
        (stored,) = house.inbox(NURSE)
        assert stored.startswith(f"Return-Path: <{DOCTOR}>\r\nReceived: ".encode())
        assert stored.endswith(a_letter()) and house.store.queue() == []


async def test_a_letter_reaches_the_team_of_the_other_operator_by_two_traces() -> None:
    async with an_office() as house:
        await sent(house, [PHARMACY])
        await house.outbox.settle()
        (stored,) = house.inbox(PHARMACY)
        assert read_letter(stored).hops == 2 and stored.endswith(a_letter())
        assert stored.count(b"Return-Path:") == 1 and b"with ESMTPS id" in stored
        assert house.store.queue() == [] and house.outbox.waiting() == []


async def test_each_recipient_gets_a_copy_by_its_own_way_and_no_trace_names_the_others() -> None:
    async with an_office() as house:
        await sent(house, [NURSE, PHARMACY, HOSPITAL, PATIENT])
        await house.outbox.settle()
        copies = [house.inbox(to) for to in (NURSE, PHARMACY, HOSPITAL, PATIENT)]
        assert [len(copy) for copy in copies] == [1, 1, 1, 1]
        assert all(copy[0].endswith(a_letter()) for copy in copies)
        assert b"for <" not in copies[0][0] and HOSPITAL.encode() not in copies[1][0]


async def test_a_forged_return_path_is_removed_and_nothing_else() -> None:
    forged = b"Return-Path: <x@y.example>\r\nreturn-path:\r\n <z@y.example>\r\nX-A: Return-Path: kept\r\n" + a_letter(
        text="Return-Path: in the text")
    async with an_office() as house:
        await sent(house, [NURSE], forged)
        (stored,) = house.inbox(NURSE)
        assert read_letter(stored).hops == 1 and b"y.example" not in stored
        assert stored.endswith(b"X-A: Return-Path: kept\r\n" + a_letter(text="Return-Path: in the text"))


async def test_a_member_writes_as_the_team_and_the_journal_names_the_member() -> None:
    async with an_office() as house:
        visit = await house.signed_in(COLLEAGUE, PHARMACY)
        await house.send(visit, PHARMACY, [PHARMACIST], a_letter(PHARMACY))
        assert house.inbox(PHARMACIST)[0].startswith(f"Return-Path: <{PHARMACY}>".encode())
        assert house.noted("accepted")[0]["who"] == f"{COLLEAGUE} for {PHARMACY}"


async def test_hostile_words_of_a_peer_write_no_header() -> None:
    async with an_office() as house:
        visit = await house.signed_in(DOCTOR)
        visit.greet("x\r\nX-Evil: 1 (é)", True)
        await house.send(visit, DOCTOR, [NURSE], a_letter())
        assert b"Received: from x??X-Evil:?1???? ([127.0.0.1])\r\n" in house.inbox(NURSE)[0]


# -- the door between operators
async def test_mail_from_an_operator_is_deposited_at_once() -> None:
    async with an_office() as house:
        verdict = await house.send(house.at_mx("mailiz", "bfc"), DOCTOR, [PHARMACY, PHARMACIST], a_letter())
        assert verdict.reply is not None and verdict.reply.code == 250
        (stored,) = house.inbox(PHARMACY)
        assert b"client certificate good, CN=mx.mailiz.mssante.fr" in stored and b"by mx.bfc.mssante.fr" in stored
        assert len(house.inbox(PHARMACIST)) == 1 and house.store.queue() == []


async def test_without_a_server_name_each_recipient_is_served_by_its_own_operator() -> None:
    async with an_office() as house:
        await house.send(house.at_mx("mailiz"), DOCTOR, [PHARMACY, PATIENT], a_letter())
        assert (len(house.inbox(PHARMACY)), len(house.inbox(PATIENT))) == (1, 1)


def trace(letter_id: str, date: str = "Mon, 2 Nov 2026 09:00:00 +0000", by: str = "by mx.a.example") -> bytes:
    """What an operator writes on top of a letter that it hands over."""
    return f"Received: from client ([192.0.2.1])\r\n\t{by} with ESMTPSA id {letter_id};\r\n\t{date}\r\n".encode()


async def test_a_letter_that_comes_again_after_a_lost_answer_is_stored_once() -> None:
    async with an_office() as house:
        body = trace("1a") + a_letter()
        answers = [await house.send(house.at_mx("mailiz", "bfc"), DOCTOR, [PHARMACY, HOSPITAL], body)
                   for _ in range(3)]
        assert [a.reply.code for a in answers if a.reply] == [250] * 3
        assert (len(house.inbox(PHARMACY)), len(house.inbox(HOSPITAL))) == (1, 1)
        assert len(house.noted("already-here")) == 4 and len(house.noted("delivered")) == 2


@pytest.mark.parametrize(("one", "two"), [
    (trace("1a"), trace("1b")),
    (trace("1a"), trace("1a", "Mon, 2 Nov 2026 09:00:01 +0000")),
    (trace("4BcD"), trace("4XyZ")),
    (trace("1", by="(O=ORG id test) by a"), trace("2", by="(O=ORG id test) by a")),
    (trace("1", by="(O=A; id test) by a"), trace("2", by="(O=A; id test) by a")),
], ids=["other number", "number used again", "capitals", "comment", "semicolon"])
async def test_another_letter_is_never_taken_for_the_same(one: bytes, two: bytes) -> None:
    async with an_office() as house:
        for head in (one, two):
            await house.send(house.at_mx("mailiz", "bfc"), DOCTOR, [PHARMACY], head + a_letter())
        assert len(house.inbox(PHARMACY)) == 2


async def test_the_same_trace_from_another_operator_or_to_another_mailbox_is_another_transfer() -> None:
    async with an_office() as house:
        body = trace("1a") + a_letter()
        await house.send(house.at_mx("mailiz", "bfc"), DOCTOR, [PHARMACY], body)
        await house.send(house.at_mx("mailiz", "bfc"), DOCTOR, [HOSPITAL], body)
        await house.send(house.at_mx("mes", "bfc"), None, [PHARMACY], body)
        assert (len(house.inbox(PHARMACY)), len(house.inbox(HOSPITAL))) == (2, 1)


async def test_a_client_may_send_the_same_message_twice() -> None:
    async with an_office() as house:
        visit = await house.signed_in(DOCTOR)
        for _ in range(2):
            await house.send(visit, DOCTOR, [NURSE], trace("1a") + a_letter())
        assert len(house.inbox(NURSE)) == 2


# -- when it cannot be stored
async def test_a_full_disk_refuses_for_now_and_resumes() -> None:
    store = a_store()
    async with an_office(store=store) as house:
        store.refuse = StoreFull("no room")
        assert await sent(house, [NURSE, PHARMACY]) == "452 4.3.1"
        store.refuse = StoreError("read-only")
        assert await sent(house, [NURSE, PHARMACY]) == "451 4.3.0"
        assert house.noted("accepted") == [] and house.noted("store-error")
        store.refuse = None
        assert house.inbox(NURSE) == [] and house.store.queue() == []
        assert await sent(house, [NURSE, PHARMACY]) == "250 2.0.0"


async def test_a_full_file_refuses_for_now_and_resumes(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "mail.sqlite3")
    await store.open()
    clock = a_clock()
    space = a_space(store=store, clock=clock)
    for key in space.mailboxes:
        await store.ensure_mailbox(key, (("INBOX", None),))

    async def most_pages(more: int) -> None:
        await store._do(lambda tx: tx.rows(
            f"PRAGMA max_page_count = {(tx.row('PRAGMA page_count') or (0,))[0] + more}"))

    large = a_letter(text="x" * 200_000)
    async with an_office(store=store, space=space, clock=clock) as house:
        await most_pages(0)
        assert await sent(house, [NURSE], large) == "452 4.3.1"
        await most_pages(100_000)
        assert await sent(house, [NURSE], large) == "250 2.0.0"
        assert [body.endswith(large) for body in house.inbox(NURSE)] == [True]
    await store.close()


# -- notices of success
async def test_a_sender_who_asked_is_told_of_the_arrival_in_the_same_house() -> None:
    async with an_office() as house:
        await sent(house, [NURSE], mail={"ENVID": "e1"}, rcpt={"NOTIFY": "SUCCESS", "ORCPT": f"rfc822;{NURSE}"})
        (notice,) = house.inbox(DOCTOR)
        assert notice.startswith(b"Return-Path: <>\r\n") and b"Action: delivered" in notice
        assert b"Original-Envelope-Id: e1" in notice and f"Original-Recipient: rfc822;{NURSE}".encode() in notice


async def test_a_sender_who_asked_is_told_of_the_arrival_elsewhere_by_the_operator_there() -> None:
    async with an_office() as house:
        await sent(house, [PHARMACY], rcpt={"NOTIFY": "SUCCESS"})
        await house.outbox.settle()
        (notice,) = house.inbox(DOCTOR)
        assert b"Reporting-MTA: dns; mx.bfc.mssante.fr" in notice and b"Action: delivered" in notice
        assert len(house.inbox(PHARMACY)) == 1 and house.store.queue() == []


@pytest.mark.parametrize("notify", ["", "NEVER", "FAILURE", "DELAY"])
async def test_who_did_not_ask_is_not_told(notify: str) -> None:
    async with an_office() as house:
        await sent(house, [NURSE, PHARMACY], rcpt={"NOTIFY": notify} if notify else {})
        await house.outbox.settle()
        assert house.inbox(DOCTOR) == []


async def test_nobody_is_told_of_a_notice() -> None:
    async with an_office() as house:
        await house.send(house.at_mx("mailiz", "bfc"), None, [PHARMACY], a_letter(), rcpt={"NOTIFY": "SUCCESS"})
        assert len(house.inbox(PHARMACY)) == 1 and house.store.queue() == []


async def test_a_letter_to_an_unknown_mailbox_elsewhere_comes_back() -> None:
    async with an_office() as house:
        assert await sent(house, ["nobody@pharmacie.bfc.mssante.fr"]) == "250 2.0.0"
        await house.outbox.settle()
        (notice,) = house.inbox(DOCTOR)
        assert b"Status: 5.1.1" in notice and b"Action: failed" in notice and notice.startswith(b"Return-Path: <>")
        assert b"[recipient-has-a-mailbox]" in notice and notice.rstrip().endswith(b"--")
        assert a_letter() in notice


# -- exchanges with patients
async def test_a_professionals_letter_opens_the_exchange_when_it_arrives() -> None:
    async with an_office() as house:
        await sent(house, [PATIENT])
        await house.outbox.settle()
        assert house.exchange(PATIENT, DOCTOR) == Exchange.OPEN
        assert await sent(house, [DOCTOR], a_letter(PATIENT), account=PATIENT) == "250 2.0.0"


async def test_a_patients_letter_to_a_pharmacy_opens_the_exchange() -> None:
    async with an_office() as house:
        assert await sent(house, [PHARMACY], a_letter(PATIENT), account=PATIENT) == "250 2.0.0"
        assert house.exchange(PATIENT, PHARMACY) == Exchange.OPEN
        await house.outbox.settle()
        assert len(house.inbox(PHARMACY)) == 1


async def test_a_refused_letter_of_a_patient_opens_nothing() -> None:
    async with an_office() as house:
        assert await sent(house, [DOCTOR], a_letter(PATIENT), account=PATIENT) == "550 5.7.1"
        assert house.exchange(PATIENT, DOCTOR) == Exchange.NONE


async def test_an_exchange_is_told_from_first_letter_to_fin_and_anew() -> None:
    async with an_office() as house:
        async def doctor(*header: str) -> None:
            letter = a_letter(DOCTOR, *header) if not header else f"From: {DOCTOR}\r\n{header[0]}\r\n\r\n".encode()
            assert await sent(house, [PATIENT], letter) == "250 2.0.0"
            await house.outbox.settle()

        async def patient() -> str:
            return await sent(house, [DOCTOR], a_letter(PATIENT), account=PATIENT)

        assert await patient() == "550 5.7.1"
        await doctor("X-MSS-MES: FIN")
        assert await patient() == "550 5.7.1" and house.exchange(PATIENT, DOCTOR) == Exchange.NO_REPLY
        await doctor()
        assert await patient() == "250 2.0.0"
        await doctor("X-MSS-MES: FIN")
        assert await patient() == "250 2.0.0", "an earlier letter may still be answered"
        await doctor("Subject: Re: [FIN]")
        assert await patient() == "250 2.0.0"
        await doctor("Subject: [FIN]")
        assert await patient() == "550 5.7.1" and house.exchange(PATIENT, DOCTOR) == Exchange.CLOSED
        await doctor()
        assert await patient() == "250 2.0.0"


async def test_reply_to_lets_the_patient_answer_there_and_only_there() -> None:
    async with an_office() as house:
        await sent(house, [PATIENT], a_letter(DOCTOR, f"Reply-To: {NURSE}"))
        await house.outbox.settle()
        assert await sent(house, [NURSE], a_letter(PATIENT), account=PATIENT) == "250 2.0.0"
        assert await sent(house, [DOCTOR], a_letter(PATIENT), account=PATIENT) == "550 5.7.1"


async def test_exchange_and_letter_are_committed_together_or_not_at_all() -> None:
    store = a_store()
    async with an_office(store=store) as house:
        store.refuse = StoreFull("no room")
        assert await sent(house, [PHARMACY], a_letter(PATIENT), account=PATIENT) == "452 4.3.1"
        store.refuse = None
        assert house.exchange(PATIENT, PHARMACY) == Exchange.NONE


async def test_a_notice_to_a_patient_changes_no_exchange() -> None:
    store = a_store()
    put_exchanges(store, {(PATIENT, PHARMACY): Exchange.CLOSED})
    async with an_office(store=store) as house:
        verdict = await house.send(house.at_mx("bfc", "mes", Worth.GOOD), None, [PATIENT], a_letter())
        assert verdict.reply is not None and verdict.reply.code == 250
        assert house.store.exchanges(PATIENT) == {PHARMACY: Exchange.CLOSED}


async def test_a_transfer_that_comes_again_late_reopens_no_exchange_and_tells_nobody_twice() -> None:
    async with an_office() as house:
        first = trace("1a") + f"From: {DOCTOR}\r\nSubject: Bonjour\r\n\r\n".encode()
        last = trace("1b") + f"From: {DOCTOR}\r\nSubject: [FIN]\r\n\r\n".encode()
        for body in (first, last, first):
            await house.send(house.at_mx("mailiz", "mes"), DOCTOR, [PATIENT], body)
        assert house.exchange(PATIENT, DOCTOR) == Exchange.CLOSED
        assert len(house.noted("already-here")) == 1


async def test_a_mailbox_nobody_has_is_told_at_once_when_its_rule_only_warns() -> None:
    async with an_office(severities={"recipient-has-a-mailbox": Severity.WARN}) as house:
        assert await sent(house, ["nobody@medecin.mssante.fr"], a_letter()) == "250 2.0.0"
        await house.outbox.settle()
        assert [b"5.1.1" in body for body in house.inbox(DOCTOR)] == [True]
        assert house.store.queue() == []
