"""A simulator in a process of its own, as users run it, and its story line by line."""

from __future__ import annotations

import json
import queue
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyotp

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0
"""Seconds before a missing event is a failure."""

Event = dict[str, Any]


class Running:
    """``mssim up`` with free ports. ``events`` are the journal, in order."""

    def __init__(self, folder: Path, *arguments: str, config: Path = ROOT / "config.yaml") -> None:
        self.folder = folder
        self.ready_file = folder / "ready.json"
        self.events: list[Event] = []
        self.errors = (folder / "stderr").open("wb")
        self._lines: queue.Queue[Event | None] = queue.Queue()
        command = [
            sys.executable,
            "-m",
            "simulator",
            "up",
            "--config",
            str(config),
            "--port-base",
            "0",
            "--log-format",
            "json",
            "--ready-file",
            str(self.ready_file),
            "--data",
            str(folder / "data"),
            *arguments,
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.errors, cwd=ROOT)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.wait_for(lambda e: e["kind"] == "ready")
        self.ready: dict[str, Any] = json.loads(self.ready_file.read_text())

    # -- the story
    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(json.loads(line))
        self._lines.put(None)

    def wait_for(self, wanted: Callable[[Event], bool], *, after: int = 0) -> Event:
        """The first event numbered above ``after`` that is wanted, told already or yet to come."""
        for event in self.events:
            if event["seq"] > after and wanted(event):
                return event
        while True:
            event_or_end = self._lines.get(timeout=PATIENCE)
            if event_or_end is None:
                self.errors.flush()
                raise AssertionError(f"the simulator ended: {(self.folder / 'stderr').read_text()}")
            self.events.append(event_or_end)
            if event_or_end["seq"] > after and wanted(event_or_end):
                return event_or_end

    @property
    def now(self) -> int:
        """Number of the newest event seen; give it to ``wait_for`` as ``after``."""
        return int(self.events[-1]["seq"]) if self.events else 0

    # -- what clients need
    def port(self, door: str) -> int:
        """Port of a door."""
        return int(self.ready["ports"][door])

    def account(self, address: str) -> dict[str, Any]:
        """The account's line of the ready file."""
        return next(a for a in self.ready["accounts"] if a["address"] == address)

    def operator(self, name: str) -> dict[str, Any]:
        """The operator's line of the ready file."""
        return next(o for o in self.ready["operators"] if o["name"] == name)

    def password_and_code(self, address: str) -> str:
        """What a member types to open the team's mailbox."""
        account = self.account(address)
        return f"{account['password']}{pyotp.TOTP(account['totp_secret']).now()}"

    @property
    def ca(self) -> str:
        """PEM file of the authority to trust."""
        return str(self.ready["ca_file"])

    def trust(self, account: dict[str, Any] | None = None) -> ssl.SSLContext:
        """A client's TLS settings; with an account's or operator's certificate when one is given."""
        context = ssl.create_default_context(cafile=self.ca)
        if account is not None:
            context.load_cert_chain(account["certificate"], account["key"])
        return context

    # -- ending
    def stop(self) -> int:
        """SIGTERM, then the exit status."""
        self.process.terminate()
        return self._ended()

    def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is flushed."""
        self.process.kill()
        self._ended()

    def _ended(self) -> int:
        status = self.process.wait(timeout=PATIENCE)
        self._reader.join(timeout=PATIENCE)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.errors.close()
        return status
