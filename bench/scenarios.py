"""What is measured of a running server, one generator job a scenario."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial

from bench.figures import Row, Sample
from bench.load import imap, push, smtp
from bench.load.drive import Bounds, Measured
from bench.servers import Door, Server
from bench.ways import ALPHA, BETA, Account

SMTP = "SMTP, 2 KiB letters"


@dataclass(frozen=True, slots=True)
class Scenario:
    """Measures one server that has the ``doors``, and that ``relays`` if that is asked."""

    row: Row
    doors: tuple[Door, ...]
    measure: Callable[[Server, Executor], Measured]
    relays: bool = False

    def fits(self, server: Server) -> bool:
        """The server can do it."""
        return set(self.doors) <= server.doors.keys() and (server.relays or not self.relays)

    def sample(self, server: Server, generator: Executor) -> Sample:
        """One measurement; whatever goes wrong in the generator is a failure of the server."""
        try:
            return Sample.of(self.measure(server, generator), self.row.unit)
        except Exception as problem:
            first = problem.exceptions[0] if isinstance(problem, ExceptionGroup) else problem
            return Sample(failure=f"{type(first).__name__}: {first}")


def smtp_scenarios(bounds: Bounds) -> Iterator[Scenario]:
    """Submission, relay and the door for operators."""

    def submission(server: Server, generator: Executor) -> Measured:
        job = smtp.Job(server.doors["submission"], ALPHA, ALPHA[1:] + ALPHA[:1], bounds, server.pids)
        return generator.submit(smtp.measure, job).result()

    def relay(server: Server, generator: Executor) -> Measured:
        job = smtp.Job(server.doors["submission"], ALPHA, BETA, bounds, server.pids, inboxes=server.doors["imap"])
        return generator.submit(smtp.measure, job).result()

    def between(server: Server, generator: Executor, new: bool) -> Measured:
        few = replace(bounds, warm=1 if new else bounds.warm)
        job = smtp.Job(server.doors["mx"], ALPHA, BETA, few, server.pids, sign_in=False, new_connections=new)
        return generator.submit(smtp.measure, job).result()

    def news(server: Server, generator: Executor) -> Measured:
        doors = server.doors
        job = push.Job(doors["submission"], doors["imap"], ALPHA[0], ALPHA[3], bounds, server.pids)
        return generator.submit(push.measure, job).result()

    yield Scenario(Row(SMTP, "submission to the same operator, kept TLS", "msg/s"), ("submission",), submission)
    yield Scenario(
        Row(SMTP, "submission to another operator, visible there", "msg/s"), ("submission", "imap"), relay, relays=True
    )
    for what, new in (("mx, kept mutual TLS", False), ("mx, one letter a new mutual TLS", True)):
        yield Scenario(Row(SMTP, what, "msg/s"), ("mx",), partial(between, new=new))
    yield Scenario(Row(SMTP, "submission to IDLE push", "ms"), ("submission", "imap"), news)


def imap_scenarios(bounds: Bounds, account: Account, messages: int) -> Iterator[Scenario]:
    """Every test of the IMAP generator on an INBOX filled before."""
    few = replace(bounds, warm=1)

    def scenario(name: str, unit: str) -> Scenario:
        def measure(server: Server, generator: Executor) -> Measured:
            job = imap.Job(name, server.doors["imap"], account, messages, few, server.pids)
            return generator.submit(imap.measure, job).result()

        return Scenario(Row(f"IMAP over TLS, {messages:,} × 2 KiB", name, unit), ("imap",), measure)

    for name, (unit, _) in imap.TESTS.items():
        yield scenario(name, unit)
