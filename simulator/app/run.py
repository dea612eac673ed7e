"""``mssim up``: runs the simulator in the foreground until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from simulator.app.doors import PortInUse
from simulator.app.ready import announcement, ready, write_ready_file
from simulator.app.simulator import DataInUse, Simulator
from simulator.app.story import dump, tell
from simulator.config import Configuration
from simulator.pki.files import AuthorityError
from simulator.store.interface import StoreError

PORT_IN_USE = 3
_OBJECTS = 10_000
"""New objects after which the youngest are looked through; Python's own 700 are a few letters."""


def run_until_stopped(
    configuration: Configuration,
    *,
    data: Path | None,
    host: str,
    port_base: int,
    ready_file: Path | None,
    log_format: str,
) -> int:
    """Exit status: 0 after SIGTERM or SIGINT, 3 for a port in use, 1 for a data folder that cannot be used."""
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_run(configuration, data, host, port_base, ready_file, log_format))
    except PortInUse as problem:
        sys.stderr.write(f"{problem}\n")
        return PORT_IN_USE
    except (DataInUse, AuthorityError, StoreError, OSError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


async def _run(
    configuration: Configuration, data: Path | None, host: str, port_base: int, ready_file: Path | None, log_format: str
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        async with Simulator(configuration, data=data, host=host, port_base=port_base) as sim:
            sim.journal.listen(tell if log_format == "story" else dump)
            if ready_file is not None:
                write_ready_file(ready_file, ready(sim))
            if log_format == "story":
                sys.stdout.write(announcement(sim) + "\n")
                sys.stdout.flush()
            sim.journal.note(
                "ready", f"every door accepts connections on {host}", ports=[f"{d} {p}" for d, p in sim.ports.items()]
            )
            _warn_if_reachable(host)
            await asyncio.to_thread(_settle_in, sim)
            await stop.wait()
    finally:
        if ready_file is not None:
            ready_file.unlink(missing_ok=True)


def _settle_in(sim: Simulator) -> None:
    """After starting: load what the first clients will need, and let the collector of garbage pass over all of it.

    ``mssim up`` starts with the collector at rest: what is loaded stays, and looking through it takes a tenth of the
    time to start.
    """
    sim.load()
    gc.freeze()
    gc.set_threshold(_OBJECTS)
    gc.enable()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """uvloop where it exists; Windows has none."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop


def _warn_if_reachable(host: str) -> None:
    try:
        private = ipaddress.ip_address(host).is_loopback
    except ValueError:
        private = host == "localhost"
    if not private:
        sys.stderr.write(
            f"\n*** WARNING: listening on {host}: other machines can connect, and every password here is public.\n\n"
        )
