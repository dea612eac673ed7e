"""Ready-made letters in tests: sent by name of kind and patient, read with what their archive holds."""

from __future__ import annotations

import pytest

from simulator.testing import Space

pytestmark = pytest.mark.sockets


def test_a_prescription_is_sent_by_its_name(mssante: Space) -> None:
    sent = mssante.doctor("vial").sends(to="tilleuls", letter="prescription", patient="adrun")
    letter = mssante.pharmacy("tilleuls").wait_for(subject="XDM/1.0/DDM+Prescription")
    assert letter.message_id == sent["Message-ID"]
    assert letter.header("X-MSS-CODECDA") == "57833-6"
    assert letter.header("X-MSS-INS") == "O"
    assert letter.archive is not None
    assert letter.archive.problems == ()
    assert letter.archive.patient is not None and letter.archive.patient.birth_name == "ADRUN"
    document = mssante.doctor("vial").document("prescription", patient="adrun")
    assert document.file_name in letter.attachments
    assert letter.text.startswith("Bonjour,")


def test_a_team_sends_a_structured_document_to_a_patient(mssante: Space) -> None:
    tilleuls = mssante.pharmacy("tilleuls")
    tilleuls.sends(to="adrun", letter="dispensing", patient=mssante.patient("adrun"), seed=4, form="n3", receipt=True)
    letter = mssante.patient("adrun").wait_for(subject="Dispensation")
    assert letter.archive is not None
    assert [cda.level for cda in letter.archive.cdas] == [3]
    assert letter.archive.cdas[0].author == "Isabelle FONTAINE"
    assert letter.asks_a_receipt()


def test_subject_text_and_attachments_may_be_ones_own(mssante: Space) -> None:
    mssante.doctor("vial").sends(
        to="tilleuls", cc="roux", letter="referral", patient="petit", form="pdf", subject="À voir", text="Merci.\n",
        attach=("radio.txt", "x"),
    )
    letter = mssante.pharmacy("tilleuls").wait_for(subject_is="À voir")
    assert letter.text.strip() == "Merci."
    assert letter.archive is None
    assert [name.rpartition("_")[2] for name in letter.attachments] == ["TOM.pdf", "radio.txt"]
    mssante.nurse("roux").wait_for(subject_is="À voir")


def test_a_subject_may_be_left_out(mssante: Space) -> None:
    mssante.doctor("vial").sends(to="tilleuls", letter="referral", patient="adrun", subject=None)
    assert mssante.pharmacy("tilleuls").wait_for(sender="vial").subject == ""


def test_documents_are_made_without_sending(mssante: Space) -> None:
    vial = mssante.doctor("vial")
    document = vial.document("consultation", patient="adrun", seed=2)
    assert document.pdf.startswith(b"%PDF")
    assert document.author == "Dr Paul VIAL"
    assert vial.document("consultation").case.subject.family_name == "ADRUN"
    assert mssante.pharmacy("tilleuls").document("interview").author == "Mme Isabelle FONTAINE"


def test_who_is_no_professional_writes_no_document(mssante: Space) -> None:
    with pytest.raises(ValueError, match="is no professional's mailbox"):
        mssante.patient("adrun").document("prescription")
    with pytest.raises(ValueError, match="did you mean prescription"):
        mssante.doctor("vial").sends(to="tilleuls", letter="prescripton")
