"""A simulator in the test's own loop, and a client at its HTTP door."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulator.app import Simulator
from tests.app.conftest import configured

DOCTOR = "paul.vial@medecin.mssante.fr"
ISABELLE = "isabelle.fontaine@pharmacie.bfc.mssante.fr"
KARIM = "karim.benali@pharmacie.bfc.mssante.fr"
TEAM = "pharmacie.des.tilleuls@pharmacie.bfc.mssante.fr"


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder ``pki`` with every certificate of the default space, made once."""
    folder = tmp_path_factory.mktemp("certificates")

    async def make() -> None:
        async with Simulator(configured(folder), data=folder):
            pass

    asyncio.run(make())
    return folder / "pki"


@pytest.fixture
def data(tmp_path: Path, certificates: Path) -> Path:
    """A data folder that holds certificates and nothing else."""
    shutil.copytree(certificates, tmp_path / "data" / "pki")
    return tmp_path / "data"


@pytest.fixture
async def sim(tmp_path: Path, data: Path) -> AsyncIterator[Simulator]:
    """The default space on free ports."""
    async with Simulator(configured(tmp_path), data=data) as running:
        yield running


@pytest.fixture
async def web(sim: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    """A program that knows the address."""
    async with visitor(sim) as client:
        yield client


def visitor(sim: Simulator, **headers: str) -> httpx.AsyncClient:
    """A client with headers of its own."""
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{sim.ports['http']}", headers=headers, timeout=30.0,
                             trust_env=False)


def problem(answer: httpx.Response, status: int, name: str) -> dict[str, Any]:
    """The problem document of an answer, after a look at its form."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told["status"] == status and told["type"] == f"/docs#{name}"
    assert told["title"] and told["detail"][-1] in ".?!"
    return told


async def letter(web: httpx.AsyncClient, subject: str = "Bonjour", **parts: object) -> dict[str, Any]:
    """Put a letter from the doctor in the team's mailbox, past all rules."""
    given: Mapping[str, object] = {"from": DOCTOR, "to": TEAM, "subject": subject, "text": "L'ordonnance suit."} | parts
    answer = await web.post("/api/messages", json=given)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told
