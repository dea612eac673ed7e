"""Mailboxes: opened with the checks of F3 to F6, suspended, closed, their members (F8)."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest

from simulator.controls.controls import Controls
from simulator.controls.errors import Conflict, ControlError, Invalid, NotFound
from simulator.controls.mailboxes import NewStructure
from simulator.controls.query import Query
from simulator.model.invented import Inventor
from simulator.model.mailbox import Closing, Kind, Status
from simulator.signin import Attempt
from tests.builders import (
    COLLEAGUE,
    DOCTOR,
    LONE_PHARMACIST,
    NURSE,
    PATIENT,
    PHARMACIST,
    PHARMACY,
    SOFTWARE,
    a_letter,
    tls,
)
from tests.controls.conftest import Ruled

INVENTED = Inventor(7)
RPPS, FINESS = INVENTED.rpps(), INVENTED.finess()
NEW = "anne.petit@medecin.mssante.fr"
TEAM = "pharmacie.neuve@pharmacie.bfc.mssante.fr"
PERSON: dict[str, Any] = {"kind": "PER", "address": NEW, "given_name": "Anne", "family_name": "Petit", "rpps": RPPS}
ORG: dict[str, Any] = {
    "kind": "ORG", "address": TEAM, "structure": NewStructure("Pharmacie Neuve", finess=FINESS, sector="SA33"),
    "responsible": PHARMACIST, "members": [PHARMACIST, COLLEAGUE],
}


async def test_a_person_gets_a_mailbox_that_takes_mail_and_signs_in(it: Ruled) -> None:
    box = await it.controls.mailboxes.open(**PERSON, title="Dr", profession="10")
    assert (box.kind, box.operator, box.quota, box.status) == (Kind.PER, "mailiz", 1000, Status.OPEN)
    assert box.owner is not None and box.owner.national_id == f"8{RPPS}"
    assert box.secrets.password and len(box.secrets.totp) == 32
    assert it.controls.mailboxes.get(NEW.upper()) is box
    assert list(it.controls.mailboxes.folders(NEW)) == ["Archive", "Drafts", "INBOX", "Junk", "Sent", "Trash"]
    visit = it.house.visit()
    visit.secured(tls())
    code = pyotp.TOTP(box.secrets.totp).at(it.house.clock.now())
    attempt = Attempt("submission", "127.0.0.1", tls(), "PLAIN", NEW, secret=box.secrets.password + code)
    assert (await visit.sign_in(attempt)).identity is not None
    await it.house.send(visit, NEW, [NURSE], a_letter(NEW))
    await it.controls.messages.wait(Query(mailbox=NURSE, from_=NEW))
    assert it.house.noted("mailbox")[0]["action"] == "opened"


async def test_a_structure_gets_a_mailbox_for_its_team(it: Ruled) -> None:
    box = await it.controls.mailboxes.open(**ORG)
    assert box.structure is not None and box.structure.national_id == f"1{FINESS}" and box.structure.is_pharmacy
    assert [str(m) for m in box.members] == [PHARMACIST, COLLEAGUE]
    assert box.secrets.password == ""
    visit = await it.house.signed_in(COLLEAGUE, TEAM)
    await it.house.send(visit, TEAM, [DOCTOR], a_letter(TEAM))
    await it.controls.messages.wait(Query(mailbox=DOCTOR, from_=TEAM))
    again = await it.controls.mailboxes.open(
        kind="APP", address="lgo@pharmacie.bfc.mssante.fr", structure=f"1{FINESS}", responsible=PHARMACIST)
    assert again.structure == box.structure


async def test_a_practice_belongs_to_its_holder(it: Ruled) -> None:
    box = await it.controls.mailboxes.open(
        kind="CAB", address="cabinet.vial@medecin.mssante.fr", responsible=DOCTOR, members=[NURSE], quota=5,
        red_list=True, description="Cabinet")
    assert box.owner is not None and box.owner.family_name == "Vial"
    assert (str(box.responsible), box.quota, box.red_list, box.description) == (DOCTOR, 5, True, "Cabinet")


async def test_a_wrong_check_digit_is_remarked_and_taken(it: Ruled) -> None:
    wrong = RPPS[:-1] + str((int(RPPS[-1]) + 1) % 10)
    await it.controls.mailboxes.open(**PERSON | {"rpps": wrong})
    assert it.house.noted("remark")[0]["what"] == f"{wrong} has a wrong check digit for an RPPS number"


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"kind": "ORGA"}, Invalid, "did you mean ORG"),
        ({"kind": "PATIENT"}, Invalid, "not a kind of mailbox that can be opened"),
        ({"address": "anne petit"}, Invalid, "is not an address"),
        ({"address": "a@medecins.mssante.fr"}, NotFound, "did you mean medecin.mssante.fr"),
        ({"address": PATIENT}, Invalid, "PER mailboxes do not live in the patient domain"),
        ({"address": "a!b@medecin.mssante.fr"}, Invalid, "a mailbox is named with letters"),
        ({"address": DOCTOR.upper()}, Conflict, f"there is a mailbox {DOCTOR} already, open"),
        ({"given_name": " "}, Invalid, "given_name ' ' is no name"),
        ({"family_name": "Petit, épouse"}, Invalid, "is no name"),
        ({"rpps": None}, Invalid, "tied to one national id \\(F3\\)"),
        ({"adeli": "999999999"}, Invalid, "tied to one national id \\(F3\\)"),
        ({"rpps": "123"}, Invalid, "'123' is not an RPPS number, expected 11 digits"),
        ({"rpps": None, "adeli": "x"}, Invalid, "'x' is not an ADELI number"),
        ({"responsible": DOCTOR}, Invalid, "neither a person in charge nor members"),
        ({"members": [DOCTOR]}, Invalid, "neither a person in charge nor members"),
        ({"structure": "tilleul"}, NotFound, "did you mean tilleuls"),
        ({"totp": "short"}, Invalid, "cannot be read"),
        ({"quota": 0}, Invalid, "leaves no room"),
    ],
)
async def test_a_person_without_what_is_needed_gets_none(
    it: Ruled, change: dict[str, Any], kind: type[ControlError], words: str
) -> None:
    await refused(it.controls, PERSON | change, kind, words)


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"password": "x"}, Invalid, "ORG mailboxes have no password of their own; its members sign in"),
        ({"totp": ""}, Invalid, "no password of their own"),
        ({"structure": None}, Invalid, "belong to a structure \\(F5\\)"),
        ({"structure": NewStructure("P")}, Invalid, "tied to one national number \\(F5\\)"),
        ({"structure": NewStructure("P", finess="1", siret="2")}, Invalid, "one national number"),
        ({"structure": NewStructure("P", siret="2")}, Invalid, "'2' is not a SIRET number"),
        ({"structure": NewStructure("", finess=FINESS)}, Invalid, "is no name for a structure"),
        ({"structure": NewStructure("P", finess="990000010")}, Conflict, "belongs to 'Pharmacie des Tilleuls'"),
        ({"responsible": None}, Invalid, "the person in charge is missing"),
        ({"responsible": "isabelle.fontane@pharmacie.bfc.mssante.fr"}, NotFound, f"did you mean {PHARMACIST}"),
        ({"responsible": PHARMACY}, Invalid, "a mailbox of kind ORG \\(F6\\)"),
        ({"members": []}, Invalid, "used by a team \\(F6\\)"),
        ({"members": [DOCTOR, DOCTOR.upper()]}, Invalid, "named twice"),
        ({"members": [SOFTWARE]}, Invalid, "a member cannot be"),
        ({"kind": "APP"}, Invalid, "APP mailboxes have no members"),
    ],
)
async def test_a_structure_without_what_is_needed_gets_none(
    it: Ruled, change: dict[str, Any], kind: type[ControlError], words: str
) -> None:
    await refused(it.controls, ORG | change, kind, words)


async def refused(controls: Controls, form: dict[str, Any], kind: type[ControlError], words: str) -> None:
    """The form opens nothing."""
    before = controls.mailboxes.list()
    with pytest.raises(kind, match=words):
        await controls.mailboxes.open(**form)
    assert controls.mailboxes.list() == before


async def test_who_is_suspended_cannot_be_in_charge(it: Ruled) -> None:
    await it.controls.mailboxes.suspend(PHARMACIST)
    await refused(it.controls, ORG, Conflict, "which is suspended")


async def test_a_mailbox_is_suspended_closed_and_opened_again(it: Ruled) -> None:
    boxes = it.controls.mailboxes
    assert (await boxes.suspend(NURSE)).status is Status.SUSPENDED
    visit = await it.house.signed_in(DOCTOR)
    await it.house.send(visit, DOCTOR, [NURSE], a_letter())
    await it.house.outbox.settle()
    assert it.house.inbox(NURSE) == []
    assert (await boxes.reopen(NURSE)).status is Status.OPEN
    assert (await boxes.close(NURSE)).status is Status.CLOSED
    with pytest.raises(Conflict, match="is closed"):
        await boxes.suspend(NURSE)
    assert (await boxes.reopen(NURSE)).status is Status.OPEN
    await boxes.reopen(NURSE)
    assert [e["status"] for e in it.house.noted("mailbox")] == ["suspended", "open", "closed", "open"]
    with pytest.raises(NotFound, match=f"did you mean {NURSE}"):
        await boxes.close("nadia.rou@infirmier.mssante.fr")


async def test_members_come_and_go(it: Ruled) -> None:
    boxes = it.controls.mailboxes
    box = await boxes.add_member(PHARMACY, LONE_PHARMACIST)
    assert str(box.members[-1]) == LONE_PHARMACIST
    await it.house.signed_in(LONE_PHARMACIST, PHARMACY)
    with pytest.raises(Conflict, match="already"):
        await boxes.add_member(PHARMACY, LONE_PHARMACIST.upper())
    for member in (LONE_PHARMACIST, PHARMACIST):
        await boxes.remove_member(PHARMACY, member)
    with pytest.raises(NotFound, match="is no member"):
        await boxes.remove_member(PHARMACY, PHARMACIST)
    with pytest.raises(Conflict, match="the last member"):
        await boxes.remove_member(PHARMACY, COLLEAGUE)
    with pytest.raises(Invalid, match="has no members"):
        await boxes.add_member(DOCTOR, NURSE)


async def test_who_keeps_a_directory_hears_of_every_change(it: Ruled) -> None:
    heard: list[int] = []
    it.house.space.on_mailbox_change(lambda: heard.append(len(it.house.space.mailboxes)))
    count = len(it.controls.mailboxes.list())
    await it.controls.mailboxes.open(**PERSON)
    await it.controls.mailboxes.suspend(NEW)
    await it.controls.states.reset()
    assert heard == [count + 1, count + 1, count]


async def test_a_patient_objects_and_withdraws_the_objection(it: Ruled) -> None:
    boxes = it.controls.mailboxes
    assert (await boxes.oppose(PATIENT)).status is Status.OPPOSED
    assert (await boxes.oppose(PATIENT)).status is Status.OPPOSED, "once is enough"
    for change in (boxes.suspend, boxes.close, boxes.reopen):
        with pytest.raises(Conflict, match="objected to a space"):
            await change(PATIENT)
    assert (await boxes.withdraw_opposition(PATIENT)).status is Status.OPEN
    with pytest.raises(Conflict, match="has not objected"):
        await boxes.withdraw_opposition(PATIENT)
    noted = it.house.noted("mailbox")
    assert [(e["mailbox"], e["status"]) for e in noted] == [(PATIENT, "opposed"), (PATIENT, "open")]
    assert str(noted[0]["story"]).endswith("the patient objected to a space")


async def test_only_a_patient_objects(it: Ruled) -> None:
    with pytest.raises(Invalid, match="no patient's"):
        await it.controls.mailboxes.oppose(DOCTOR)
    with pytest.raises(ValueError, match="no patient's"):
        it.house.space.set_status(it.house.space.mailboxes[DOCTOR].address, Status.OPPOSED)


async def test_a_mailbox_is_made_to_end_exchanges_by_itself(it: Ruled) -> None:
    boxes = it.controls.mailboxes
    box = await boxes.end_exchanges(PHARMACY, every_reply=True, after=60, after_dispensing=True)
    assert box.closing == Closing(True, 60, True)
    assert it.house.noted("mailbox")[-1]["action"] == "changed"
    assert not (await boxes.end_exchanges(PHARMACY)).closing.is_automatic
    for address, wanted, said in (
        (PATIENT, {"every_reply": True}, "is a patient's"),
        (DOCTOR, {"after": -1.0}, "no time to wait"), (DOCTOR, {"after": float("nan")}, "no time to wait"),
        (DOCTOR, {"after_dispensing": True}, "belongs to no pharmacy"),
    ):
        with pytest.raises(Invalid, match=said):
            await boxes.end_exchanges(address, **wanted)
