"""A running simulator, and the command line that talks to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.cli import main
from simulator.testing import Quarters, Space

TILLEULS = "pharmacie.des.tilleuls@pharmacie.bfc.mssante.fr"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Space]:
    """One simulator for a file of tests."""
    with Quarters(folder=tmp_path_factory.mktemp("commands")).open() as space:
        yield space


@pytest.fixture
def space(running: Space) -> Space:
    """It, as configured."""
    running.reset()
    return running


class Mssim:
    """The command line, in this process."""

    def __init__(self, ready_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._ready_file = ready_file
        self._capsys = capsys
        self.status = 0
        self.errors = ""

    def __call__(self, *arguments: str) -> str:
        """Standard output; ``status`` and ``errors`` are those of the last command."""
        self._capsys.readouterr()
        self.status = main([*arguments, "--ready-file", str(self._ready_file)])
        said = self._capsys.readouterr()
        self.errors = said.err
        return said.out


@pytest.fixture
def mssim(space: Space, capsys: pytest.CaptureFixture[str]) -> Mssim:
    """``mssim …`` against the running simulator."""
    return Mssim(space.ready_file, capsys)


def a_letter(space: Space, subject: str = "Bonjour", text: str = "À bientôt.\n") -> str:
    """Its number in the mailbox of the team."""
    space.doctor("vial").sends(to="tilleuls", subject=subject, text=text, attach=("note.txt", "x"))
    return space.pharmacy("tilleuls").wait_for(subject_is=subject).id
