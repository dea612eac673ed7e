"""The IMAP generator: each test is one command repeated, its answer counted."""

from __future__ import annotations

import asyncio
import itertools
import random
import re
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from bench.load.connection import Connection, Wrong, tls_context
from bench.load.drive import Bounds, Measured, Work, drive, run
from bench.load.letters import SIZE, body_word, letter, subject_word
from bench.ways import Account, Way

MOST_BODIES = 10_000
"""Fetched at once, whatever the folder holds."""


@dataclass(frozen=True, slots=True)
class Job:
    """One test of TESTS on an INBOX that holds ``messages`` letters numbered from 0."""

    test: str
    way: Way
    account: Account
    messages: int
    bounds: Bounds
    pids: Sequence[int]


class Reader(Connection):
    """One IMAP client; tags are random, so that no letter holds one."""

    def __init__(self) -> None:
        super().__init__()
        self._name = b"%016x" % random.getrandbits(64)
        self._count = itertools.count()
        self._mark = b"* "

    def ends(self, tail: bytes) -> bool:
        """The mark stands in the last lines."""
        return self._mark in tail

    async def open(self, way: Way, context: ssl.SSLContext, account: Account) -> None:
        """Connect and log in."""
        await self.connect(way, context)
        await self.answer()
        await self.ask(f'LOGIN "{account.address}" "{account.password}"'.encode())

    async def ask(self, command: bytes) -> bytes:
        """The whole answer. Raises Wrong unless it ends with OK."""
        tag = b"%s.%d " % (self._name, next(self._count))
        self._mark = tag
        self.write(tag + command + b"\r\n")
        answer = await self.answer()
        if not answer[answer.rindex(tag) + len(tag) :].startswith(b"OK"):
            raise Wrong(f"{command[:40]!r}: {answer[-200:]!r}")
        return answer

    def expect(self, mark: bytes) -> asyncio.Future[bytes]:
        """What comes until a line with ``mark`` has come; for IDLE."""
        self._mark = mark
        return self.answer()


async def _opened(job: Job, context: ssl.SSLContext, count: int = 1) -> list[Reader]:
    readers = [Reader() for _ in range(count)]
    for reader in readers:
        await reader.open(job.way, context, job.account)
        await reader.ask(b"SELECT INBOX")
    return readers


def _counted(command: str, mark: bytes, expected: int, least: int = 0) -> Callable[[Reader], Work]:
    """A command whose answer holds ``mark`` as often as expected and ``least`` octets; a unit is one mark."""

    def of(reader: Reader) -> Work:
        async def work() -> int:
            answer = await reader.ask(command.encode())
            if (found := answer.count(mark)) != expected or len(answer) < least:
                raise Wrong(f"{command}: {found} of {expected} in {len(answer)} octets")
            return found

        return work

    return of


async def _login(job: Job, context: ssl.SSLContext) -> list[Work]:
    async def work() -> int:
        reader = Reader()
        await reader.open(job.way, context, job.account)
        await reader.ask(b"LOGOUT")
        reader.close()
        return 1

    return [work] * 4


async def _select(job: Job, context: ssl.SSLContext) -> list[Work]:
    command = _counted("SELECT INBOX", b"* %d EXISTS" % job.messages, 1)
    return [command(reader) for reader in await _opened(job, context)]


async def _flags(job: Job, context: ssl.SSLContext) -> list[Work]:
    command = _counted("FETCH 1:* FLAGS", b" FETCH (", job.messages)
    return [command(reader) for reader in await _opened(job, context)]


async def _bodies(job: Job, context: ssl.SSLContext) -> list[Work]:
    count = min(job.messages, MOST_BODIES)
    command = _counted(f"FETCH 1:{count} BODY.PEEK[]", b" FETCH (", count, count * SIZE)
    return [command(reader) for reader in await _opened(job, context)]


async def _one_body(job: Job, context: ssl.SSLContext) -> list[Work]:
    readers = await _opened(job, context, 4)
    uids = await _uids(readers[0])
    random.Random(1).shuffle(uids)
    endless = itertools.cycle(uids)

    def of(reader: Reader) -> Work:
        async def work() -> int:
            answer = await reader.ask(b"UID FETCH %d BODY.PEEK[]" % next(endless))
            if len(answer) < SIZE:
                raise Wrong(repr(answer[:200]))
            return 1

        return work

    return [of(reader) for reader in readers]


async def _search(job: Job, context: ssl.SSLContext, criterion: str) -> list[Work]:
    readers = await _opened(job, context)

    async def work(reader: Reader) -> int:
        answer = await reader.ask(f"SEARCH {criterion}".encode())
        if (found := len(_numbers(answer))) != job.messages // 100:
            raise Wrong(f"SEARCH {criterion} found {found} of {job.messages // 100}")
        return 1

    return [partial(work, reader) for reader in readers]


async def _store_one(job: Job, context: ssl.SSLContext) -> list[Work]:
    readers = await _opened(job, context, 4)
    uids = await _uids(readers[0])
    # A flag that does not change needs no answer.
    await readers[0].ask(b"STORE 1:* -FLAGS.SILENT (\\Flagged)")

    def of(reader: Reader, mine: Sequence[int]) -> Work:
        steps = itertools.cycle([(uid, sign) for uid in mine for sign in (b"+", b"-")])

        async def work() -> int:
            uid, sign = next(steps)
            answer = await reader.ask(b"UID STORE %d %sFLAGS (\\Flagged)" % (uid, sign))
            if b" FETCH (" not in answer:
                raise Wrong(repr(answer[:200]))
            return 1

        return work

    return [of(reader, uids[at::4]) for at, reader in enumerate(readers)]


async def _store_all(job: Job, context: ssl.SSLContext) -> list[Work]:
    signs = itertools.cycle((b"+", b"-"))

    async def work(reader: Reader) -> int:
        await reader.ask(b"STORE 1:* %sFLAGS.SILENT (\\Answered)" % next(signs))
        return job.messages

    return [partial(work, reader) for reader in await _opened(job, context)]


async def _append(job: Job, context: ssl.SSLContext) -> list[Work]:
    numbers = itertools.count()

    async def work(reader: Reader) -> int:
        text = letter(next(numbers), job.account.address, job.account.address)
        await reader.ask(b"APPEND Drafts {%d+}\r\n%s" % (len(text), text))
        return 1

    return [partial(work, reader) for reader in await _opened(job, context, 4)]


async def _uids(reader: Reader) -> list[int]:
    return _numbers(await reader.ask(b"UID SEARCH ALL"))


def _numbers(answer: bytes) -> list[int]:
    found = re.search(rb"^\* SEARCH([ \d]*)", answer, re.MULTILINE)
    return [int(number) for number in found[1].split()] if found else []


Test = Callable[[Job, ssl.SSLContext], Awaitable[list[Work]]]
TESTS: dict[str, tuple[str, Test]] = {
    "SELECT": ("ms", _select),
    "FETCH 1:* FLAGS": ("msg/s", _flags),
    "bodies, all at once": ("msg/s", _bodies),
    "bodies, one a command": ("msg/s", _one_body),
    "SEARCH SUBJECT": ("ms", partial(_search, criterion=f"SUBJECT {subject_word(7)}")),
    "SEARCH TEXT": ("ms", partial(_search, criterion=f"TEXT {body_word(7)}")),
    "STORE one": ("/s", _store_one),
    "STORE 1:*": ("msg/s", _store_all),
    "APPEND": ("/s", _append),
    "TLS LOGIN": ("/s", _login),
}
"""Name to what is shown (median milliseconds, or units a second) and to the clients' work."""


def measure(job: Job) -> Measured:
    """Do the job, in the process that calls."""
    return run(_measure(job), 20 + 5 * job.bounds.seconds)


async def _measure(job: Job) -> Measured:
    return await drive(await TESTS[job.test][1](job, tls_context(job.way)), job.bounds, job.pids)


async def count_of(readers: Sequence[Reader]) -> int:
    """Messages in the INBOX of all of them together."""
    answers = await asyncio.gather(*(reader.ask(b"STATUS INBOX (MESSAGES)") for reader in readers))
    return sum(int(found[1]) for answer in answers if (found := re.search(rb"MESSAGES (\d+)", answer)))
