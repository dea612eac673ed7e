"""Spaces to attack, and a neighbour who must not notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from fuzz.neighbour import Neighbour
from fuzz.target import configured, memory
from tests.journeys.running import Running

MOST_WAITED = 30.0
"""Seconds after which a neighbour counts as not served. The promise itself (figure 10) is measured by ``make fuzz``."""
MOST_GROWTH = 150_000_000
"""Octets by which one attack may let memory grow (figure 11)."""
QUICK = {"first_delay": "100 ms", "longest_delay": "400 ms", "tries_per_minute": "10"}
"""Failures cost a tenth of what they usually do."""
SHORT = {"handshake": "1 s", "before_login": "2 s", "smtp_idle": "2 s", "imap_idle": "2 s", "write_stalled": "1 s"}
"""Times of a door that are seconds, not minutes."""

Unnoticed = Callable[[Running], AbstractContextManager[Neighbour]]


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The default space, with shorter punishments."""
    yield from _running(tmp_path_factory.mktemp("space"), QUICK)


@pytest.fixture(scope="module")
def impatient_space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The same, and every time limit is short."""
    yield from _running(tmp_path_factory.mktemp("space"), {**QUICK, **SHORT})


def _running(folder: Path, settings: dict[str, str]) -> Iterator[Running]:
    running = Running(folder, config=configured(folder, settings))
    yield running
    assert running.stop() == 0
    assert (folder / "stderr").read_text() == ""
    told = [e for e in running.events if e["kind"] in ("error", "store-error") or e.get("rule") == "internal-error"]
    assert told == []


@pytest.fixture
def unnoticed() -> Unnoticed:
    """``with unnoticed(space):`` a neighbour goes in and out meanwhile, is served in time, and memory stays bounded."""

    @contextmanager
    def watch(space: Running) -> Iterator[Neighbour]:
        before = memory(space.process.pid)
        neighbour = Neighbour(space.port, space.trust())
        try:
            neighbour.wait_for(2)
            yield neighbour
            neighbour.wait_for(1)
        finally:
            neighbour.stop()
        assert neighbour.wrong == []
        assert neighbour.longest <= MOST_WAITED, neighbour.slowest
        assert memory(space.process.pid) - before <= MOST_GROWTH

    return watch
