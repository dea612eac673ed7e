"""What may be answered follows from the messages and from the exchanges, exactly (F18, mssante-rules 3.7 to 3.9)."""

from __future__ import annotations

import asyncio

import pytest

from simulator.controls.errors import NotFound
from simulator.controls.patients.conversations import MOST_ENDINGS
from simulator.store.interface import NewMessage
from tests.builders import DOCTOR, NURSE, PHARMACY
from tests.controls.patients.conftest import ZOE, Space


def answerable(mes: Space) -> dict[str, bool]:
    """Message-ID to whether it may be answered."""
    return {mail.message_id.strip("<>").partition("@")[0]: mail.can_answer
            for conversation in mes.patients.conversations.list(ZOE) for mail in conversation.mails if mail.incoming}


async def test_a_professional_s_message_may_be_answered_and_shows_a_name(mes: Space) -> None:
    await mes.writes(DOCTOR)
    (conversation,) = mes.patients.conversations.list(ZOE)
    assert (conversation.name, conversation.state, conversation.unread) == ("Paul Vial", "open", 1)
    assert conversation.answerable is conversation.mails[0]


async def test_fin_takes_the_answer_from_everything_before_it_and_says_who_ended_it(mes: Space) -> None:
    await mes.writes(DOCTOR)
    await mes.writes(DOCTOR, subject="Suite", number=2)
    await mes.writes(DOCTOR, subject="[FIN]", number=3)
    conversations = mes.patients.conversations.list(ZOE)
    assert all(c.answerable is None and c.ended_by == "Paul Vial" for c in conversations)
    assert {m.why_not for c in conversations for m in c.mails} == {"Paul Vial a mis fin à vos échanges."}


async def test_a_later_message_reopens_the_exchange_but_not_what_was_before_fin(mes: Space) -> None:
    await mes.writes(DOCTOR)
    await mes.writes(DOCTOR, subject="[FIN]", number=2)
    await mes.writes(DOCTOR, subject="Encore un mot", number=3)
    assert answerable(mes) == {"1": False, "2": False, "3": True}
    assert mes.exchange() == "open"


@pytest.mark.parametrize("subject", ["[fin]", "Re: [FIN]", "[FIN] ", " [FIN].", "[FIN] merci", "FIN"])
async def test_a_near_miss_closes_nothing(mes: Space, subject: str) -> None:
    await mes.writes(DOCTOR)
    await mes.writes(DOCTOR, subject=subject, number=2)
    assert answerable(mes)["1"]


async def test_the_header_takes_the_answer_from_its_own_message_only(mes: Space) -> None:
    await mes.writes(DOCTOR)
    await mes.writes(DOCTOR, "X-MSS-MES: FIN", number=2)
    assert answerable(mes) == {"1": True, "2": False}
    assert mes.exchange() == "open"


async def test_a_first_message_with_the_header_opens_nothing(mes: Space) -> None:
    await mes.writes(DOCTOR, "X-MSS-MES: FIN")
    (conversation,) = mes.patients.conversations.list(ZOE)
    assert conversation.state == "no reply" and conversation.mails[0].why_not == "Ce message n'admet pas de réponse."


async def test_reply_to_moves_the_right_to_answer(mes: Space) -> None:
    await mes.writes(DOCTOR, f"Reply-To: {NURSE}")
    (conversation,) = mes.patients.conversations.list(ZOE)
    assert str(conversation.correspondent) == NURSE
    assert (mes.exchange(NURSE), mes.exchange(DOCTOR)) == ("open", "none")


async def test_fin_of_one_correspondent_leaves_the_others_alone(mes: Space) -> None:
    await mes.writes(DOCTOR)
    await mes.writes(PHARMACY, number=2)
    await mes.writes(DOCTOR, subject="[FIN]", number=3)
    assert answerable(mes) == {"1": False, "2": True, "3": False}


async def test_messages_that_name_each_other_are_one_conversation(mes: Space) -> None:
    await mes.writes(DOCTOR)
    await mes.writes(DOCTOR, "In-Reply-To: <1@test.example>", number=2)
    await mes.writes(DOCTOR, "References: <0@test.example> <2@test.example>", number=3)
    await mes.writes(DOCTOR, number=4)
    counts = [len(c.mails) for c in mes.patients.conversations.list(ZOE)]
    assert counts == [1, 3]


async def test_fin_alone_is_a_conversation_of_its_own(mes: Space) -> None:
    await mes.writes(DOCTOR, subject="[FIN]")
    (conversation,) = mes.patients.conversations.list(ZOE)
    assert conversation.mails[0].closes and conversation.answerable is None


async def test_an_unknown_message_is_told(mes: Space) -> None:
    with pytest.raises(NotFound, match=r"no message 99\.1"):
        mes.patients.conversations.get(ZOE, "99.1")


async def test_flags_and_new_mail_are_seen_although_bytes_are_read_once(mes: Space) -> None:
    await mes.writes(DOCTOR)
    conversations = mes.patients.conversations
    (first,) = conversations.mails(mes.patients.profiles.get(ZOE))
    assert not first.opened
    await mes.patients.opening.open(ZOE, first.id)
    await mes.writes(DOCTOR, number=2)
    assert [mail.opened for mail in conversations.mails(mes.patients.profiles.get(ZOE))] == [True, False]
    await mes.it.controls.messages.purge(f"{ZOE}@patient.mssante.fr")
    assert conversations.mails(mes.patients.profiles.get(ZOE)) == []
    with pytest.raises(NotFound, match="has just gone"):
        conversations.body(first)


async def test_a_reset_and_a_return_show_what_is_there(mes: Space) -> None:
    await mes.writes(DOCTOR, subject="Gardé")
    await mes.it.controls.states.snapshot("one")
    await mes.it.controls.states.reset()
    assert list(mes.patients.conversations.list(ZOE)) == []
    await mes.it.controls.states.restore("one")
    assert [one.subject for one in mes.patients.conversations.list(ZOE)] == ["Gardé"]


async def test_fin_of_whom_answers_go_to_ends_the_message_for_good(mes: Space) -> None:
    await mes.writes(DOCTOR, f"Reply-To: {NURSE}")
    await mes.writes(NURSE, subject="[FIN]", number=2)
    await mes.writes(NURSE, number=3)
    first = mes.patients.conversations.mail(ZOE, "<1@test.example>")
    assert not first.can_answer and first.why_not == "Nadia Roux a mis fin à vos échanges."
    assert mes.patients.conversations.mail(ZOE, "<3@test.example>").can_answer


async def test_fin_ends_what_came_before_it_whatever_the_clock_said_then(mes: Space) -> None:
    mes.it.house.clock.advance(86400)
    await mes.writes(DOCTOR)
    mes.it.house.clock.put()  # as a restart does
    await mes.writes(DOCTOR, subject="[FIN]", number=2)
    await mes.writes(DOCTOR, number=3)
    assert answerable(mes) == {"1": False, "2": False, "3": True}


async def fill(mes: Space, subjects: list[str], text: bytes = b"Bonjour.\r\n") -> None:
    """Messages of the doctor, one a second, past all rules."""
    box = mes.patients.profiles.get(ZOE)
    inbox = mes.it.house.store.folder(box.address.key, "INBOX")
    assert inbox is not None
    header = f"From: {DOCTOR}\r\nTo: {box.address}\r\nSubject: {{}}\r\nMessage-ID: <{{}}@test.example>\r\n\r\n"
    await mes.it.house.store.append(inbox.id, [
        NewMessage(header.format(subject, number).encode() + text, 1_700_000_000.0 + number, frozenset())
        for number, subject in enumerate(subjects)])


async def test_many_endings_are_not_repeated_in_every_conversation(mes: Space) -> None:
    await fill(mes, ["Un", "Deux", *["[FIN]"] * 3 * MOST_ENDINGS, "Encore"])
    held = mes.patients.conversations.list(ZOE)
    assert [c.subject for c in held if c.subject != "[FIN]"] == ["Encore", "Un", "Deux"] and len(held) == 3
    assert [len(c.mails) for c in held] == [1, 1 + MOST_ENDINGS, 1 + MOST_ENDINGS]
    assert [bool(c.ended_by) for c in held] == [False, True, True]
    assert answerable(mes)["1"] is False


async def test_a_full_space_is_read_while_others_go_on(mes: Space) -> None:
    await fill(mes, [f"Message {number}" for number in range(40)], b"x" * 70 + b"\r\n" + b"Bonjour.\r\n" * 20_000)
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    going_on = asyncio.create_task(others())
    await mes.patients.conversations.read(mes.patients.profiles.get(ZOE))
    going_on.cancel()
    assert turns > 8
    assert len(mes.patients.conversations.mails(mes.patients.profiles.get(ZOE))) == 40
