"""What the doors need for their clients is loaded behind the ready line: pipelines start the simulator very often."""

from __future__ import annotations

import subprocess
import sys
from threading import Timer

import pytest

from tests.house.sources import ROOT

LATER = {
    "aiosmtpd": "the first SMTP client",
    "attr": "aiosmtpd and Twisted",
    "dns": "the first query",
    "fastapi": "the first request",
    "fpdf": "whoever makes a letter",
    "lxml": "whoever makes a letter or opens an archive",
    "simulator.client": "the commands that talk to a running simulator",
    "simulator.imap.session": "the first IMAP client",
    "simulator.letters": "whoever makes a letter",
    "simulator.xdm": "whoever makes a letter or opens an archive",
    "simulator.smtp.session": "the first SMTP client",
    "simulator.testing": "pytest",
    "simulator.web.server": "the first request",
    "starlette": "the first request",
    "twisted": "the first IMAP client",
    "uvicorn": "the first request",
    "zope.interface": "the first IMAP client",
}
"""Package or module, and for whom it is loaded later."""


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[str], set[str]]:
    """The modules that ``mssim up`` imports before it says that it is ready, and those that follow by themselves."""
    command = [sys.executable, "-X", "importtime", "-m", "simulator", "up", "--config", str(ROOT / "config.yaml"),
               "--data", str(tmp_path_factory.mktemp("space")), "--port-base", "0"]
    before: set[str] = set()
    after: set[str] = set()
    # Both streams in one pipe, so that the announcement stands where it was written.
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        patience = Timer(60, process.kill)
        patience.start()
        seen = before
        for line in process.stdout:
            if line.startswith("import time:"):
                seen.add(line.rpartition("|")[2].strip())
                if line.strip().endswith(" simulator.dns.reply"):
                    process.terminate()
            elif line.startswith("The trust space stands"):
                seen = after
    patience.cancel()
    assert process.returncode == 0
    return before, after


@pytest.mark.sockets
@pytest.mark.parametrize("module", LATER)
def test_it_is_not_imported_before_the_simulator_is_ready(module: str, started: tuple[set[str], set[str]]) -> None:
    found = sorted(name for name in started[0] if name == module or name.startswith(f"{module}."))
    assert not found, f"needed by {LATER[module]} only; `python -X importtime -m simulator up` tells who imports it"


@pytest.mark.sockets
def test_the_mail_doors_are_loaded_right_after_it(started: tuple[set[str], set[str]]) -> None:
    assert {"simulator.smtp.session", "simulator.imap.session", "simulator.dns.reply"} <= started[1]


@pytest.mark.parametrize("module", ["simulator.testing.plugin", "simulator"])
def test_what_every_pytest_run_imports_is_small(module: str) -> None:
    """The plugin is imported in every suite of every project that has the simulator installed."""
    code = f"import sys, pytest; had = set(sys.modules); import {module}; print(*set(sys.modules) - had)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {"simulator", "simulator.testing", "simulator.testing.plugin"}
