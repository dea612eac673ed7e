"""Schemathesis reads the description and tries what it allows and what it does not: no 500, no undocumented answer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from simulator.app import Simulator
from tests.app.conftest import configured

pytestmark = [pytest.mark.sockets]

EXAMPLES = 5
"""For each call, valid and invalid alike."""
ENDLESS = "/api/journal/stream"


class Aside:
    """A simulator in a thread of its own, because Schemathesis waits for each answer."""

    def __init__(self, folder: Path, data: Path) -> None:
        self._folder, self._data = folder, data
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    async def _run(self) -> None:
        self._stop, self._loop = asyncio.Event(), asyncio.get_running_loop()
        try:
            async with Simulator(configured(self._folder), data=self._data) as self.sim:
                self.url = f"http://127.0.0.1:{self.sim.ports['http']}"
                self._started.set()
                await self._stop.wait()
        finally:
            self._started.set()

    def __enter__(self) -> Aside:
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()


@pytest.fixture
def aside(tmp_path: Path, data: Path) -> Iterator[Aside]:
    """The simulator to be tried."""
    with Aside(tmp_path, data) as running:
        yield running


WAITS = {"/api/messages/wait": ("query", "timeout"), "/api/messages/none": ("query", "within"),
         "/api/messages/take": ("body", "timeout")}


def soon(case: Any) -> None:
    """A wait that is valid is a short one."""
    place, name = WAITS.get(case.path, ("", ""))
    part = getattr(case, place, None)
    if isinstance(part, dict):
        try:
            valid = 0 <= float(part.get(name, 1)) <= 600
        except (TypeError, ValueError):
            return
        if valid:
            part[name] = 0.001


def tried(operation: Any, mode: GenerationMode) -> list[str]:
    """What went wrong when this call was tried."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))
    def attempt(case: Any) -> None:
        soon(case)
        answer = case.call(timeout=30)
        # A value of the right shape may still mean nothing here: an address of nobody, a cursor that is none.
        case.validate_response(answer, excluded_checks=[positive_data_acceptance])

    try:
        attempt()
    except Unsatisfiable:  # a call without parameters knows no wrong ones
        return []
    except BaseException as wrong:
        return [f"{operation.method.upper()} {operation.path} ({mode.value}): {wrong}"]
    return []


def test_no_answer_is_a_surprise(aside: Aside) -> None:
    schema = schemathesis.openapi.from_url(f"{aside.url}/openapi.json")
    wrong: list[str] = []
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        if operation.path != ENDLESS:
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                wrong += tried(operation, mode)
    assert not aside.sim.journal.events(kind="error")
    assert not wrong, "\n\n".join(wrong)
