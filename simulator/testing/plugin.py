"""The pytest plugin: fixtures ``mssante`` and ``mssante_space``, options ``--mssante-config`` and ``--mssante-log``.

It is there in every suite where the simulator is installed, and does nothing until a test asks for one of its fixtures;
``-p no:mssante`` leaves it out altogether.

``mssante``        one trust space for the whole session, as configured again before and after each test
``mssante_space``  a trust space for this test alone; others never see it

Both are a ``simulator.testing.Space``, on free ports, in a thread of their own: blocking clients and asyncio tests work
alike, and each worker of pytest-xdist has its own. When a test fails, what happened in its space is in the report under
"MSSanté story".
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from simulator.testing.quarters import Quarters
    from simulator.testing.space import Space

SECTION = "MSSanté story"
_spaces = pytest.StashKey[list["Space"]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--mssante-config``, ``--mssante-log`` and the setting ``mssante_config``."""
    group = parser.getgroup("mssante", "MSSanté trust space (simulator)")
    group.addoption(
        "--mssante-config",
        type=Path,
        metavar="FILE",
        help="configuration of the trust space (default: the setting mssante_config, else the one that ships)",
    )
    group.addoption(
        "--mssante-log",
        type=Path,
        metavar="FILE",
        help="append what happens in every trust space to FILE, as JSON lines that name the test",
    )
    parser.addini("mssante_config", "configuration of the trust space, from the root of the suite", default="")


@pytest.fixture(scope="session")
def _mssante_quarters(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Quarters:
    """Where spaces are opened: the configuration, and an authority made once and shared by all of them."""
    from simulator.testing.quarters import Quarters

    return Quarters(
        _chosen_config(request.config),
        folder=tmp_path_factory.mktemp("mssante", numbered=True),
        log=request.config.getoption("--mssante-log"),
    )


@pytest.fixture(scope="session")
def _mssante_shared(_mssante_quarters: Quarters) -> Iterator[Space]:
    """The one space of the session, running."""
    with _mssante_quarters.open() as space:
        yield space


@pytest.fixture
def mssante(request: pytest.FixtureRequest, _mssante_shared: Space) -> Iterator[Space]:
    """The session's trust space, in its configured state. For suites with many quick tests.

    Mail, whitelist, mailboxes and exchanges are put back before and after the test, whatever it did. A test that cannot
    live with company, for instance one that goes years ahead in time, takes ``mssante_space``.
    """
    _mssante_shared.reset()
    _remember(request, _mssante_shared)
    yield _mssante_shared
    _mssante_shared.reset()


@pytest.fixture
def mssante_space(request: pytest.FixtureRequest, _mssante_quarters: Quarters) -> Iterator[Space]:
    """A trust space of this test's own, on free ports, gone with everything in it when the test ends.

    Certificates are ECDSA and come from an authority that all spaces of the session share, so it stands in a few
    hundredths of a second.
    """
    with _mssante_quarters.open() as space:
        _remember(request, space)
        yield space


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Attach the journal of the test's spaces to a failure."""
    report = yield
    if report.failed:
        for space in item.stash.get(_spaces, []):
            report.sections.append((SECTION, space.story()))
    return report


def _remember(request: pytest.FixtureRequest, space: Space) -> None:
    space.about(request.node.nodeid)
    request.node.stash.setdefault(_spaces, []).append(space)


def _chosen_config(config: pytest.Config) -> Path | None:
    """The option, relative to where pytest was called; else the setting, relative to the root of the suite."""
    option: Path | None = config.getoption("--mssante-config")
    if option is not None:
        return config.invocation_params.dir / option
    setting: str = config.getini("mssante_config")
    return config.rootpath / setting if setting else None
