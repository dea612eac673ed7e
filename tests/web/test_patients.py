"""The patient's side of the API, over the real wires: three steps, answer, receipt, [FIN], keeping what came."""

from __future__ import annotations

import base64
import re
from email import message_from_string
from email.policy import default
from pathlib import Path

import httpx
import pytest

import simulator.xdm
from simulator.app import Simulator
from simulator.model.address import Address
from simulator.model.mailbox import Factor, Identity
from simulator.web.shapes.archives import PLAIN
from tests.web.conftest import DOCTOR, TEAM
from tests.xdm import samples

ZOE = "275126322074974"
PATIENT = f"{ZOE}@patient.mssante.fr"


async def professional_writes(sim: Simulator, author: str, subject: str, *more: str) -> None:
    """A message reaches Zoé from another operator, over mutual TLS."""
    box = sim.space.mailboxes[author]
    account = sim.space.mailboxes["isabelle.fontaine@pharmacie.bfc.mssante.fr"] if author == TEAM else box
    body = "\r\n".join([f"From: {author}", f"To: {PATIENT}", f"Subject: {subject}",
                        f"Message-ID: <{abs(hash((subject, more)))}@x>", *more, "", "Bonjour.", ""]).encode()
    identity = Identity(box, account, frozenset({Factor.PASSWORD, Factor.ONE_TIME_CODE}))
    await sim.controls.sending.send(identity, [Address.parse(PATIENT)], body)
    await sim.settle()


async def test_the_profile_tells_identity_and_state(web: httpx.AsyncClient) -> None:
    everybody = (await web.get("/api/patients")).json()["items"]
    assert {one["state"] for one in everybody} >= {"open", "not activated", "closed"}
    zoe = (await web.get(f"/api/patients/{ZOE}")).json()
    assert (zoe["name"], zoe["birth_name"], zoe["given_names"], zoe["sex"], zoe["birth_place"], zoe["oid"]) == (
        "Zoé ADRUN", "ADRUN", "ZOE", "F", "63220", "1.2.250.1.213.1.4.10")
    missing = await web.get("/api/patients/275126322074975")
    assert missing.status_code == 404 and "did you mean 275126322074974" in missing.json()["remedy"]


async def test_the_three_steps_by_api_reach_the_pharmacy(sim: Simulator, web: httpx.AsyncClient) -> None:
    documents = (await web.get(f"/api/patients/{ZOE}/documents")).json()["items"]
    pharmacies = (await web.get(f"/api/patients/{ZOE}/pharmacies")).json()["items"]
    chosen = next(pharmacy for pharmacy in pharmacies if pharmacy["offered"])
    assert chosen["mailbox"] == TEAM and all(p["reason"] for p in pharmacies)
    draft = (await web.get(f"/api/patients/{ZOE}/draft", params={"to": TEAM, "documents": documents[0]["id"]})).json()
    sent = await web.post(f"/api/patients/{ZOE}/messages", json={
        "to": TEAM, "documents": [documents[0]["id"]], "body": draft["body"] + "\nP.-S. je passe à 18 h."})
    assert sent.status_code == 201, sent.text
    assert sent.json()["reminder"]
    found = (await web.get("/api/messages/wait", params={"mailbox": TEAM, "subject": draft["subject"]})).json()
    (received,) = found["items"]
    assert received["from"] == f"Zoé ADRUN <{PATIENT}>"
    assert "je passe à 18 h" in received["text"]
    assert [one["name"] for one in received["attachments"]] == [documents[0]["name"]]
    trace = (await web.get(f"/api/messages/{received['id']}/raw")).text
    assert "client certificate good" in trace, "it crossed between operators over mutual TLS"


async def test_the_proposal_counts_files_of_the_device_too(web: httpx.AsyncClient) -> None:
    draft = (await web.get(f"/api/patients/{ZOE}/draft", params={"to": TEAM, "documents": "c0", "files": 2})).json()
    assert "les 3 documents ci-joints" in draft["body"] and draft["reminder"]
    question = (await web.get(f"/api/patients/{ZOE}/draft", params={"to": TEAM})).json()
    assert question["subject"].startswith("Question") and not question["reminder"]


async def test_an_archive_is_told_in_plain_words_and_its_documents_are_read(
    sim: Simulator, web: httpx.AsyncClient
) -> None:
    packed = base64.encodebytes(samples.archive(samples.enclosed(samples.LEVEL_3))).decode().splitlines()
    await professional_writes(sim, DOCTOR, "Archive", "MIME-Version: 1.0",
                              'Content-Type: application/zip; name="IHE_XDM.zip"', "Content-Transfer-Encoding: base64",
                              "", *packed)
    (message,) = (await web.get(f"/api/patients/{ZOE}/messages")).json()["items"]
    base = f"/api/patients/{ZOE}/messages/{message['id']}/files/0/archive"
    shown = (await web.get(base)).json()
    assert (shown["patient"], shown["matricule"]) == ("MARIE DURAND", samples.PATIENT.matricule)
    assert len(shown["plain"]) <= len(shown["problems"])
    read = await web.get(f"{base}/0")
    assert "Toux et fièvre." in read.text and read.headers["content-disposition"].startswith("attachment")
    assert (await web.get(f"{base}/7")).status_code == 404


def test_every_problem_of_an_archive_has_plain_words() -> None:
    written = "".join(path.read_text() for path in Path(simulator.xdm.__file__).parent.glob("*.py"))
    names = set(re.findall(r'(?:Problem|wrong|NotTaken)\(\s*"([a-z-]+)"', written))
    assert len(names) > 20
    assert names <= PLAIN.keys()


async def test_a_doctor_is_not_written_to_first_and_the_refusal_explains_itself(web: httpx.AsyncClient) -> None:
    refused = await web.post(f"/api/patients/{ZOE}/messages", json={"to": DOCTOR})
    problem = refused.json()
    assert (refused.status_code, problem["rule"]) == (403, "professional-starts-the-exchange")
    assert problem["french"].startswith("Seul un professionnel peut initier l'échange")
    told = (await web.get(problem["explain"])).json()
    assert told["rule"] == "professional-starts-the-exchange"


async def test_opening_gives_the_receipt_and_fin_takes_the_answer(sim: Simulator, web: httpx.AsyncClient) -> None:
    await professional_writes(sim, TEAM, "Votre ordonnance", f"Disposition-Notification-To: {TEAM}")
    (message,) = (await web.get(f"/api/patients/{ZOE}/messages")).json()["items"]
    assert message["asks_receipt"] and not message["opened"] and message["can_answer"]
    opened = (await web.post(f"/api/patients/{ZOE}/messages/{message['id']}/open")).json()
    assert (opened["receipt_to"], opened["opened"], opened["text"].strip()) == (TEAM, True, "Bonjour.")
    again = (await web.post(f"/api/patients/{ZOE}/messages/{message['id']}/open")).json()
    assert again["receipt_to"] is None
    receipts = (await web.get("/api/messages/wait", params={"mailbox": TEAM, "subject": "Accusé de lecture"})).json()
    raw = (await web.get(f"/api/messages/{receipts['items'][0]['id']}/raw")).text
    assert message_from_string(raw, policy=default).get_param("report-type") == "disposition-notification"

    answer = await web.post(f"/api/patients/{ZOE}/messages", json={"in_reply_to": message["id"], "body": "Merci"})
    assert answer.status_code == 201
    await professional_writes(sim, TEAM, "[FIN]")
    conversation = (await web.get(f"/api/patients/{ZOE}/conversations")).json()["items"][0]
    assert (conversation["ended_by"], conversation["answerable"]) == ("Pharmacie des Tilleuls", None)
    late = await web.post(f"/api/patients/{ZOE}/messages", json={"in_reply_to": message["id"], "body": "Encore"})
    assert (late.status_code, late.json()["rule"]) == (403, "exchange-is-not-closed")


async def test_html_of_a_letter_is_shown_without_what_could_act(sim: Simulator, web: httpx.AsyncClient) -> None:
    page = ('<p onclick="steal()">Bonjour <b>Zoé</b></p><script>steal()</script><img src="http://spy.example/x.png">'
            '<a href="javascript:steal()">lien</a><iframe src="http://spy.example"></iframe><style>@import "x"</style>'
            '<form action="http://spy.example"><input></form><svg onload=steal()></svg>')
    await professional_writes(sim, DOCTOR, "Page", "MIME-Version: 1.0",
                              "Content-Type: multipart/alternative; boundary=b", "", "--b",
                              "Content-Type: text/html; charset=utf-8", "", page, "--b--")
    (message,) = (await web.get(f"/api/patients/{ZOE}/messages")).json()["items"]
    shown = await web.get(f"/api/patients/{ZOE}/messages/{message['id']}/html")
    assert "Bonjour <b>Zoé</b>" in shown.text
    for hostile in ("steal", "spy.example", "<script", "<iframe", "<form", "<img", "@import", "<svg"):
        assert hostile not in shown.text
    assert shown.headers["content-security-policy"].startswith("sandbox")
    assert shown.headers["x-frame-options"] == "SAMEORIGIN"


async def test_documents_are_added_fetched_and_removed(web: httpx.AsyncClient) -> None:
    content = base64.b64encode(b"\xff\xd8\xff\xe0photo").decode()
    added = await web.post(f"/api/patients/{ZOE}/documents", json={
        "name": "ordonnance.jpg", "content": content, "title": "Ma photo"})
    assert added.status_code == 201
    url = f"/api/patients/{ZOE}/documents/{added.json()['id']}"
    shown = await web.get(url, params={"inline": True})
    assert (shown.content, shown.headers["content-type"]) == (b"\xff\xd8\xff\xe0photo", "image/jpeg")
    saved = await web.get(url)
    assert saved.headers["content-disposition"] == "attachment; filename*=UTF-8''ordonnance.jpg"
    assert (await web.delete(url)).status_code == 204
    assert (await web.get(url)).status_code == 404


@pytest.mark.parametrize(("name", "kind"), [("a.html", "text/html"), ("a.svg", "image/svg+xml")])
async def test_a_file_that_could_act_is_only_saved(
    sim: Simulator, web: httpx.AsyncClient, name: str, kind: str
) -> None:
    await professional_writes(sim, DOCTOR, "Fichier", "MIME-Version: 1.0", f'Content-Type: {kind}; name="{name}"')
    (message,) = (await web.get(f"/api/patients/{ZOE}/messages")).json()["items"]
    file = await web.get(f"/api/patients/{ZOE}/messages/{message['id']}/files/0", params={"inline": True})
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["content-disposition"].startswith("attachment")
    assert file.headers["content-security-policy"].endswith("sandbox")


async def test_a_space_that_was_never_opened_is_activated_by_its_holder(web: httpx.AsyncClient) -> None:
    ins = "285029999900279"
    closed = await web.post(f"/api/patients/{ins}/messages", json={"to": TEAM})
    assert closed.status_code == 409
    assert (await web.post(f"/api/patients/{ins}/activate")).json()["state"] == "open"


async def test_an_opposition_is_recorded_respected_and_withdrawn(sim: Simulator, web: httpx.AsyncClient) -> None:
    opposed = (await web.put(f"/api/patients/{ZOE}/opposition")).json()
    assert opposed["state"] == "opposed"
    assert (await web.post(f"/api/patients/{ZOE}/messages", json={"to": TEAM})).status_code == 409
    await professional_writes(sim, DOCTOR, "Bonjour")
    notice = (await web.get("/api/messages/wait", params={"mailbox": DOCTOR, "subject": "Message non distribu"})).json()
    assert "opposition" in notice["items"][0]["text"]
    assert (await web.delete(f"/api/patients/{ZOE}/opposition")).json()["state"] == "open"
    assert (await web.delete(f"/api/patients/{ZOE}/opposition")).status_code == 409


async def test_a_dispensing_ends_the_exchange_where_the_pharmacy_says_so(
    sim: Simulator, web: httpx.AsyncClient
) -> None:
    told = await web.put(f"/api/mailboxes/{TEAM}/closing", json={"after_dispensing": True})
    assert told.json()["closing"] == {"every_reply": False, "after": None, "after_dispensing": True}
    await web.post(f"/api/patients/{ZOE}/messages", json={"to": TEAM, "body": "Avez-vous ce médicament ?"})
    await professional_writes(sim, TEAM, "Oui")
    assert (await web.post(f"/api/patients/{ZOE}/dispensings", json={"structure": "tilleuls"})).status_code == 201
    await sim.settle()
    closed = (await web.get(f"/api/patients/{ZOE}/conversations")).json()["items"]
    assert {one["state"] for one in closed} == {"closed"}
    assert all(one["answerable"] is None for one in closed)


async def test_configured_documents_are_real_letters(web: httpx.AsyncClient) -> None:
    documents = (await web.get(f"/api/patients/{ZOE}/documents")).json()["items"]
    assert [one["code"] for one in documents] == ["57833-6", "11488-4", "96349-6", "87273-9"]
    assert documents[0]["author"] == "Dr Paul VIAL"
    for one in documents:
        file = (await web.get(f"/api/patients/{ZOE}/documents/{one['id']}")).content
        assert file.startswith(b"%PDF-") and len(file) == one["size"]
