"""Letters on demand by API: files that our own reader finds sound, and letters that really travel."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import httpx
import pytest

from simulator.model.document import LETTERS
from simulator.xdm import open_archive, open_cda
from tests.web.conftest import DOCTOR, ISABELLE, TEAM, problem

pytestmark = [pytest.mark.sockets]
ZOE = "275126322074974"
PRESCRIPTION = {"kind": "prescription", "patient": ZOE, "author": DOCTOR}


async def test_every_kind_is_told(web: httpx.AsyncClient) -> None:
    items = (await web.get("/api/letters")).json()["items"]
    assert tuple(item["name"] for item in items) == LETTERS
    assert items[0] == {"name": "prescription", "code": "57833-6", "title": "Ordonnance", "structured": True}


async def test_a_letter_is_made_in_every_form_and_is_sound(web: httpx.AsyncClient) -> None:
    forms = {form: (await web.post("/api/letters", json=PRESCRIPTION | {"form": form, "date": "2026-11-02"})).content
             for form in ("pdf", "cda", "xdm", "eml")}
    assert forms["pdf"].startswith(b"%PDF-")
    cda, problems = open_cda(forms["cda"])
    assert not problems and cda is not None and cda.pdf == forms["pdf"]
    opened = open_archive(forms["xdm"])
    assert opened.is_sound and opened.patient is not None and opened.patient.matricule == ZOE
    mail = message_from_bytes(forms["eml"], policy=default)
    assert mail["X-MSS-CODECDA"] == "57833-6" and mail["X-MSS-INS"] == "O"


async def test_the_same_seed_makes_the_same_letter_and_another_makes_another(web: httpx.AsyncClient) -> None:
    wanted = PRESCRIPTION | {"date": "2026-11-02"}
    first, again, other = [(await web.post("/api/letters", json=wanted | {"seed": seed})).content for seed in (1, 1, 2)]
    assert first == again != other


async def test_a_letter_is_sent_and_arrives_with_its_archive(web: httpx.AsyncClient) -> None:
    sent = (await web.post("/api/letters/send", json=PRESCRIPTION | {"to": [TEAM], "structured": True})).json()
    assert sent["subject"].startswith("XDM/1.0/DDM+Prescription de produits de santé ADRUN Zoe")
    asked = {"mailbox": TEAM, "attachment": "IHE_XDM"}
    (arrived,) = (await web.get("/api/messages/wait", params=asked)).json()["items"]
    assert arrived["message_id"] == sent["message_id"]


async def test_a_team_writes_in_the_name_of_whoever_is_responsible(web: httpx.AsyncClient) -> None:
    made = await web.post("/api/letters", json={"kind": "dispensing", "patient": ZOE, "author": TEAM, "form": "cda"})
    cda, _ = open_cda(made.content)
    assert cda is not None and "FONTAINE" in cda.author.upper()


async def test_what_cannot_be_made_is_told(web: httpx.AsyncClient) -> None:
    told = problem(await web.post("/api/letters", json=PRESCRIPTION | {"kind": "prescripton"}), 404, "not-found")
    assert "prescription" in told["remedy"]
    problem(await web.post("/api/letters", json=PRESCRIPTION | {"patient": "1"}), 404, "not-found")
    wanted = {"kind": "vaccination", "patient": ZOE, "author": ISABELLE, "form": "cda", "structured": True}
    problem(await web.post("/api/letters", json=wanted), 422, "invalid")
    problem(await web.post("/api/letters", json=PRESCRIPTION | {"author": f"{ZOE}@patient.mssante.fr"}), 422, "invalid")
    refused = await web.post("/api/letters/send", json=PRESCRIPTION | {"to": ["x@gmail.com"]})
    assert problem(refused, 403, "refused")["rule"] == "recipient-domain-is-listed"
