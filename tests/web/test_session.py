"""Signing in at the pages: the same proofs and rules as a mail program, a cookie that no script sees."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulator.app import Simulator
from simulator.web.sessions import MOST_OF_ONE
from tests.app.conftest import configured
from tests.builders import a_code
from tests.web.conftest import DOCTOR, ISABELLE, KARIM, TEAM, letter, problem, visitor

pytestmark = [pytest.mark.sockets]
ZOE = "275126322074974"


@pytest.fixture
async def sim(tmp_path: Path, data: Path) -> AsyncIterator[Simulator]:
    """The default space, where failures cost no time."""
    async with Simulator(configured(tmp_path, ("first_delay: 1 s", "first_delay: 0 s")), data=data) as running:
        yield running


async def sign_in(web: httpx.AsyncClient, **given: str) -> httpx.Response:
    return await web.post("/pages/session", json=given)


def team(sim: Simulator, account: str = ISABELLE, password: str = "fontaine-tilleuls") -> dict[str, str]:
    return {"account": account, "password": password, "code": a_code(account, sim.clock.now()), "mailbox": TEAM}


async def test_a_patient_signs_in_by_matricule_and_out_again(web: httpx.AsyncClient) -> None:
    problem(await web.get("/pages/session"), 401, "signed-out")
    begun = await sign_in(web, account=ZOE, password="adrun-patiente")
    assert (begun.status_code, begun.json()["name"], begun.json()["ins"]) == (201, "Zoé ADRUN", ZOE)
    cookie = begun.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie
    assert (await web.get("/pages/session")).json()["ins"] == ZOE
    await web.delete("/pages/session")
    problem(await web.get("/pages/session"), 401, "signed-out")


async def test_a_team_s_mailbox_needs_a_member_and_two_factors(sim: Simulator, web: httpx.AsyncClient) -> None:
    one_factor = problem(await sign_in(web, **(team(sim) | {"code": ""})), 403, "refused")
    assert one_factor["rule"] == "organisation-needs-two-factors" and one_factor["french"]
    assert (await sign_in(web, **team(sim, DOCTOR, "vial-medecin"))).status_code == 403
    told = (await sign_in(web, **team(sim))).json()
    assert (told["mailbox"], told["account"], told["person"], told["is_pharmacy"]) == (
        TEAM, ISABELLE, "Isabelle Fontaine", True)


async def test_a_patient_and_a_pharmacy_may_sit_at_one_browser(sim: Simulator, web: httpx.AsyncClient) -> None:
    await sign_in(web, account=ZOE, password="adrun-patiente")
    await sign_in(web, **team(sim))
    assert (await web.get("/pages/session")).json()["mailbox"] == TEAM
    assert (await web.get("/pages/session?patient=true")).json()["ins"] == ZOE
    await web.delete("/pages/session?patient=true")
    problem(await web.get("/pages/session?patient=true"), 401, "signed-out")
    assert (await web.get("/pages/session")).json()["mailbox"] == TEAM


async def test_the_stream_of_a_page_tells_of_its_own_mailbox_only(sim: Simulator, web: httpx.AsyncClient) -> None:
    problem(await web.get("/pages/stream"), 401, "signed-out")
    await sign_in(web, account=ZOE, password="adrun-patiente")
    async with asyncio.timeout(20), web.stream("GET", "/pages/stream?patient=true") as told:
        await letter(web, to=TEAM, subject="À la pharmacie")
        await letter(web, to=f"{ZOE}@patient.mssante.fr", subject="À la patiente")
        async for line in told.aiter_lines():
            assert "pharmacie.des.tilleuls" not in line
            if line == "event: injected":
                break


async def test_a_wrong_password_tells_no_more_than_an_unknown_account(web: httpx.AsyncClient) -> None:
    told: list[Any] = []
    for account in (ISABELLE, "nobody@pharmacie.bfc.mssante.fr", ZOE, "123456789012345"):
        told.append(problem(await sign_in(web, account=account, password="wrong"), 403, "refused"))
    assert all(one == told[0] for one in told)
    assert "wrong" not in str(told)


async def test_who_is_no_member_any_more_is_out_at_once(sim: Simulator, web: httpx.AsyncClient) -> None:
    assert (await sign_in(web, **team(sim, KARIM, "benali-tilleuls"))).status_code == 201
    await sim.controls.mailboxes.remove_member(TEAM, KARIM)
    problem(await web.get("/pages/session"), 401, "signed-out")


async def test_a_made_up_cookie_is_nobody(web: httpx.AsyncClient) -> None:
    web.cookies.set("mssim_session", "x" * 43)
    problem(await web.get("/pages/session"), 401, "signed-out")


@pytest.mark.parametrize("path", ["/mon-espace", "/pharmacie", "/espace-de-confiance"])
async def test_each_page_loads_only_its_own_parts(web: httpx.AsyncClient, path: str) -> None:
    page = await web.get(path)
    assert page.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert '<html lang="fr">' in page.text and "<script>" not in page.text and 'style="' not in page.text
    for part in ("/console/style.css", "/console/console.js", f"/console{path}.js", "/console/icon.svg"):
        assert (await web.get(part)).status_code == 200, part


@pytest.mark.parametrize("name", ["..%2Fsite.py", "__init__.py", "nothing.js", "%2e%2e/config.yaml"])
async def test_nothing_but_the_parts_of_pages_is_served(web: httpx.AsyncClient, name: str) -> None:
    assert (await web.get(f"/console/{name}")).status_code == 404


@pytest.mark.parametrize("act", ["suspend", "close", "oppose"])
async def test_a_stream_ends_when_its_mailbox_may_not_be_used(sim: Simulator, web: httpx.AsyncClient, act: str) -> None:
    await sign_in(web, account=ZOE, password="adrun-patiente")
    async with asyncio.timeout(20), web.stream("GET", "/pages/stream?patient=true") as told:
        await getattr(sim.controls.mailboxes, act)(f"{ZOE}@patient.mssante.fr")
        await letter(web, to=TEAM)
        assert "event: injected" not in [line async for line in told.aiter_lines()]


async def test_a_stream_ends_with_the_session(web: httpx.AsyncClient) -> None:
    await sign_in(web, account=ZOE, password="adrun-patiente")
    async with asyncio.timeout(20), web.stream("GET", "/pages/stream?patient=true") as told:
        await web.delete("/pages/session?patient=true")
        await letter(web, to=f"{ZOE}@patient.mssante.fr")
        assert "event: injected" not in [line async for line in told.aiter_lines()]


async def test_who_signs_in_again_is_out_of_the_session_before(sim: Simulator, web: httpx.AsyncClient) -> None:
    await sign_in(web, account=ZOE, password="adrun-patiente")
    before = web.cookies["mssim_patient"]
    await sign_in(web, account=ZOE, password="adrun-patiente")
    assert web.cookies["mssim_patient"] != before
    async with visitor(sim, cookie=f"mssim_patient={before}") as other:
        problem(await other.get("/pages/session?patient=true"), 401, "signed-out")


async def test_nobody_puts_out_others_by_signing_in_again_and_again(sim: Simulator, web: httpx.AsyncClient) -> None:
    await sign_in(web, **team(sim))
    first = None
    for _ in range(MOST_OF_ONE + 1):
        async with visitor(sim) as other:
            await sign_in(other, account=ZOE, password="adrun-patiente")
            first = first or other.cookies["mssim_patient"]
    assert (await web.get("/pages/session")).status_code == 200
    async with visitor(sim, cookie=f"mssim_patient={first}") as other:
        problem(await other.get("/pages/session?patient=true"), 401, "signed-out")


async def test_other_proofs_at_the_same_address_end_the_session(sim: Simulator, web: httpx.AsyncClient) -> None:
    await sign_in(web, **team(sim, KARIM, "benali-tilleuls"))
    box = sim.controls.mailboxes.get(KARIM)
    sim.space.register(replace(box, secrets=replace(box.secrets, password="another")))
    problem(await web.get("/pages/session"), 401, "signed-out")


async def test_a_suspended_member_is_out_of_the_team_s_mailbox(sim: Simulator, web: httpx.AsyncClient) -> None:
    await sign_in(web, **team(sim, KARIM, "benali-tilleuls"))
    await sim.controls.mailboxes.suspend(KARIM)
    problem(await web.get("/pages/session"), 401, "signed-out")
    assert (await sign_in(web, **team(sim, KARIM, "benali-tilleuls"))).status_code == 403
