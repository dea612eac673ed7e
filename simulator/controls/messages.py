"""Looking at messages, waiting for them, putting them in and taking them out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from simulator.clock import Clock
from simulator.controls.errors import Arrived, Invalid, NotFound
from simulator.controls.looking import Looking, Place
from simulator.controls.message import MessageInfo, message_id, read_message
from simulator.controls.query import Query, cursor_of, lacks, marks
from simulator.controls.waiting import Waiting
from simulator.journal import Journal
from simulator.store.interface import Message, NewMessage

_ID = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})")
_LONE_LF = re.compile(rb"(?<!\r)\n")


@dataclass(frozen=True, slots=True)
class Page:
    """Messages found: by UID within a folder, by date between folders."""

    items: tuple[MessageInfo, ...]
    cursor: str
    """For ``Query.after``: what comes after everything that was looked at for this page."""


class Messages:
    """The messages of every mailbox."""

    def __init__(self, looking: Looking, journal: Journal, clock: Clock) -> None:
        self._looking = looking
        self._store = looking.store
        self._journal = journal
        self._clock = clock
        self._claimed: set[str] = set()

    # -- looking
    def find(self, query: Query) -> Page:
        """The messages that fit. Raises NotFound for an unknown mailbox, Invalid for a cursor that is none."""
        looked_at = marks(query.after)
        folders = self._looking.folders(query)
        found: list[MessageInfo] = []
        for folder, message in self._looking.places(folders, looked_at):
            if len(found) >= query.limit:
                break
            info = self._looking.info(folder, message)
            looked_at[folder.id] = message.uid
            if info is not None and not lacks(query, info):
                found.append(info)
        return Page(tuple(found), cursor_of(looked_at))

    def get(self, id: str) -> MessageInfo:
        """One message. Raises NotFound."""
        info = self._looking.info(*self._place(id))
        if info is None:
            raise _gone(id)
        return info

    def raw(self, id: str) -> bytes:
        """The bytes as stored. Raises NotFound."""
        folder, message = self._place(id)
        body = self._store.body(folder.id, message.uid)
        if body is None:
            raise _gone(id)
        return body

    def _place(self, id: str) -> Place:
        read = _ID.fullmatch(id)
        if read is None:
            raise NotFound(f"{id[:60]!r} is no message", "an id looks like 12.3: the number of a folder and a UID")
        folder = self._store.folder_by_id(int(read[1]))
        if folder is not None:
            for message in self._store.messages(folder.id):
                if message.uid == int(read[2]):
                    return folder, message
        raise _gone(id)

    # -- waiting
    async def wait(self, query: Query, *, count: int = 1, timeout: float = 10.0) -> tuple[MessageInfo, ...]:
        """Return as soon as ``count`` messages fit, those already there included; ``timeout`` in real seconds.

        Exactly ``count``, oldest first. Raises TimedOut, NotFound for an unknown mailbox."""
        if count < 1:
            raise Invalid(f"{count} messages cannot be waited for", "use nothing() to wait for none")
        with Waiting(self._looking, _in_inbox(query), count, self._claimed) as waiting:
            try:
                async with asyncio.timeout(timeout):
                    return await waiting.enough
            except TimeoutError:
                raise waiting.timed_out(self._journal, timeout) from None

    async def nothing(self, query: Query, *, within: float) -> None:
        """Return when nothing that fits is there or came within so many real seconds. Raises Arrived at once."""
        with Waiting(self._looking, _in_inbox(query), 1, self._claimed) as waiting:
            try:
                async with asyncio.timeout(within):
                    (message,) = await waiting.enough
            except TimeoutError:
                return
        what = f"message {message.id} is in {message.mailbox}: from {message.from_!r}, subject {message.subject!r}"
        raise Arrived(what, message)

    async def take(self, query: Query, *, timeout: float = 10.0) -> MessageInfo:
        """Wait for a message that fits and remove it in the same step; nobody else gets it. ``raw`` is filled."""
        until = asyncio.get_running_loop().time() + timeout
        while True:
            with Waiting(self._looking, _in_inbox(query), 1, self._claimed, take=True) as waiting:
                try:
                    async with asyncio.timeout_at(until):
                        (message,) = await waiting.enough
                except TimeoutError:
                    raise waiting.timed_out(self._journal, timeout) from None
            try:
                # Empty when a mail program was quicker: then the waiting goes on.
                if await self._store.remove(int(message.id.partition(".")[0]), [message.uid]):
                    self._journal.note("taken", f"{message.id} was taken out of {message.mailbox}",
                                       mailbox=message.mailbox, id=message.id, message_id=message.message_id)
                    return message
            finally:
                self._claimed.discard(message.id)

    # -- changing
    async def inject(
        self, mailbox: str, raw: bytes, *, folder: str = "INBOX", flags: Iterable[str] = ()
    ) -> MessageInfo:
        """Put a message in a mailbox, past all rules. Lines may end in LF alone. Raises NotFound, Invalid."""
        into = self._looking.folder(mailbox, folder)
        new = NewMessage(_LONE_LF.sub(b"\r\n", raw), self._clock.timestamp(), frozenset(flags))
        try:
            (uid,) = await self._store.append(into.id, [new])
        except ValueError as problem:
            raise Invalid(str(problem), "flags look like \\Seen, \\Flagged or $Forwarded") from problem
        self._journal.note("injected", f"a message was put in {into.name} of {into.mailbox}", mailbox=into.mailbox,
                           folder=into.name, uid=uid)
        try:
            return self.get(message_id(into.id, uid))
        except NotFound:  # somebody was quick to take it
            return read_message(into, Message(uid, new.flags, 0, len(new.body), new.internal_date), new.body)

    async def purge(self, mailbox: str | None = None) -> int:
        """Remove every message of a mailbox, or of all; how many they were. Raises NotFound."""
        folders = self._looking.folders(Query(mailbox=mailbox))
        full = [(f.id, [m.uid for m in self._store.messages(f.id)]) for f in folders]
        removed = await asyncio.gather(*(self._store.remove(folder, uids) for folder, uids in full if uids))
        count = sum(map(len, removed))
        self._journal.note("purged", f"{count} messages were removed from {mailbox or 'all mailboxes'}",
                           mailbox=mailbox or "", count=count)
        return count


def _in_inbox(query: Query) -> Query:
    """Mail arrives in INBOX; what a program puts in Sent is no arrival."""
    return replace(query, folder="INBOX") if query.folder is None else query


def _gone(id: str) -> NotFound:
    return NotFound(f"there is no message {id}", "it was removed, or belongs to a state that was left by a reset")
