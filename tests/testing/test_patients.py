"""The verbs of a patient: sharing, answering, opening, and the refusals that tell their rule."""

from __future__ import annotations

import pytest

from simulator.testing import Refused, Space

pytestmark = pytest.mark.sockets


def test_a_patient_shares_a_prescription_and_the_story_goes_on_to_fin(mssante: Space) -> None:
    zoe, pharmacy = mssante.patient("adrun"), mssante.pharmacy("tilleuls")
    assert [seen.offered for seen in zoe.pharmacies] == [True, False, False]
    zoe.shares(to="tilleuls", documents=[zoe.documents[0].id])
    letter = pharmacy.wait_for(subject="Document de Zoé ADRUN")
    pharmacy.answers(letter, text="C'est prêt.\n", receipt=True)
    opened = zoe.opens(subject="Document de Zoé ADRUN")
    assert opened.contents.text.strip() == "C'est prêt." and str(opened.receipt_to) == pharmacy.address
    pharmacy.wait_for(subject="Accusé de lecture")
    zoe.replies("Merci", subject="Document")
    pharmacy.sends(to=zoe, subject="[FIN]")
    zoe.wait_for(subject_is="[FIN]")
    assert zoe.conversations[0].answerable is None
    with pytest.raises(Refused, match="takes no answer") as refused:
        zoe.replies("Encore", subject="Document")
    assert refused.value.rule == "exchange-is-not-closed"


def test_who_may_not_be_written_to_first_is_told(mssante: Space) -> None:
    with pytest.raises(Refused) as refused:
        mssante.patient("adrun").shares(to="vial", text="Bonjour")
    assert refused.value.rule == "professional-starts-the-exchange"
