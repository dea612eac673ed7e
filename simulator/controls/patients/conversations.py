"""Conversations of a space: the messages of INBOX and Sent by thread, and what may still be answered.

Nothing is kept beside the mail: the state of every conversation follows from the messages and from the exchanges of the
trust space, so that a mail program and the pages always agree.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from simulator.controls.errors import NotFound
from simulator.controls.patients.mails import (
    Closings,
    Lasts,
    Mail,
    by_sender,
    ending_of,
    lasts_of,
    mail_of,
    order,
    threads,
)
from simulator.controls.patients.profiles import Profiles
from simulator.model.address import Address
from simulator.model.mailbox import Mailbox
from simulator.receipts import Receipts
from simulator.rules.facts import Exchange
from simulator.rules.patients import may_be_written_to
from simulator.space import TrustSpace
from simulator.store.interface import Folder, Message, Store

MOST_KNOWN = 5000
"""Messages whose header is remembered, of all patients; those that were looked at least lately go."""
MOST_ENDINGS = 3
"""Messages that ended the exchange, shown in one conversation: the newest."""
MOST_OTHERS = 50
"""People in copy that an answer to all may reach."""
_SLICE = 1024 * 1024
"""Octets of messages that are read in one turn of the loop."""


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
        self._known: OrderedDict[tuple[int, int], Mail] = OrderedDict()
        """By folder and UID, which never name another message: bytes are read once, not at every look."""

    async def read(self, box: Mailbox) -> None:
        """Read what is new in the space, a slice at a time: looking at it is then short, however much there is."""
        for folder, incoming in self._folders(box):
            slice, octets = [], 0
            for message in self._store.messages(folder.id):
                if (folder.id, message.uid) in self._known:
                    self._known.move_to_end((folder.id, message.uid))
                    continue
                slice.append(message)
                octets += message.size
                if octets >= _SLICE:
                    await self._learn(folder, slice, incoming)
                    slice, octets = [], 0
            await self._learn(folder, slice, incoming)

    def list(self, ins: str) -> Sequence[Conversation]:
        """The one with the newest message first. Raises NotFound."""
        box = self._profiles.get(ins)
        mails = self.mails(box)
        closings = by_sender(mail for mail in mails if mail.closes)
        threaded = threads([mail for mail in mails if not mail.closes])
        begun: dict[str, int] = {}
        made = [self._conversation(box, thread, closings, begun) for thread in threaded]
        placed = {mail.id for key, first in begun.items() for mail in closings[key][first:]}
        lone = [mail for mail in mails if mail.closes and mail.id not in placed]
        made += [self._conversation(box, [closing], {}, {}) for closing in lone]
        return sorted(made, key=lambda conversation: order(conversation.mails[-1]), reverse=True)

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

    async def find(self, ins: str, id: str) -> Mail:
        """The same, after ``read``. Raises NotFound."""
        await self.read(self._profiles.get(ins))
        return self.mail(ins, id)

    def mails(self, box: Mailbox) -> Sequence[Mail]:
        """Every message of the space, oldest first, with what may be answered."""
        receipts = self._receipts.given(box)
        read = [mail for folder, incoming in self._folders(box) for mail in self._read(folder, incoming, receipts)]
        read.sort(key=order)
        lasts = lasts_of(by_sender(mail for mail in read if mail.closes))
        return [self._judged(box, mail, lasts) if mail.incoming else mail for mail in read]

    def why_it_ended(self, ins: str, mail: Mail) -> str:
        """Of a message that the patient wrote: why nothing may be added to it, in French. Raises NotFound."""
        closings = by_sender(one for one in self.mails(self._profiles.get(ins)) if one.closes)
        ending = ending_of(mail, lasts_of(closings))
        return f"{ending.author} a mis fin à vos échanges." if ending is not None else ""

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
            self._known[folder.id, uid] = mail_of(folder, there[uid], incoming, body)
        read = [(self._known[folder.id, uid], message) for uid, message in there.items()
                if (folder.id, uid) in self._known]
        while len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]
        for mail, message in read:
            yield replace(
                mail, author=mail.author or self.name_of(mail.sender), opened="\\Seen" in message.flags,
                receipt_at=receipts.get(mail.fingerprint),
            )

    async def _learn(self, folder: Folder, slice: Sequence[Message], incoming: bool) -> None:
        there = {message.uid: message for message in slice}
        bodies = list(self._store.bodies(folder.id, list(there)))
        read = await asyncio.to_thread(
            lambda: [mail_of(folder, there[uid], incoming, body) for uid, body in bodies]) if bodies else []
        for mail in read:
            self._known[folder.id, mail.uid] = mail

    def _judged(self, box: Mailbox, mail: Mail, lasts: Lasts) -> Mail:
        others = [one for one in mail.to if mail.answers_to is None or one.key != mail.answers_to.key][:MOST_OTHERS]
        reached = tuple(one for one in others if may_be_written_to(self._space, box, one))
        return replace(mail, why_not=self._why_not(box, mail, lasts), others=reached)

    def _why_not(self, box: Mailbox, mail: Mail, lasts: Lasts) -> str:
        """After ``[FIN]`` no earlier message of that correspondent takes an answer, whoever reopens the exchange."""
        if mail.sender is None:
            return "Ce message automatique n'admet pas de réponse."
        ending = mail if mail.closes else ending_of(mail, lasts)
        if ending is not None:
            return f"{ending.author} a mis fin à vos échanges."
        if mail.no_answer:
            return "Ce message n'admet pas de réponse."
        if mail.answers_to is None or self._space.exchange(box, mail.answers_to) != Exchange.OPEN:
            return f"Aucun échange n'est ouvert avec {mail.author}."
        return ""

    def _conversation(
        self, box: Mailbox, thread: Sequence[Mail], closings: Closings, begun: dict[str, int]
    ) -> Conversation:
        """``begun`` learns from which closing on those of a sender belong to some conversation."""
        received = [mail for mail in thread if mail.incoming]
        correspondent = received[-1].answers_to if received else next(iter(thread[-1].to), None)
        concerned = {mail.sender.key for mail in received if mail.sender} | \
            {to.key for mail in thread if not mail.incoming for to in mail.to}
        endings: list[Mail] = []
        for key in concerned & closings.keys():
            after = bisect_right(closings[key], order(thread[0]), key=order)
            begun[key] = min(after, begun.get(key, after))
            endings += closings[key][max(after, len(closings[key]) - MOST_ENDINGS):]
        mails = sorted([*thread, *sorted(endings, key=order)[-MOST_ENDINGS:]], key=order)
        state = self._space.exchange(box, correspondent) if correspondent is not None else Exchange.NONE
        name = received[-1].author if received else self.name_of(correspondent)
        ended_by = mails[-1].author if mails[-1].closes else ""
        return Conversation(thread[0].id, thread[0].subject, correspondent, name, tuple(mails), state, ended_by)

    def name_of(self, address: Address | None) -> str:
        """What people read instead of an address."""
        box = self._space.mailbox(address) if address is not None else None
        return box.display_name if box is not None else str(address or "")
