"""From the first octet of a submitted letter to the news of it in its recipient's IDLE."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bench.load import smtp
from bench.load.connection import tls_context
from bench.load.drive import Bounds, Measured, drive, percentiles, run
from bench.load.imap import Reader
from bench.ways import Account, Way


@dataclass(frozen=True, slots=True)
class Job:
    """``sender`` submits, ``recipient`` waits."""

    submission: Way
    imap: Way
    sender: Account
    recipient: Account
    bounds: Bounds
    pids: Sequence[int]


def measure(job: Job) -> Measured:
    """Do the job, in the process that calls; ``p50`` and ``p99`` are those of the news."""
    return run(_measure(job), 20 + 5 * job.bounds.seconds)


async def _measure(job: Job) -> Measured:
    context = tls_context(job.submission)
    reader = Reader()
    await reader.open(job.imap, context, job.recipient)
    await reader.ask(b"SELECT INBOX")
    reader.write(b"idle IDLE\r\n")
    await reader.expect(b"+ ")
    sending = smtp.Job(job.submission, [job.sender], [job.recipient], job.bounds, job.pids)
    client = smtp.Client(sending, 0, context, itertools.count())
    await client.open()
    waited: list[float] = []

    async def work() -> int:
        await client.envelope()
        news = reader.expect(b" EXISTS\r\n")
        begun = time.perf_counter()
        acknowledged = asyncio.ensure_future(client.text())
        await news
        waited.append(time.perf_counter() - begun)
        await acknowledged
        return 1

    measured = await drive([work], job.bounds, job.pids)
    await client.quit()
    reader.close()
    p50, p99 = percentiles(waited)
    return replace(measured, p50=p50, p99=p99)
