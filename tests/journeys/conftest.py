"""One simulator per test process, and the mail programs that the journeys drive."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.running import Running


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A running default space, shared by the journeys of one file."""
    running = Running(tmp_path_factory.mktemp("space"))
    yield running
    assert running.stop() == 0


class Program:
    """A mail program of this machine."""

    def __init__(self, name: str) -> None:
        path = shutil.which(name)
        assert path is not None, (
            f"{name} is not installed: `make tools` installs it, or leave it out with `make test CLIENTS=no`"
        )
        self._path = path

    def __call__(self, *arguments: str | Path, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run it; standard output and error come together."""
        return subprocess.run(
            [self._path, *map(str, arguments)],
            input=text,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
            check=False,
        )


@pytest.fixture(scope="session")
def swaks() -> Program:
    """The SMTP tester of Debian."""
    return Program("swaks")


@pytest.fixture(scope="session")
def curl() -> Program:
    """Reads and sends mail too."""
    return Program("curl")


@pytest.fixture(scope="session")
def openssl() -> Program:
    """``s_client`` shows the handshake."""
    return Program("openssl")
