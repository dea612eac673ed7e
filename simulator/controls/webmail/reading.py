"""Folders, pages of messages, a search, one message opened: always those of the person's own mailbox."""

from __future__ import annotations

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.controls.contents import Contents, File, contents
from simulator.controls.errors import NotFound
from simulator.controls.message import message_id
from simulator.controls.webmail.correspondents import Correspondents, Sort
from simulator.controls.webmail.records import Records
from simulator.controls.webmail.summary import Nature, Summary, summarise
from simulator.model.mailbox import Identity, Mailbox
from simulator.receipts import Receipts, fingerprint
from simulator.space import TrustSpace
from simulator.store.interface import Change, FlagOp, Folder, Message, Store

if TYPE_CHECKING:
    from simulator.xdm import Archive
    from simulator.xdm import Document as Enclosed

_ID = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})")
MOST_ON_A_PAGE = 100
MOST_REMEMBERED = 5000
"""Summaries kept in memory."""
MOST_SEARCHED = 5000
"""Newest messages of a folder that a search looks at."""
LARGE = 64 * 1024
"""Octets from which a message is read in a thread."""
_TURN = 0.02
"""Seconds of one turn of the loop."""
_ORDER = ("INBOX", "\\Sent", "\\Drafts", "\\Archive", "\\Junk", "\\Trash")


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder with what it holds."""

    folder: Folder
    messages: int
    unseen: int


@dataclass(frozen=True, slots=True)
class Mail:
    """One message of the mailbox."""

    folder: Folder
    message: Message
    summary: Summary

    @property
    def id(self) -> str:
        """As everywhere: ``<folder number>.<UID>``."""
        return message_id(self.folder.id, self.message.uid)


@dataclass(frozen=True, slots=True)
class Page:
    """Messages of a folder, newest first."""

    items: tuple[Mail, ...]
    total: int
    """Messages that fit, on all pages."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A message, and what it holds."""

    mail: Mail
    contents: Contents
    exchange: str
    """With the patient who wrote it, or whom it went to; empty when there is no patient."""
    receipt_at: float | None
    """When this mailbox gave the receipt that was asked for (simulated seconds since 1970)."""
    opened_by: tuple[tuple[str, float], ...]
    """For a message of ours: receipts that came back, by name and time."""


class Reading:
    """Looks into mailboxes, and opens messages."""

    def __init__(self, space: TrustSpace, store: Store, receipts: Receipts, records: Records) -> None:
        self._space = space
        self._store = store
        self._receipts = receipts
        self._records = records
        self._people = Correspondents(space)
        self._known: OrderedDict[tuple[int, int], Summary] = OrderedDict()
        space.on_mailbox_change(self._known.clear)

    # -- folders
    def folders(self, who: Identity) -> Sequence[Shelf]:
        """INBOX first, then the usual ones, then the others by name."""
        found = [folder for folder in self._store.folders(who.mailbox.address.key) if folder.selectable]
        counted = [(folder, self._store.counts(folder.id)) for folder in sorted(found, key=_place)]
        return [Shelf(folder, counts.messages, counts.unseen) for folder, counts in counted]

    def folder(self, who: Identity, wanted: str) -> Folder:
        """By number or by use: ``12``, ``INBOX``, ``\\Trash``. Raises NotFound."""
        for folder in self._store.folders(who.mailbox.address.key):
            if folder.selectable and wanted in (str(folder.id), folder.name, folder.special_use):
                return folder
        raise NotFound(f"{who.mailbox.address} has no folder {wanted[:80]!r}", "the list of folders has their numbers")

    def watch(self, who: Identity, call: Callable[[Change, Folder], None]) -> Callable[[], None]:
        """Call for every change in a folder of the mailbox; returns the way to stop."""
        key = who.mailbox.address.key

        def hear(change: Change) -> None:
            folder = self._store.folder_by_id(change.folder)
            if folder is not None and folder.mailbox == key:
                call(change, folder)

        return self._store.watch_all(hear)

    # -- messages
    async def page(self, who: Identity, folder: str, *, words: str = "", start: int = 0, limit: int = 30) -> Page:
        """From the ``start``-th on, newest first. ``words`` must all stand in names, addresses, subject or text.

        Raises NotFound."""
        place = self.folder(who, folder)
        messages = sorted(self._store.messages(place.id), key=lambda m: (m.internal_date, m.uid), reverse=True)
        wanted = words.casefold().split()
        if not wanted:
            shown = messages[start : start + min(limit, MOST_ON_A_PAGE)]
            return Page(tuple(await self._mails(place, shown)), len(messages))
        looked_at = await self._mails(place, messages[:MOST_SEARCHED])
        fitting: list[Mail] = []
        breath = _Breath()
        for mail in looked_at:
            if await self._has(mail, wanted):
                fitting.append(mail)
            await breath.when_due()
        return Page(tuple(fitting[start : start + min(limit, MOST_ON_A_PAGE)]), len(fitting))

    async def mail(self, who: Identity, id: str) -> Mail:
        """One message. Raises NotFound, also for a message of somebody else."""
        folder, message = self._find(who, id)
        found = await self._mails(folder, [message])
        if not found:
            raise _gone(id)
        return found[0]

    async def open(self, who: Identity, id: str) -> Opened:
        """The person opens it: it counts as read, and the audit trail names the person. Raises NotFound, StoreError."""
        folder, message = self._find(who, id)
        if "\\Seen" not in message.flags:
            await self._store.set_flags(folder.id, [message.uid], FlagOp.ADD, frozenset({"\\Seen"}))
        mail = await self.mail(who, id)
        body = self.body(mail)
        self._records.did(who, "read", mail)
        box, summary = who.mailbox, mail.summary
        asked = summary.receipt_to is not None
        return Opened(
            mail, await self._taken_apart(body), self.exchange(box, summary),
            self._receipts.given(box).get(fingerprint(body)) if asked else None,
            await self._opened_by(who, summary) if asked and folder.special_use == "\\Sent" else (),
        )

    def body(self, mail: Mail) -> bytes:
        """The bytes as stored. Raises NotFound."""
        body = self._store.body(mail.folder.id, mail.message.uid)
        if body is None:
            raise _gone(mail.id)
        return body

    async def contents(self, who: Identity, id: str) -> Contents:
        """What a message holds, without opening it. Raises NotFound."""
        return await self._taken_apart(self.body(await self.mail(who, id)))

    async def file(self, who: Identity, id: str, place: int) -> File:
        """One attached file. Raises NotFound."""
        return (await self.contents(who, id)).file(place, id)

    async def archive(self, who: Identity, id: str, place: int) -> Archive:
        """What an attached archive of health documents shows. Raises NotFound."""
        file = await self.file(who, id, place)
        from simulator.xdm import open_archive

        return await asyncio.to_thread(open_archive, file.content)

    async def enclosed(self, who: Identity, id: str, place: int, entry: int) -> Enclosed:
        """One document of an attached archive. Raises NotFound."""
        documents = (await self.archive(who, id, place)).documents
        if not 0 <= entry < len(documents):
            raise NotFound(f"the archive has no document {entry}", f"it has {len(documents)}, counted from 0")
        return documents[entry]

    def exchange(self, box: Mailbox, summary: Summary) -> str:
        """The exchange with the patient that a message is about; empty when it is about none, or several."""
        people = {p.address.key: p.address for p in (summary.author, *summary.to, *summary.cc)
                  if p.sort is Sort.PATIENT and p.address is not None}
        patients = [found for found in map(self._space.mailbox, people.values()) if found is not None]
        return self._space.exchange(patients[0], box.address) if len(patients) == 1 else ""

    # -- inside
    def _find(self, who: Identity, id: str) -> tuple[Folder, Message]:
        read = _ID.fullmatch(id)
        folder = self._store.folder_by_id(int(read[1])) if read is not None else None
        if read is None or folder is None or folder.mailbox != who.mailbox.address.key:
            raise _gone(id)
        for message in self._store.messages(folder.id):
            if message.uid == int(read[2]):
                return folder, message
        raise _gone(id)

    async def _mails(self, folder: Folder, messages: Sequence[Message]) -> list[Mail]:
        read: list[Mail] = []
        breath = _Breath()
        for message in messages:
            summary = self._known.get((folder.id, message.uid)) or await self._learn(folder, message)
            if summary is not None:
                read.append(Mail(folder, message, summary))
            await breath.when_due()
        while len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return read

    async def _learn(self, folder: Folder, message: Message) -> Summary | None:
        body = self._store.body(folder.id, message.uid)
        if body is None:
            return None
        large = len(body) > LARGE
        read = await asyncio.to_thread(summarise, body, self._people) if large else summarise(body, self._people)
        self._known[folder.id, message.uid] = read
        return read

    async def _taken_apart(self, body: bytes) -> Contents:
        return await asyncio.to_thread(contents, body) if len(body) > LARGE else contents(body)

    async def _has(self, mail: Mail, words: Sequence[str]) -> bool:
        summary = mail.summary
        people = (summary.author, *summary.to, *summary.cc)
        said = " ".join((summary.raw_subject, *(f"{p.name} {p.address} {p.where}" for p in people))).casefold()
        missing = [word for word in words if word not in said]
        if not missing:
            return True
        body = self._store.body(mail.folder.id, mail.message.uid)
        text = (await self._taken_apart(body)).text.casefold() if body is not None else ""
        return all(word in text for word in missing)

    async def _opened_by(self, who: Identity, summary: Summary) -> tuple[tuple[str, float], ...]:
        """The receipts for one of our messages, among the newest of INBOX."""
        inbox = self.folder(who, "INBOX")
        newest = self._store.messages(inbox.id)[-MOST_ON_A_PAGE:]
        return tuple(
            (mail.summary.author.name, mail.message.internal_date) for mail in await self._mails(inbox, newest)
            if mail.summary.nature is Nature.RECEIPT and summary.message_id in mail.summary.references
        )


class _Breath:
    """Lets others work: some messages take a hundred times as long as others."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    async def when_due(self) -> None:
        if time.monotonic() - self._since > _TURN:
            await asyncio.sleep(0)
            self._since = time.monotonic()


def _place(folder: Folder) -> tuple[int, str]:
    for name in (folder.name, folder.special_use):
        if name in _ORDER:
            return _ORDER.index(name), folder.name
    return len(_ORDER), folder.name


def _gone(id: str) -> NotFound:
    return NotFound(f"this mailbox has no message {id[:80]}", "it was removed, or it is somebody else's")
