"""A short run finds nothing, and what is wrong is found: at servers that do what ours must never do."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest

from fuzz import player
from fuzz.campaign import Campaign, a_target
from fuzz.dialogues import DIALOGUES
from fuzz.steps import Dialogue, Step
from fuzz.target import ROOT, Target

pytestmark = [
    pytest.mark.sockets,
    pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the fuzzer reads memory from /proc"),
]

SECONDS = 3.0
MOST_WAITED = 5.0
"""Seconds; more than in a long run, for other tests run beside this one."""
Serve = Callable[[socket.socket, threading.Event], None]
"""Given a connection, and what tells that the client has finished."""


@pytest.mark.parametrize("kin", sorted(DIALOGUES))
def test_a_short_run_finds_nothing(tmp_path: Path, kin: str) -> None:
    with a_target(tmp_path) as target:
        result = Campaign(target, kin, seed=2026).run(SECONDS, most_waited=MOST_WAITED)
    assert [failure.what for failure in result.failures] == []
    assert result.played > 20


def test_one_dialogue_can_be_played_again_from_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "dialogue.json"
    file.write_text(DIALOGUES["smtp"][1].to_json())
    done = subprocess.run([sys.executable, "-m", "fuzz", "--replay", str(file), "--keep", str(tmp_path)], cwd=ROOT,
                          capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("submission in clear at submission:")
    assert done.stdout.endswith("all was well\n")


class Place:
    """As much of a target as a player needs."""

    def __init__(self, number: int) -> None:
        self._number = number

    def port(self, _door: str) -> int:
        return self._number

    def context(self, _door: str = "") -> ssl.SSLContext:
        return ssl.create_default_context()


@contextmanager
def a_server(serve: Serve) -> Iterator[Target]:
    """Serves one connection, then ends when the client has."""
    finished = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        def run() -> None:
            connection, _ = listening.accept()
            with connection:
                serve(connection, finished)

        thread = threading.Thread(target=run)
        thread.start()
        yield cast(Target, Place(listening.getsockname()[1]))
        finished.set()
        thread.join(30)


def never_close(connection: socket.socket, finished: threading.Event) -> None:
    connection.sendall(b"220 hello\r\n")
    while connection.recv(100):
        pass
    finished.wait(30)


def show_a_traceback(connection: socket.socket, _finished: threading.Event) -> None:
    connection.sendall(b"220 hello\r\nTraceback (most recent call last):\r\n")


def never_read(connection: socket.socket, finished: threading.Event) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    finished.wait(30)


@pytest.mark.parametrize(("serve", "wrong"), [
    (never_close, ["not closed 0.5 s after half-close"]),
    (show_a_traceback, ["said 'Traceback (most recent'", "said what is no SMTP reply: b'Traceback"]),
    (never_read, ["neither reads nor closes within 0.5 s"]),
])
def test_what_no_server_may_do_is_noticed(monkeypatch: pytest.MonkeyPatch, serve: Serve, wrong: list[str]) -> None:
    monkeypatch.setattr(player, "BOUND", 0.5)
    steps = (Step("listen"), Step("send", b"x" * (8_000_000 if serve is never_read else 10), (3, 5)))
    with a_server(serve) as place:
        found = player.play(Dialogue("mx", steps), place)
    assert [said[: len(start)] for said, start in zip(found, wrong, strict=True)] == wrong
