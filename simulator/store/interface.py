"""What any store of mail promises. SQLite keeps it (``sqlite.py``); the memory twin imitates it.

Every ``async`` method returns only when its effect is on disk: 250 and OK are said after it (P1).
Reads are plain calls on the loop and see everything committed before them.
Mailboxes are opaque keys (``Address.key``), folders are opaque integers: neither ever becomes a path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Protocol

SYSTEM_FLAGS = ("\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft")
"""Flags with a bit of their own, in this order (RFC 3501 2.3.2); every other flag is a keyword."""


class StoreError(Exception):
    """The store could not do it now. Nothing was changed; the same call may work later (P3)."""


class StoreFull(StoreError):
    """No room on the disk: ``452 4.3.1``, ``NO [LIMIT]``."""


class NoSuchFolder(StoreError):
    """The folder does not exist (any more): ``NO [NONEXISTENT]`` or ``[TRYCREATE]``."""


class FolderExists(StoreError):
    """The name is taken: ``NO [ALREADYEXISTS]``."""


class HasChildren(StoreError):
    """The folder cannot go while it holds others: ``NO [HASCHILDREN]``."""


@dataclass(frozen=True, slots=True)
class Folder:
    """An IMAP folder of one mailbox."""

    id: int
    mailbox: str
    name: str
    """Unicode, ``/`` between levels; INBOX in capitals."""
    special_use: str | None
    """``\\Sent``, ``\\Drafts``, ``\\Trash``, ``\\Junk``, ``\\Archive`` (RFC 6154)."""
    subscribed: bool
    selectable: bool
    """False for a name kept only for its children (\\Noselect)."""
    uidvalidity: int
    uidnext: int
    highestmodseq: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What STATUS tells of a folder; ``size`` in octets."""

    messages: int
    unseen: int
    deleted: int
    size: int


@dataclass(slots=True)
class Message:
    """One message of a folder without its bytes. A fresh list of these is a session's view."""

    uid: int
    flags: frozenset[str]
    """System flags as in SYSTEM_FLAGS, keywords in the case they were first set with."""
    modseq: int
    size: int
    internal_date: float
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to be put in a folder (APPEND, deposit)."""

    body: bytes
    internal_date: float
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Deposit:
    """A message arriving in a mailbox of ours."""

    mailbox: str
    message: NewMessage
    folder: str = "INBOX"
    arrival: str | None = None
    """Key of the transfer that brought it: a second deposit with the same key and mailbox is dropped, so that a
    relay cut between our commit and the peer's does not double the message (P2)."""


@dataclass(frozen=True, slots=True)
class QueuedRelay:
    """One message for one recipient of another operator, waiting to be handed over."""

    id: int
    """0 before it is stored."""
    operator: str
    """The operator whose identity is presented."""
    sender: str
    """Envelope sender; empty for a bounce."""
    recipient: str
    body: bytes = field(repr=False)
    created: float = 0.0
    due: float = 0.0
    """Simulated time of the next attempt."""
    attempts: int = 0
    options: Mapping[str, str] = field(default_factory=dict)
    """DSN and other envelope parameters: ENVID, RET, NOTIFY, ORCPT, BODY, SMTPUTF8."""
    last_reply: str = ""
    delayed_notice: bool = False
    """True once the sender was told of the delay."""


@dataclass(frozen=True, slots=True)
class ExchangeChange:
    """The state of the exchange between a patient and a mailbox, as it becomes and as it is remembered."""

    patient: str
    mailbox: str
    state: str
    at: float
    """When one of the two wrote last, seconds since 1970."""
    opened_by: str = ""
    """The mailbox whose message gave the patient the right to answer; another one when Reply-To named ``mailbox``."""
    last: str = ""
    """Who wrote last: ``patient``, ``mailbox`` or, with Reply-To, ``opened_by``; empty when nobody remembers."""
    ending: bool = False
    """A message that ends the exchange is on its way to the patient."""


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line for the ledger: what the space remembers beside the mail."""

    topic: str
    """``document``, ``dispensing``, ``correspondence``…"""
    owner: str
    """Key of the mailbox that it is about."""
    at: float
    """Seconds since 1970."""
    data: str
    """JSON object."""
    body: bytes = field(repr=False, default=b"")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the ledger, without its bytes."""

    id: int
    topic: str
    owner: str
    at: float
    data: str
    size: int
    """Octets of the body."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Everything that one accepted message changes, committed together or not at all."""

    deposits: Sequence[Deposit] = ()
    relays: Sequence[QueuedRelay] = ()
    """To be added to the queue."""
    relayed: Sequence[int] = ()
    """Queue entries that are done with: handed over, or bounced by a deposit or relay of this batch."""
    exchanges: Sequence[ExchangeChange] = ()
    returned: Sequence[tuple[str, str]] = ()
    """(arrival key, mailbox) of transfers that went back to their sender: ``arrived`` is true of them from now on."""
    lines: Sequence[NewLine] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a deposit went."""

    mailbox: str
    folder: str
    """Its name as the store writes it."""
    uid: int
    """0 when the arrival was already known and nothing was stored."""


@dataclass(frozen=True, slots=True)
class Committed:
    """What a batch became: one Placed per deposit, one queue id per relay, in their order."""

    placed: tuple[Placed, ...]
    relays: tuple[int, ...]


class FlagOp(Enum):
    """How STORE changes flags."""

    SET = "FLAGS"
    ADD = "+FLAGS"
    REMOVE = "-FLAGS"


@dataclass(frozen=True, slots=True)
class FlagsChanged:
    """Outcome of set_flags: the messages as they are now, and those left alone by UNCHANGEDSINCE."""

    changed: tuple[Message, ...]
    modified: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Copied:
    """Outcome of copy and move: parallel UIDs, for COPYUID (RFC 4315)."""

    uidvalidity: int
    source: tuple[int, ...]
    target: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What watchers of a folder hear, on the loop, in commit order, right after the commit."""

    folder: int
    added: tuple[Message, ...] = ()
    flagged: tuple[Message, ...] = ()
    expunged: tuple[int, ...] = ()
    """UIDs that are gone."""
    modseq: int = 0
    """Modification sequence of the change; 0 when the folder went."""
    gone: bool = False
    """The folder itself was deleted."""
    origin: object | None = None
    """The ``origin`` given by whoever caused it, so that a session can know its own change."""


Watcher = Callable[[Change], None]


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One line of the journal, as kept."""

    seq: int
    at: float
    kind: str
    data: str
    """JSON object."""


class Store(Protocol):
    """The interface. Any method may raise StoreError; then nothing was changed."""

    # -- life
    async def open(self) -> None: ...
    async def close(self) -> None:
        """Commit what is in hand, then let go of the files."""

    # -- the whole: mail, queue, arrivals, exchanges and ledger in one step; the journal goes on. No folder id,
    #    UIDVALIDITY, queue id or ledger id is ever given twice, so what was remembered by id is never true of something
    #    else. Watchers hear ``gone`` for every folder there was.
    async def clear(self, mailboxes: Mapping[str, Sequence[tuple[str, str | None]]]) -> None:
        """Hold nothing but these mailboxes with their (name, special use) folders, empty and subscribed."""
    async def copy_to(self, path: Path) -> None:
        """Write everything there is to a file of its own, in place of what stands there."""
    async def replace_by(self, path: Path) -> None:
        """Hold what copy_to() wrote, which stays as it is. Raises StoreError when the file is not one of ours."""

    # -- arriving mail
    async def commit(self, batch: Batch) -> Committed: ...
    def usage(self, mailbox: str) -> int:
        """Octets stored in the mailbox, kept as a running figure."""

    def arrived(self, arrival: str, mailbox: str) -> bool:
        """A deposit with this arrival key was stored in the mailbox before."""

    # -- the relay queue
    def queue(self) -> Sequence[QueuedRelay]:
        """Every waiting relay without its body (``body=b""``), oldest first."""
    def queued_body(self, relay: int) -> bytes: ...
    async def postpone(self, relay: int, *, due: float, attempts: int, last_reply: str,
                       delayed_notice: bool) -> None: ...

    # -- exchanges between patients and professionals
    def exchange(self, patient: str, mailbox: str) -> str | None: ...
    def exchanges(self, patient: str) -> Mapping[str, str]: ...
    def exchanges_in_full(self, patient: str | None = None) -> Sequence[ExchangeChange]:
        """All that is remembered of the exchanges of one patient, or of all."""

    # -- the ledger: what is remembered beside the mail
    async def enter(self, lines: Sequence[NewLine]) -> tuple[int, ...]:
        """Add these lines; returns their ids."""
    async def strike(self, ids: Sequence[int]) -> None:
        """Remove lines; those that are gone already are left alone."""
    def ledger(self, topic: str, owner: str | None = None, *, since: float = float("-inf")) -> Sequence[Line]:
        """The lines of a topic, of one owner or of all, not older than ``since``; in the order they were added."""
    def ledger_body(self, id: int) -> bytes | None:
        """The bytes of a line; None when it is gone."""

    # -- folders
    async def ensure_mailbox(self, mailbox: str, folders: Sequence[tuple[str, str | None]]) -> None:
        """Create the given (name, special use) folders, subscribed, where the mailbox has none yet."""
    def folders(self, mailbox: str) -> Sequence[Folder]: ...
    def folder(self, mailbox: str, name: str) -> Folder | None: ...
    def folder_by_id(self, folder: int) -> Folder | None: ...
    def counts(self, folder: int) -> Counts: ...
    async def create_folder(self, mailbox: str, name: str, special_use: str | None = None) -> Folder:
        """Also creates missing parents. A new folder never takes a UIDVALIDITY its name had before."""
    async def delete_folder(self, folder: int) -> None:
        """Messages go with it. A folder with children stays as an unselectable name."""
    async def rename_folder(self, folder: int, name: str) -> None:
        """Children follow. Renaming INBOX moves its messages to the new folder and leaves INBOX empty."""
    async def subscribe(self, mailbox: str, name: str, subscribed: bool) -> None:
        """Subscriptions are kept by name and outlive the folder (RFC 3501 6.3.6)."""
    def subscriptions(self, mailbox: str) -> Sequence[str]: ...

    # -- messages
    def messages(self, folder: int) -> list[Message]:
        """All messages, by UID."""
    def saved(self, folder: int, low: int, high: int) -> Mapping[int, float]:
        """When the messages with UIDs from ``low`` to ``high`` came into this folder, in simulated seconds since 1970.
        Without those that an earlier version of the store took in."""
    def keywords(self, folder: int) -> Sequence[str]:
        """Keywords ever used in the folder, for FLAGS."""
    def body(self, folder: int, uid: int) -> bytes | None: ...
    def bodies(self, folder: int, uids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """(uid, body) in the order of uids, skipping the missing; reads in slices."""
    def index(self, folder: int, uids: Sequence[int]) -> Mapping[int, bytes]:
        """MIME index computed by save_index for these messages, where there is one."""
    def save_index(self, folder: int, uid: int, index: bytes) -> None:
        """Remember a computed MIME index beside the body; a cache, not awaited, may be lost in a crash."""
    async def append(self, folder: int, messages: Sequence[NewMessage], *, origin: object = None) -> tuple[int, ...]:
        """All or nothing; returns their UIDs."""
    async def set_flags(self, folder: int, uids: Sequence[int], op: FlagOp, flags: frozenset[str], *,
                        unchanged_since: int | None = None, origin: object = None) -> FlagsChanged: ...
    async def copy(self, source: int, uids: Sequence[int], target: int, *, move: bool = False,
                   origin: object = None) -> Copied:
        """Keeps flags and internal date; with ``move`` the source messages are expunged in the same commit."""
    async def expunge(self, folder: int, uids: Sequence[int] | None = None, *,
                      origin: object = None) -> tuple[int, ...]:
        """Remove messages flagged \\Deleted (only those among ``uids`` when given); returns their UIDs."""
    async def remove(self, folder: int, uids: Sequence[int], *, origin: object = None) -> tuple[int, ...]:
        """Remove these messages, whatever their flags; returns the UIDs that were still there."""
    def vanished(self, folder: int, since_modseq: int) -> Sequence[int]:
        """UIDs expunged after that modification sequence (RFC 7162)."""
    def watch(self, folder: int, watcher: Watcher) -> Callable[[], None]:
        """Call ``watcher`` for every later change; returns the way to stop."""
    def watch_all(self, watcher: Watcher) -> Callable[[], None]:
        """The same for every folder, also those yet to come."""

    # -- the journal
    def record(self, kind: str, at: float, data: str) -> None:
        """Keep one event; not awaited, committed with the next group, bounded to the newest ones."""
    def recorded(self, *, after: int = 0, limit: int = 1000) -> Sequence[StoredEvent]: ...
    def last_event(self) -> int:
        """Number of the newest event kept; 0 when there is none."""
