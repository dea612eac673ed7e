"""The three steps and answers: what leaves, what is refused, and what the pharmacy receives."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from simulator.controls.errors import Conflict, Invalid, NotFound, Refused
from simulator.controls.patients.journey import REMINDER
from simulator.mime.writing import Attached
from tests.builders import DOCTOR, LONE_PHARMACIST, NURSE, OTHER_PHARMACY, PATIENT, PHARMACY
from tests.controls.patients.conftest import CLOSED, NOT_ACTIVATED, ZOE, Space


def newest(mes: Space, mailbox: str = PHARMACY) -> EmailMessage:
    read = message_from_bytes(mes.inbox(mailbox)[-1], policy=default)
    assert isinstance(read, EmailMessage)
    return read


async def test_a_prescription_is_shared_in_three_steps_and_reaches_the_pharmacy(mes: Space) -> None:
    documents = await mes.patients.documents.list(ZOE)
    pharmacy = mes.patients.pharmacies.list(ZOE)[0]
    proposed = await mes.patients.journey.prefill(ZOE, to=str(pharmacy.mailbox), documents=[documents[0].id])
    assert (proposed.subject, proposed.reminder) == ("Document de Zoé ADRUN", REMINDER)
    sent = await mes.patients.journey.send(ZOE, to=str(pharmacy.mailbox), documents=[documents[0].id])
    await mes.settle()
    received = newest(mes)
    assert received["From"] == "Zoé ADRUN <275126322074974@patient.mssante.fr>"
    assert received["Subject"] == proposed.subject
    assert received["Message-ID"] == sent.message_id
    assert received.get_content_type() == "multipart/mixed"
    text = received.get_body(("plain",))
    assert text is not None and text.get_content().replace("\r\n", "\n").strip() == proposed.body.strip()
    assert received.get_body(("html",)) is not None
    (file,) = received.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("prescription.pdf", b"%PDF-1.7 prescription")
    assert mes.exchange(PHARMACY) == "open"
    assert [c.subject for c in mes.patients.conversations.list(ZOE)] == [proposed.subject]


async def test_a_question_needs_no_document_and_a_text_may_be_changed(mes: Space) -> None:
    sent = await mes.patients.journey.send(ZOE, to=PHARMACY, subject="Doliprane", body="En avez-vous en stock ?")
    await mes.settle()
    assert newest(mes)["Subject"] == "Doliprane" and sent.reminder == ""
    assert list(newest(mes).iter_attachments()) == []


async def test_several_documents_and_a_photo_go_together(mes: Space) -> None:
    photo = Attached("ordonnance manuscrite.jpg", "image/jpeg", b"\xff\xd8\xff\xe0")
    await mes.patients.journey.send(ZOE, to=PHARMACY, documents=["c0", "c1"], files=[photo])
    await mes.settle()
    names = [file.get_filename() for file in newest(mes).iter_attachments()]
    assert names == ["prescription.pdf", "consultation.pdf", "ordonnance manuscrite.jpg"]


async def test_a_caregiver_is_named_and_a_stranger_is_none(mes: Space) -> None:
    await mes.patients.journey.send(ZOE, to=PHARMACY, body="Bonjour", caregiver="Luc ADRUN")
    await mes.settle()
    text = newest(mes).get_body(("plain",))
    assert text is not None and "écrit par Luc ADRUN, aidant de Zoé ADRUN" in text.get_content()
    with pytest.raises(Invalid, match="no caregiver"):
        await mes.patients.journey.send(ZOE, to=PHARMACY, caregiver="Mallory")


@pytest.mark.parametrize(("to", "rule"), [
    (DOCTOR, "professional-starts-the-exchange"), (NURSE, "professional-starts-the-exchange"),
    (OTHER_PHARMACY, "pharmacy-is-in-the-dispensing-history"),
    (LONE_PHARMACIST, "pharmacy-has-an-organisational-mailbox"),
    ("someone@gmail.com", "recipient-domain-is-listed"),
    ("279035121518989@patient.mssante.fr", "patients-do-not-write-to-each-other"),
])
async def test_who_may_not_be_written_to_first_is_refused_with_the_rule(mes: Space, to: str, rule: str) -> None:
    with pytest.raises(Refused) as refused:
        await mes.patients.journey.send(ZOE, to=to)
    assert refused.value.rule == rule and refused.value.remedy and refused.value.french
    assert mes.it.controls.explain.get(str(refused.value.explain)).rule == rule
    assert list(mes.patients.conversations.list(ZOE)) == []


async def test_an_answer_continues_the_thread(mes: Space) -> None:
    await mes.writes(DOCTOR, subject="Résultats")
    (mail,) = mes.patients.conversations.list(ZOE)[0].mails
    await mes.patients.journey.send(ZOE, in_reply_to=mail.id, body="Merci")
    await mes.settle()
    answer = newest(mes, DOCTOR)
    assert answer["Subject"] == "Re: Résultats"
    assert answer["In-Reply-To"] == "<1@test.example>" and "<1@test.example>" in answer["References"]
    (conversation,) = mes.patients.conversations.list(ZOE)
    assert [m.incoming for m in conversation.mails] == [True, False]


async def test_a_reply_to_all_reaches_the_other_professionals(mes: Space) -> None:
    await mes.writes(DOCTOR, f"Cc: {NURSE}")
    await mes.writes(NURSE, number=2)
    mail = mes.patients.conversations.mail(ZOE, "<1@test.example>")
    sent = await mes.patients.journey.send(ZOE, in_reply_to=mail.id, body="Merci à tous", reply_all=True)
    await mes.settle()
    assert [str(a) for a in sent.to] == [DOCTOR, NURSE]
    assert len(mes.inbox(NURSE)) == 1


async def test_somebody_who_was_only_copied_is_not_written_to(mes: Space) -> None:
    await mes.writes(DOCTOR, f"Cc: {NURSE}, 279035121518989@patient.mssante.fr, {PHARMACY}, {OTHER_PHARMACY}")
    others = mes.patients.conversations.mail(ZOE, "<1@test.example>").others
    assert [str(a) for a in others] == [PHARMACY], "which is offered, and may be written to first"
    sent = await mes.patients.journey.send(ZOE, in_reply_to="<1@test.example>", body="Merci", reply_all=True)
    assert [str(a) for a in sent.to] == [DOCTOR, PHARMACY]


async def test_a_reply_goes_where_reply_to_says(mes: Space) -> None:
    await mes.writes(DOCTOR, f"Reply-To: {NURSE}")
    sent = await mes.patients.journey.send(ZOE, in_reply_to="<1@test.example>", body="Merci")
    assert [str(a) for a in sent.to] == [NURSE]


async def test_a_closed_exchange_takes_no_answer_and_nothing_leaves(mes: Space) -> None:
    await mes.writes(PHARMACY)
    await mes.writes(PHARMACY, subject="[FIN]", number=2)
    before = len(mes.inbox(PHARMACY))
    with pytest.raises(Refused) as refused:
        await mes.patients.journey.send(ZOE, in_reply_to="<1@test.example>", body="Une dernière question")
    assert refused.value.rule == "exchange-is-not-closed"
    assert "a mis fin" in refused.value.french
    assert mes.it.controls.explain.get(str(refused.value.explain)).is_refusal
    await mes.settle()
    assert len(mes.inbox(PHARMACY)) == before
    # A new message to a pharmacy of the history is another matter (F12).
    await mes.patients.journey.send(ZOE, to=PHARMACY, body="Autre chose")
    await mes.settle()
    assert len(mes.inbox(PHARMACY)) == before + 1


async def test_after_fin_nothing_is_added_to_what_the_patient_wrote_before(mes: Space) -> None:
    question = await mes.patients.journey.send(ZOE, to=PHARMACY, body="Avez-vous ce médicament ?")
    await mes.settle()
    mes.it.house.clock.advance(60)
    await mes.writes(PHARMACY, subject="[FIN]")
    with pytest.raises(Refused) as refused:
        await mes.patients.journey.send(ZOE, in_reply_to=question.message_id, body="Encore une chose")
    assert refused.value.rule == "exchange-is-not-closed" and "a mis fin" in refused.value.french
    mes.it.house.clock.advance(60)
    anew = await mes.patients.journey.send(ZOE, to=PHARMACY, body="Autre chose")
    await mes.patients.journey.send(ZOE, in_reply_to=anew.message_id, body="J'oubliais")


@pytest.mark.parametrize("ins", [CLOSED, NOT_ACTIVATED])
async def test_nobody_writes_from_a_space_that_is_not_open(mes: Space, ins: str) -> None:
    with pytest.raises(Conflict):
        await mes.patients.journey.send(ins, to=PHARMACY)


async def test_bad_input_is_told_and_nothing_is_sent(mes: Space) -> None:
    send = mes.patients.journey.send
    with pytest.raises(Invalid, match="nobody is written to"):
        await send(ZOE)
    with pytest.raises(Invalid, match="no address"):
        await send(ZOE, to="pharmacie")
    with pytest.raises(NotFound):
        await send(ZOE, to=PHARMACY, documents=["c99"])
    with pytest.raises(Invalid, match="cannot be attached"):
        await send(ZOE, to=PHARMACY, files=[Attached("a.exe", "", b"MZ")])
    with pytest.raises(Invalid, match="one line"):
        await send(ZOE, to=PHARMACY, subject="Bonjour\r\nBcc: x@y.z")
    with pytest.raises(Invalid, match="25 Mo"):
        await send(ZOE, to=PHARMACY, files=[Attached("a.pdf", "", b"x" * 20_000_000)])
    assert mes.inbox(PHARMACY) == []
    assert PATIENT not in str(mes.it.house.noted("accepted"))
