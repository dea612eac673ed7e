"""Pages of other sites, rebound names, forms, floods and strangers are turned away before any call (P11)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from simulator.app import Simulator
from simulator.web.bodies import MOST_OCTETS
from tests.app.conftest import configured
from tests.web.conftest import problem, visitor

pytestmark = [pytest.mark.sockets]


async def test_own_names_are_known(web: httpx.AsyncClient) -> None:
    for host in ("localhost", "localhost:10080", "127.0.0.1:1", "[::1]", "[::1]:80", "LOCALHOST"):
        assert (await web.get("/healthz", headers={"host": host})).status_code == 200, host


async def test_a_rebound_name_is_refused(web: httpx.AsyncClient) -> None:
    for host in ("evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.evil.example", "192.168.1.7",
                 "[::2]", "", "localhost@evil.example"):
        for path in ("/", "/api/messages", "/healthz"):
            told = problem(await web.get(path, headers={"host": host}), 421, "wrong-host")
        assert "localhost" in told["detail"]


async def test_a_page_of_another_site_changes_nothing(sim: Simulator, web: httpx.AsyncClient) -> None:
    for origin in ("http://evil.example", "https://localhost:1", "null", "http://localhost:1", "file://",
                   "http://127.0.0.1.evil.example", "http://[", "http://[::1"):
        problem(await web.post("/api/clock/freeze", headers={"origin": origin}), 403, "cross-site")
    assert not sim.clock.is_frozen


async def test_the_browser_says_who_asks(web: httpx.AsyncClient) -> None:
    for site in ("cross-site", "same-site"):
        problem(await web.post("/api/clock/freeze", headers={"sec-fetch-site": site}), 403, "cross-site")
    own = {"origin": f"http://127.0.0.1:{web.base_url.port}", "sec-fetch-site": "same-origin"}
    assert (await web.post("/api/clock/freeze", headers=own)).status_code == 200


async def test_a_form_changes_nothing(sim: Simulator, web: httpx.AsyncClient) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                 "text/plain; application/json", ""):
        answer = await web.post("/api/clock/advance", content=b'{"seconds": 99999}', headers={"content-type": kind})
        problem(answer, 415, "not-json")
    assert sim.clock.elapsed() < 99999


async def test_bodies_are_bounded_when_announced(web: httpx.AsyncClient) -> None:
    answer = await web.post("/api/messages", content=b"x" * (MOST_OCTETS + 1),
                            headers={"content-type": "application/json"})
    problem(answer, 413, "too-large")


async def test_bodies_are_bounded_when_not_announced(web: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(MOST_OCTETS // 65536 + 2):
            yield b" " * 65536

    answer = await web.post("/api/messages", content=endless(), headers={"content-type": "application/json"})
    problem(answer, 413, "too-large")


async def test_every_answer_forbids_what_it_does_not_need(web: httpx.AsyncClient) -> None:
    for path in ("/", "/docs", "/api/clock", "/api/nowhere", "/style.css", "/openapi.json"):
        headers = (await web.get(path)).headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff" and headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in headers and "server" not in headers and "date" in headers


async def test_another_site_is_told_nothing_before_its_question(web: httpx.AsyncClient) -> None:
    asked = {"origin": "http://evil.example", "access-control-request-method": "POST"}
    answer = await web.options("/api/messages", headers=asked)
    assert answer.status_code == 405 and "access-control-allow-origin" not in answer.headers


async def test_a_token_is_asked_for_where_there_is_one(tmp_path: Path, data: Path) -> None:
    token = ("  token: #", "  token: ouvre-toi #")
    async with Simulator(configured(tmp_path, token), data=data) as sim, visitor(sim) as stranger:
        told = problem(await stranger.get("/api/clock"), 401, "token-needed")
        assert "ouvre-toi" not in str(told)
        for wrong in ("Bearer ouvre", "Bearer", "Basic ouvre-toi", "Bearer \u00e9"):
            answer = await stranger.get("/api/clock", headers={b"authorization": wrong.encode()})
            assert answer.status_code == 401 and answer.headers["www-authenticate"] == "Bearer"
        assert (await stranger.get("/healthz")).status_code == 200
        described = (await stranger.get("/openapi.json")).json()["paths"]["/api/clock"]["get"]
        assert described["security"] and "401" in described["responses"]
        async with visitor(sim, authorization="Bearer ouvre-toi") as friend:
            assert (await friend.get("/api/clock")).status_code == 200


async def test_a_patient_s_cookie_opens_the_own_space_while_it_may_be_used(tmp_path: Path, data: Path) -> None:
    token, own = ("  token: #", "  token: ouvre-toi #"), "/api/patients/275126322074974"
    async with Simulator(configured(tmp_path, token), data=data) as sim, visitor(sim) as zoe:
        await zoe.post("/pages/session", json={"account": own[-15:], "password": "adrun-patiente"})
        assert (await zoe.get(own)).status_code == (await zoe.get(f"{own}/dispensings")).status_code == 200
        others = ("/api/patients", "/api/patients/279035121518989", f"{own}1", "/api/clock",
                  f"{own}%2F..%2F279035121518989", f"/api/patients//{own[-15:]}", f"{own}/../279035121518989")
        for path in others:
            assert (await zoe.get(path)).status_code in (401, 404), path
        for act in ("dispensings", "activate", "activate/", "%64ispensings"):
            problem(await zoe.post(f"{own}/{act}", json={"structure": "tilleuls"}), 401, "token-needed")
        zoe.cookies.set("mssim_session", zoe.cookies["mssim_patient"])
        problem(await zoe.get("/pages/mail/folders"), 401, "signed-out")
        await sim.controls.mailboxes.suspend(f"{own[-15:]}@patient.mssante.fr")
        problem(await zoe.get(own), 401, "token-needed")


async def test_a_name_may_be_added(tmp_path: Path, data: Path) -> None:
    names = ("  hosts: []", "  hosts: [mssim]")
    async with Simulator(configured(tmp_path, names), data=data) as sim, visitor(sim, host="mssim:10080") as web:
        assert (await web.get("/healthz")).status_code == 200


async def test_on_every_address_any_address_is_a_name(tmp_path: Path, data: Path) -> None:
    async with Simulator(configured(tmp_path), data=data, host="0.0.0.0") as sim, visitor(sim) as web:
        assert (await web.get("/healthz", headers={"host": "192.168.1.7"})).status_code == 200
        problem(await web.get("/healthz", headers={"host": "evil.example"}), 421, "wrong-host")
