"""The verbs of a space do what they say, and tell what they saw when they cannot."""

from __future__ import annotations

import asyncio
import imaplib
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from simulator.controls.errors import Invalid
from simulator.testing import Arrived, NotArrived, Quarters, Refused, Space

pytestmark = pytest.mark.sockets


# -- sending and receiving
def test_a_letter_crosses_to_another_operator_with_its_attachments(mssante: Space, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"\x89PNG")
    sent = mssante.doctor("vial").sends(
        to="tilleuls", subject="Ordonnance à renouveler", text="Bonjour à tous,\n", cc="roux",
        attach=[photo, ("ordonnance.pdf", b"%PDF-1.7"), ("notes.txt", "à voir")],
    )
    letter = mssante.pharmacy("tilleuls").wait_for(subject="ordonnance À", sender="vial", attachment="photo")
    assert (letter.subject, letter.sender) == ("Ordonnance à renouveler", mssante.doctor("vial").address)
    assert letter.text == "Bonjour à tous,\n"
    assert letter.attachments == {
        "photo.png": b"\x89PNG", "ordonnance.pdf": b"%PDF-1.7", "notes.txt": "à voir".encode(),
    }
    assert letter.message_id == sent["Message-ID"]
    assert letter.header("x-nothing") is None
    assert letter.message["To"] == mssante.pharmacy("tilleuls").address
    assert b"Return-Path" in letter.raw
    mssante.nurse("roux").wait_for(subject="Ordonnance")


def test_an_answer_is_tied_to_its_letter_and_may_ask_for_a_receipt(mssante: Space) -> None:
    zoe, tilleuls = mssante.patient("adrun"), mssante.pharmacy("tilleuls")
    zoe.writes_to(tilleuls, subject="Question")
    tilleuls.answers(tilleuls.wait_for(subject="Question"), text="Oui\n", receipt=True, as_="karim")
    answer = zoe.wait_for(header=("In-Reply-To", "@patient.mssante.fr"))
    assert answer.subject == "Re: Question"
    assert answer.asks_a_receipt()
    zoe.answers(answer)
    thread = tilleuls.wait_for(subject="Re: Re: Question").header("References") or ""
    assert len(thread.split()) == 2


def test_an_application_sends_with_its_certificate(mssante: Space) -> None:
    mssante.application("lgo.tilleuls").sends(to="vial", subject="Bilan")
    assert mssante.doctor("vial").wait_for(subject="Bilan").sender.startswith("lgo.tilleuls@")


def test_several_letters_are_waited_for(mssante: Space) -> None:
    for number in range(3):
        mssante.doctor("vial").sends(to="tilleuls", subject=f"Lettre {number}")
    found = mssante.pharmacy("tilleuls").wait_for_all(3, subject="lettre")
    assert {letter.subject for letter in found} == {"Lettre 0", "Lettre 1", "Lettre 2"}
    assert len(mssante.pharmacy("tilleuls").letters()) == 3


def test_a_mailbox_shows_all_it_has(mssante: Space) -> None:
    box = mssante.doctor("vial")

    async def fill() -> None:
        inject = mssante.controls.messages.inject
        await asyncio.gather(*(inject(box.address, b"Subject: x\r\n\r\nx\r\n") for _ in range(510)))

    mssante.do(fill)
    assert len(box.letters()) == 510
    assert box.letters("Sent") == []


def test_what_is_taken_is_gone(mssante: Space) -> None:
    tilleuls = mssante.pharmacy("tilleuls")
    mssante.doctor("vial").sends(to="tilleuls", subject="Une seule fois", attach=("a.txt", "a"))
    assert tilleuls.takes(subject="Une seule fois").attachments == {"a.txt": b"a"}
    tilleuls.receives_nothing()


def test_any_message_can_be_submitted(mssante: Space) -> None:
    doctor = mssante.doctor("vial")
    raw = f"From: {doctor}\r\nTo: x@y.example\r\nSubject: Brut\r\nMessage-ID: <brut@x>\r\n\r\nBonjour\r\n".encode()
    doctor.submits(raw, to="tilleuls")
    assert mssante.pharmacy("tilleuls").wait_for(subject="Brut").message_id == "<brut@x>"
    with pytest.raises(ValueError, match="to="):
        doctor.submits(raw)


def test_a_program_under_test_that_needs_the_loop_can_run_meanwhile(mssante: Space) -> None:
    async def program() -> str:
        waiting = asyncio.create_task(asyncio.to_thread(mssante.doctor("vial").wait_for, subject="Asynchrone"))
        await asyncio.to_thread(mssante.pharmacy("tilleuls").sends, to="vial", subject="Asynchrone")
        return (await waiting).subject

    assert asyncio.run(program()) == "Asynchrone"


async def test_an_asyncio_test_uses_the_same_verbs(mssante: Space) -> None:
    mssante.doctor("vial").sends(to="tilleuls", subject="Bonjour")
    assert mssante.pharmacy("tilleuls").wait_for(subject="Bonjour").subject == "Bonjour"


# -- what did not happen
def test_a_letter_that_does_not_come_tells_what_came_and_the_nearest_miss(mssante: Space) -> None:
    mssante.doctor("vial").sends(to="tilleuls", subject="Ordonance")
    mssante.pharmacy("tilleuls").wait_for(subject="Ordonance")
    with pytest.raises(Refused):
        mssante.doctor("vial").sends(to="x@gmail.com")
    with pytest.raises(NotArrived) as failure:
        mssante.pharmacy("tilleuls").wait_for(subject="Ordonnance", sender="vial", timeout=0.05)
    told = str(failure.value)
    assert "received no letter from paul.vial@medecin.mssante.fr and with 'Ordonnance' in the subject" in told
    assert "within 0.05 s" in told
    assert "nearest miss: 'Ordonance' from" in told
    assert "refused: paul.vial@medecin.mssante.fr: gmail.com is not on the whitelist" in told
    assert isinstance(failure.value, TimeoutError)


def test_an_empty_mailbox_says_so(mssante: Space) -> None:
    with pytest.raises(NotArrived, match="it has: nothing at all"):
        mssante.doctor("vial").takes(timeout=0.01)
    with pytest.raises(NotArrived, match="fewer than 2 letters"):
        mssante.doctor("vial").wait_for_all(2, timeout=0.01)


def test_a_letter_that_should_not_come_is_told(mssante: Space) -> None:
    mssante.doctor("vial").sends(to="tilleuls", subject="Surprise")
    with pytest.raises(Arrived, match=r"received 'Surprise' from .*although nothing was to come"):
        mssante.pharmacy("tilleuls").receives_nothing(subject="surprise")
    mssante.pharmacy("pont").receives_nothing()


# -- refusals
def test_a_refusal_tells_answer_rule_and_remedy(mssante: Space) -> None:
    with pytest.raises(Refused, match=r"to paul\.vial@\S+ was refused\n  answer:  550") as refused:
        mssante.patient("adrun").writes_to("vial", subject="Bonjour")
    assert (refused.value.code, refused.value.rule) == (550, "professional-starts-the-exchange")
    [refusal] = mssante.refusals()
    assert refusal == refused.value.refusals[0]
    assert mssante.explain(refusal).ref == "F11; mssante-rules 3.3 [C]"


def test_a_refused_message_is_told_with_its_rule(mssante: Space) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"] = mssante.nurse("roux").address, mssante.pharmacy("tilleuls").address
    with pytest.raises(Refused) as refused:
        mssante.doctor("vial").submits(letter)
    assert refused.value.rule == "from-header-is-the-sender"


def test_one_refused_recipient_is_told_even_when_others_are_taken(mssante: Space) -> None:
    with pytest.raises(Refused, match=r"to x@gmail\.com was refused"):
        mssante.doctor("vial").sends(to=["tilleuls", "x@gmail.com"], subject="Pour deux")
    mssante.pharmacy("tilleuls").wait_for(subject="Pour deux")


# -- time and state
def test_days_go_by_and_what_is_due_is_done(mssante_space: Space) -> None:
    before = mssante_space.now
    mssante_space.advance(days=3, hours=1)
    assert (mssante_space.now - before).total_seconds() >= 73 * 3600


def test_a_pharmacy_dispenses_and_its_counter_moves(mssante: Space) -> None:
    pont, zoe = mssante.pharmacy("pont"), mssante.patient("adrun")
    with pytest.raises(Refused, match="pharmacy-is-in-the-dispensing-history"):
        zoe.writes_to(pont)
    pont.dispenses_to("adrun")
    pont.dispenses_to(zoe, on=(mssante.now - timedelta(days=90)).date(), reimbursed=False)
    zoe.writes_to(pont, subject="Question")
    counter = pont.indicators(since=(mssante.now - timedelta(days=100)).date())
    assert (counter.dispensings, counter.with_patients, counter.rate) == (2, 1, 50.0)
    assert counter.reached and len(counter.lines) == 3
    with pytest.raises(Invalid, match="is no pharmacy"):
        mssante.doctor("vial").indicators()


def test_a_reset_brings_the_configured_state_back(mssante: Space) -> None:
    mssante.doctor("vial").sends(to="tilleuls", subject="Avant")
    mssante.pharmacy("tilleuls").wait_for(subject="Avant")
    mssante.do(lambda: mssante.controls.whitelist.withdraw("medecin.mssante.fr"))
    with pytest.raises(Refused):
        mssante.doctor("vial").sends(to="tilleuls")
    mssante.reset()
    assert mssante.refusals() == []
    assert mssante.pharmacy("tilleuls").letters() == []
    mssante.doctor("vial").sends(to="tilleuls", subject="Après")
    mssante.pharmacy("tilleuls").wait_for(subject="Après")


def test_a_client_that_reads_a_folder_is_told_of_the_reset_and_may_come_again(mssante: Space) -> None:
    access = mssante.imap("tilleuls")
    with access.connect() as imap:
        imap.select("INBOX")
        mssante.reset()
        with pytest.raises(imaplib.IMAP4.abort, match="The selected folder was deleted"):
            imap.noop()
    with access.connect() as imap:
        assert imap.select("INBOX") == ("OK", [b"0"])


def test_the_story_is_that_of_this_test_and_stays_short(mssante: Space) -> None:
    assert mssante.story() == "nothing happened in this trust space"
    mssante.do(lambda: [mssante.controls.journal.note("test", f"event {number}") for number in range(300)])
    told = mssante.story().splitlines()
    assert told[0] == "(100 earlier events are left out)"
    assert told[-1].endswith("event 299")
    assert len(told) == 201


# -- life
def test_programs_started_by_a_test_read_the_ready_file(mssante: Space) -> None:
    told = mssante.ready_file.read_text()
    assert str(mssante.ports["imaps"]) in told
    assert str(mssante.ca_file) in told


def test_two_spaces_never_meet(mssante_space: Space, mssante: Space) -> None:
    assert not set(mssante.ports.values()) & set(mssante_space.ports.values())
    mssante.doctor("vial").sends(to="tilleuls", subject="Ici")
    mssante.pharmacy("tilleuls").wait_for(subject="Ici")
    mssante_space.pharmacy("tilleuls").receives_nothing()
    assert mssante_space.events() == []


def test_a_space_that_has_ended_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    quarters = Quarters(folder=tmp_path)
    with quarters.open() as space:
        ports = space.ports
    assert ports["imaps"] > 0
    assert [entry.name for entry in tmp_path.iterdir()] == ["authority"]
    with pytest.raises(RuntimeError, match="this trust space has ended"):
        space.reset()


def test_the_simulators_own_thread_may_not_wait_for_itself(mssante: Space) -> None:
    with pytest.raises(RuntimeError, match="would wait for itself"):
        mssante.do(mssante.reset)


def test_a_space_that_cannot_start_says_why(tmp_path: Path) -> None:
    text = (Path(__file__).resolve().parents[2] / "config.yaml").read_text()
    listen = "    # listen: {mx: 0, imaps: 20993}\n"
    assert listen in text
    quarters = Quarters(folder=tmp_path / "quarters")
    with quarters.open() as space:
        config = tmp_path / "config.yaml"
        config.write_text(text.replace(listen, f"    listen: {{imaps: {space.ports['imaps']}}}\n"))
        with pytest.raises(Exception, match="cannot listen"), Quarters(config, folder=tmp_path / "more").open():
            pass
