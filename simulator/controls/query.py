"""Which messages are meant, what another one lacks, and how far somebody has read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from simulator.controls.errors import Invalid
from simulator.controls.message import MessageInfo


@dataclass(frozen=True, slots=True)
class Query:
    """Every condition given must hold; texts compare without regard to case."""

    mailbox: str | None = None
    """Address of the mailbox; None is every mailbox."""
    folder: str | None = None
    """Name of the folder; None is every folder in ``find``, INBOX in ``wait``, ``take`` and ``nothing``."""
    from_: str | None = None
    """Part of the From field, name or address."""
    to: str | None = None
    """Part of the To or Cc fields."""
    subject: str | None = None
    """Part of the subject."""
    subject_is: str | None = None
    """The whole subject, exactly, case and blanks included."""
    header: tuple[str, str] | None = None
    """Name of a header field and a part of its value; an empty part asks for the field alone."""
    attachment: str | None = None
    """Part of the name of an attachment; an empty part asks for any attachment."""
    text: str | None = None
    """Part of the body's text."""
    unseen: bool | None = None
    """True: not read yet; False: read."""
    after: str | None = None
    """Only what came after this: the cursor of a Page, or a message id (which counts in its own folder)."""
    limit: int = 50
    """Messages in a page."""


def lacks(query: Query, m: MessageInfo) -> list[str]:
    """What keeps the message from being meant, in words; nothing when it is."""
    return list(_lacks(query, m))


def _lacks(q: Query, m: MessageInfo) -> Iterator[str]:
    if q.mailbox is not None and q.mailbox.lower() != m.mailbox:
        yield f"it is in the mailbox {m.mailbox}, not in {q.mailbox}"
    if q.folder is not None and q.folder.lower() != m.folder.lower():
        yield f"it is in the folder {m.folder}, not in {q.folder}"
    if q.from_ is not None and not _in(q.from_, m.from_):
        yield f"it is from {m.from_!r}, which lacks {q.from_!r}"
    if q.to is not None and not any(_in(q.to, each) for each in (*m.to, *m.cc)):
        yield f"it is to {', '.join((*m.to, *m.cc)) or 'nobody'}, which lacks {q.to!r}"
    if q.subject is not None and not _in(q.subject, m.subject):
        yield f"its subject is {m.subject!r}, which lacks {q.subject!r}"
    if q.subject_is is not None and q.subject_is != m.subject:
        yield f"its subject is {m.subject!r}, not exactly {q.subject_is!r}"
    yield from _lacks_inside(q, m)


def _lacks_inside(q: Query, m: MessageInfo) -> Iterator[str]:
    if q.header is not None:
        name, part = q.header
        values = [value for key, value in m.headers if key.lower() == name.lower()]
        if not values:
            yield f"it has no field {name}"
        elif not any(_in(part, value) for value in values):
            yield f"its field {name} is {values[0]!r}, which lacks {part!r}"
    if q.attachment is not None and not any(_in(q.attachment, each.name) for each in m.attachments):
        names = ", ".join(repr(each.name) for each in m.attachments)
        yield f"its attachments are {names}, none with {q.attachment!r}" if names else "it has no attachment"
    if q.text is not None and not _in(q.text, m.text):
        yield f"its text lacks {q.text!r}"
    if q.unseen is not None and q.unseen == ("\\Seen" in m.flags):
        yield "it was read already" if q.unseen else "nobody has read it yet"


def _in(part: str, whole: str) -> bool:
    return part.casefold() in whole.casefold()


_WORDS = {
    "mailbox": "in {}", "folder": "folder {}", "from_": "from {!r}", "to": "to {!r}", "subject": "subject with {!r}",
    "subject_is": "subject exactly {!r}", "header": "field {!r}", "attachment": "attachment {!r}",
    "text": "text with {!r}", "unseen": "unseen {}", "after": "after {}",
}


def told(query: Query) -> str:
    """The query for people: ``in a@b.fr, subject with 'x'``."""
    given = {name: getattr(query, name) for name in _WORDS}
    return ", ".join(_WORDS[name].format(value) for name, value in given.items() if value is not None) or "any message"


# -- cursors: per folder the last UID that was looked at. A message id is one too.
_CURSOR = re.compile(r"0|[1-9][0-9]{0,17}\.[0-9]{1,18}(?:-[1-9][0-9]{0,17}\.[0-9]{1,18})*")
_START = "0"


def marks(cursor: str | None) -> dict[int, int]:
    """Folder to UID. Raises Invalid."""
    if cursor is None or cursor == _START:
        return {}
    if len(cursor) > 1_000_000 or not _CURSOR.fullmatch(cursor):
        raise Invalid(f"{cursor[:60]!r} is no cursor", "give the cursor of a page, or the id of a message")
    return {int(folder): int(uid) for folder, _, uid in (mark.partition(".") for mark in cursor.split("-"))}


def cursor_of(looked_at: Mapping[int, int]) -> str:
    """The cursor that marks() reads."""
    return "-".join(f"{folder}.{uid}" for folder, uid in sorted(looked_at.items()) if uid) or _START
