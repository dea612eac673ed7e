"""How long servers take to be ready, and what memory they hold."""

from __future__ import annotations

import time
from concurrent.futures import Executor
from pathlib import Path

from bench.figures import Figures, Row, Sample
from bench.load import smtp
from bench.load.drive import Bounds
from bench.processes import NotStarted, resident, wait_until_idle
from bench.servers import ROOT, Server, Simulator
from bench.ways import ALPHA

GROUP = "Starting"
_MIB = 1024 * 1024
_PATIENCE = 300.0
"""Seconds for the letters of the memory measurement."""


def ours(folder: Path, figures: Figures) -> None:
    """The default trust space: once without keys, once with those of the first time."""
    for what in ("start to ready, keys to be made", "start to ready"):
        _timed(Simulator(folder, ROOT / "config.yaml"), what, figures)


def peer(server: Server, figures: Figures) -> None:
    """A peer's keys are there from the beginning."""
    _timed(server, "start to ready", figures)


def memory(server: Server, messages: int, generator: Executor, figures: Figures) -> None:
    """After starting, once everything is loaded, and after many submitted letters."""
    try:
        server.start()
        wait_until_idle(server.pids)
        idle = Row(GROUP, "memory, idle", "MiB")
        figures.add(idle, server.name, Sample(resident(server.pids) / _MIB))
        bounds = Bounds(_PATIENCE, messages, warm=0)
        job = smtp.Job(server.doors["submission"], ALPHA, ALPHA, bounds, server.pids)
        generator.submit(smtp.measure, job).result()
        after = Row(GROUP, f"memory, after {messages:,} letters", "MiB")
        figures.add(after, server.name, Sample(resident(server.pids) / _MIB))
    except Exception as problem:
        figures.add(Row(GROUP, "memory", "MiB"), server.name, Sample(failure=f"{type(problem).__name__}: {problem}"))
    finally:
        server.stop()


def _timed(server: Server, what: str, figures: Figures) -> None:
    row = Row(GROUP, what, "s")
    begun = time.perf_counter()
    try:
        server.start()
        figures.add(row, server.name, Sample(time.perf_counter() - begun))
    except NotStarted as problem:
        figures.add(row, server.name, Sample(failure=str(problem)))
    finally:
        server.stop()
