"""The relay queue: takes each waiting message to the next operator, retries, and tells the sender when it cannot.

A message stays in the store until the peer has answered 250, so a crash repeats an attempt but loses nothing (P2).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from simulator.clock import Clock
from simulator.journal import Journal
from simulator.model.reply import Reply
from simulator.notices import Fate, wants
from simulator.routing import Routing, Sorted
from simulator.store.interface import QueuedRelay, Store, StoreError


class CannotReach(Exception):
    """No session with the next operator could be had."""

    def __init__(self, reason: str, *, permanent: bool = False, status: str = "4.4.1") -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.status = status


@dataclass(frozen=True, slots=True)
class Handed:
    """The peer's last word on one message."""

    reply: Reply
    peer: str
    """Host that answered."""
    announces_dsn: bool = True
    reusable: bool = True
    """The session can carry another message."""


class Handover(Protocol):
    """An open session with the next operator. Raises OSError or TimeoutError when it breaks."""

    async def hand_over(self, relay: QueuedRelay, body: bytes) -> Handed: ...
    async def close(self) -> None: ...


_CLASSES = {Fate.FAILED: "5", Fate.DELAYED: "4", Fate.DELIVERED: "2", Fate.RELAYED: "2"}

Connect = Callable[[str, str], Awaitable[Handover]]
"""Opens a session in the name of an operator toward a domain; raises CannotReach."""


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """How patiently mail is retried; seconds of simulated time except ``keep_open``."""

    first_retry: float = 30.0
    growth: float = 2.0
    longest_retry: float = 3600.0
    give_up_after: float = 2 * 86400.0
    delay_notice_after: float = 4 * 3600.0
    connections_per_domain: int = 4
    keep_open: float = 10.0
    """Seconds that an idle session is kept for the next message."""

    def wait(self, attempts: int) -> float:
        """Seconds before the next attempt after ``attempts`` failed ones."""
        try:
            return float(min(self.first_retry * self.growth ** (attempts - 1), self.longest_retry))
        except OverflowError:
            return float(self.longest_retry)


@dataclass(slots=True)
class _Route:
    """Everything on its way from one operator to one domain."""

    operator: str
    domain: str
    due: deque[QueuedRelay] = field(default_factory=deque)
    more: asyncio.Event = field(default_factory=asyncio.Event)
    workers: set[asyncio.Task[None]] = field(default_factory=set)
    idle: int = 0


class Outbox:
    """Owns the queue while the simulator runs."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        journal: Journal,
        routing: Routing,
        connect: Connect,
        settings: RelaySettings | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._journal = journal
        self._routing = routing
        self._connect = connect
        self._settings = settings or RelaySettings()
        self._routes: dict[tuple[str, str], _Route] = {}
        self._later: dict[int, QueuedRelay] = {}
        self._later_changed = asyncio.Event()
        self._in_hand = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._timer: asyncio.Task[None] | None = None
        self._stopping = False

    # -- life
    async def start(self) -> None:
        """Take up what the store has in its queue, from an earlier run or put there since ``stop``."""
        self._stopping = False
        self._routes.clear()
        self._later.clear()
        for relay in self._store.queue():
            self._later[relay.id] = relay
        self._take_the_due()
        self._timer = asyncio.create_task(self._wake_the_due(), name="outbox timer")

    async def stop(self) -> None:
        """Finish the message each worker has in hand; the rest stays in the store for the next start."""
        self._stopping = True
        workers = [w for route in self._routes.values() for w in route.workers]
        for route in self._routes.values():
            route.due.clear()
            route.more.set()
        if self._timer is not None:
            self._timer.cancel()
            await asyncio.gather(self._timer, return_exceptions=True)
        _, stuck = await asyncio.wait(workers, timeout=5) if workers else (set(), set())
        for worker in stuck:
            worker.cancel()
        await asyncio.gather(*stuck, return_exceptions=True)
        self._quiet.set()

    def added(self, relays: Sequence[QueuedRelay], ids: Sequence[int]) -> None:
        """These were just committed; take them at once."""
        for relay, number in zip(relays, ids, strict=True):
            self._enqueue(replace(relay, id=number, body=b""))

    async def settle(self) -> None:
        """Return when nothing is on its way and nothing is due now; later retries are not waited for."""
        self._take_the_due()
        await self._quiet.wait()

    def waiting(self) -> list[QueuedRelay]:
        """Messages whose next attempt lies in the future."""
        return sorted(self._later.values(), key=lambda relay: relay.due)

    def retry_now(self) -> None:
        """Make everything that waits due at once."""
        for relay in self.waiting():
            del self._later[relay.id]
            self._enqueue(relay)

    # -- the timer
    async def _wake_the_due(self) -> None:
        while True:
            self._later_changed.clear()
            self._take_the_due()
            await self._next_due()

    def _take_the_due(self) -> None:
        now = self._clock.timestamp()
        for relay in self.waiting():
            if relay.due > now or self._stopping:
                break
            del self._later[relay.id]
            self._enqueue(relay)

    async def _next_due(self) -> None:
        """Return when the earliest retry is due or the set of retries changed."""
        changed = asyncio.create_task(self._later_changed.wait())
        waits: set[asyncio.Task[object]] = {changed}
        if self._later:
            earliest = min(relay.due for relay in self._later.values())
            waits.add(asyncio.create_task(self._clock.sleep_until(earliest)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    def _enqueue(self, relay: QueuedRelay) -> None:
        if self._stopping:
            return
        domain = relay.recipient.rpartition("@")[2].lower()
        route = self._routes.setdefault((relay.operator, domain), _Route(relay.operator, domain))
        route.due.append(relay)
        self._quiet.clear()
        route.more.set()
        # A new session costs a handshake, so it is opened only when the open ones are clearly too few.
        wanted = min(self._settings.connections_per_domain, 1 + len(route.due) // 8)
        if not route.idle and len(route.workers) < wanted:
            route.workers.add(asyncio.create_task(self._work(route), name=f"relay {route.operator} to {domain}"))

    def _rest(self) -> None:
        if not self._in_hand and not any(route.due for route in self._routes.values()):
            self._quiet.set()

    # -- a worker: one session, message after message
    async def _work(self, route: _Route) -> None:
        try:
            # A message may have come while the last session said goodbye.
            while route.due:
                await self._one_session(route)
        finally:
            route.workers = {worker for worker in route.workers if worker is not asyncio.current_task()}

    async def _one_session(self, route: _Route) -> None:
        session: Handover | None = None
        try:
            while route.due or await self._more(route):
                relay = route.due.popleft()
                self._in_hand += 1
                try:
                    session = await self._carry(route, session, relay)
                finally:
                    self._in_hand -= 1
                    self._rest()
        finally:
            if session is not None:
                await session.close()

    async def _more(self, route: _Route) -> bool:
        """Wait a little for another message; False when none came."""
        route.idle += 1
        try:
            async with asyncio.timeout(self._settings.keep_open):
                while not route.due and not self._stopping:
                    route.more.clear()
                    await route.more.wait()
        except TimeoutError:
            pass
        finally:
            route.idle -= 1
        return bool(route.due)

    async def _carry(self, route: _Route, session: Handover | None, relay: QueuedRelay) -> Handover | None:
        """One attempt. Returns the session when it can carry more."""
        try:
            if session is None:
                session = await self._connect(route.operator, route.domain)
            handed = await session.hand_over(relay, self._store.queued_body(relay.id))
        except CannotReach as problem:
            await self._not_reached(route, relay, problem)
            return None
        except (OSError, TimeoutError, EOFError) as problem:
            if session is not None:
                await session.close()
            await self._postpone(
                relay, f"the session with {route.domain} broke: {problem or type(problem).__name__}", "4.4.2"
            )
            return None
        except StoreError as problem:
            await self._postpone(relay, f"the store could not be read: {problem}", "4.3.0")
            return session
        except Exception as problem:
            # A bug must not cost the message: it is told, and the message is tried again.
            self._journal.note("error", f"relaying to {route.domain} failed: {type(problem).__name__}: {problem}")
            await self._postpone(relay, f"an internal error: {type(problem).__name__}", "4.3.0")
            if session is not None:
                await session.close()
            return None
        if handed.reply.code < 400:
            await self._handed(relay, handed)
        elif handed.reply.is_transient:
            await self._postpone(relay, str(handed.reply), handed.reply.status, handed.peer)
        else:
            await self._fail(relay, str(handed.reply), handed.reply.status, handed.peer)
        if handed.reusable:
            return session
        await session.close()
        return None

    async def _not_reached(self, route: _Route, relay: QueuedRelay, problem: CannotReach) -> None:
        """What holds for one message holds for all that are due on this route."""
        others = list(route.due)
        route.due.clear()
        for each in (relay, *others):
            if problem.permanent:
                await self._fail(each, problem.reason, f"5{problem.status[1:]}")
            else:
                await self._postpone(each, problem.reason, problem.status)

    # -- endings
    async def _handed(self, relay: QueuedRelay, handed: Handed) -> None:
        self._journal.note(
            "relayed",
            f"{relay.operator} handed {relay.sender or 'a notice'} to {relay.recipient} over to "
            f"{handed.peer}: {handed.reply}",
            who=relay.sender,
            mailbox=relay.recipient,
            operator=relay.operator,
            relay=relay.id,
            peer=handed.peer,
        )
        into = Sorted(relayed=[relay.id])
        if not handed.announces_dsn and wants(relay.options.get("NOTIFY", ""), "SUCCESS"):
            self._notify(into, relay, Fate.RELAYED, "2.0.0", str(handed.reply), handed.peer)
        await self._end(relay, into)

    async def _fail(self, relay: QueuedRelay, reason: str, status: str, peer: str = "") -> None:
        into = Sorted(relayed=[relay.id])
        if wants(relay.options.get("NOTIFY", ""), "FAILURE"):
            self._notify(into, relay, Fate.FAILED, status, reason, peer)
        if not await self._end(relay, into):
            return
        self._journal.note(
            "bounced" if relay.sender else "dropped",
            f"{relay.operator} could not hand {relay.sender or 'a notice'} to {relay.recipient}: {reason}",
            who=relay.sender,
            mailbox=relay.recipient,
            operator=relay.operator,
            relay=relay.id,
            reason=reason,
        )

    async def _end(self, relay: QueuedRelay, into: Sorted) -> bool:
        """Take the message out of the queue, together with the notice it leads to; False when it has to wait."""
        try:
            done = await self._store.commit(into.batch())
        except StoreError as problem:
            # Kept in the queue: the peer knows the transfer by its id and will not store it twice.
            self._put_off(replace(relay, attempts=relay.attempts + 1, last_reply=str(problem)))
            return False
        self.added(into.relays, done.relays)
        return True

    async def _postpone(self, relay: QueuedRelay, reason: str, status: str, peer: str = "") -> None:
        now = self._clock.timestamp()
        if now - relay.created >= self._settings.give_up_after:
            await self._fail(relay, f"given up after {relay.attempts + 1} attempts: {reason}", "5.4.7", peer)
            return
        tell = (
            not relay.delayed_notice
            and now - relay.created >= self._settings.delay_notice_after
            and wants(relay.options.get("NOTIFY", ""), "DELAY")
        )
        later = self._put_off(
            replace(relay, attempts=relay.attempts + 1, last_reply=reason, delayed_notice=relay.delayed_notice or tell)
        )
        self._journal.note(
            "postponed",
            f"{relay.recipient} is not reached, attempt {later.attempts}: {reason}",
            who=relay.sender,
            mailbox=relay.recipient,
            operator=relay.operator,
            relay=relay.id,
            reason=reason,
        )
        try:
            await self._store.postpone(
                relay.id, due=later.due, attempts=later.attempts, last_reply=reason, delayed_notice=later.delayed_notice
            )
            if tell:
                into = Sorted()
                self._notify(into, relay, Fate.DELAYED, status, reason, peer)
                done = await self._store.commit(into.batch())
                self.added(into.relays, done.relays)
        except StoreError as problem:
            self._journal.note("store-error", f"the retry of {relay.recipient} is remembered only in memory: {problem}")

    def _put_off(self, relay: QueuedRelay) -> QueuedRelay:
        later = replace(relay, due=self._clock.timestamp() + self._settings.wait(relay.attempts))
        self._later[later.id] = later
        self._later_changed.set()
        return later

    def _notify(self, into: Sorted, relay: QueuedRelay, fate: Fate, status: str, reason: str, peer: str) -> None:
        """Add the notice. The class of the status fits the fate, whatever the peer wrote (RFC 3464 2.3.4)."""
        try:
            body = self._store.queued_body(relay.id)
        except StoreError:
            body = b""
        self._routing.notify(
            into,
            fate,
            operator=relay.operator,
            sender=relay.sender,
            recipient=relay.recipient,
            status=f"{_CLASSES[fate]}{status[1:]}" if status else f"{_CLASSES[fate]}.0.0",
            reason=reason,
            body=body,
            created=relay.created,
            options=relay.options,
            remote=peer,
            retry_until=relay.created + self._settings.give_up_after if fate is Fate.DELAYED else None,
        )
