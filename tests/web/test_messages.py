"""Messages over HTTP: look, wait, take, put in, remove."""

from __future__ import annotations

import asyncio
import base64
from email import message_from_bytes, policy

import httpx
import pytest

from simulator.app import Simulator
from tests.web.conftest import DOCTOR, TEAM, letter, problem

pytestmark = [pytest.mark.sockets]


async def test_a_letter_is_put_in_and_looked_at(web: httpx.AsyncClient) -> None:
    put = await letter(web, "Réponse à votre demande")
    found = (await web.get("/api/messages", params={"mailbox": TEAM, "from": "paul.vial"})).json()
    assert [item["id"] for item in found["items"]] == [put["id"]]
    one = (await web.get(f"/api/messages/{put['id']}")).json()
    assert one["subject"] == "Réponse à votre demande" and one["text"].strip() == "L'ordonnance suit."
    assert one["mailbox"] == TEAM and one["folder"] == "INBOX" and one["to"] == [TEAM] and one["raw"] is None
    assert {"name": "Subject", "value": "Réponse à votre demande"} in one["headers"]
    raw = await web.get(f"/api/messages/{put['id']}/raw")
    assert raw.headers["content-type"] == "message/rfc822" and raw.headers["content-disposition"].startswith("attach")
    parsed = message_from_bytes(raw.content, policy=policy.default)
    assert parsed["From"] == DOCTOR and parsed["Message-ID"] and b"\r\n" in raw.content


async def test_bytes_are_put_in_as_they_are(web: httpx.AsyncClient) -> None:
    raw = b"From: a@b.fr\r\nSubject: Tel quel\r\nX-MSS-MES: FIN\r\n\r\n\xff\xfe octets\r\n"
    given = {"mailbox": DOCTOR, "raw": base64.b64encode(raw).decode(), "folder": "Archive", "flags": ["\\Seen", "lu"]}
    put = (await web.post("/api/messages", json=given)).json()
    assert put["folder"] == "Archive" and set(put["flags"]) >= {"\\Seen", "lu"}
    assert (await web.get(f"/api/messages/{put['id']}/raw")).content == raw
    found = await web.get("/api/messages", params={"header": "X-MSS-MES: FIN", "unseen": False, "folder": "Archive"})
    assert [item["id"] for item in found.json()["items"]] == [put["id"]]


async def test_a_page_leads_to_the_next(web: httpx.AsyncClient) -> None:
    put = [(await letter(web, f"Lettre {n}"))["id"] for n in range(5)]
    seen: list[str] = []
    asked: dict[str, str | int] = {"mailbox": TEAM, "limit": 2}
    for name in ("after", "since", "after"):
        page = (await web.get("/api/messages", params=asked)).json()
        seen += [item["id"] for item in page["items"]]
        asked = {"mailbox": TEAM, "limit": 2, name: page["cursor"]}
    assert seen == put
    late = await letter(web, "Tardive")
    assert [item["id"] for item in (await web.get("/api/messages", params=asked)).json()["items"]] == [late["id"]]


async def test_what_is_there_is_not_waited_for(web: httpx.AsyncClient) -> None:
    put = await letter(web)
    answer = await web.get("/api/messages/wait", params={"mailbox": TEAM, "subject_is": "Bonjour"})
    assert [item["id"] for item in answer.json()["items"]] == [put["id"]]


async def test_a_wait_is_held_open_until_it_is_true(sim: Simulator, web: httpx.AsyncClient) -> None:
    await letter(web, "Avant")
    before = (await web.get("/api/messages", params={"mailbox": TEAM})).json()["cursor"]
    asked = {"mailbox": TEAM, "after": before, "count": 2, "timeout": 20}
    waiting = asyncio.create_task(web.get("/api/messages/wait", params=asked))
    await letter(web, "Un")
    await letter(web, "Deux")
    assert [item["subject"] for item in (await waiting).json()["items"]] == ["Un", "Deux"]


async def test_a_wait_in_vain_tells_what_came_instead(web: httpx.AsyncClient) -> None:
    put = await letter(web, "Re: Bonjour")
    answer = await web.get("/api/messages/wait", params={"mailbox": TEAM, "subject_is": "Bonjour", "timeout": 0.01})
    told = problem(answer, 408, "timed-out")
    assert [message["id"] for message in told["seen"]] == [put["id"]]
    assert told["nearest"]["id"] == put["id"] and told["nearest"]["why"]


async def test_whoever_leaves_waits_no_longer(sim: Simulator) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", sim.ports["http"])
    begun, ended = asyncio.Event(), asyncio.Event()
    original = sim.controls.messages.wait

    async def watched(*a: object, **k: object) -> object:
        begun.set()
        try:
            return await original(*a, **k)  # type: ignore[arg-type]
        finally:
            ended.set()

    sim.controls.messages.wait = watched  # type: ignore[assignment,method-assign]
    writer.write(b"GET /api/messages/wait?timeout=600 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await begun.wait()
    writer.close()
    async with asyncio.timeout(10):
        await ended.wait()


async def test_nothing_comes(web: httpx.AsyncClient) -> None:
    answer = await web.get("/api/messages/none", params={"mailbox": TEAM, "within": 0.01})
    assert answer.status_code == 204 and not answer.content


async def test_something_comes_after_all(web: httpx.AsyncClient) -> None:
    watching = asyncio.create_task(web.get("/api/messages/none", params={"mailbox": TEAM, "within": 20}))
    put = await letter(web)
    told = problem(await watching, 409, "arrived")
    assert told["message"]["id"] == put["id"]


async def test_a_message_is_taken_once(web: httpx.AsyncClient) -> None:
    asked = {"mailbox": TEAM, "subject": "bonjour", "timeout": 0.01}
    problem(await web.post("/api/messages/take", json=asked), 408, "timed-out")
    put = await letter(web)
    taken = (await web.post("/api/messages/take", json=asked)).json()
    assert taken["id"] == put["id"] and b"Subject: Bonjour" in base64.b64decode(taken["raw"])
    problem(await web.get(f"/api/messages/{put['id']}"), 404, "not-found")


async def test_mail_is_removed(web: httpx.AsyncClient) -> None:
    await letter(web)
    await letter(web, to=DOCTOR)
    assert (await web.delete("/api/messages", params={"mailbox": TEAM})).json() == {"removed": 1}
    assert (await web.delete("/api/messages")).json() == {"removed": 1}


async def test_mistakes_are_told_where_they_are(web: httpx.AsyncClient) -> None:
    told = problem(await web.get("/api/messages", params={"form": "x"}), 422, "invalid")
    assert "did you mean from?" in told["detail"]
    told = problem(await web.get("/api/messages", params={"limit": 0}), 422, "invalid")
    assert told["errors"][0]["where"] == "query: limit"
    told = problem(await web.get("/api/messages", params={"mailbox": "paul.vil@medecin.mssante.fr"}), 404, "not-found")
    assert DOCTOR in told["remedy"]
    for wrong in ({}, {"raw": "eA=="}, {"from": DOCTOR}, {"raw": "eA==", "mailbox": TEAM, "text": "x"},
                  {"from": "paul", "to": TEAM}, {"from": DOCTOR, "to": TEAM, "subject": "a\r\nBcc: x@y.fr"},
                  {"from": "A\r\nB: c <paul.vial@medecin.mssante.fr>", "to": TEAM}, {"mailbox": TEAM, "raw": "%%%"}):
        assert problem(await web.post("/api/messages", json=wrong), 422, "invalid")["detail"]
    answer = await web.post("/api/messages", content=b"{", headers={"content-type": "application/json"})
    problem(answer, 400, "bad-request")
    problem(await web.post("/api/messages", json={"mailbox": "x@y.fr", "raw": "eA=="}), 404, "not-found")
    for id in ("1.99999", "abc", "999999.1", "1.-1"):
        assert (await web.get(f"/api/messages/{id}")).status_code in (404, 422)
    assert (await web.get("/api/messages", params={"after": "?"})).status_code == 422


async def test_addresses_may_be_international(web: httpx.AsyncClient) -> None:
    put = await letter(web, **{"from": "Zoë <zoë@medecin.mssante.fr>"})
    assert "zoë@medecin.mssante.fr" in put["from"]
