"""``make bench`` works from beginning to end; how quick anything is, no test says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.sockets,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="bench reads processor time and memory from /proc"),
]


def run(folder: Path, *arguments: str) -> tuple[str, list[dict[str, object]]]:
    """A very short run: what it printed, and what it wrote for programs."""
    file = folder / "figures.json"
    short = ("--rounds", "1", "--seconds", "0.05", "--messages", "100", "--json", str(file))
    command = [sys.executable, "bench/run.py", *short, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, json.loads(file.read_text())


def test_smtp_is_measured_beside_the_peers_in_python(tmp_path: Path) -> None:
    table, figures = run(tmp_path, "--only", "smtp")
    assert {line["server"] for line in figures} == {"simulator", "aiosmtpd", "ceiling"}
    assert all(len(line["samples"]) == 1 for line in figures if isinstance(line["samples"], list))
    assert not any(line["failures"] for line in figures)
    assert "| simulator (SQLite, fsync) | aiosmtpd (Maildir, fsync) | ceiling (SQLite, fsync) |" in table


def test_every_imap_answer_is_right(tmp_path: Path) -> None:
    _, figures = run(tmp_path, "--only", "imap", "--peers", "none")
    assert len(figures) == 10
    assert not any(line["failures"] for line in figures)


def test_starting_and_memory_are_measured(tmp_path: Path) -> None:
    _, figures = run(tmp_path, "--only", "start", "--peers", "none")
    assert [line["unit"] for line in figures] == ["s", "s", "MiB", "MiB"]
