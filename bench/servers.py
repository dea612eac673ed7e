"""What can be measured: the simulator as its users start it, and the form of a peer."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from bench import processes
from bench.load import smtp
from bench.load.drive import Bounds
from bench.ways import ALPHA, BETA, DOMAINS, Account, Way
from simulator.model.invented import Inventor

ROOT = Path(__file__).resolve().parents[1]
Door = Literal["submission", "mx", "imap"]


class Server:
    """One server with all it keeps in ``folder``; ``doors`` are those it has, known once it has started."""

    name = ""
    keeps = ""
    """Where a letter is when it is acknowledged."""
    relays = False
    """Carries letters to another operator."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.doors: dict[Door, Way] = {}
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Return when it accepts connections. Raises NotStarted."""
        raise NotImplementedError

    def stop(self) -> None:
        """End it; what it keeps stays in the folder."""
        for process in reversed(self._processes):
            processes.stop(process)
        self._processes.clear()

    @property
    def pids(self) -> list[int]:
        """Roots of its process trees."""
        return [process.pid for process in self._processes]

    def fill(self, account: Account, count: int) -> None:
        """Put ``count`` letters, numbered from 0, into the account's empty INBOX: by submission, unless a server has a
        quicker way."""
        bounds = Bounds(seconds=600, most=count, warm=0)
        sender = next(a for a in ALPHA if a != account)
        smtp.measure(smtp.Job(self.doors["submission"], [sender], [account], bounds, self.pids))

    def _run(self, command: Sequence[str | Path], cwd: Path | None = None) -> subprocess.Popen[bytes]:
        process = processes.start(command, self.folder, cwd)
        self._processes.append(process)
        return process


class Simulator(Server):
    """``mssim up`` on any free ports."""

    name = "simulator"
    keeps = "SQLite, fsync"
    relays = True

    def __init__(self, folder: Path, config: Path | None = None) -> None:
        super().__init__(folder)
        self._config = config or folder / "config.yaml"
        if config is None:
            self._config.write_text(configuration(), encoding="utf-8")

    def start(self) -> None:
        """Ready is when the ready file is there."""
        file = self.folder / "ready.json"
        process = self._run([
            sys.executable, "-m", "simulator", "up", "--port-base", "0", "--ready-file", file,
            "--data", self.folder / "data", "--config", self._config,
        ], cwd=ROOT)
        processes.wait_until(file.exists, process, self.folder)
        ready: dict[str, Any] = json.loads(file.read_text())
        alpha = next((o for o in ready["operators"] if o["name"] == "alpha"), ready["operators"][0])
        self.doors = {
            "submission": Way(ready["ports"]["smtps"], "implicit"),
            "mx": Way(ready["ports"]["mx"], "starttls", alpha["certificate"], alpha["key"]),
            "imap": Way(ready["ports"]["imaps"], "implicit"),
        }


def configuration() -> str:
    """A trust space of two operators with four accounts each, and room enough for a load."""
    inventor = Inventor(1)
    lines = ["version: 1", "operators:"]
    for name, domain in DOMAINS.items():
        lines += [
            f"  {name}:", f"    organization: BENCH {name.upper()} TEST", f"    siret: {inventor.siret()}",
            "    department: Paris (75)", f"    mx_host: mx.{domain}", f"    client_host: client.{domain}",
            "    message_size: 10 MiB",
            f"    domains: {{{domain}: {{kind: professional, description: Bench}}}}",
        ]
    lines.append("mailboxes:")
    for account in ALPHA + BETA:
        lines += [
            f"  {account.address}:", "    kind: PER", "    given_name: Banc", "    family_name: Essai",
            f"    rpps: {inventor.rpps()}", "    profession: 10", f"    password: {account.password}",
        ]
    lines += [
        "access: {failures: {per_session: 1000, first_delay: 1 ms, longest_delay: 1 ms, tries_per_minute: 100000}}",
        "limits:", "  quota: 100 GiB", "  connections: {total: 5000, per_address: 5000}",
        "  smtp: {commands: 100000000}",
    ]
    return "\n".join(lines) + "\n"

