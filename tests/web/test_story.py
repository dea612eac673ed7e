"""Clock, journal, explanations and states over HTTP."""

from __future__ import annotations

import asyncio
import json
import smtplib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from simulator.app import Simulator
from simulator.web import stream as streaming
from tests.web.conftest import DOCTOR, TEAM, letter, problem, visitor

pytestmark = [pytest.mark.sockets]


async def test_the_clock_moves(web: httpx.AsyncClient) -> None:
    frozen = (await web.post("/api/clock/freeze")).json()
    assert frozen["frozen"]
    moved = (await web.post("/api/clock/advance", json={"seconds": 3600})).json()
    assert moved["timestamp"] - frozen["timestamp"] == pytest.approx(3600)
    assert (await web.get("/api/clock")).json() == moved
    assert not (await web.post("/api/clock/run")).json()["frozen"]
    for wrong in ({"seconds": -1}, {"seconds": 1e12}, {"seconds": "x"}, {}, {"seconds": 1, "minutes": 2}):
        problem(await web.post("/api/clock/advance", json=wrong), 422, "invalid")
    answer = await web.post("/api/clock/advance", content=b'{"seconds": NaN}',
                            headers={"content-type": "application/json"})
    problem(answer, 422, "invalid")


async def test_quiet_comes(web: httpx.AsyncClient) -> None:
    for body in ({}, {"limit": 60}):
        assert (await web.post("/api/clock/quiet", json=body)).json() == {"jumps": 0, "seconds": 0.0}
    assert (await web.post("/api/clock/quiet")).status_code == 200


async def test_events_are_told_in_pages(sim: Simulator, web: httpx.AsyncClient) -> None:
    first = (await web.get("/api/journal", params={"limit": 1000})).json()["cursor"]
    for n in range(5):
        sim.journal.note("essai", f"essai {n}", mailbox=DOCTOR if n % 2 else TEAM, number=n)
    page = (await web.get("/api/journal", params={"since": first, "limit": 3})).json()
    assert [item["number"] for item in page["items"]] == [0, 1, 2]
    rest = (await web.get("/api/journal", params={"since": page["cursor"], "kind": "essai"})).json()
    assert [item["number"] for item in rest["items"]] == [3, 4]
    again = (await web.get("/api/journal", params={"since": rest["cursor"]})).json()
    assert again == {"items": [], "cursor": rest["cursor"]}
    about = (await web.get("/api/journal", params={"about": DOCTOR.upper(), "kind": "essai"})).json()
    assert [item["number"] for item in about["items"]] == [1, 3]


async def heard(lines: AsyncIterator[str]) -> dict[str, Any]:
    """The next server-sent event."""
    told: dict[str, str] = {}
    while line := await anext(lines):
        name, _, value = line.partition(": ")
        told[name] = value
    return told if "id" in told else await heard(lines)


async def test_the_journal_is_told_live(sim: Simulator, web: httpx.AsyncClient) -> None:
    since = sim.journal.note("avant", "avant").seq
    async with web.stream("GET", "/api/journal/stream", params={"since": since - 1}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.aiter_lines()
        assert (await heard(lines))["event"] == "avant"
        noted = sim.journal.note("essai", "ligne\nune", who="Zoé")
        told = await heard(lines)
        assert told["id"] == str(noted.seq) and json.loads(told["data"])["who"] == "Zoé"


async def test_a_stream_that_was_cut_goes_on(sim: Simulator) -> None:
    seen = [sim.journal.note("essai", f"essai {n}", about="moi").seq for n in range(3)]
    cut = {"last-event-id": str(seen[0])}
    asked: dict[str, str | int] = {"since": 0, "kind": "essai"}
    async with visitor(sim, **cut) as web, web.stream("GET", "/api/journal/stream", params=asked) as answer:
        lines = answer.aiter_lines()
        assert [(await heard(lines))["id"] for _ in range(2)] == [str(n) for n in seen[1:]]


async def test_a_stream_is_filtered_and_breathes(
    sim: Simulator, web: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "BREATH", 0.01)
    asked: dict[str, str | int] = {"since": sim.journal.note("x", "x").seq, "about": DOCTOR}
    async with web.stream("GET", "/api/journal/stream", params=asked) as answer:
        lines = answer.aiter_lines()
        while await anext(lines) != ": still here":
            continue
        sim.journal.note("essai", "autre", mailbox=TEAM)
        wanted = sim.journal.note("essai", "celui-ci", mailbox=DOCTOR)
        assert (await heard(lines))["id"] == str(wanted.seq)


async def test_a_flood_is_told_whole(sim: Simulator, web: httpx.AsyncClient) -> None:
    asked = {"since": sim.journal.note("x", "x").seq}
    async with web.stream("GET", "/api/journal/stream", params=asked) as answer:
        lines = answer.aiter_lines()
        assert await anext(lines) == "retry: 1000"
        sent = [sim.journal.note("essai", "encore").seq for _ in range(streaming.MOST_WAITING * 3)]
        assert [int((await heard(lines))["id"]) for _ in sent] == sent


def refused(port: int) -> str:
    """Knock at the door of operators without a certificate."""
    with smtplib.SMTP("127.0.0.1", port) as knock:
        knock.ehlo("quelqu.un")
        return knock.mail(DOCTOR)[1].decode()


async def test_a_refusal_is_explained(sim: Simulator, web: httpx.AsyncClient) -> None:
    await asyncio.to_thread(refused, sim.ports["mx"])
    event = sim.journal.events(kind="refusal")[-1]
    told = (await web.get(f"/api/explain/{event.seq}")).json()
    assert told["id"] == str(event.seq) and told["rule"] == "session-is-encrypted" and told["is_refusal"]
    assert told["title_fr"] and told["remedy_fr"] and told["what"] and told["ref"]
    problem(await web.get("/api/explain/999999999"), 404, "not-found")
    problem(await web.get("/api/explain/abc"), 422, "invalid")


async def test_the_space_goes_back_to_what_is_configured(sim: Simulator, web: httpx.AsyncClient) -> None:
    await letter(web)
    await web.delete("/api/whitelist/medecin.mssante.fr")
    assert (await web.post("/api/reset")).status_code == 204
    assert (await web.get("/api/messages")).json()["items"] == []
    assert sim.space.lists("medecin.mssante.fr")


async def test_states_are_kept_and_brought_back(web: httpx.AsyncClient) -> None:
    await letter(web)
    kept = await web.post("/api/snapshots/avant")
    assert kept.status_code == 201 and kept.json()["messages"] == 1
    await letter(web)
    assert (await web.post("/api/snapshots/avant/restore")).json()["name"] == "avant"
    assert len((await web.get("/api/messages")).json()["items"]) == 1
    assert [item["name"] for item in (await web.get("/api/snapshots")).json()["items"]] == ["avant"]
    assert (await web.delete("/api/snapshots/avant")).status_code == 204
    problem(await web.delete("/api/snapshots/avant"), 404, "not-found")
    problem(await web.post("/api/snapshots/avant/restore"), 404, "not-found")
    problem(await web.post("/api/snapshots/-x"), 422, "invalid")
    problem(await web.post("/api/snapshots/a%2Fb"), 404, "not-found")
