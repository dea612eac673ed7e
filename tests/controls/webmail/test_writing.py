"""Messages leave as the requirements want them, under every rule; exchanges end; receipts are given by hand."""

from __future__ import annotations

import asyncio

import pytest

from simulator.controls.errors import Conflict, Invalid, NotFound, Refused
from simulator.controls.webmail.drafting import How
from simulator.controls.webmail.writing import Written
from simulator.mime.writing import Attached
from tests.builders import DOCTOR, PATIENT, PHARMACY, an_identity
from tests.controls.webmail.conftest import ISABELLE, ZOE, Counter


async def test_a_message_carries_every_header_that_is_asked_for(at: Counter) -> None:
    sent = await at.mail.writing.send(at.who, Written(
        [DOCTOR], "Délivrance", "Bonjour.", files=[Attached("C:\\bilan.pdf", "text/html", b"%PDF-1.7")],
        wants_receipt=True))
    await at.settle()
    (got,) = at.arrived(DOCTOR)
    assert got["From"] == f"Pharmacie des Tilleuls <{PHARMACY}>"
    assert (got["Disposition-Notification-To"], got["X-MSS-NIL"], got["X-MSS-MES"]) == (PHARMACY, "SIMU0001", None)
    assert (got["Message-ID"], got["Subject"]) == (sent.message_id, "Délivrance")
    (file,) = got.iter_attachments()
    assert (file.get_filename(), file.get_content_type(), file["Content-Transfer-Encoding"]) == (
        "bilan.pdf", "application/pdf", "base64")
    copy = await at.mail.reading.mail(at.who, sent.id)
    assert copy.folder.special_use == "\\Sent" and copy.summary.has_files
    assert at.it.house.noted("accepted")[0]["who"] == f"{ISABELLE} for {PHARMACY}"


async def test_an_answer_continues_the_thread_and_marks_the_original(at: Counter) -> None:
    mail = await at.gets("References: <0@x.example>")
    await at.mail.writing.send(at.who, Written([DOCTOR], "Re: Compte rendu", "Merci.", answers=mail.id))
    await at.settle()
    (got,) = at.arrived(DOCTOR)
    assert (got["In-Reply-To"], got["References"]) == ("<1@x.example>", "<0@x.example> <1@x.example>")
    assert "\\Answered" in (await at.mail.reading.mail(at.who, mail.id)).message.flags


async def test_what_goes_on_takes_the_chosen_files_along_and_begins_a_thread(at: Counter) -> None:
    mail = await at.gets("MIME-Version: 1.0", 'Content-Type: application/pdf; name="a.pdf"', text="%PDF-1.7")
    await at.mail.writing.send(at.who, Written([DOCTOR], "Tr", "", answers=mail.id, how=How.FORWARD, kept_files=[0]))
    await at.settle()
    (got,) = at.arrived(DOCTOR)
    assert [file.get_filename() for file in got.iter_attachments()] == ["a.pdf"] and got["In-Reply-To"] is None
    assert "$Forwarded" in (await at.mail.reading.mail(at.who, mail.id)).message.flags


async def test_a_message_without_answer_opens_nothing(at: Counter) -> None:
    await at.mail.writing.send(at.who, Written([ZOE], "Information", "Fermé lundi.", takes_no_answer=True))
    await at.settle()
    assert at.arrived(PATIENT)[0]["X-MSS-MES"] == "FIN" and at.exchange() == "no reply"


async def test_ending_an_exchange_sends_exactly_fin_and_closes_it(at: Counter) -> None:
    mail = await at.from_zoe()
    assert at.exchange() == "open"
    await at.mail.writing.end(at.who, PATIENT, mail.id)
    await at.settle()
    got = at.arrived(PATIENT)[-1]
    assert (got["Subject"], got["X-MSS-NIL"]) == ("[FIN]", "SIMU0001") and at.exchange() == "closed"
    with pytest.raises(Conflict, match="ended already"):
        await at.mail.writing.end(at.who, PATIENT)
    await at.mail.writing.send(at.who, Written([ZOE], "Rappel", "Bonjour."))
    await at.settle()
    assert at.exchange() == "open"


@pytest.mark.parametrize("subject", ["[fin]", "[FIN] ", "Re: [FIN]"])
async def test_what_only_looks_like_fin_ends_nothing(at: Counter, subject: str) -> None:
    await at.from_zoe()
    await at.mail.writing.send(at.who, Written([ZOE], subject, "Fin."))
    await at.settle()
    assert at.exchange() == "open"


async def test_only_exchanges_with_patients_end(at: Counter) -> None:
    with pytest.raises(Invalid, match="no patient"):
        await at.mail.writing.end(at.who, DOCTOR)


@pytest.mark.parametrize(("written", "wrong"), [
    (Written([], "a", "b"), Invalid), (Written(["nobody"], "a", "b"), Invalid),
    (Written([DOCTOR] * 51, "a", "b"), Invalid), (Written([DOCTOR], "a\r\nBcc: x@y.z", "b"), Invalid),
    (Written([DOCTOR], "a", "b", files=[Attached(f"{n}.pdf", "", b"x") for n in range(11)]), Invalid),
    (Written([DOCTOR], "a", "b", kept_files=[0]), Invalid),
    (Written([DOCTOR], "a", "b", answers="1.999"), NotFound),
    (Written([DOCTOR, "ami@courriel.example"], "a", "b"), Refused),
])
async def test_what_cannot_go_is_refused_whole(at: Counter, written: Written, wrong: type[Exception]) -> None:
    with pytest.raises(wrong):
        await at.mail.writing.send(at.who, written)
    await at.settle()
    assert at.arrived(DOCTOR) == [] and (await at.page("\\Sent")).total == 0


async def test_a_rule_is_told_in_french_with_its_name(at: Counter) -> None:
    with pytest.raises(Refused) as told:
        await at.mail.writing.send(at.who, Written(["ami@courriel.example"], "a", "b"))
    assert told.value.rule == "recipient-domain-is-listed" and told.value.french and told.value.explain


async def test_a_receipt_is_given_by_hand_once_and_names_who_gave_it(at: Counter) -> None:
    mail = await at.gets(f"Disposition-Notification-To: {DOCTOR}")
    assert (await at.mail.reading.open(at.who, mail.id)).receipt_at is None
    await at.settle()
    assert at.arrived(DOCTOR) == []
    assert str(await at.mail.writing.tell(at.who, mail.id)) == DOCTOR
    await at.settle()
    (got,) = at.arrived(DOCTOR)
    assert got["From"] == f"Pharmacie des Tilleuls <{PHARMACY}>" and got["Return-Path"] == "<>"
    notification = list(got.iter_parts())[1].as_string()
    assert "manual-action/MDN-sent-manually; displayed" in notification
    assert "Original-Message-ID: <1@x.example>" in notification and "Mon espace" not in notification
    assert at.it.house.noted("receipt")[-1]["who"] == f"{ISABELLE} for {PHARMACY}"
    again = await at.mail.reading.open(at.who, mail.id)
    assert again.receipt_at is not None and "$MDNSent" in again.mail.message.flags
    with pytest.raises(Conflict, match="already"):
        await at.mail.writing.tell(at.karim, mail.id)


async def test_no_receipt_without_a_question_nor_out_of_the_space(at: Counter) -> None:
    with pytest.raises(Conflict, match="asks for no receipt"):
        await at.mail.writing.tell(at.who, (await at.gets()).id)
    spying = await at.gets("Disposition-Notification-To: spy@courriel.example")
    with pytest.raises(Conflict, match="outside"):
        await at.mail.writing.tell(at.who, spying.id)


async def test_the_receipt_that_a_patient_s_opening_brings_is_shown_with_the_message(at: Counter) -> None:
    sent = await at.mail.writing.send(at.who, Written([ZOE], "Prêt", "Bonjour.", wants_receipt=True))
    await at.settle()
    await at.it.controls.patients.opening.open(ZOE, sent.message_id)
    await at.settle()
    opened = await at.mail.reading.open(at.who, sent.id)
    assert [name for name, _ in opened.opened_by] == ["ZOE ADRUN"]
    receipt = (await at.page()).items[0]
    assert (receipt.summary.nature, receipt.summary.author.sort) == ("receipt", "patient")


async def test_a_person_writes_under_their_own_name(at: Counter) -> None:
    await at.mail.writing.send(an_identity(ISABELLE), Written([DOCTOR], "Avis", "Bonjour."))
    await at.settle()
    assert at.arrived(DOCTOR)[0]["From"] == f"Mme_Isabelle_FONTAINE_Pharmacie des Tilleuls <{ISABELLE}>"


async def test_an_exchange_ended_twice_at_once_ends_with_one_message(at: Counter) -> None:
    await at.from_zoe()
    ends = await asyncio.gather(*(at.mail.writing.end(who, ZOE) for who in (at.who, at.karim, at.who)),
                                return_exceptions=True)
    assert sorted(type(one).__name__ for one in ends) == ["Conflict", "Conflict", "Sent"]
    await at.settle()
    assert [got["Subject"] for got in at.arrived(PATIENT)] == ["[FIN]"]
