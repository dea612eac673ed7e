"""The section Documents of a space: what the configuration put there, what the patient added or saved."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from simulator.clock import Clock
from simulator.controls.errors import Conflict, Invalid, NotFound
from simulator.controls.patients.profiles import Profiles, holder
from simulator.journal import Journal
from simulator.model.document import (
    DOCUMENT_ENDINGS,
    DOCUMENT_LIMIT,
    LABELS,
    OF_THE_PATIENT,
    ConfiguredDocument,
    ending,
    media_type,
)
from simulator.model.mailbox import Mailbox
from simulator.store.interface import Line, NewLine, Store

TOPIC = "document"
"""Of the lines in the store's ledger."""
_ID = re.compile(r"[cd][0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class MadeDocument:
    """A ready-made letter, made."""

    title: str
    code: str
    author: str
    name: str
    type: str
    content: bytes = field(repr=False)


MakeDocument = Callable[[Mailbox, ConfiguredDocument], MadeDocument]
"""Writes the letter that the configuration asks for, always the same one."""


@dataclass(frozen=True, slots=True)
class About:
    """What is kept of a document beside its bytes."""

    title: str
    code: str
    """JDV_J07-XdsTypeCode."""
    author: str
    name: str
    """File name."""
    date: str
    """ISO date of the act, or of the deposit."""
    source: str
    """``configuration``, ``patient`` or ``message``."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a space."""

    id: str
    """``c0`` for the configured ones, ``d12`` for the others."""
    about: About
    size: int
    """Octets."""

    @property
    def kind(self) -> str:
        """The type of document, for people."""
        return LABELS.get(self.about.code, self.about.code)

    @property
    def type(self) -> str:
        """Media type."""
        return media_type(self.about.name)


class Documents:
    """The documents of every patient. A configured letter is written when somebody first looks at it."""

    def __init__(
        self, profiles: Profiles, store: Store, clock: Clock, journal: Journal, make: MakeDocument
    ) -> None:
        self._profiles = profiles
        self._store = store
        self._clock = clock
        self._journal = journal
        self._make = make
        self._made: dict[tuple[str, ConfiguredDocument], MadeDocument] = {}

    async def list(self, ins: str) -> Sequence[Document]:
        """Newest act first. Raises NotFound."""
        box = self._profiles.get(ins)
        configured = [(await self._configured(box, place))[0] for place in range(len(holder(box).documents))]
        added = [_document(line) for line in self._store.ledger(TOPIC, box.address.key)]
        return sorted([*configured, *added], key=lambda document: document.about.date, reverse=True)

    async def get(self, ins: str, id: str) -> tuple[Document, bytes]:
        """A document with its bytes. Raises NotFound."""
        box = self._profiles.get(ins)
        number = int(id[1:]) if _ID.fullmatch(id) else -1
        if id.startswith("c") and 0 <= number < len(holder(box).documents):
            return await self._configured(box, number)
        for line in self._store.ledger(TOPIC, box.address.key) if id.startswith("d") else ():
            body = self._store.ledger_body(line.id) if line.id == number else None
            if body is not None:
                return _document(line), body
        known = ", ".join(document.id for document in await self.list(ins)) or "none"
        raise NotFound(f"{holder(box).full_name} has no document {id[:40]}", f"there are: {known}")

    async def add(
        self, ins: str, *, name: str, content: bytes, title: str = "", code: str = OF_THE_PATIENT.code,
        author: str = "", date: str = "", source: str = "patient",
    ) -> Document:
        """The patient puts a file in the space. Raises NotFound, Conflict, Invalid for a type or size not taken."""
        box = self._profiles.active(ins)
        name = file_name(name)
        if ending(name) not in DOCUMENT_ENDINGS:
            raise Invalid(f"{name!r} cannot be a document of the space", f"it takes {', '.join(DOCUMENT_ENDINGS)}")
        if not 0 < len(content) <= DOCUMENT_LIMIT:
            raise Invalid(f"{name!r} has {len(content)} octets", f"a document has 1 to {DOCUMENT_LIMIT} octets (5 Mo)")
        if code not in LABELS:
            raise Invalid(f"{code[:40]!r} is no type of document here", f"known are {', '.join(LABELS)}")
        now = self._clock.now()
        about = About(title or name.rpartition(".")[0] or name, code, author or holder(box).full_name, name,
                      date or now.date().isoformat(), source)
        line = NewLine(TOPIC, box.address.key, now.timestamp(), json.dumps(asdict(about), ensure_ascii=False), content)
        (number,) = await self._store.enter([line])
        self._journal.note("document", f"{holder(box).full_name} put {about.title!r} in the space",
                           who=str(box.address), mailbox=str(box.address), document=f"d{number}", action="added")
        return Document(f"d{number}", about, len(content))

    async def remove(self, ins: str, id: str) -> None:
        """Take out what the patient put there. Raises NotFound, Conflict for what the configuration put there."""
        document, _ = await self.get(ins, id)
        if document.id.startswith("c"):
            raise Conflict(f"{document.about.title!r} was put there by a professional", "only what you added may go")
        await self._store.strike([int(document.id[1:])])

    async def _configured(self, box: Mailbox, place: int) -> tuple[Document, bytes]:
        wanted = holder(box).documents[place]
        made = self._made.get((holder(box).ins, wanted))
        if made is None:
            # In a thread: a letter takes its time, and others must not wait for it.
            made = await asyncio.to_thread(_file, wanted) if wanted.file else \
                await asyncio.to_thread(self._make, box, wanted)
            self._made[holder(box).ins, wanted] = made
        about = About(wanted.title or made.title, wanted.code or made.code, made.author, made.name, wanted.date,
                      "configuration")
        return Document(f"c{place}", about, len(made.content)), made.content


def _file(wanted: ConfiguredDocument) -> MadeDocument:
    path = Path(wanted.file)
    return MadeDocument(path.stem, OF_THE_PATIENT.code, "", path.name, media_type(path.name), path.read_bytes())


def _document(line: Line) -> Document:
    return Document(f"d{line.id}", About(**json.loads(line.data)), line.size)


def file_name(name: str) -> str:
    """The last part of a path, without what no file name holds."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable()).strip(" .")[:200]
