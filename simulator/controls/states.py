"""The state of the space as a whole: back to the configuration, kept under a name, brought back, copied out."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from simulator.clock import Clock
from simulator.closing import Closings
from simulator.controls import state_file
from simulator.controls.errors import Conflict, Invalid, NotFound, nearest
from simulator.controls.state_file import MAIL, STATE, KeptSpace
from simulator.journal import Journal
from simulator.model.mailbox import Mailbox
from simulator.outbox import Outbox
from simulator.space import TrustSpace
from simulator.store.interface import Store

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class ConfiguredState:
    """What the configuration says of the space."""

    mailboxes: tuple[Mailbox, ...]
    listed: Mapping[str, Sequence[str]]
    """Whitelisted domain to DNs."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state kept under a name."""

    name: str
    taken: datetime
    """Simulated time."""
    messages: int
    mailboxes: int


class States:
    """Mail, queue, exchanges, mailboxes, whitelist and clock; the journal goes on through all of it."""

    def __init__(
        self,
        *,
        space: TrustSpace,
        store: Store,
        journal: Journal,
        clock: Clock,
        outbox: Outbox,
        closings: Closings,
        configured: Callable[[], ConfiguredState],
        data: Path,
        renew: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """``data`` is the simulator's folder: snapshots lie in ``data/snapshots``. ``renew`` gives a fresh certificate
        to whoever has no usable one."""
        self._space = space
        self._store = store
        self._journal = journal
        self._clock = clock
        self._outbox = outbox
        self._closings = closings
        self._configured = configured
        self._data = data
        self._renew = renew
        self._on_change: list[Callable[[], None]] = []
        self._one_at_a_time = asyncio.Lock()

    def on_change(self, call: Callable[[], None]) -> None:
        """Call this in every reset and restore: for what others remember of the state that is left."""
        self._on_change.append(call)

    async def reset(self) -> None:
        """Back to the configured state: no mail, no exchange, nobody suspended; snapshots stay. Certificates that were
        revoked stay revoked; who needs one has a fresh one when this returns."""
        async with self._one_at_a_time, self._no_mail_under_way():
            state = self._configured()
            operators = self._space.operators
            await self._store.clear({box.address.key: operators[box.operator].folders for box in state.mailboxes})
            self._clock.put()
            await self._now_there_is(state)
        self._journal.note("reset", "the simulator is back in its configured state")

    async def snapshot(self, name: str) -> Snapshot:
        """Keep the present state under a name, in place of an older one of that name. Raises Invalid."""
        place = self._place(name)
        async with self._one_at_a_time:
            growing = place.with_name(f".{name}.new")
            shutil.rmtree(growing, ignore_errors=True)
            growing.mkdir(parents=True)
            await self._write(growing)
            shutil.rmtree(place, ignore_errors=True)
            os.replace(growing, place)
        taken = self._known(name)
        self._journal.note("snapshot", f"the state was kept as {name}", name=name, messages=taken.messages)
        return taken

    async def restore(self, name: str) -> Snapshot:
        """Bring a state back; it can be brought back again. Raises NotFound."""
        known = self._known(name)
        kept = state_file.read(self._place(name))
        async with self._one_at_a_time, self._no_mail_under_way():
            await self._store.replace_by(self._place(name) / MAIL)
            self._clock.put(kept.hands(self._clock))
            await self._now_there_is(ConfiguredState(kept.mailboxes, kept.listed))
        self._journal.note("restored", f"the state {name} was brought back", name=name, messages=known.messages)
        return known

    def list(self) -> Sequence[Snapshot]:
        """What is kept, by name."""
        found = sorted(path.parent.name for path in self._all.glob(f"*/{STATE}") if _NAME.fullmatch(path.parent.name))
        return tuple(self._known(name) for name in found)

    def delete(self, name: str) -> None:
        """Forget a snapshot. Raises NotFound."""
        self._known(name)
        shutil.rmtree(self._place(name))

    async def fork(self, folder: Path, name: str | None = None) -> Path:
        """Write a state (of that name, or the present one) as a data folder that another simulator can start from,
        with the same authority; ``folder`` must be empty or missing. Raises NotFound, Conflict."""
        if name is not None:
            self._known(name)
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise Conflict(f"{folder} is not empty", "give a new folder")
        folder.mkdir(parents=True, exist_ok=True)
        async with self._one_at_a_time:
            if name is None:
                await self._write(folder)
            else:
                for part in (MAIL, STATE):
                    await asyncio.to_thread(shutil.copy2, self._place(name) / part, folder / part)
            pki = self._data / "pki"
            await asyncio.to_thread(shutil.copytree, pki, folder / "pki", ignore=shutil.ignore_patterns("lock"))
        return folder

    def take_up(self) -> None:
        """Begin with the space that a fork left in the data folder, when there is one. Raises Conflict."""
        if (self._data / STATE).exists():
            kept = state_file.read(self._data)
            self._clock.put(kept.hands(self._clock))
            self._space.put_back(kept.mailboxes, kept.listed)

    # -- inside
    @property
    def _all(self) -> Path:
        return self._data / "snapshots"

    def _place(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise Invalid(f"{name[:80]!r} cannot name a snapshot", "use up to 64 letters, digits, dots, dashes and _")
        return self._all / name

    def _known(self, name: str) -> Snapshot:
        place = self._place(name)
        if not (place / STATE).exists():
            names = [path.name for path in self._all.glob("*")] if self._all.exists() else []
            raise NotFound(f"there is no snapshot {name}", nearest(name, names))
        kept = state_file.read(place)
        return Snapshot(name, datetime.fromtimestamp(kept.taken, UTC), kept.messages, len(kept.mailboxes))

    async def _write(self, folder: Path) -> None:
        hands = self._clock.hands
        kept = KeptSpace(
            self._clock.timestamp(), hands.ahead, hands.frozen_at is not None, self._count(),
            tuple(self._space.mailboxes.values()), dict(self._space.whitelist()),
        )
        await self._store.copy_to(folder / MAIL)
        state_file.write(folder, kept)

    def _count(self) -> int:
        folders = (f for key in self._space.mailboxes for f in self._store.folders(key))
        return sum(self._store.counts(f.id).messages for f in folders)

    @asynccontextmanager
    async def _no_mail_under_way(self) -> AsyncIterator[None]:
        """Nothing of the state that is left arrives in the one that comes."""
        await self._closings.stop()
        await self._outbox.stop()
        try:
            yield
        finally:
            await self._outbox.start()
            await self._closings.start()

    async def _now_there_is(self, state: ConfiguredState) -> None:
        self._space.put_back(state.mailboxes, state.listed)
        for call in self._on_change:
            call()
        if self._renew is not None:
            await self._renew()
