"""Documents repeat exactly, tell one story, and their archives are what the reader finds sound."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from simulator import letters
from simulator.letters.document import SOURCE_ID, invented_oid
from simulator.model.mailbox import Patient
from simulator.xdm import open_archive
from tests.letters.samples import (
    CHU,
    NAMES,
    NOW,
    ODETTE,
    PATIENTS,
    TILLEULS,
    TOM,
    VIAL,
    ZOE,
    a_document,
    a_fresh_document,
)


@pytest.mark.parametrize("kind", NAMES)
def test_the_same_arguments_give_the_same_octets(kind: str) -> None:
    one, other = a_document(kind), a_fresh_document(kind)
    assert one.pdf == other.pdf
    for form in one.forms:
        assert one.cda(form) == other.cda(form)
        assert one.archive(form) == other.archive(form)


@pytest.mark.parametrize("kind", ["prescription", "vaccination"])
def test_other_seeds_patients_and_days_give_other_documents(kind: str) -> None:
    made = [a_document(kind), a_document(kind, seed=2), a_document(kind, ODETTE)]
    made.append(letters.compose(kind, patient=ZOE, author=VIAL, now=NOW.replace(day=3)))
    assert len({document.n1 for document in made}) == len(made)
    assert len({document.enclosed().unique_id for document in made}) == len(made)


def test_seeds_tell_different_stories() -> None:
    assert len({a_document("consultation", seed=seed).summary for seed in range(20)}) >= 5


@pytest.mark.parametrize("seed", range(5))
def test_what_is_prescribed_is_what_is_dispensed(seed: int) -> None:
    prescribed = a_document("prescription", seed=seed).content.treatments
    dispensed = [line.treatment for line in a_document("dispensing", seed=seed).content.delivered]
    assert list(prescribed) == dispensed
    assert a_document("prescription", seed=seed).summary == a_document("referral", seed=seed).summary


@pytest.mark.parametrize("patient", PATIENTS, ids=lambda patient: patient.family_name)
@pytest.mark.parametrize("kind", NAMES)
def test_archives_are_sound_and_their_ins_is_qualified(kind: str, patient: Patient) -> None:
    document = a_document(kind, patient)
    for form in document.forms:
        opened = open_archive(document.archive(form))
        assert opened.problems == ()
        assert opened.ins_is_qualified
        (inside,) = opened.documents
        assert (inside.code.code, inside.title) == (document.code, document.title)
        assert inside.cda is not None and inside.cda.level == int(form[1])
        assert inside.created == document.written
        assert opened.patient is not None
        assert opened.patient.matricule == document.case.subject.identity.matricule


def test_several_documents_of_one_patient_share_an_archive() -> None:
    made = [a_document("prescription"), a_document("referral"), a_document("dispensing")]
    opened = open_archive(letters.archive(made, "n3"))
    assert opened.problems == ()
    assert [cda.code.code for cda in opened.cdas] == ["57833-6", "96349-6", "60593-1"]
    assert [cda.level for cda in opened.cdas] == [3, 1, 3]


def test_an_archive_is_about_one_patient() -> None:
    with pytest.raises(ValueError, match="documents of one patient"):
        letters.archive([a_document("referral"), a_document("referral", TOM)])
    with pytest.raises(ValueError, match="at least one document"):
        letters.archive([])


def test_a_kind_without_a_model_has_no_structured_form() -> None:
    document = a_document("referral")
    assert document.forms == ("n1",)
    with pytest.raises(ValueError, match="referral has no structured form"):
        document.cda("n3")


def test_the_file_name_follows_the_rule() -> None:
    assert a_document("prescription").file_name == "20261102_Ordonnance_ADRUN_ZOE.pdf"
    assert a_document("referral").file_name == "20261102_Lettre d'adressage_ADRUN_ZOE.pdf"


def test_the_facility_is_the_structure_of_the_author() -> None:
    hospital = letters.compose("discharge", patient=ZOE, author=VIAL, structure=CHU, now=NOW).enclosed()
    assert (hospital.facility.code, hospital.practice.code) == ("SA01", "ETABLISSEMENT")
    town = a_document("prescription").enclosed()
    assert (town.facility.code, town.practice.code) == ("SA07", "AMBULATOIRE")


def test_the_prescriber_may_be_named() -> None:
    document = letters.compose("dispensing", patient=ZOE, author=VIAL, structure=TILLEULS, now=NOW,
                               prescriber="Dr Paul VIAL")
    assert "Dr Paul VIAL" in str(document.content)


def test_a_patient_without_birth_date_is_not_qualified() -> None:
    document = letters.compose("referral", patient=replace(ZOE, birth_date=""), author=VIAL, now=NOW)
    opened = open_archive(document.archive())
    assert not opened.ins_is_qualified
    assert opened.is_sound


def test_invented_oids_are_uuid_oids() -> None:
    assert invented_oid("a") == invented_oid("a") != invented_oid("b")
    for oid in (invented_oid("a"), SOURCE_ID):
        assert oid.startswith("2.25.")
        assert int(oid.removeprefix("2.25.")) < 2**128


def test_composing_loads_no_heavy_library() -> None:
    script = """
import sys
from simulator import letters
from tests.letters.samples import NOW, VIAL, ZOE
document = letters.compose("prescription", patient=ZOE, author=VIAL, now=NOW)
document.title, document.file_name, document.content
loaded = {"lxml", "fpdf", "PIL", "fontTools"} & set(sys.modules)
sys.exit(f"loaded {loaded}" if loaded else 0)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
