"""Server processes: starting and ending them, their processor time and memory (Linux, from ``/proc``)."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

HOST = "127.0.0.1"
_TICK = 1 / os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_START = 30.0
"""Seconds a server has to become ready; half as many to end."""


class NotStarted(Exception):
    """A server ended or stayed silent while starting; says what it wrote."""


def start(command: Sequence[str | Path], folder: Path, cwd: Path | None = None) -> subprocess.Popen[bytes]:
    """Start a server whose output goes to a file in ``folder``."""
    with (folder / "output").open("ab") as output:
        return subprocess.Popen([str(word) for word in command], stdout=output, stderr=output, cwd=cwd or folder)


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], folder: Path) -> None:
    """Return as soon as the server is ready. Raises NotStarted."""
    end = time.monotonic() + _START
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            raise NotStarted((folder / "output").read_text(errors="replace")[-500:].strip() or "no output")
        time.sleep(0.002)


def stop(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM; SIGKILL for one that does not listen."""
    process.terminate()
    try:
        process.wait(_START / 2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port of the loopback that was free a moment ago, for servers that cannot choose one themselves."""
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])


def accepts(port: int) -> bool:
    """Something listens there."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def cpu_seconds(pids: Collection[int]) -> float:
    """Processor time of these processes and all below them, ended children included."""
    return sum(sum(map(int, fields[11:15])) * _TICK for fields in _tree(pids))


def wait_until_idle(pids: Collection[int]) -> None:
    """Return once they have spent nothing for a third of a second: a server may go on loading when it is ready."""
    end = time.monotonic() + _START
    spent = -1.0
    while time.monotonic() < end and (now := cpu_seconds(pids)) != spent:
        spent = now
        time.sleep(0.35)


def busy_seconds() -> float:
    """Processor time that the whole machine has spent on something."""
    total = Path("/proc/stat").read_text().partition("\n")[0]
    user, nice, system, _idle, _waiting, *interrupts = map(int, total.split()[1:9])
    return (user + nice + system + sum(interrupts)) * _TICK


def resident(pids: Collection[int]) -> int:
    """Octets in memory of these processes and all below them; pages they share count for each."""
    return sum(int(fields[21]) * _PAGE for fields in _tree(pids))


def _tree(pids: Collection[int]) -> list[list[str]]:
    """What ``/proc/PID/stat`` says behind the name, for each process of the trees."""
    known = {pid: fields for entry in os.listdir("/proc") if entry.isdigit() and (fields := _stat(pid := int(entry)))}
    found = [pid for pid in pids if pid in known]
    for parent in found:
        found += [pid for pid, fields in known.items() if int(fields[1]) == parent and pid not in found]
    return [known[pid] for pid in found]


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
