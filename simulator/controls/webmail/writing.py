"""Writing from a professional's mailbox: a message as the requirements want it, the end of an exchange, a receipt."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from simulator.clock import Clock
from simulator.controls.errors import Conflict, Invalid
from simulator.controls.sending import Sending
from simulator.controls.webmail.drafting import Drafting, How
from simulator.controls.webmail.reading import Mail, Reading
from simulator.domains.patient import CLOSING_HEADER, CLOSING_SUBJECT
from simulator.mime.writing import Attached, Draft, new_message_id, write
from simulator.model.address import Address
from simulator.model.document import ending, media_type
from simulator.model.mailbox import Identity, Mailbox
from simulator.receipts import BY_HAND, Receipts
from simulator.rules.facts import Exchange
from simulator.space import TrustSpace
from simulator.store.interface import FlagOp, Store

MOST_FILES = 10
MOST_RECIPIENTS = 50
AGENT = "Pharmacie; mssante-simulator"
_GOODBYE = "Bonjour,\n\n{name} met fin à cet échange. Vous ne pouvez plus répondre aux messages précédents.\n"


@dataclass(frozen=True, slots=True)
class Written:
    """A message as the person typed it. Recipients are addresses, or matricules INS of patients."""

    to: Sequence[str]
    subject: str
    text: str
    cc: Sequence[str] = ()
    files: Sequence[Attached] = field(default=(), repr=False)
    answers: str = ""
    """Id of the message that is answered or forwarded."""
    how: How = How.REPLY
    kept_files: Sequence[int] = ()
    """Places of the original's files that are forwarded."""
    wants_receipt: bool = False
    takes_no_answer: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that left."""

    id: str
    """Of the copy in the folder of sent mail; empty when no copy is kept."""
    message_id: str
    to: tuple[Address, ...]
    subject: str


class Writing:
    """Sends in the name of the mailbox; the audit trail names the person."""

    def __init__(
        self, *, reading: Reading, drafting: Drafting, sending: Sending, receipts: Receipts, space: TrustSpace,
        store: Store, clock: Clock,
    ) -> None:
        self._reading = reading
        self._drafting = drafting
        self._sending = sending
        self._receipts = receipts
        self._space = space
        self._store = store
        self._clock = clock
        self._ending: set[tuple[str, str]] = set()
        """Mailbox and patient whose exchange is being ended at this moment."""

    async def send(self, who: Identity, written: Written) -> Sent:
        """Accepted and safe when this returns. Raises Refused, NotFound, Invalid, StoreError; then nothing was sent."""
        to = [self._drafting.address(one) for one in written.to]
        cc = [self._drafting.address(one) for one in written.cc]
        if not to or len(to) + len(cc) > MOST_RECIPIENTS:
            raise Invalid(f"the message has {len(to) + len(cc)} recipients, {len(to)} of them in To",
                          f"give one at least and {MOST_RECIPIENTS} at most")
        original = await self._reading.mail(who, written.answers) if written.answers else None
        files = [*[await self._forwarded(who, written.answers, place) for place in written.kept_files],
                 *map(_named, written.files)]
        if len(files) > MOST_FILES:
            raise Invalid(f"{len(files)} files are attached", f"attach {MOST_FILES} at most")
        forwards = written.how is How.FORWARD
        sent = await self._leave(who, to, cc, written.subject, written.text, files, None if forwards else original,
                                 _headers(who.mailbox, written))
        if original is not None:
            flag = "$Forwarded" if forwards else "\\Answered"
            await self._store.set_flags(original.folder.id, [original.message.uid], FlagOp.ADD, frozenset({flag}))
        return sent

    async def end(self, who: Identity, patient: str, answers: str = "") -> Sent:
        """End the exchange with a patient: a message whose subject is ``[FIN]`` and nothing else (F18).

        ``answers`` is the message it was decided on. Raises Invalid, Conflict, NotFound, Refused."""
        to = self._drafting.address(patient)
        if self._space.domain_kind(to.domain) != "patient":
            raise Invalid(f"{to} is no patient's address", "only exchanges with patients are ended")
        box = self._space.mailbox(to)
        if box is not None and self._space.exchange(box, who.mailbox.address) == Exchange.CLOSED:
            raise Conflict(f"the exchange with {to} has ended already", "a new message opens it again")
        pair = (who.mailbox.address.key, to.key)
        leaving = {known.mailbox for known in self._store.exchanges_in_full(to.key) if known.ending}
        if pair in self._ending or pair[0] in leaving:
            raise Conflict(f"the message that ends the exchange with {to} is on its way", "nothing more is needed")
        self._ending.add(pair)
        try:
            original = await self._reading.mail(who, answers) if answers else None
            text = _GOODBYE.format(name=who.mailbox.display_name)
            return await self._leave(who, [to], [], CLOSING_SUBJECT, text, [], original, {})
        finally:
            self._ending.discard(pair)

    async def tell(self, who: Identity, id: str) -> Address:
        """Send the receipt that the author asked for; the person decides (ECO.3.1.6). Raises NotFound, Conflict."""
        mail = await self._reading.mail(who, id)
        if mail.summary.receipt_to is None:
            raise Conflict(f"message {mail.id} asks for no receipt", "nothing has to be sent")
        to = await self._receipts.give(who.mailbox, self._reading.body(mail), who=who.who, disposition=BY_HAND,
                                       agent=AGENT)
        if to is None:
            raise Conflict(f"the receipt for message {mail.id} was sent already, or its author is outside of the trust "
                           "space", "one receipt is sent for a message")
        await self._store.set_flags(mail.folder.id, [mail.message.uid], FlagOp.ADD, frozenset({"$MDNSent"}))
        return to

    # -- inside
    async def _leave(
        self, who: Identity, to: Sequence[Address], cc: Sequence[Address], subject: str, text: str,
        files: Sequence[Attached], original: Mail | None, headers: dict[str, str],
    ) -> Sent:
        from simulator.letters.mail import NIL, display_name  # what makes letters is loaded when one is written

        box = who.mailbox
        answered = original.summary if original is not None else None
        draft = Draft(
            author=display_name(box), sender=str(box.address), to=list(map(str, to)), cc=list(map(str, cc)),
            subject=subject, text=text, at=self._clock.now(), message_id=new_message_id(box.address.domain),
            attached=files, in_reply_to=_known(answered.message_id) if answered else "",
            references=_thread(answered.references, answered.message_id) if answered else (),
            headers={"X-MSS-NIL": NIL, **headers},
        )
        try:
            # Large files take their time.
            body = await asyncio.to_thread(write, draft) if files else write(draft)
        except (ValueError, IndexError, LookupError) as mistake:
            raise Invalid("the message cannot be written: its subject or a file name holds a line break or another "
                          "character that a header does not carry", "write them on one line") from mistake
        everybody = list({one.key: one for one in (*to, *cc)}.values())
        copy = await self._sending.send(who, everybody, body)
        return Sent(copy, draft.message_id, tuple(everybody), subject)

    async def _forwarded(self, who: Identity, id: str, place: int) -> Attached:
        if not id:
            raise Invalid("no message is forwarded", "say which one the files come from")
        file = await self._reading.file(who, id, place)
        return _named(Attached(file.name or f"fichier-{place}", file.type, file.content))


def _headers(box: Mailbox, written: Written) -> dict[str, str]:
    headers: dict[str, str] = {}
    if written.takes_no_answer:
        headers["X-MSS-MES"] = CLOSING_HEADER
    if written.wants_receipt:
        headers["Disposition-Notification-To"] = str(box.address)
    return headers


def _named(file: Attached) -> Attached:
    """The last part of the name, and the media type that it tells: a browser's word for it counts for nothing."""
    name = file.name.replace("\\", "/").rpartition("/")[2].strip() or "fichier"
    known = "application/zip" if ending(name) == ".zip" else media_type(name)
    return Attached(name, known, file.content)


def _thread(references: Sequence[str], last: str) -> tuple[str, ...]:
    known = (_known(one) for one in (*references, last))
    return tuple(dict.fromkeys(one for one in known if one))[-20:]


def _known(message_id: str) -> str:
    """A Message-ID that a header may repeat."""
    word = message_id.strip()
    return word if word.isascii() and word.isprintable() and " " not in word and len(word) < 900 else ""
