"""Who a pharmacy exchanges mail with: one line for each side of each accepted message."""

from __future__ import annotations

import pytest

from simulator import correspondence
from simulator.correspondence import Contact
from simulator.model.certificate import Worth
from simulator.store.interface import StoreError
from tests.builders import (
    COLLEAGUE,
    DOCTOR,
    HOSPITAL,
    NURSE,
    OTHER_PATIENT,
    OTHER_PHARMACY,
    PATIENT,
    PHARMACIST,
    PHARMACY,
    SOFTWARE,
    START,
    House,
    a_letter,
    a_space,
    a_store,
    an_office,
)

RECEIPT = 'Content-Type: multipart/report; report-type="Disposition-Notification"; boundary=b'
NOTICE = "Content-Type: multipart/report; report-type=delivery-status; boundary=b"
Told = tuple[str, str, str, str, str]


def noted(house: House) -> list[Told]:
    """Mailbox, direction, correspondent, kind, form of every line."""
    lines = house.store.ledger(correspondence.TOPIC)
    found = [(line.owner, correspondence.read(line)) for line in lines]
    return [(owner, c.direction, c.correspondent, c.kind, c.form) for owner, c in found]


async def sent(house: House, account: str, recipients: list[str], body: bytes | None = None,
               mailbox: str | None = None) -> None:
    """Submitted, and wherever it goes, arrived."""
    author = mailbox or account
    said = await house.send(await house.signed_in(account, mailbox), author, recipients, body or a_letter(author))
    assert not said.refused, said.reply
    await house.outbox.settle()


async def test_a_letter_to_a_pharmacy_is_noted_where_it_arrives() -> None:
    async with an_office() as house:
        await sent(house, DOCTOR, [PHARMACY])
        (line,) = house.store.ledger(correspondence.TOPIC)
        assert (line.owner, line.at) == (PHARMACY, START.timestamp())
        assert correspondence.read(line) == Contact(
            "tilleuls", "received", DOCTOR, "professional", "message", "<1@test.example>")


async def test_a_letter_of_a_pharmacy_is_noted_where_it_is_submitted_once_for_each_recipient() -> None:
    async with an_office() as house:
        await sent(house, PHARMACIST, [DOCTOR, HOSPITAL, DOCTOR])
        assert noted(house) == [
            (PHARMACIST, "sent", DOCTOR, "professional", "message"),
            (PHARMACIST, "sent", HOSPITAL, "professional", "message"),
        ]


async def test_a_patient_is_told_from_a_professional() -> None:
    async with an_office() as house:
        await sent(house, PHARMACIST, [PATIENT], mailbox=PHARMACY)
        await sent(house, PATIENT, [PHARMACY])
        assert noted(house) == [
            (PHARMACY, "sent", PATIENT, "patient", "message"),
            (PHARMACY, "received", PATIENT, "patient", "message"),
        ]


async def test_an_application_of_a_pharmacy_is_a_side_too() -> None:
    async with an_office() as house:
        await sent(house, SOFTWARE, [NURSE])
        assert noted(house) == [(SOFTWARE, "sent", NURSE, "professional", "message")]


async def test_mail_between_pharmacies_is_noted_for_both() -> None:
    async with an_office() as house:
        await sent(house, PHARMACIST, [OTHER_PHARMACY])
        assert noted(house) == [
            (PHARMACIST, "sent", OTHER_PHARMACY, "professional", "message"),
            (OTHER_PHARMACY, "received", PHARMACIST, "professional", "message"),
        ]


@pytest.mark.parametrize(("account", "to"), [(DOCTOR, NURSE), (DOCTOR, PATIENT), (PHARMACIST, COLLEAGUE),
                                             (PHARMACIST, PHARMACY)])
async def test_nothing_is_noted_without_a_pharmacy_or_inside_one(account: str, to: str) -> None:
    async with an_office() as house:
        await sent(house, account, [to])
        assert noted(house) == []


async def test_a_refused_letter_is_not_noted() -> None:
    async with an_office() as house:
        said = await house.send(await house.signed_in(OTHER_PATIENT), OTHER_PATIENT, [DOCTOR], a_letter(OTHER_PATIENT))
        assert said.refused and noted(house) == []


@pytest.mark.parametrize(("header", "form"), [(RECEIPT, "receipt"), ("X-MSS-MES: FIN", "message")])
async def test_what_a_message_is_stands_in_its_line(header: str, form: str) -> None:
    async with an_office() as house:
        await sent(house, PHARMACIST, [PATIENT], a_letter(PHARMACY, header), mailbox=PHARMACY)
        assert [told[-1] for told in noted(house)] == [form]


async def test_a_message_that_is_called_fin_is_a_closing() -> None:
    async with an_office() as house:
        body = a_letter(PHARMACY).replace(b"Compte rendu", b"[FIN]")
        await sent(house, PHARMACIST, [PATIENT], body, mailbox=PHARMACY)
        assert noted(house) == [(PHARMACY, "sent", PATIENT, "patient", "closing")]


async def test_a_receipt_without_envelope_sender_comes_from_its_author() -> None:
    async with an_office() as house:
        visit = house.at_mx("mes", "bfc")
        said = await house.send(visit, None, [PHARMACY], a_letter(PATIENT, RECEIPT))
        assert not said.refused
        assert noted(house) == [(PHARMACY, "received", PATIENT, "patient", "receipt")]


async def test_a_receipt_that_a_pharmacy_gives_is_its_own() -> None:
    async with an_office() as house:
        visit = await house.signed_in(PHARMACIST, PHARMACY)
        assert not (await house.send(visit, None, [DOCTOR], a_letter(PHARMACY, RECEIPT))).refused
        assert noted(house) == [(PHARMACY, "sent", DOCTOR, "professional", "receipt")]


async def test_notices_of_mail_systems_are_no_correspondence() -> None:
    async with an_office() as house:
        visit = house.at_mx("mailiz", "bfc")
        for author in ("MAILER-DAEMON@mx.mailiz.mssante.fr", DOCTOR):
            assert not (await house.send(visit, None, [PHARMACY], a_letter(author, NOTICE))).refused
        assert len(house.inbox(PHARMACY)) == 2
        assert noted(house) == []


async def test_a_notice_of_arrival_is_no_correspondence_either() -> None:
    async with an_office() as house:
        visit = await house.signed_in(PHARMACIST)
        await house.send(visit, PHARMACIST, [HOSPITAL], a_letter(PHARMACIST), rcpt={"NOTIFY": "SUCCESS"})
        assert len(house.inbox(PHARMACIST)) == 1
        assert noted(house) == [(PHARMACIST, "sent", HOSPITAL, "professional", "message")]


async def test_the_same_transfer_again_is_noted_once() -> None:
    async with an_office() as house:
        body = b"Received: from x by y id 17\r\n" + a_letter()
        for _ in range(2):
            await house.send(house.at_mx("mailiz", "bfc", Worth.GOOD), DOCTOR, [PHARMACY], body)
        assert len(noted(house)) == 1


async def test_what_is_not_stored_is_not_noted() -> None:
    store = a_store()
    async with an_office(store=store, space=a_space(store=store)) as house:
        store.refuse = StoreError("the disk is away")
        said = await house.send(await house.signed_in(PHARMACIST), PHARMACIST, [DOCTOR], a_letter(PHARMACIST))
        assert said.reply is not None and said.reply.code == 451
        assert noted(house) == []


async def test_an_endless_message_id_is_kept_in_part() -> None:
    async with an_office() as house:
        body = a_letter().replace(b"<1@test.example>", b"<" + b"x" * 5000 + b"@test.example>")
        await sent(house, DOCTOR, [PHARMACY], body)
        (line,) = house.store.ledger(correspondence.TOPIC)
        assert len(correspondence.read(line).message_id) == 998
