"""What Python can do at most: no rules, no IMAP, just enough SMTP on uvloop, letters in SQLite, many to a commit.

Arguments: folder, submission port, mx port, chain, key, CA (PEM files).
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import ssl
import sys
import threading
from typing import cast

import uvloop

REPLIES = {
    b"EHLO": b"250-ceiling\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n", b"AUTH": b"235 ok\r\n", b"MAIL": b"250 ok\r\n",
    b"RCPT": b"250 ok\r\n", b"DATA": b"354 go\r\n", b"QUIT": b"221 bye\r\n", b"STAR": b"220 go\r\n",
}


class Writer(threading.Thread):
    """Commits all that waits, then answers all of it."""

    def __init__(self, folder: str, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(daemon=True)
        self.letters: queue.SimpleQueue[tuple[Session, bytes]] = queue.SimpleQueue()
        self._file, self._loop = f"{folder}/mail.sqlite3", loop

    def run(self) -> None:
        database = sqlite3.connect(self._file, isolation_level=None)
        database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE letter (text BLOB)")
        while True:
            waiting = [self.letters.get()]
            while not self.letters.empty():
                waiting.append(self.letters.get())
            database.execute("BEGIN")
            database.executemany("INSERT INTO letter VALUES (?)", [(text,) for _, text in waiting])
            database.execute("COMMIT")
            self._loop.call_soon_threadsafe(self._answer, [session for session, _ in waiting])

    @staticmethod
    def _answer(sessions: list[Session]) -> None:
        for session in sessions:
            session.transport.write(b"250 stored\r\n")


class Session(asyncio.BufferedProtocol):
    """One connection; commands come one at a time."""

    def __init__(self, writer: Writer, mutual: ssl.SSLContext) -> None:
        self._writer, self._mutual = writer, mutual
        self._room = memoryview(bytearray(65536))
        self._text: bytearray | None = None
        self._greet = True
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are of no class of asyncio's.
        self.transport = cast(asyncio.Transport, transport)
        if self._greet:
            self.transport.write(b"220 ceiling\r\n")
            self._greet = False

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._room

    def buffer_updated(self, nbytes: int) -> None:
        if self._text is None:
            self._command(bytes(self._room[:4]).upper())
            return
        self._text += self._room[:nbytes]
        if self._text.endswith(b"\r\n.\r\n"):
            self._writer.letters.put((self, bytes(self._text[:-3])))
            self._text = None

    def _command(self, verb: bytes) -> None:
        self.transport.write(REPLIES.get(verb, b"500 no\r\n"))
        if verb == b"DATA":
            self._text = bytearray()
        elif verb == b"STAR":
            self._upgrade = asyncio.ensure_future(self._encrypt())
        elif verb == b"QUIT":
            self.transport.close()

    async def _encrypt(self) -> None:
        loop = asyncio.get_running_loop()
        transport = await loop.start_tls(self.transport, self, self._mutual, server_side=True)
        assert transport is not None
        self.transport = transport


async def serve(folder: str, submission: str, mx: str, chain: str, key: str, ca: str) -> None:
    """Serve until the process is ended."""
    own = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    own.load_cert_chain(chain, key)
    mutual = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=ca)
    mutual.load_cert_chain(chain, key)
    mutual.verify_mode = ssl.CERT_REQUIRED
    loop = asyncio.get_running_loop()
    writer = Writer(folder, loop)
    writer.start()
    await loop.create_server(lambda: Session(writer, mutual), "127.0.0.1", int(submission), ssl=own)
    await loop.create_server(lambda: Session(writer, mutual), "127.0.0.1", int(mx))
    await asyncio.Event().wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(*sys.argv[1:]))
