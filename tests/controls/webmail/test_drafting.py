"""What the composer proposes: answers go to those who wrote, suggestions name only who may be written to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.controls.errors import Invalid
from simulator.controls.webmail.drafting import How
from tests.builders import DOCTOR, PATIENT, PHARMACY, the_mailbox
from tests.controls.webmail.conftest import KARIM, ZOE, Counter

NURSE = "nadia.roux@infirmier.mssante.fr"


def addresses(people: object) -> list[str]:
    return [str(person.address) for person in people]  # type: ignore[attr-defined]


async def test_an_answer_goes_to_the_author_with_the_text_quoted_and_the_prefix_hidden(at: Counter) -> None:
    mail = await at.gets("Subject: XDM/1.0/DDM+Lettre ADRUN ZOE", f"Cc: {NURSE}", text="Un.\r\nDeux.")
    draft = await at.mail.drafting.prefill(at.who, mail.id, How.REPLY)
    assert (addresses(draft.to), draft.cc, draft.subject) == ([DOCTOR], (), "Re: Lettre ADRUN ZOE")
    assert "Dr Paul Vial a écrit :\n> Un.\n> Deux.\n" in draft.text


async def test_an_answer_to_all_leaves_out_oneself(at: Counter) -> None:
    mail = await at.gets(f"To: {PHARMACY}, {KARIM}", f"Cc: {NURSE}, {DOCTOR}", "Subject: Re: Avis")
    draft = await at.mail.drafting.prefill(at.who, mail.id, How.REPLY_ALL)
    assert (addresses(draft.to), addresses(draft.cc)) == ([DOCTOR], [KARIM, NURSE])
    assert draft.subject == "Re: Avis"


async def test_an_answer_follows_reply_to_and_one_s_own_message_goes_on_to_its_recipient(at: Counter) -> None:
    moved = await at.gets(f"Reply-To: {NURSE}")
    assert addresses((await at.mail.drafting.prefill(at.who, moved.id, How.REPLY)).to) == [NURSE]
    own = await at.gets(f"From: {PHARMACY}", f"To: {DOCTOR}")
    assert addresses((await at.mail.drafting.prefill(at.who, own.id, How.REPLY)).to) == [DOCTOR]


async def test_what_goes_on_keeps_its_files(at: Counter) -> None:
    mail = await at.gets("MIME-Version: 1.0", 'Content-Type: application/pdf; name="a.pdf"', text="%PDF-1.7")
    draft = await at.mail.drafting.prefill(at.who, mail.id, How.FORWARD)
    assert (draft.to, [file.name for file in draft.files], draft.subject) == ((), ["a.pdf"], "Tr: Compte rendu")


async def test_professionals_are_suggested_unless_on_the_red_list_and_never_oneself(at: Counter) -> None:
    suggest = at.mail.drafting.suggest
    assert addresses(suggest(at.who, "paul vial")) == [DOCTOR]
    at.it.house.space.register(replace(the_mailbox(DOCTOR), red_list=True))
    assert addresses(suggest(at.who, "paul vial")) == []
    assert PHARMACY not in addresses(suggest(at.who, "tilleuls"))
    assert suggest(at.who, "  ") == []


async def test_a_patient_is_suggested_only_after_an_exchange_with_this_mailbox(at: Counter) -> None:
    assert at.mail.drafting.suggest(at.who, ZOE) == []
    await at.from_zoe()
    assert addresses(at.mail.drafting.suggest(at.who, ZOE)) == [PATIENT]
    assert at.mail.drafting.suggest(at.doctor, ZOE) == []


async def test_a_matricule_alone_is_the_address_of_a_patient(at: Counter) -> None:
    assert str(at.mail.drafting.address(f" {ZOE} ")) == PATIENT
    assert str(at.mail.drafting.address("781102a12500908")) == "781102A12500908@patient.mssante.fr"
    with pytest.raises(Invalid, match="15 characters"):
        at.mail.drafting.address("27512632207497")
