"""Opening a message: what it holds, the receipt that goes out at that moment, and saving what it brought."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simulator.controls.contents import Contents, File, contents
from simulator.controls.errors import NotFound
from simulator.controls.patients.conversations import Conversations
from simulator.controls.patients.documents import Document, Documents
from simulator.controls.patients.mails import Mail
from simulator.controls.patients.profiles import Profiles
from simulator.journal import Journal
from simulator.model.address import Address
from simulator.model.document import LABELS, OF_THE_PATIENT
from simulator.receipts import Receipts
from simulator.store.interface import FlagOp, Store

if TYPE_CHECKING:
    from simulator.xdm import Archive
    from simulator.xdm import Document as Enclosed


@dataclass(frozen=True, slots=True)
class Opened:
    """An opened message."""

    mail: Mail
    contents: Contents
    receipt_to: Address | None
    """Who was told at this moment; None when nobody asked, or when they had been told before."""


class Opening:
    """The patient opens messages, and keeps what they bring."""

    def __init__(
        self, *, profiles: Profiles, conversations: Conversations, documents: Documents, receipts: Receipts,
        store: Store, journal: Journal,
    ) -> None:
        self._profiles = profiles
        self._conversations = conversations
        self._documents = documents
        self._receipts = receipts
        self._store = store
        self._journal = journal

    async def open(self, ins: str, id: str) -> Opened:
        """The patient opens it: it counts as read, and a receipt goes out once (F17).

        Raises NotFound, Conflict, StoreError."""
        box = self._profiles.active(ins)
        mail = await self._conversations.find(ins, id)
        told = None
        if mail.incoming:
            told = await self._receipts.give(box, self._conversations.body(mail))
            flags = {"\\Seen", "$MDNSent"} if told is not None else {"\\Seen"}
            await self._store.set_flags(mail.folder, [mail.uid], FlagOp.ADD, frozenset(flags))
            if not mail.opened:
                self._journal.note("opened", f"{box.display_name} opened {mail.subject!r}", who=str(box.address),
                                   mailbox=str(box.address), message_id=mail.message_id, uid=mail.uid)
        seen = replace(mail, opened=mail.opened or mail.incoming,
                       receipt_at=self._receipts.given(box).get(mail.fingerprint))
        return Opened(seen, await self._contents(mail), told)

    async def look(self, ins: str, id: str) -> Contents:
        """What a message holds, without opening it. Raises NotFound."""
        return await self._contents(await self._conversations.find(ins, id))

    async def file(self, ins: str, id: str, place: int) -> File:
        """One attached file. Raises NotFound."""
        return (await self.look(ins, id)).file(place, id)

    async def archive(self, ins: str, id: str, place: int) -> Archive:
        """What an attached archive of health documents shows; read in a thread, a hostile one takes its time.

        Raises NotFound."""
        from simulator.xdm import open_archive

        return await asyncio.to_thread(open_archive, (await self.file(ins, id, place)).content)

    async def save(self, ins: str, id: str, place: int, entry: int | None = None) -> Document:
        """The patient keeps an attached file, or a document of an attached archive, in the section Documents.

        Raises NotFound, Conflict, Invalid for a type or size that is not taken."""
        mail = await self._conversations.find(ins, id)
        if entry is None:
            file = await self.file(ins, id, place)
            return await self._documents.add(ins, name=file.name or f"document-{place}.pdf", content=file.content,
                                             title=file.name.rpartition(".")[0], author=mail.author, source="message")
        kept = await self.enclosed(ins, id, place, entry)
        return await self._documents.add(
            ins, name=kept.name, content=kept.content, title=kept.title, code=kept.code,
            author=kept.author or mail.author, date=kept.date, source="message")

    async def enclosed(self, ins: str, id: str, place: int, entry: int) -> Enclosure:
        """A document of an attached archive, from 0, as a file that people can read. Raises NotFound."""
        file = await self.file(ins, id, place)
        return _inside(file, (await self.archive(ins, id, place)).documents, entry)

    async def _contents(self, mail: Mail) -> Contents:
        """In a thread: a large message takes its time."""
        return await asyncio.to_thread(contents, self._conversations.body(mail))


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A document of an archive as a file: its PDF, else its text."""

    name: str
    content: bytes
    title: str
    code: str
    author: str
    date: str


def _inside(file: File, documents: Sequence[Enclosed], entry: int) -> Enclosure:
    """A document of an archive as a file that the section Documents takes: its PDF, else its text."""
    if not 0 <= entry < len(documents):
        raise NotFound(f"{file.name!r} has no document {entry}", f"it has {len(documents)}, counted from 0")
    inside = documents[entry]
    stem = inside.file_name.rpartition(".")[0] or f"DOC{entry}"
    sections = inside.cda.sections if inside.cda is not None else ()
    text = "\n\n".join(f"{section.title}\n{section.text}" for section in sections)
    name, content = (f"{stem}.pdf", inside.pdf) if inside.pdf else (f"{stem}.txt", text.encode())
    date = inside.created.date().isoformat() if inside.created is not None else ""
    code = inside.code.code if inside.code.code in LABELS else OF_THE_PATIENT.code
    return Enclosure(name, content, inside.title or inside.code.label, code, inside.author, date)
