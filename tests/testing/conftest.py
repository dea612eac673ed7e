"""Small suites outside the project, run by pytest in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

QUIET = ("-q", "-p", "no:cacheprovider", "-p", "no:asyncio")
"""pytest-asyncio would warn that these suites have no settings for it."""


class Suite:
    """A suite as somebody outside the project would have it; warnings are errors in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.add("pytest.ini", "[pytest]\nfilterwarnings = error\n")

    def add(self, name: str, text: str) -> Path:
        """One more file."""
        path = self.folder / name
        path.write_text(text)
        return path

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run pytest on it; standard output and error come together."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        return subprocess.run(
            [sys.executable, "-m", "pytest", *QUIET, *arguments],
            cwd=self.folder,
            env=clean | environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=300,
            check=False,
        )


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    """An empty suite."""
    return Suite(tmp_path)
