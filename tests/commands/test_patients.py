"""``mssim patient``: the whole journey by commands, refusals included."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.testing import Space
from tests.commands.conftest import TILLEULS, Mssim

pytestmark = pytest.mark.sockets
ZOE = "275126322074974"


def test_the_journey_is_played_by_commands(space: Space, mssim: Mssim, tmp_path: Path) -> None:
    photo = tmp_path / "boite.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0")
    assert "ordonnance manuscrite" in mssim("patient", "add", ZOE, str(photo), "--title", "ordonnance manuscrite")
    table = mssim("patient", "documents", ZOE)
    assert "ordonnance manuscrite" in table
    first = json.loads(mssim("patient", "documents", ZOE, "--json"))["items"][-1]["id"]
    assert "* Pharmacie des Tilleuls" in " ".join(mssim("patient", "pharmacies", ZOE).split())
    said = mssim("patient", "send", ZOE, "--to", TILLEULS, "--document", first, "--file", str(photo))
    assert (mssim.status, "Pensez à apporter" in said) == (0, True)
    letter = space.pharmacy("tilleuls").wait_for(subject_is="Document de Zoé ADRUN")
    assert len(letter.attachments) == 2

    space.pharmacy("tilleuls").answers(letter, text="C'est prêt.\n", receipt=True)
    space.wait_until_quiet()
    (received,) = json.loads(mssim("patient", "messages", ZOE, "--json"))["items"]
    number = received["answerable"]
    opened = mssim("patient", "open", ZOE, number)
    assert f"receipt  sent to {TILLEULS}" in opened and "C'est prêt." in opened
    space.pharmacy("tilleuls").wait_for(subject="Accusé de lecture")
    mssim("patient", "reply", ZOE, number, "--body", "Merci")
    assert mssim.status == 0
    assert "yes" in mssim("patient", "messages", ZOE)

    space.pharmacy("tilleuls").sends(to="adrun", subject="[FIN]")
    space.wait_until_quiet()
    mssim("patient", "reply", ZOE, number, "--body", "Encore")
    assert (mssim.status, "takes no answer" in mssim.errors) == (1, True)


def test_who_may_not_be_written_to_is_told_with_the_remedy(mssim: Mssim) -> None:
    mssim("patient", "send", ZOE, "--to", "paul.vial@medecin.mssante.fr")
    assert mssim.status == 1
    assert "has not written to this patient" in mssim.errors
    assert "wait for the professional's first" in mssim.errors.lower()


def test_patients_are_listed_and_a_wrong_matricule_is_told(mssim: Mssim) -> None:
    assert "Zoé ADRUN" in mssim("patient", "ls")
    mssim("patient", "documents", "275126322074975")
    assert "did you mean 275126322074974" in mssim.errors.lower()


def test_an_attached_file_is_kept(space: Space, mssim: Mssim) -> None:
    space.doctor("vial").sends(to="adrun", subject="CR", attach=("cr.pdf", b"%PDF-1.7"))
    space.wait_until_quiet()
    (conversation,) = json.loads(mssim("patient", "messages", ZOE, "--json"))["items"]
    kept = mssim("patient", "save", ZOE, conversation["id"], "0")
    assert kept.startswith("cr is document d")
    mssim("patient", "save", ZOE, conversation["id"], "7")
    assert mssim.status == 1
