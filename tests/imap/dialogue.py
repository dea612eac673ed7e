"""Conversations as tests: ``C:`` lines are sent, ``S:`` lines must come, in this order and no others between.

``...`` stands for any text within a line. ``C2:`` and ``S2:`` belong to a second connection. Every connection of a
dialogue is greeted and signed in before it starts, unless it is opened with ``stranger``.
"""

from __future__ import annotations

import asyncio
import re
import textwrap
from types import TracebackType
from typing import Self

PATIENCE = 10.0
_STEP = re.compile(r"([CS])(\d?): ?(.*)")


class Client:
    """A connection that speaks in lines."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._tags = 0

    @classmethod
    async def connect(cls, port: int, *, greeted: bool = True, limit: int = 1 << 24) -> Self:
        """Open a connection and read the greeting."""
        client = cls(*await asyncio.open_connection("127.0.0.1", port, limit=limit))
        if greeted:
            greeting = await client.line()
            assert greeting.startswith("* OK [CAPABILITY "), greeting
        return client

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None,
                        trace: TracebackType | None) -> None:
        await self.close()

    def write(self, data: bytes) -> None:
        """Send octets."""
        self._writer.write(data)

    async def line(self) -> str:
        """The next line, without CRLF; raises EOFError when the server closed."""
        async with asyncio.timeout(PATIENCE):
            data = await self._reader.readline()
        if not data.endswith(b"\r\n"):
            raise EOFError(data)
        return data[:-2].decode("utf-8", "surrogateescape")

    async def octets(self, count: int) -> bytes:
        """Exactly so many octets."""
        async with asyncio.timeout(PATIENCE):
            return await self._reader.readexactly(count)

    async def ended(self) -> bytes:
        """Everything up to the end of the connection."""
        async with asyncio.timeout(PATIENCE):
            return await self._reader.read()

    async def command(self, text: str | bytes) -> list[str]:
        """Send one command under a fresh tag; all lines of the answer, the tagged one last."""
        self._tags += 1
        tag = f"t{self._tags}"
        data = text.encode() if isinstance(text, str) else text
        self.write(tag.encode() + b" " + data + b"\r\n")
        lines = [await self.line()]
        while not lines[-1].startswith(tag + " "):
            lines.append(await self.line())
        return lines

    async def ok(self, text: str | bytes) -> list[str]:
        """A command that must succeed; the untagged lines."""
        lines = await self.command(text)
        assert lines[-1].split(" ", 2)[1] == "OK", lines[-1]
        return lines[:-1]

    async def sign_in(self, user: str = "paul.vial@medecin.mssante.fr") -> None:
        """LOGIN with the password that the porter takes."""
        await self.ok(f'LOGIN {user} "correct horse"')

    async def start_tls(self, context: object, name: str) -> None:
        """Change to TLS."""
        await self._writer.start_tls(context, server_hostname=name)  # type: ignore[arg-type]

    def pause(self) -> None:
        """Read nothing from the network any more."""
        self._writer.transport.pause_reading()  # type: ignore[attr-defined]

    def finish(self) -> None:
        """Say that nothing more will be sent."""
        self._writer.write_eof()

    async def close(self) -> None:
        """Leave without a word."""
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except OSError:
            return


def fits(expected: str, line: str) -> bool:
    """The line is the expected one, ``...`` being anything."""
    return re.fullmatch(".*".join(map(re.escape, expected.split("..."))), line, re.DOTALL) is not None


async def talk(clients: list[Client], script: str) -> None:
    """Play a script. AssertionError names the step that failed."""
    for number, step in enumerate(textwrap.dedent(script).strip().splitlines(), 1):
        found = _STEP.fullmatch(step.rstrip())
        assert found, f"step {number} is no step: {step}"
        client = clients[int(found[2] or 1) - 1]
        if found[1] == "C":
            client.write(found[3].encode("utf-8", "surrogateescape") + b"\r\n")
            continue
        try:
            line = await client.line()
        except (EOFError, TimeoutError) as error:
            raise AssertionError(f"step {number}: expected {found[3]!r}, got {error!r}") from error
        assert fits(found[3], line), f"step {number}: expected {found[3]!r}, got {line!r}"
