"""A client for conversations written down: ``C:`` lines are sent, ``S:`` lines are patterns of whole replies."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import socket
import ssl
import struct
from dataclasses import dataclass
from fnmatch import fnmatchcase

WAIT = 5.0
CLOSED = "<closed>"
HELLO = b"EHLO client.example\r\n"
ENVELOPE = b"MAIL FROM:<a@alpha.example>\r\nRCPT TO:<b@beta.example>\r\nDATA\r\n"


def sasl(*parts: str) -> str:
    return base64.b64encode("\0".join(parts).encode()).decode()


@dataclass
class Client:
    """One connection. Replies come as text, their lines joined by `` / ``."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def connect(cls, port: int, context: ssl.SSLContext | None = None, name: str = "localhost") -> Client:
        streams = asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname=name if context else None)
        return cls(*await asyncio.wait_for(streams, WAIT))

    async def starttls(self, context: ssl.SSLContext, name: str = "localhost") -> None:
        assert (await self.ask("STARTTLS")).startswith("220 2.0.0 ")
        await asyncio.wait_for(self.writer.start_tls(context, server_hostname=name), WAIT)

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def reply(self) -> str:
        lines: list[str] = []
        while True:
            line = await asyncio.wait_for(self.reader.readline(), WAIT)
            if not line:
                return CLOSED
            assert line.endswith(b"\r\n") and line.isascii()
            lines.append(line.decode().rstrip())
            if line[3:4] != b"-":
                return " / ".join(lines)

    async def ask(self, line: str | bytes) -> str:
        self.send((line.encode() if isinstance(line, str) else line) + b"\r\n")
        return await self.reply()

    async def play(self, script: str) -> None:
        """Consecutive ``C:`` lines leave in one piece."""
        waiting = b""
        for line in script.strip().splitlines():
            side, _, words = line.strip().partition(" ")
            if side == "C:":
                waiting += words.encode() + b"\r\n"
                continue
            if waiting:
                self.send(waiting)
                waiting = b""
            said = await self.reply()
            assert fnmatchcase(said, words), f"expected {words!r}, heard {said!r}"
        assert not waiting, "a conversation ends with a reply"

    async def envelope(self, hello: bool = True) -> None:
        """All that comes before the text of a message."""
        if hello:
            await self.reply()
            await self.ask(HELLO[:-2])
        self.send(ENVELOPE)
        for code in ("250", "250", "354"):
            assert (await self.reply()).startswith(code)

    async def mail(self, text: bytes, hello: bool = True) -> str:
        """A whole message; the reply to its end."""
        await self.envelope(hello)
        self.send(text)
        return await self.reply()

    async def reset(self) -> None:
        """Close so that the server hears of a broken connection, not of a polite end."""
        plug = self.writer.get_extra_info("socket")
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        await self.close()

    async def close(self) -> None:
        self.writer.transport.abort()
        with contextlib.suppress(OSError):  # the server may be quicker
            await self.writer.wait_closed()
