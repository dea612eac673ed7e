"""The servers that the simulator is measured beside; each says why it cannot run here."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench import processes
from bench.servers import ROOT, Door, Server
from bench.ways import ALPHA, BETA, Way
from simulator.pki import Authority, ServerRequest


@dataclass(frozen=True, slots=True)
class Papers:
    """PEM files: a server certificate that serves as client certificate too, its key, and who signed it."""

    chain: Path
    key: Path
    ca: Path

    @classmethod
    def made_in(cls, folder: Path) -> Papers:
        """The same kind of certificates and keys as the simulator has."""
        folder.mkdir()
        authority = Authority.open(folder, lambda: datetime.now(UTC))
        request = ServerRequest("localhost", ("localhost",), ("127.0.0.1",), "BANC", "399990000400014", "Paris (75)")
        issued = authority.issue(request)
        return cls(issued.chain_file, issued.key_file, authority.ca_file)


class Peer(Server):
    """A server with two SMTP doors like ours: implicit TLS with AUTH, and STARTTLS with a client's certificate."""

    has: tuple[Door, ...] = ("submission", "mx")

    def __init__(self, folder: Path, papers: Papers) -> None:
        super().__init__(folder)
        self.papers = papers

    @staticmethod
    def missing() -> str:
        """Why it cannot run here; empty when it can."""
        return ""

    def start(self) -> None:
        """Return when every door accepts connections. Raises NotStarted."""
        self.doors = {door: self._way(door) for door in self.has}
        self.launch()
        for way in self.doors.values():
            processes.wait_until(partial(processes.accepts, way.port), self._processes[-1], self.folder)

    def _way(self, door: Door) -> Way:
        if door == "mx":
            return Way(processes.free_port(), "starttls", str(self.papers.chain), str(self.papers.key))
        return Way(processes.free_port(), "implicit")

    def launch(self) -> None:
        """Start the processes, listening on the ports of ``doors``."""
        raise NotImplementedError


class _Sink(Peer):
    """A program of ours in ``bench/sinks``."""

    program = ""

    def launch(self) -> None:
        """Its arguments are the same for all."""
        ports = self.doors["submission"].port, self.doors["mx"].port
        papers = self.papers.chain, self.papers.key, self.papers.ca
        self._run([sys.executable, "-m", self.program, self.folder / "kept", *map(str, ports), *papers], cwd=ROOT)


class Stock(_Sink):
    """aiosmtpd with its threaded Controller."""

    name = "aiosmtpd"
    keeps = "Maildir, fsync"
    program = "bench.sinks.stock"


class Ceiling(_Sink):
    """uvloop and SQLite with nothing in between."""

    name = "ceiling"
    keeps = "SQLite, fsync"
    program = "bench.sinks.ceiling"

    def launch(self) -> None:
        """SQLite needs the folder."""
        (self.folder / "kept").mkdir(exist_ok=True)
        super().launch()


class GreenMail(Peer):
    """The Java test server, when ``GREENMAIL_JAR`` names its standalone jar."""

    name = "GreenMail"
    keeps = "memory"
    has = ("submission", "imap")

    @staticmethod
    def missing() -> str:
        """Needs Java and the jar."""
        if not shutil.which("java"):
            return "java is not installed"
        return "" if Path(os.environ.get("GREENMAIL_JAR", "/none")).is_file() else "GREENMAIL_JAR names no file"

    def launch(self) -> None:
        """Accounts and ports are system properties."""
        users = ",".join(a.address.replace("@", f":{a.password}@") for a in ALPHA + BETA)
        settings = [f"-Dgreenmail.users={users}", "-Dgreenmail.users.login=email"]
        for protocol, door in (("smtps", self.doors["submission"]), ("imaps", self.doors["imap"])):
            place = f"-Dgreenmail.{protocol}"
            settings += [f"{place}.hostname={processes.HOST}", f"{place}.port={door.port}"]
        self._run(["java", *settings, "-jar", os.environ["GREENMAIL_JAR"]])

