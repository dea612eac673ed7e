"""Conversations of a space: the messages of INBOX and Sent by thread, and what may still be answered.

Nothing is kept beside the mail: the state of every conversation follows from the messages and from the exchanges of the
trust space, so that a mail program and the pages always agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from simulator.controls.errors import NotFound
from simulator.controls.message import message_id
from simulator.controls.patients.profiles import Profiles
from simulator.domains.patient import CLOSING_HEADER, CLOSING_SUBJECT
from simulator.mime.addresses import addresses
from simulator.mime.headers import fields
from simulator.mime.words import decode_raw, decode_words
from simulator.model.address import Address, AddressError
from simulator.model.mailbox import Mailbox
from simulator.receipts import Receipts, asked_by_the_author, fingerprint
from simulator.rules.facts import Exchange, Letter
from simulator.rules.letter import header_end, read_letter
from simulator.rules.patients import may_be_written_to
from simulator.space import TrustSpace
from simulator.store.interface import Folder, Message, Store

MOST_KNOWN = 5000
"""Messages whose header is remembered, of all patients; the first ones go."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One message of a conversation."""

    id: str
    """As everywhere: ``<folder number>.<UID>``."""
    folder: int
    uid: int
    incoming: bool
    at: float
    """Simulated seconds since 1970."""
    author: str
    """Name of whoever wrote it: a patient sees names, not addresses (mssante-rules 3.3)."""
    sender: Address | None
    answers_to: Address | None
    """Where an answer goes: Reply-To moves it (mssante-rules 3.8)."""
    to: tuple[Address, ...]
    """To and Cc."""
    subject: str
    message_id: str
    references: tuple[str, ...]
    opened: bool
    asks_receipt: bool
    receipt_at: float | None
    """When the receipt went out."""
    closes: bool
    """It is the message that ended the exchange."""
    no_answer: bool
    """``X-MSS-MES: FIN``: this message takes no answer."""
    size: int
    fingerprint: str = field(repr=False)
    """Of its bytes: what a receipt is remembered by."""
    why_not: str = ""
    """Why it cannot be answered, in French; empty when it can, or when the patient wrote it."""
    others: tuple[Address, ...] = ()
    """Who else an answer to all reaches: those who may be written to, for being copied gives no right (F11)."""

    @property
    def can_answer(self) -> bool:
        """True for a professional's message that takes an answer."""
        return self.incoming and not self.why_not


@dataclass(frozen=True, slots=True)
class Conversation:
    """A thread with one correspondent."""

    id: str
    """Id of its first message."""
    subject: str
    correspondent: Address | None
    name: str
    mails: tuple[Mail, ...]
    """Oldest first; messages that ended the exchange are among them."""
    state: str
    """``none``, ``open``, ``no reply`` or ``closed``: the exchange with the correspondent, as of now."""
    ended_by: str
    """Name of whoever ended the exchange after the last message; empty when nobody did."""

    @property
    def answerable(self) -> Mail | None:
        """The newest message that takes an answer."""
        return next((mail for mail in reversed(self.mails) if mail.can_answer), None)

    @property
    def unread(self) -> int:
        """Messages that were not opened yet."""
        return sum(mail.incoming and not mail.opened for mail in self.mails)


class Conversations:
    """The conversations of every patient."""

    def __init__(self, profiles: Profiles, space: TrustSpace, store: Store, receipts: Receipts) -> None:
        self._profiles = profiles
        self._space = space
        self._store = store
        self._receipts = receipts
        self._known: dict[tuple[int, int], Mail] = {}
        """By folder and UID, which never name another message: bytes are read once, not at every look."""

    def list(self, ins: str) -> Sequence[Conversation]:
        """The one with the newest message first. Raises NotFound."""
        box = self._profiles.get(ins)
        mails = self.mails(box)
        closings = [mail for mail in mails if mail.closes]
        threads = _threads([mail for mail in mails if not mail.closes])
        made = [self._conversation(box, thread, closings) for thread in threads]
        lone = [c for c in closings if not any(c in conversation.mails for conversation in made)]
        made += [self._conversation(box, [closing], []) for closing in lone]
        return sorted(made, key=lambda conversation: _order(conversation.mails[-1]), reverse=True)

    def get(self, ins: str, id: str) -> Conversation:
        """The conversation that holds this message. Raises NotFound."""
        for conversation in self.list(ins):
            if any(mail.id == id for mail in conversation.mails):
                return conversation
        raise self.no_mail(ins, id)

    def mail(self, ins: str, id: str) -> Mail:
        """One message, by its id or its Message-ID. Raises NotFound."""
        for mail in self.mails(self._profiles.get(ins)):
            if id in (mail.id, mail.message_id):
                return mail
        raise self.no_mail(ins, id)

    def mails(self, box: Mailbox) -> Sequence[Mail]:
        """Every message of the space, oldest first, with what may be answered."""
        receipts = self._receipts.given(box)
        read = [mail for folder, incoming in self._folders(box) for mail in self._read(folder, incoming, receipts)]
        read.sort(key=_order)
        closings = [mail for mail in read if mail.closes]
        return [self._judged(box, mail, closings) if mail.incoming else mail for mail in read]

    def why_it_ended(self, ins: str, mail: Mail) -> str:
        """Of a message that the patient wrote: why nothing may be added to it, in French. Raises NotFound."""
        ended = [closing for closing in self.mails(self._profiles.get(ins)) if closing.closes and _ended(mail, closing)]
        return f"{ended[-1].author} a mis fin à vos échanges." if ended else ""

    def body(self, mail: Mail) -> bytes:
        """The bytes of a message. Raises NotFound when it has just gone."""
        found = self._store.body(mail.folder, mail.uid)
        if found is None:
            raise NotFound(f"message {mail.id} has just gone", "a mail program or a reset removed it")
        return found

    def no_mail(self, ins: str, id: str) -> NotFound:
        """For a message that is not there."""
        return NotFound(f"the space {ins} has no message {id[:80]}", "ids stand in the list of messages, such as 12.3")

    # -- inside
    def _folders(self, box: Mailbox) -> Iterable[tuple[Folder, bool]]:
        for folder in self._store.folders(box.address.key):
            if folder.name == "INBOX" or folder.special_use == "\\Sent":
                yield folder, folder.name == "INBOX"

    def _read(self, folder: Folder, incoming: bool, receipts: Mapping[str, float]) -> Iterable[Mail]:
        there = {message.uid: message for message in self._store.messages(folder.id)}
        new = [uid for uid in there if (folder.id, uid) not in self._known]
        for uid, body in self._store.bodies(folder.id, new):
            self._known[folder.id, uid] = _mail(folder, there[uid], incoming, body)
        read = [(self._known[folder.id, uid], message) for uid, message in there.items()
                if (folder.id, uid) in self._known]
        while len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]
        for mail, message in read:
            yield replace(
                mail, author=mail.author or self.name_of(mail.sender), opened="\\Seen" in message.flags,
                receipt_at=receipts.get(mail.fingerprint),
            )

    def _judged(self, box: Mailbox, mail: Mail, closings: Sequence[Mail]) -> Mail:
        others = tuple(one for one in mail.to if mail.answers_to is None or one.key != mail.answers_to.key)
        reached = tuple(one for one in others if may_be_written_to(self._space, box, one))
        return replace(mail, why_not=self._why_not(box, mail, closings), others=reached)

    def _why_not(self, box: Mailbox, mail: Mail, closings: Sequence[Mail]) -> str:
        """After ``[FIN]`` no earlier message of that correspondent takes an answer, whoever reopens the exchange."""
        if mail.sender is None:
            return "Ce message automatique n'admet pas de réponse."
        ending = mail if mail.closes else next((closing for closing in closings if _ended(mail, closing)), None)
        if ending is not None:
            return f"{ending.author} a mis fin à vos échanges."
        if mail.no_answer:
            return "Ce message n'admet pas de réponse."
        if mail.answers_to is None or self._space.exchange(box, mail.answers_to) != Exchange.OPEN:
            return f"Aucun échange n'est ouvert avec {mail.author}."
        return ""

    def _conversation(self, box: Mailbox, thread: Sequence[Mail], closings: Sequence[Mail]) -> Conversation:
        received = [mail for mail in thread if mail.incoming]
        correspondent = received[-1].answers_to if received else next(iter(thread[-1].to), None)
        concerned = {mail.sender.key for mail in received if mail.sender} | \
            {to.key for mail in thread if not mail.incoming for to in mail.to}
        endings = [c for c in closings if c.sender is not None and c.sender.key in concerned
                   and _order(c) > _order(thread[0])]
        mails = sorted([*thread, *endings], key=_order)
        state = self._space.exchange(box, correspondent) if correspondent is not None else Exchange.NONE
        name = received[-1].author if received else self.name_of(correspondent)
        ended_by = mails[-1].author if mails[-1].closes else ""
        return Conversation(thread[0].id, thread[0].subject, correspondent, name, tuple(mails), state, ended_by)

    def name_of(self, address: Address | None) -> str:
        """What people read instead of an address."""
        box = self._space.mailbox(address) if address is not None else None
        return box.display_name if box is not None else str(address or "")


def _mail(folder: Folder, message: Message, incoming: bool, body: bytes) -> Mail:
    """What never changes of a message."""
    letter = read_letter(body)
    header = {f.name: f.value for f in fields(body[: min(header_end(body), 256 * 1024)]) if f.name}
    sender = letter.from_[0] if letter.from_ else None
    return Mail(
        id=message_id(folder.id, message.uid), folder=folder.id, uid=message.uid, incoming=incoming,
        at=message.internal_date, author=_author(header.get(b"from", b"")), sender=sender,
        answers_to=letter.reply_to[0] if letter.reply_to else sender,
        to=(*_addresses(header.get(b"to", b"")), *_addresses(header.get(b"cc", b""))), subject=letter.subject,
        message_id=letter.message_id.strip(), references=_references(header), opened=False, receipt_at=None,
        asks_receipt=incoming and asked_by_the_author(body, letter) is not None,
        closes=incoming and _closes(letter), no_answer=letter.mss_mes == CLOSING_HEADER, size=message.size,
        fingerprint=fingerprint(body),
    )


def _closes(letter: Letter) -> bool:
    return letter.subject == CLOSING_SUBJECT


def _author(value: bytes) -> str:
    """The name in From, as people write it (ECO.2.2.7 joins its parts by underscores); empty when there is none."""
    named = (decode_words(written.name) for written in addresses(value) if written.host and written.name)
    return " ".join(next(named, "").strip(' "').replace("_", " ").split())


def _addresses(value: bytes) -> tuple[Address, ...]:
    found: list[Address] = []
    for written in addresses(value):
        try:
            found.append(Address.parse(f"{decode_raw(written.local or b'')}@{decode_raw(written.host or b'')}"))
        except AddressError:
            continue
    return tuple(found)


def _references(header: Mapping[bytes, bytes]) -> tuple[str, ...]:
    named = f"{decode_raw(header.get(b'references', b''))} {decode_raw(header.get(b'in-reply-to', b''))}".split()
    return tuple(dict.fromkeys(word for word in named if word.startswith("<") and word.endswith(">")))[-100:]


def _threads(mails: Sequence[Mail]) -> list[list[Mail]]:
    """Messages that name each other, oldest first; a message that names nobody known begins a thread."""
    thread_of: dict[str, list[Mail]] = {}
    threads: list[list[Mail]] = []
    for mail in mails:
        thread = next((thread_of[name] for name in reversed(mail.references) if name in thread_of), None)
        if thread is None:
            thread = []
            threads.append(thread)
        thread.append(mail)
        for name in (mail.message_id, *mail.references):
            if name:
                thread_of.setdefault(name, thread)
    return threads


def _ended(mail: Mail, closing: Mail) -> bool:
    """The other side of the message ended the exchange behind it: its author, where its answers go, or who got it."""
    sides = (mail.sender, mail.answers_to) if mail.incoming else mail.to
    # Within a folder the UID tells what came before: a restart takes back what the clock was advanced.
    is_behind = closing.uid > mail.uid if closing.folder == mail.folder else _order(closing) > _order(mail)
    return is_behind and closing.sender is not None and closing.sender.key in {side.key for side in sides if side}


def _order(mail: Mail) -> tuple[float, int, int]:
    return mail.at, mail.folder, mail.uid
