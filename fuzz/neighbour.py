"""A well-behaved client from another address, all the while: it is served, and how long it waits (P16)."""

from __future__ import annotations

import base64
import ssl
import threading
import time
from collections.abc import Callable

from fuzz.connection import Connection

ADDRESS = "127.0.0.2"
WHO, PASSWORD = "claire.morel@pharmacie.bfc.mssante.fr", "morel-officine"
PATIENCE = 20.0
"""Seconds after which an answer does not come at all."""
_PLAIN = base64.b64encode(f"\0{WHO}\0{PASSWORD}".encode()).decode()
_VISITS = (
    ("imaps", (("", b"* OK "), (f"a1 LOGIN {WHO} {PASSWORD}", b"a1 OK "), ("a2 SELECT INBOX", b"a2 OK "),
               ('a3 LIST "" *', b"a3 OK "), ("a4 LOGOUT", b"a4 OK "))),
    ("smtps", (("", b"220 "), ("EHLO neighbour.example", b"250 "), (f"AUTH PLAIN {_PLAIN}", b"235 "),
               (f"MAIL FROM:<{WHO}>", b"250 "), (f"RCPT TO:<{WHO}>", b"250 "), ("RSET", b"250 "), ("QUIT", b"221 "))),
)


class Neighbour:
    """Visits until told to stop; ``longest`` is the longest wait for an answer in seconds, ``wrong`` what failed."""

    def __init__(self, port: Callable[[str], int], context: ssl.SSLContext) -> None:
        """``port`` gives the port of a door, ``context`` trusts its authority."""
        self.longest = 0.0
        self.slowest = ""
        self.visits = 0
        self.wrong: list[str] = []
        self._port, self._context = port, context
        self._visited = threading.Condition()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def wait_for(self, visits: int) -> None:
        """Return after so many more visits, or when something is wrong."""
        with self._visited:
            enough = self.visits + visits
            self._visited.wait_for(lambda: self.visits >= enough or bool(self.wrong), visits * 10 * PATIENCE)

    def stop(self) -> None:
        """End after the visit in hand."""
        self._stop.set()
        self._thread.join(len(_VISITS) * 10 * PATIENCE)

    def _run(self) -> None:
        while not self.wrong:
            for door, asked in _VISITS:
                try:
                    self._visit(door, asked)
                except OSError as problem:
                    self.wrong.append(f"a neighbour could not connect to {door}: {problem}")
            with self._visited:
                self.visits += 1
                self._visited.notify_all()
            if self._stop.wait(0.02):
                break

    def _visit(self, door: str, asked: tuple[tuple[str, bytes], ...]) -> None:
        begun = time.monotonic()
        connection = Connection(self._port(door), ADDRESS)
        try:
            if not connection.secure(self._context, PATIENCE):
                self.wrong.append(f"a neighbour got no TLS at {door}")
                return
            self._waited(begun, f"{door}: connection and TLS")
            for words, answer in asked:
                begun = time.monotonic()
                if words:
                    connection.send(words.encode() + b"\r\n", PATIENCE)
                at = len(connection.heard)
                while not connection.heard[at:].rpartition(b"\r\n")[0].rpartition(b"\r\n")[2].startswith(answer):
                    if not connection.listen(PATIENCE) or len(connection.heard) > at + 100_000:
                        heard = bytes(connection.heard[at:][:300])
                        self.wrong.append(f"a neighbour got no answer at {door} to {words!r}: {heard!r}")
                        return
                self._waited(begun, f"{door}: {words or 'greeting'}")
        finally:
            connection.close()

    def _waited(self, since: float, what: str) -> None:
        seconds = time.monotonic() - since
        if seconds > self.longest:
            self.longest, self.slowest = seconds, what
