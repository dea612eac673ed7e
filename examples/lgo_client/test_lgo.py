"""What the pharmacy's software does, tried in a trust space of its own.

``mssante_space`` comes from the simulator's pytest plugin: operators, mailboxes and patients that exist only during the
test. Isabelle works at the Pharmacie des Tilleuls. Zoé Adrun had medicines there, so she may write to it first; Ange
Castelli may not. Paul Vial is a doctor, whose mailbox is at another operator.
"""

from __future__ import annotations

import smtplib

import pytest

from lgo import Door, Lgo
from simulator.testing import Refused, Space


@pytest.fixture
def lgo(mssante_space: Space) -> Lgo:
    """The software, signed in as Isabelle at the team's mailbox."""
    imap = mssante_space.imap("tilleuls", as_="isabelle")
    smtp = mssante_space.smtp("tilleuls", as_="isabelle")
    return Lgo(
        mssante_space.pharmacy("tilleuls").address,
        reading=Door(imap.host, imap.port, imap.user, lambda: imap.password, imap.ssl_context),
        sending=Door(smtp.host, smtp.port, smtp.user, lambda: smtp.password, smtp.ssl_context),
    )


def test_a_patients_question_is_read_once(lgo: Lgo, mssante_space: Space) -> None:
    zoe, tilleuls = mssante_space.patient("adrun"), mssante_space.pharmacy("tilleuls")

    zoe.writes_to("tilleuls", subject="Mon traitement", text="Puis-je le prendre le soir ?")
    tilleuls.wait_for(subject="Mon traitement", sender=zoe)

    [question] = lgo.unread()
    assert "le soir" in question.get_content()
    assert lgo.unread() == []


def test_a_doctors_prescription_comes_with_its_attachment(lgo: Lgo, mssante_space: Space) -> None:
    mssante_space.doctor("vial").sends(
        to="tilleuls", subject="Ordonnance", text="Bonjour, ci-joint.", attach=("ordonnance.pdf", b"%PDF-1.7")
    )
    mssante_space.pharmacy("tilleuls").wait_for(attachment="ordonnance.pdf")

    [letter] = lgo.unread()
    assert [part.get_filename() for part in letter.iter_attachments()] == ["ordonnance.pdf"]


def test_the_answer_reaches_the_patient_and_asks_for_a_receipt(lgo: Lgo, mssante_space: Space) -> None:
    zoe, tilleuls = mssante_space.patient("adrun"), mssante_space.pharmacy("tilleuls")
    sent = zoe.writes_to("tilleuls", subject="Mon traitement", text="Puis-je le prendre le soir ?")
    tilleuls.wait_for(subject="Mon traitement")

    [question] = lgo.unread()
    lgo.answer(question, "Oui, au coucher.", receipt=True)

    answer = zoe.wait_for(subject="Re: Mon traitement", sender="tilleuls")
    assert answer.text.strip() == "Oui, au coucher."
    assert answer.header("In-Reply-To") == sent["Message-ID"]
    assert answer.asks_a_receipt()


def test_after_fin_the_patient_answers_no_more(lgo: Lgo, mssante_space: Space) -> None:
    ange, tilleuls = mssante_space.patient("castelli"), mssante_space.pharmacy("tilleuls")
    tilleuls.sends(to=ange, subject="Votre commande", text="Elle est prête.")
    ange.answers(ange.wait_for(subject="Votre commande"), text="Merci, je passe ce soir.")
    tilleuls.wait_for(subject="Re: Votre commande")

    [thanks] = lgo.unread()
    lgo.end_exchange(thanks)
    closing = ange.wait_for(subject_is="[FIN]")

    with pytest.raises(Refused) as refused:
        ange.answers(closing, text="Encore une question…")
    assert refused.value.rule == "exchange-is-not-closed"


def test_a_letter_that_leaves_the_trust_space_is_refused(lgo: Lgo, mssante_space: Space) -> None:
    zoe = mssante_space.patient("adrun")
    zoe.writes_to("tilleuls", subject="Une question")
    mssante_space.pharmacy("tilleuls").wait_for(subject="Une question")
    [question] = lgo.unread()
    question.replace_header("From", "zoe.adrun@courriel.example")

    with pytest.raises(smtplib.SMTPRecipientsRefused, match="not on the whitelist"):
        lgo.answer(question, "Bonjour")
    assert [refusal.rule for refusal in mssante_space.refusals()] == ["recipient-domain-is-listed"]


def test_the_one_time_code_is_asked_for_again_a_month_later(lgo: Lgo, mssante_space: Space) -> None:
    assert lgo.unread() == []
    mssante_space.advance(days=30)
    assert lgo.unread() == []
