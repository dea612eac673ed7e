"""The trail tells who did what in one mailbox, from the page and from mail programs alike (F24)."""

from __future__ import annotations

from simulator.controls.webmail.writing import Written
from tests.builders import DOCTOR
from tests.controls.webmail.conftest import ISABELLE, KARIM, ZOE, Counter


async def test_everything_done_is_there_newest_first_with_names_and_french_words(at: Counter) -> None:
    mail = await at.from_zoe()
    await at.mail.reading.open(at.who, mail.id)
    await at.mail.writing.send(at.karim, Written([ZOE], "Oui", "En stock.", answers=mail.id))
    await at.mail.filing.delete(at.who, mail.id)
    told = [(record.person, record.what) for record in at.mail.records.of(at.who)]
    assert told[0] == ("Isabelle Fontaine", "a supprimé un message")
    assert ("Karim Benali", "a envoyé un message") in told and ("Isabelle Fontaine", "a lu un message") in told
    assert told[-1] == ("", "message reçu")


async def test_one_person_s_acts_can_be_chosen(at: Counter) -> None:
    mail = await at.gets()
    await at.mail.reading.open(at.who, mail.id)
    await at.mail.reading.open(at.karim, mail.id)
    assert {record.address for record in at.mail.records.of(at.who, person=KARIM)} == {KARIM}
    assert len(at.mail.records.of(at.who, limit=1)) == 1


async def test_the_trail_of_another_mailbox_is_not_told(at: Counter) -> None:
    hers = await at.gets(into=DOCTOR, author=ISABELLE)
    await at.mail.reading.open(at.doctor, hers.id)
    assert DOCTOR not in {record.address for record in at.mail.records.of(at.who)}
    assert at.mail.records.of(at.doctor)[0].what == "a lu un message"


async def test_what_a_mail_program_did_stands_in_the_same_trail(at: Counter) -> None:
    at.it.house.journal.note("read", "…", who=at.karim.who, mailbox=str(at.who.mailbox.address), door="imap")
    (record,) = at.mail.records.of(at.who)
    assert (record.person, record.what, record.event.facts["door"]) == ("Karim Benali", "a lu un message", "imap")
