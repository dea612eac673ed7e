"""Mail to patients that is accepted and comes back: what the sender reads, who is told and who is not."""

from __future__ import annotations

import email
from collections.abc import Mapping
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from typing import cast

import pytest

from simulator.rules.verdict import Severity
from tests.builders import (
    DOCTOR,
    NURSE,
    OTHER_PATIENT,
    PATIENT,
    PHARMACIST,
    PHARMACY,
    House,
    a_body,
    a_letter,
    a_space,
    a_store,
    an_office,
)

CLOSED = "248059999900396@patient.mssante.fr"
OBJECTED = "157099999900459@patient.mssante.fr"
UNKNOWN = "288091234567823@patient.mssante.fr"
MALFORMED = "27512632207497@patient.mssante.fr"
LIMIT = 25 * 1024 * 1024
HUGE = a_letter() + b"x" * 76 * 345_000
CAUSES = {
    MALFORMED: ("patient-address-is-well-formed", "5.1.3", "adresse invalide", "the address is not valid"),
    UNKNOWN: ("patient-has-a-space", "5.1.1", "patient non trouvé", "the patient was not found"),
    CLOSED: ("patient-space-is-open", "5.2.1", "messagerie fermée", "the mailbox is closed"),
    OBJECTED: ("patient-has-not-objected", "5.7.1", "opposition du patient", "the patient has objected"),
}


async def brought(house: House, recipients: list[str], body: bytes = a_letter(), *, sender: str | None = DOCTOR,
                  mail: Mapping[str, str] | None = None, rcpt: Mapping[str, str] | None = None) -> str:
    """A letter at the door of the patients' operator, and everything that follows; the code of the answer."""
    verdict = await house.send(house.at_mx("mailiz", "mes"), sender, recipients, body, mail, rcpt)
    await house.outbox.settle()
    assert verdict.reply is not None
    return verdict.reply.head


def notices(house: House, mailbox: str = DOCTOR) -> list[EmailMessage]:
    """What came back, read as a mail program does."""
    found = [email.message_from_bytes(body, policy=SMTP) for body in house.inbox(mailbox)]
    assert not [defect for message in found for part in message.walk() for defect in part.defects]
    return found


def parts(notice: EmailMessage) -> tuple[str, dict[str, str], EmailMessage]:
    """The text, the fields of the status, what is returned."""
    text, status, returned = (cast(EmailMessage, part) for part in notice.iter_parts())
    blocks = cast("list[EmailMessage]", status.get_payload())
    return text.get_content(), {name: str(value) for block in blocks for name, value in block.items()}, returned


@pytest.mark.parametrize("recipient", CAUSES)
async def test_it_is_accepted_and_comes_back_as_mon_espace_sante_does(recipient: str) -> None:
    rule, status, french, english = CAUSES[recipient]
    async with an_office() as house:
        assert await brought(house, [recipient]) == "250 2.0.0"
        (notice,) = notices(house)
        assert (notice["Subject"], notice["Return-Path"]) == ("Message non distribué", "<>")
        assert notice["From"].addresses[0].addr_spec == "MAILER-DAEMON@mx.mes.mssante.fr"
        assert (notice.get_content_type(), notice.get_param("report-type")) == ("multipart/report", "delivery-status")
        text, fields, returned = parts(notice)
        assert text.index(f"Cause : {french}") < text.index(f"Cause: {english}") and f"[{rule}]" in text
        assert (fields["Status"], fields["Action"]) == (status, "failed")
        assert fields["Final-Recipient"] == f"rfc822; {recipient}"
        assert fields["Reporting-MTA"] == "dns; mx.mes.mssante.fr"
        assert fields["Diagnostic-Code"].startswith("x-simulator; "), "no server answered so"
        assert returned.get_content_type() == "message/rfc822"
        (event,) = house.noted("bounced")
        assert (event["rule"], event["who"], event["mailbox"], event["operator"]) == (rule, DOCTOR, recipient, "mes")
        assert event["what"] and event["remedy"] and event["subject"] == "Compte rendu"
        assert house.noted("relayed"), "the notice travelled as any other"


async def test_only_those_that_cannot_be_reached_come_back() -> None:
    async with an_office() as house:
        assert await brought(house, [PATIENT, CLOSED, OTHER_PATIENT, UNKNOWN]) == "250 2.0.0"
        assert (len(house.inbox(PATIENT)), len(house.inbox(OTHER_PATIENT)), len(house.inbox(CLOSED))) == (1, 1, 0)
        assert [parts(n)[1]["Status"] for n in notices(house)] == ["5.2.1", "5.1.1"]
        assert house.exchange(PATIENT, DOCTOR) == "open" and house.exchange(CLOSED, DOCTOR) == "none"


async def test_a_large_message_comes_back_under_the_other_subject_without_its_text() -> None:
    async with an_office() as house:
        assert len(HUGE) > LIMIT
        assert await brought(house, [PATIENT], HUGE) == "250 2.0.0"
        (notice,) = notices(house)
        assert notice["Subject"] == "Undelivered Mail Returned to Sender"
        text, fields, returned = parts(notice)
        assert "Cause : message trop volumineux" in text and fields["Status"] == "5.3.4"
        assert returned.get_content_type() == "text/rfc822-headers" and len(house.inbox(DOCTOR)[0]) < 10_000
        assert house.inbox(PATIENT) == [] and house.exchange(PATIENT, DOCTOR) == "none"


async def test_a_large_message_to_a_closed_space_comes_back_once() -> None:
    async with an_office() as house:
        await brought(house, [CLOSED], HUGE)
        assert [parts(n)[1]["Status"] for n in notices(house)] == ["5.2.1"]


async def test_what_the_senders_operator_would_not_take_whole_comes_back_as_its_header() -> None:
    store = a_store()
    space = a_space(store=store)
    space.operators["mailiz"] = replace(space.operators["mailiz"], message_limit=20_000)
    async with an_office(space=space, store=store) as house:
        for letter, kind in ((a_letter(), "message/rfc822"), (a_letter(text="x\r\n" * 2000), "text/rfc822-headers")):
            await brought(house, [CLOSED], letter)
            assert parts(notices(house)[-1])[2].get_content_type() == kind


@pytest.mark.parametrize(("mail", "rcpt", "told"), [
    ({}, {"NOTIFY": "NEVER"}, False), ({}, {"NOTIFY": "SUCCESS"}, False), ({}, {"NOTIFY": "SUCCESS,FAILURE"}, True),
])
async def test_notify_is_honoured(mail: dict[str, str], rcpt: dict[str, str], told: bool) -> None:
    async with an_office() as house:
        assert await brought(house, [CLOSED], mail=mail, rcpt=rcpt) == "250 2.0.0"
        assert len(notices(house)) == told
        assert (len(house.noted("bounced")), len(house.noted("dropped"))) == (told, not told)


async def test_ret_envid_and_orcpt_are_honoured() -> None:
    async with an_office() as house:
        await brought(house, [CLOSED], mail={"RET": "HDRS", "ENVID": "e1"}, rcpt={"ORCPT": "rfc822;x@y.fr"})
        _, fields, returned = parts(notices(house)[0])
        assert (fields["Original-Envelope-Id"], fields["Original-Recipient"]) == ("e1", "rfc822;x@y.fr")
        assert returned.get_content_type() == "text/rfc822-headers"


async def test_a_notice_that_cannot_be_delivered_leads_to_none() -> None:
    async with an_office() as house:
        for recipient in (*CAUSES, PATIENT):
            assert await brought(house, [recipient], HUGE, sender=None) == "250 2.0.0"
        assert len(house.noted("dropped")) == len(CAUSES) + 1
        assert house.noted("bounced") == [] and house.store.queue() == []


async def test_a_transfer_repeated_after_a_lost_answer_comes_back_once() -> None:
    trace = b"Received: from client ([192.0.2.1])\r\n\tby mx.a.example with ESMTPSA id 1;\r\n\tMon, 2 Nov 2026\r\n"
    async with an_office() as house:
        for _ in range(2):
            assert await brought(house, [CLOSED, UNKNOWN], trace + a_letter()) == "250 2.0.0"
        assert len(notices(house)) == len(house.noted("bounced")) == 2 == len(house.noted("already-here"))


async def test_enforced_the_same_rules_refuse_and_nothing_comes_back() -> None:
    severities = {rule: Severity.ENFORCE for rule, *_ in CAUSES.values()}
    async with an_office(severities={**severities, "message-fits-the-patient-space": Severity.ENFORCE}) as house:
        for recipient, (_, status, _, _) in CAUSES.items():
            assert await brought(house, [recipient]) == f"550 {status}"
        assert await brought(house, [PATIENT], HUGE) == "552 5.3.4"
        assert notices(house) == [] and len(house.noted("refusal")) == 5


async def test_the_senders_own_operator_says_nothing_and_the_bounce_comes_by_the_wire() -> None:
    async with an_office() as house:
        visit = await house.signed_in(PHARMACIST)
        verdict = await house.send(visit, PHARMACIST, [CLOSED, NURSE], a_body(f"From: {PHARMACIST}\nSubject: Bonjour"))
        assert verdict.reply is not None and verdict.reply.code == 250
        await house.outbox.settle()
        assert [parts(n)[1]["Status"] for n in notices(house, PHARMACIST)] == ["5.2.1"]
        assert len(house.inbox(NURSE)) == 1 and house.inbox(PHARMACY) == []
