"""The section Documents: what is there from the start, what the patient adds, and what is not taken."""

from __future__ import annotations

import pytest

from simulator.controls.errors import Conflict, Invalid, NotFound
from simulator.model.document import DOCUMENT_LIMIT
from tests.controls.patients.conftest import CLOSED, ZOE, Space


async def test_configured_letters_are_there_newest_act_first(mes: Space) -> None:
    found = await mes.patients.documents.list(ZOE)
    assert [d.about.title for d in found] == ["Prescription", "Consultation", "Referral", "Vaccination"]
    assert found[0].kind == "Prescription de produits de santé"
    document, content = await mes.patients.documents.get(ZOE, found[0].id)
    assert content.startswith(b"%PDF") and len(content) == document.size


async def test_a_patient_adds_a_file_and_takes_it_out_again(mes: Space) -> None:
    documents = mes.patients.documents
    added = await documents.add(ZOE, name="C:\\Photos\\ordonnance.JPG", content=b"\xff\xd8\xff", title="Ma photo")
    assert (added.about.name, added.type, added.about.title, added.about.source) == (
        "ordonnance.JPG", "image/jpeg", "Ma photo", "patient")
    assert (await documents.list(ZOE))[0].id == added.id
    assert (await documents.get(ZOE, added.id))[1] == b"\xff\xd8\xff"
    await documents.remove(ZOE, added.id)
    with pytest.raises(NotFound, match="there are: c0"):
        await documents.get(ZOE, added.id)


async def test_what_a_professional_put_there_stays(mes: Space) -> None:
    with pytest.raises(Conflict, match="put there by a professional"):
        await mes.patients.documents.remove(ZOE, "c0")


@pytest.mark.parametrize(("name", "content", "told"), [
    ("virus.exe", b"MZ", "cannot be a document"),
    ("photo.png", b"\x89PNG", "cannot be a document"),
    ("vide.pdf", b"", "0 octets"),
    ("gros.pdf", b"x" * (DOCUMENT_LIMIT + 1), "octets"),
])
async def test_a_file_of_another_type_or_size_is_not_taken(mes: Space, name: str, content: bytes, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        await mes.patients.documents.add(ZOE, name=name, content=content)


async def test_the_largest_file_is_taken(mes: Space) -> None:
    added = await mes.patients.documents.add(ZOE, name="plein.pdf", content=b"x" * DOCUMENT_LIMIT)
    assert added.size == DOCUMENT_LIMIT


async def test_nothing_is_added_to_a_closed_space_or_under_an_unknown_kind(mes: Space) -> None:
    with pytest.raises(Conflict):
        await mes.patients.documents.add(CLOSED, name="a.pdf", content=b"x")
    with pytest.raises(Invalid, match="no type of document"):
        await mes.patients.documents.add(ZOE, name="a.pdf", content=b"x", code="99999-9")


async def test_documents_follow_a_snapshot_and_a_reset(mes: Space) -> None:
    states = mes.it.controls.states
    await mes.patients.documents.add(ZOE, name="a.pdf", content=b"kept")
    await states.snapshot("with")
    await states.reset()
    assert [d.about.source for d in await mes.patients.documents.list(ZOE)] == ["configuration"] * 4
    await states.restore("with")
    added = next(d for d in await mes.patients.documents.list(ZOE) if d.about.source == "patient")
    assert (await mes.patients.documents.get(ZOE, added.id))[1] == b"kept"
