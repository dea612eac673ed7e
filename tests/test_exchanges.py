"""Exchanges between patients and professionals, letter by letter: who may answer whom after each (F11, F12, F18)."""

from __future__ import annotations

import pytest

from tests.builders import (
    COLLEAGUE,
    DOCTOR,
    NURSE,
    PATIENT,
    PHARMACY,
    House,
    a_letter,
    an_office,
)

Step = tuple[str, ...]
"""Who writes, with which header lines; ``patient -> whom`` is a letter of the patient, ``refused`` behind it."""

LETTER, FIN, NO_ANSWER = "Subject: Bonjour", "Subject: [FIN]", "X-MSS-MES: FIN"
TO_NURSE = f"Reply-To: {NURSE}"
REPORT = "Content-Type: multipart/report; report-type=Disposition-Notification; boundary=b"
"""A mail program tells that a message was opened; many do so under an envelope sender, against RFC 8098 2.1."""

STORIES: dict[str, tuple[list[Step], dict[str, str]]] = {
    "the doctor writes, the patient answers": ([(DOCTOR, LETTER), ("patient", DOCTOR, "ok")], {DOCTOR: "open"}),
    "the doctor ends it": (
        [(DOCTOR, LETTER), (DOCTOR, FIN), ("patient", DOCTOR, "exchange-is-not-closed")], {DOCTOR: "closed"}),
    "a near miss ends nothing": (
        [(DOCTOR, LETTER), (DOCTOR, "Subject: Re: [FIN]"), ("patient", DOCTOR, "ok")], {DOCTOR: "open"}),
    "it is opened again": (
        [(DOCTOR, LETTER), (DOCTOR, FIN), (DOCTOR, LETTER), ("patient", DOCTOR, "ok")], {DOCTOR: "open"}),
    "a first message that takes no answer": (
        [(DOCTOR, NO_ANSWER), ("patient", DOCTOR, "exchange-is-not-closed")], {DOCTOR: "no reply"}),
    "then an ordinary one": (
        [(DOCTOR, NO_ANSWER), (DOCTOR, LETTER), ("patient", DOCTOR, "ok")], {DOCTOR: "open"}),
    "a message that takes no answer, while others do": (
        [(DOCTOR, LETTER), (DOCTOR, NO_ANSWER), ("patient", DOCTOR, "ok")], {DOCTOR: "open"}),
    "subject and header together": (
        [(DOCTOR, LETTER), (DOCTOR, FIN, NO_ANSWER), ("patient", DOCTOR, "exchange-is-not-closed")],
        {DOCTOR: "closed"}),
    "Reply-To moves the right": (
        [(DOCTOR, LETTER, TO_NURSE), ("patient", DOCTOR, "professional-starts-the-exchange"),
         ("patient", NURSE, "ok")], {DOCTOR: "none", NURSE: "open"}),
    "whoever moved it takes it back": (
        [(DOCTOR, LETTER, TO_NURSE), ("patient", NURSE, "ok"), (DOCTOR, FIN),
         ("patient", NURSE, "exchange-is-not-closed")], {DOCTOR: "closed", NURSE: "closed"}),
    "whoever received it ends it": (
        [(DOCTOR, LETTER, TO_NURSE), (NURSE, FIN), ("patient", NURSE, "exchange-is-not-closed")],
        {DOCTOR: "none", NURSE: "closed"}),
    "the patient begins, the pharmacy ends, the patient begins anew": (
        [("patient", PHARMACY, "ok"), (PHARMACY, LETTER), (PHARMACY, FIN), ("patient", PHARMACY, "ok")],
        {PHARMACY: "open"}),
    "a receipt opens nothing": (
        [(DOCTOR, "Subject: Lu", REPORT), ("patient", DOCTOR, "professional-starts-the-exchange")], {DOCTOR: "none"}),
    "a receipt does not open again": (
        [(DOCTOR, LETTER), (DOCTOR, FIN), (DOCTOR, "Subject: Lu", REPORT),
         ("patient", DOCTOR, "exchange-is-not-closed")], {DOCTOR: "closed"}),
    "others are not concerned": (
        [(DOCTOR, LETTER), (NURSE, LETTER), (NURSE, FIN), ("patient", DOCTOR, "ok"),
         ("patient", NURSE, "exchange-is-not-closed")], {DOCTOR: "open", NURSE: "closed"}),
}


async def told(house: House, step: Step) -> None:
    """One letter of a story, and that it ends as the story says."""
    who, *rest = step
    if who == "patient":
        to, expected = rest
        verdict = await house.send(await house.signed_in(PATIENT), PATIENT, [to], a_letter(PATIENT))
        assert (verdict.findings[-1].rule if verdict.refused else "ok") == expected
    else:
        visit = await (house.signed_in(COLLEAGUE, PHARMACY) if who == PHARMACY else house.signed_in(who))
        head = "\r\n".join((f"From: {who}", "Message-ID: <1@test.example>", *rest))
        verdict = await house.send(visit, who, [PATIENT], f"{head}\r\n\r\nBonjour.\r\n".encode())
        assert verdict.reply is not None and verdict.reply.code == 250
    await house.outbox.settle()


@pytest.mark.parametrize("story", STORIES)
async def test_a_story_of_letters_ends_as_it_should(story: str) -> None:
    steps, states = STORIES[story]
    async with an_office() as house:
        for step in steps:
            await told(house, step)
        assert {other: house.exchange(PATIENT, other) for other in states} == states


async def test_the_sender_of_a_near_miss_is_told_in_the_journal() -> None:
    async with an_office() as house:
        await told(house, (PHARMACY, "Subject: [FIN] "))
        remarks = [r for r in house.noted("remark") if r["rule"] == "closing-subject-is-strictly-fin"]
        assert [r["who"] for r in remarks] == [f"{COLLEAGUE} for {PHARMACY}", PHARMACY], "as sent, and as it arrived"
        assert all("the exchange stays open" in str(r["what"]) and r["remedy"] for r in remarks)


async def test_fin_is_known_to_be_on_its_way() -> None:
    async with an_office() as house:
        await told(house, (DOCTOR, LETTER, TO_NURSE))
        await house.outbox.stop()
        head = f"From: {DOCTOR}\r\nMessage-ID: <2@test.example>\r\n{FIN}\r\n\r\n"
        await house.send(await house.signed_in(DOCTOR), DOCTOR, [PATIENT], head.encode())
        assert [(e.mailbox, e.state, e.ending) for e in house.store.exchanges_in_full()] == [(NURSE, "open", True)]
        await house.outbox.start()
        await house.outbox.settle()
        assert {(e.mailbox, e.state, e.ending) for e in house.store.exchanges_in_full()} == {
            (NURSE, "closed", False), (DOCTOR, "closed", False)}
