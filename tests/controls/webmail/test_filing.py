"""Marks, moves and deletions are done at once, and each is in the trail with the person's name (F6)."""

from __future__ import annotations

import pytest

from simulator.controls.errors import Conflict, NotFound
from tests.builders import PHARMACY
from tests.controls.webmail.conftest import ISABELLE, KARIM, Counter


async def test_marks_change_only_what_is_asked_and_are_noted_once(at: Counter) -> None:
    mail = await at.gets()
    marked = await at.mail.filing.mark(at.who, mail.id, flagged=True)
    assert marked.message.flags == {"\\Flagged"}
    await at.mail.filing.mark(at.who, mail.id, flagged=True)
    again = await at.mail.filing.mark(at.karim, mail.id, seen=True, flagged=False)
    assert again.message.flags == {"\\Seen"}
    unread = await at.mail.filing.mark(at.who, mail.id, seen=False)
    assert unread.message.flags == frozenset()
    assert [event["who"] for event in at.it.house.noted("flags")] == [
        f"{person} for {PHARMACY}" for person in (ISABELLE, KARIM, ISABELLE)]


async def test_a_moved_message_is_found_under_its_new_id_only(at: Counter) -> None:
    mail = await at.gets()
    id = await at.mail.filing.move(at.who, mail.id, "\\Trash")
    assert (await at.mail.reading.mail(at.who, id)).folder.special_use == "\\Trash"
    with pytest.raises(NotFound):
        await at.mail.reading.mail(at.who, mail.id)
    with pytest.raises(Conflict, match="already"):
        await at.mail.filing.move(at.who, id, "\\Trash")
    (event,) = at.it.house.noted("moved")
    assert event["who"] == f"{ISABELLE} for {PHARMACY}" and "to Trash" in str(event["story"])


async def test_what_is_deleted_is_gone_and_the_trail_remembers(at: Counter) -> None:
    mail = await at.gets("Subject: Secret")
    await at.mail.filing.delete(at.karim, mail.id)
    assert (await at.page()).total == 0
    (event,) = at.it.house.noted("deleted")
    assert (event["who"], event["subject"]) == (f"{KARIM} for {PHARMACY}", "Secret")
    with pytest.raises(NotFound):
        await at.mail.filing.delete(at.who, mail.id)
