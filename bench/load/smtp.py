"""The SMTP generator: lock-step clients that submit or relay letters, over kept or over new connections."""

from __future__ import annotations

import asyncio
import base64
import itertools
import ssl
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bench.load.connection import Connection, Wrong, tls_context
from bench.load.drive import Bounds, Measured, Work, drive, run
from bench.load.imap import Reader, count_of
from bench.load.letters import letter
from bench.processes import cpu_seconds
from bench.ways import Account, Way


@dataclass(frozen=True, slots=True)
class Job:
    """``connections`` clients; the n-th sends from the n-th sender to the n-th recipient, going round."""

    way: Way
    senders: Sequence[Account]
    recipients: Sequence[Account]
    bounds: Bounds
    pids: Sequence[int]
    sign_in: bool = True
    new_connections: bool = False
    """Each letter over a connection of its own."""
    connections: int = 8
    inboxes: Way | None = None
    """The IMAP door where recipients see what arrived; then the measure lasts until everything is there."""


class Client(Connection):
    """One SMTP client."""

    def __init__(self, job: Job, number: int, context: ssl.SSLContext, numbers: Iterator[int]) -> None:
        super().__init__()
        self._job, self._context, self._numbers = job, context, numbers
        self._sender = job.senders[number % len(job.senders)]
        self._recipient = job.recipients[number % len(job.recipients)].address
        self._mail = f"MAIL FROM:<{self._sender.address}>\r\n".encode()
        self._rcpt = f"RCPT TO:<{self._recipient}>\r\n".encode()

    def ends(self, tail: bytes) -> bool:
        """The last line of a reply has a space behind its code."""
        return tail[tail.rfind(b"\n", 0, -2) + 4 :][:1] == b" "

    async def open(self) -> None:
        """Connect, encrypt, sign in."""
        await self.connect(self._job.way, self._context)
        self._check(await self.answer(), b"220")
        await self._ask(b"EHLO bench.mssante.fr\r\n", b"250")
        if self._job.way.tls == "starttls":
            await self._ask(b"STARTTLS\r\n", b"220")
            await self.start_tls(self._context)
            await self._ask(b"EHLO bench.mssante.fr\r\n", b"250")
        if self._job.sign_in:
            proof = f"\0{self._sender.address}\0{self._sender.password}".encode()
            await self._ask(b"AUTH PLAIN " + base64.b64encode(proof) + b"\r\n", b"235")

    async def send(self) -> int:
        """One letter, each command after the reply to the one before."""
        await self.envelope()
        await self.text()
        return 1

    async def envelope(self) -> None:
        """Up to the server's readiness for the text."""
        await self._ask(self._mail, b"250")
        await self._ask(self._rcpt, b"250")
        await self._ask(b"DATA\r\n", b"354")

    async def text(self) -> None:
        """The letter, until it is acknowledged."""
        await self._ask(letter(next(self._numbers), self._sender.address, self._recipient) + b".\r\n", b"250")

    async def quit(self) -> None:
        """End the session."""
        await self._ask(b"QUIT\r\n", b"221")
        self.close()

    async def _ask(self, command: bytes, expected: bytes) -> None:
        self.write(command)
        self._check(await self.answer(), expected)

    def _check(self, reply: bytes, expected: bytes) -> None:
        if not reply.startswith(expected):
            raise Wrong(reply.decode(errors="replace").strip()[:200])


def measure(job: Job) -> Measured:
    """Do the job, in the process that calls."""
    return run(_measure(job), 20 + 5 * job.bounds.seconds)


async def _measure(job: Job) -> Measured:
    context, numbers = tls_context(job.way), itertools.count()
    make = partial(Client, job, context=context, numbers=numbers)
    if job.new_connections:
        async def once(number: int) -> int:
            client = make(number=number)
            await client.open()
            await client.send()
            await client.quit()
            return 1

        return await drive([partial(once, number) for number in range(job.connections)], job.bounds, job.pids)
    clients = [make(number=number) for number in range(job.connections)]
    await asyncio.gather(*(client.open() for client in clients))
    works = [client.send for client in clients]
    if job.inboxes is None:
        measured = await drive(works, job.bounds, job.pids)
    else:
        measured = await _until_visible(job, job.inboxes, works)
    await asyncio.gather(*(client.quit() for client in clients))
    return measured


async def _until_visible(job: Job, inboxes: Way, works: Sequence[Work]) -> Measured:
    """Like ``drive``; but the time and the processor time run until the recipients see every letter."""
    readers = [Reader() for _ in job.recipients]
    for reader, account in zip(readers, job.recipients, strict=True):
        await reader.open(inboxes, tls_context(inboxes), account)
    before, server, begun = await count_of(readers), cpu_seconds(job.pids), time.perf_counter()
    measured = await drive(works, replace(job.bounds, warm=0), job.pids)
    while await count_of(readers) < before + measured.units:
        await asyncio.sleep(0.02)
    seconds = time.perf_counter() - begun
    for reader in readers:
        reader.close()
    return replace(measured, seconds=seconds, server_cpu=cpu_seconds(job.pids) - server)
