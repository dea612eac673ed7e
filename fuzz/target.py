"""The simulator under fire: a process of its own, what it tells, what it writes to stderr, how much memory it has."""

from __future__ import annotations

import json
import os
import queue
import re
import ssl
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
IMPATIENT: Mapping[str, str] = {
    "handshake": "2 s", "before_login": "5 s", "smtp_idle": "2 s", "imap_idle": "2 s", "write_stalled": "2 s",
    "first_delay": "10 ms", "longest_delay": "100 ms", "quota": "4 MiB", "keep": "500",
}
"""Settings with which every wait ends soon, and with which what is kept by design does not look like a leak."""
START = 60.0
"""Seconds that the process has to start, and to stop."""
BUGS = ("internal-error",)
"""Rules that stand for a defect of ours."""

Event = dict[str, Any]


def configured(folder: Path, settings: Mapping[str, str]) -> Path:
    """The configuration that ships with other values, each named by its key, in a file of ``folder``."""
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    for key, value in settings.items():
        text, changed = re.subn(rf"(?m)^( +{key}:) [^#\n]*", rf"\1 {value} ", text, count=1)
        if not changed:
            raise LookupError(f"config.yaml has no line for {key}")
    file = folder / "config.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def memory(pid: int) -> int:
    """Octets of a process that are in memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


class Target:
    """``mssim up`` in ``folder``. Its keys stay there, so that the next one starts quickly."""

    def __init__(self, folder: Path) -> None:
        self.wrong: queue.SimpleQueue[Event] = queue.SimpleQueue()
        """Events that tell of a defect, and lines that are no events."""
        self.told = 0
        self._stderr = folder / "stderr"
        ready_file = folder / "ready.json"
        config = configured(folder, IMPATIENT)
        command = [sys.executable, "-m", "simulator", "up", "--config", str(config), "--port-base", "0",
                   "--log-format", "json", "--ready-file", str(ready_file), "--data", str(folder / "data")]
        with self._stderr.open("wb") as errors:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, cwd=ROOT)
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not self._ready.wait(START) or not ready_file.exists():
            self.stop()
            raise RuntimeError(f"the simulator did not start: {self.stderr}")
        self.ready: dict[str, Any] = json.loads(ready_file.read_text())
        self._contexts = {"": self._trust(), "mx": self._trust("mailiz")}

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.told += 1
            try:
                event = json.loads(line)
                if event["kind"] == "ready":
                    self._ready.set()
            except (ValueError, LookupError, TypeError):
                self.wrong.put({"kind": "no event", "story": repr(line[:300])})
                continue
            if event["kind"] in ("error", "store-error") or event.get("rule") in BUGS:
                self.wrong.put(event)
        self._ready.set()

    def port(self, door: str) -> int:
        """Port of a door."""
        return int(self.ready["ports"][door])

    def context(self, door: str = "") -> ssl.SSLContext:
        """A client's TLS settings; at the ``mx`` door it presents an operator's certificate."""
        return self._contexts.get(door, self._contexts[""])

    def _trust(self, operator: str = "") -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.ready["ca_file"])
        for one in self.ready["operators"]:
            if one["name"] == operator:
                context.load_cert_chain(one["certificate"], one["key"])
        return context

    @property
    def memory(self) -> int:
        """Octets in memory."""
        return memory(self.process.pid)

    @property
    def alive(self) -> bool:
        """The process runs."""
        return self.process.poll() is None

    @property
    def stderr(self) -> str:
        """All it wrote there; nothing, when all is well."""
        return self._stderr.read_text(errors="replace")

    def stop(self) -> int | None:
        """SIGTERM, then the exit status; None when it had to be killed."""
        self.process.terminate()
        try:
            status: int | None = self.process.wait(START)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            status = None
        self._reader.join(START)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return status
