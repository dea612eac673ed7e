"""Runs one program of this machine."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def run(
    *command: str | Path, text: str = "", env: dict[str, str] | None = None, statuses: tuple[int, ...] = (0,)
) -> str:
    """What it printed, both streams together; an exception carries that too when it ends badly. A minute at most."""
    ended = subprocess.run(
        [str(part) for part in command],
        input=text.encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **(env or {})},
        timeout=60,
        check=False,
    )
    told = ended.stdout.decode(errors="replace")
    if ended.returncode not in statuses:
        raise RuntimeError(f"{command} ended with {ended.returncode}:\n{told}")
    return told


def version(*command: str) -> str:
    """First line that the program prints about itself."""
    return run(*command).strip().splitlines()[0]


def write(path: Path, text: str) -> Path:
    """A configuration file that only its owner reads, as mail programs demand."""
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path
