"""A program that wants a terminal, without anybody looking at it."""

from __future__ import annotations

import os
import pty
import select
import signal
import time
from pathlib import Path


class Terminal:
    """Runs a program until it ends, or until ``stop``. What it draws is kept for a failure's report."""

    def __init__(self, command: list[str], env: dict[str, str]) -> None:
        self.drawn = b""
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            os.execvpe(command[0], command, {**os.environ, "TERM": "vt100", "LINES": "50", "COLUMNS": "200", **env})

    def wait(self, seconds: float = 15, sign: Path | None = None) -> None:
        """Until the program ends or the sign appears; TimeoutError with the screen otherwise."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if sign is not None and sign.exists():
                return
            if select.select([self._fd], [], [], 0.1)[0]:
                try:
                    self.drawn += os.read(self._fd, 65536)
                except OSError:  # the other end is closed: it has ended
                    os.waitpid(self._pid, 0)
                    self._pid = 0
                    return
        self.stop()
        raise TimeoutError(self.drawn.decode(errors="replace"))

    def stop(self) -> None:
        """End it."""
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self._pid = 0
        os.close(self._fd)
