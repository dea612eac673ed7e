"""Opening a message sends the receipt that was asked for, once, at that moment (F17); what it brings may be kept."""

from __future__ import annotations

import asyncio
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from simulator.controls.errors import Invalid, NotFound
from tests.builders import DOCTOR, NURSE, PATIENT, PHARMACY
from tests.controls.patients.conftest import ZOE, Space

ASKED = f"Disposition-Notification-To: {DOCTOR}"


async def test_no_receipt_goes_before_the_message_is_opened_and_one_goes_then(mes: Space) -> None:
    await mes.writes(DOCTOR, ASKED)
    mail = mes.patients.conversations.mail(ZOE, "<1@test.example>")
    assert mail.asks_receipt and mail.receipt_at is None
    assert mes.inbox(DOCTOR) == []
    opened = await mes.patients.opening.open(ZOE, mail.id)
    await mes.settle()
    assert str(opened.receipt_to) == DOCTOR and opened.mail.opened and opened.mail.receipt_at is not None
    (receipt,) = [message_from_bytes(raw, policy=default) for raw in mes.inbox(DOCTOR)]
    assert isinstance(receipt, EmailMessage)
    assert receipt["Return-Path"] == "<>"
    assert receipt.get_content_type() == "multipart/report"
    assert receipt.get_param("report-type") == "disposition-notification"
    text, notification, original = receipt.iter_parts()
    assert "a été ouvert par Zoé ADRUN" in text.get_content()
    fields = next(iter(notification.walk())).get_payload(0)
    assert isinstance(fields, EmailMessage)
    assert fields["Disposition"] == "manual-action/MDN-sent-automatically; displayed"
    assert fields["Original-Message-ID"] == "<1@test.example>"
    assert fields["Final-Recipient"] == f"rfc822;{PATIENT}"
    assert "Compte rendu" in str(original.get_payload())


async def test_it_is_told_once_however_often_it_is_opened(mes: Space) -> None:
    await mes.writes(DOCTOR, ASKED)
    mail = mes.patients.conversations.mail(ZOE, "<1@test.example>")
    await asyncio.gather(*(mes.patients.opening.open(ZOE, mail.id) for _ in range(5)))
    await mes.patients.opening.open(ZOE, mail.id)
    await mes.settle()
    assert len(mes.inbox(DOCTOR)) == 1
    assert len(mes.it.house.noted("receipt")) == 1


async def test_a_receipt_changes_no_exchange(mes: Space) -> None:
    await mes.writes(DOCTOR, ASKED, "X-MSS-MES: FIN")
    await mes.patients.opening.open(ZOE, "<1@test.example>")
    await mes.settle()
    assert len(mes.inbox(DOCTOR)) == 1
    assert mes.exchange() == "no reply"


async def test_a_message_that_asks_for_nothing_tells_nobody(mes: Space) -> None:
    await mes.writes(DOCTOR)
    opened = await mes.patients.opening.open(ZOE, "<1@test.example>")
    await mes.settle()
    assert opened.receipt_to is None and mes.inbox(DOCTOR) == []
    assert opened.contents.text.strip() == "Bonjour."


@pytest.mark.parametrize("asked", [
    "Disposition-Notification-To: spy@gmail.com",
    f"Disposition-Notification-To: {DOCTOR}, {PHARMACY}",
    "Disposition-Notification-To: nobody",
])
async def test_a_receipt_never_leaves_the_space_nor_goes_to_several(mes: Space, asked: str) -> None:
    await mes.writes(DOCTOR, asked)
    opened = await mes.patients.opening.open(ZOE, "<1@test.example>")
    await mes.settle()
    assert opened.receipt_to is None and mes.inbox(DOCTOR) == mes.inbox(PHARMACY) == []


@pytest.mark.parametrize(("lines", "why"), [
    ((f"Disposition-Notification-To: {NURSE}",), "not its author"),
    ((ASKED, "Content-Type: multipart/report; report-type=disposition-notification; boundary=b"), "a receipt itself"),
])
async def test_a_receipt_goes_by_itself_only_to_the_author_and_never_for_a_receipt(
    mes: Space, lines: tuple[str, ...], why: str
) -> None:
    await mes.writes(DOCTOR, *lines)
    assert not mes.patients.conversations.mail(ZOE, "<1@test.example>").asks_receipt
    opened = await mes.patients.opening.open(ZOE, "<1@test.example>")
    await mes.settle()
    assert opened.receipt_to is None and mes.inbox(DOCTOR) == mes.inbox(NURSE) == []
    assert why in str(mes.it.house.noted("remark")[-1]["story"])


async def test_a_receipt_goes_for_what_takes_no_answer_and_whatever_the_case_of_the_address(mes: Space) -> None:
    await mes.writes(DOCTOR, ASKED.upper().replace("DISPOSITION", "Disposition"), "X-MSS-MES: FIN")
    opened = await mes.patients.opening.open(ZOE, "<1@test.example>")
    await mes.settle()
    assert opened.receipt_to is not None and len(mes.inbox(DOCTOR)) == 1


async def test_looking_is_not_opening(mes: Space) -> None:
    await mes.writes(DOCTOR, ASKED)
    await mes.patients.opening.look(ZOE, "<1@test.example>")
    assert not mes.patients.conversations.mail(ZOE, "<1@test.example>").opened
    assert mes.inbox(DOCTOR) == []


ATTACHED = ("MIME-Version: 1.0", 'Content-Type: application/pdf; name="compte rendu.pdf"',
            "Content-Transfer-Encoding: base64", "", "JVBERi0xLjc=")


async def test_the_patient_keeps_a_file_and_only_then_it_is_a_document(mes: Space) -> None:
    await mes.writes(DOCTOR, *ATTACHED)
    before = await mes.patients.documents.list(ZOE)
    kept = await mes.patients.opening.save(ZOE, "<1@test.example>", 0)
    assert (kept.about.name, kept.about.source, kept.about.author) == ("compte rendu.pdf", "message", "Paul Vial")
    assert (await mes.patients.documents.get(ZOE, kept.id))[1].startswith(b"%PDF-1.7")
    assert len(await mes.patients.documents.list(ZOE)) == len(before) + 1
    with pytest.raises(NotFound, match="it has 1"):
        await mes.patients.opening.save(ZOE, "<1@test.example>", 1)


async def test_a_file_of_a_type_that_is_not_taken_stays_in_its_message(mes: Space) -> None:
    await mes.writes(DOCTOR, "MIME-Version: 1.0", 'Content-Type: application/zip; name="IHE_XDM.zip"', "", "x")
    assert (await mes.patients.opening.file(ZOE, "<1@test.example>", 0)).is_xdm
    with pytest.raises(Invalid, match="cannot be a document"):
        await mes.patients.opening.save(ZOE, "<1@test.example>", 0)
    archive = await mes.patients.opening.archive(ZOE, "<1@test.example>", 0)
    assert archive.problems and not archive.documents
