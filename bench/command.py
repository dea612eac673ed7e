"""The command line, and the order of the measurements: rounds go round the servers, so that noise meets all of them."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import starting
from bench.figures import Figures
from bench.load.drive import Bounds
from bench.peers import Ceiling, GreenMail, Papers, Peer, Stock
from bench.postfix_dovecot import PostfixDovecot
from bench.processes import NotStarted
from bench.scenarios import Scenario, imap_scenarios, smtp_scenarios
from bench.servers import Server, Simulator
from bench.ways import ALPHA

PEERS: tuple[tuple[type[Peer], bool], ...] = (
    (Stock, True), (Ceiling, True), (PostfixDovecot, False), (GreenMail, False),
)
"""With whether it is measured when nothing is said."""
GROUPS = ("start", "smtp", "imap")
SCALE = (1_000, 100_000)


def main(arguments: Sequence[str] | None = None) -> int:
    """0; 1 when the simulator failed a scenario, or did not start."""
    options = _options(arguments)
    if not Path("/proc/self/stat").exists():
        sys.stderr.write("bench needs Linux: it reads processor time and memory from /proc\n")
        return 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends what was started, as Ctrl-C does
    with tempfile.TemporaryDirectory(prefix="bench-") as name, _generator() as generator:
        run = Run(options, Path(name), generator)
        try:
            for group in options.only or GROUPS:
                {"start": run.start, "smtp": run.smtp, "imap": run.imap}[group]()
        except NotStarted as problem:
            _say(f"the simulator does not start: {problem}")
            return 1
    sys.stdout.write("\n".join([*_circumstances(options), *run.figures.as_table()]) + "\n")
    if options.json:
        options.json.write_text(json.dumps(run.figures.as_data(), indent=1) + "\n")
    return int(any(server == Simulator.name for server, _, _ in run.figures.failures))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=sys.modules[__name__].__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round, less than a minute")
    parser.add_argument("--only", action="append", choices=GROUPS, help="only this group; may be repeated")
    parser.add_argument("--peers", choices=("none", "python", "all"), default="python",
                        help="beside whom: nobody, the sinks in Python (default), or all that is installed")
    parser.add_argument("--scale", action="store_true", help="IMAP with folders of 1,000 and 100,000 letters too")
    parser.add_argument("--json", type=Path, help="write every sample to this file")
    parser.add_argument("--rounds", type=int, help="how often each measurement is repeated (default 3)")
    parser.add_argument("--seconds", type=float, help="length of one measurement (default 2)")
    parser.add_argument("--messages", type=int, help="letters for the memory and in the IMAP folder (default 10000)")
    options = parser.parse_args(arguments)
    usual = (1, 1.0, 2_000) if options.quick else (3, 2.0, 10_000)
    for name, value in zip(("rounds", "seconds", "messages"), usual, strict=True):
        setattr(options, name, getattr(options, name) or value)
    return options


class Run:
    """One run with all its figures."""

    def __init__(self, options: argparse.Namespace, folder: Path, generator: Executor) -> None:
        self._options, self._folder, self._generator = options, folder, generator
        self._bounds = Bounds(options.seconds)
        self._papers = Papers.made_in(folder / "papers")
        self._peers = [peer for peer, usual in PEERS if _wanted(peer, usual, options.peers)]
        self._count = 0
        columns: list[type[Server]] = [Simulator, *self._peers]
        self.figures = Figures({server.name: server.keeps for server in columns})

    def start(self) -> None:
        """Starting, and memory."""
        for turn in range(self._options.rounds):
            _say(f"start, round {turn + 1}")
            starting.ours(self._place(), self.figures)
            for peer in self._peers:
                starting.peer(peer(self._place(), self._papers), self.figures)
        for server in self._servers():
            _say(f"memory of {server.name}")
            starting.memory(server, self._options.messages, self._generator, self.figures)

    def smtp(self) -> None:
        """Submission, relay, the door for operators, the news by IDLE."""
        with self._running(self._servers()) as servers:
            self._measure(smtp_scenarios(self._bounds), servers)

    def imap(self) -> None:
        """Folders of one or several sizes, in a mailbox each."""
        sizes = [self._options.messages, *(SCALE if self._options.scale else ())]
        with self._running([server for server in self._servers() if _reads(server)]) as servers:
            for account, size in zip(ALPHA, sizes, strict=False):
                for server in servers:
                    _say(f"filling a folder of {server.name} with {size:,} letters")
                    server.fill(account, size)
                self._measure(imap_scenarios(self._bounds, account, size), servers)

    def _measure(self, scenarios: Iterator[Scenario], servers: Sequence[Server]) -> None:
        for scenario in scenarios:
            _say(f"{scenario.row.group}: {scenario.row.what}")
            able = [server for server in servers if scenario.fits(server)]
            for _ in range(self._options.rounds):
                for server in tuple(able):
                    sample = scenario.sample(server, self._generator)
                    self.figures.add(scenario.row, server.name, sample)
                    if sample.failure:
                        able.remove(server)

    def _servers(self) -> list[Server]:
        return [Simulator(self._place()), *(peer(self._place(), self._papers) for peer in self._peers)]

    def _place(self) -> Path:
        self._count += 1
        return self._folder / str(self._count)

    @contextmanager
    def _running(self, servers: Sequence[Server]) -> Iterator[list[Server]]:
        """Those that start; a peer that does not is left out with a line."""
        with ExitStack() as stack:
            running = []
            for server in servers:
                stack.callback(server.stop)
                try:
                    server.start()
                except NotStarted as problem:
                    if isinstance(server, Simulator):
                        raise
                    _say(f"{server.name} does not start: {problem}")
                else:
                    running.append(server)
            yield running


def _reads(server: Server) -> bool:
    return not isinstance(server, Peer) or "imap" in server.has


def _wanted(peer: type[Peer], usual: bool, which: str) -> bool:
    """Asked for and able to run; says why when it is not able."""
    if which == "none" or (which == "python" and not usual):
        return False
    if missing := peer.missing():
        _say(f"{peer.name} is skipped: {missing}")
    return not missing


@contextmanager
def _generator() -> Iterator[Executor]:
    """The load comes from a process of its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        yield executor


def _circumstances(options: argparse.Namespace) -> list[str]:
    load = " ".join(f"{value:.2f}" for value in os.getloadavg())
    return [
        f"{os.cpu_count()} processors, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"load average {load}; {options.rounds} rounds of {options.seconds:g} s, medians.",
        "µs: processor time of the server for one unit. ×: how much better the simulator is. "
        "*: the generator used most of its core. ~: other programs took more than a quarter of a core. "
        "In brackets: where a letter is when it is acknowledged.",
    ]


def _say(text: str) -> None:
    sys.stderr.write(f"bench: {text}\n")
    sys.stderr.flush()
