"""The three steps (F14): documents, a pharmacy, a message that is prefilled and may be changed; and answering.

The message leaves by the patient operator's own relay, over mutual TLS, like any other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.clock import Clock
from simulator.controls.errors import Invalid, Refused
from simulator.controls.patients.conversations import Conversations
from simulator.controls.patients.documents import Documents, file_name
from simulator.controls.patients.mails import Mail
from simulator.controls.patients.profiles import Profiles, holder
from simulator.controls.sending import Sending, address_of
from simulator.journal import Journal
from simulator.mime.writing import Attached, Draft, headed, new_message_id, write
from simulator.model.address import Address
from simulator.model.document import ATTACHED_ENDINGS, MESSAGE_LIMIT, ending, media_type
from simulator.model.mailbox import Factor, Identity, Kind, Mailbox
from simulator.space import TrustSpace

REMINDER = "Pensez à apporter l'original de votre ordonnance à la pharmacie."
"""What is told when something is shared with a pharmacy (mssante-rules 3.4)."""
MOST_FILES = 50


@dataclass(frozen=True, slots=True)
class Prefilled:
    """What the third step proposes."""

    subject: str
    body: str
    reminder: str
    """Told beside it; empty when nothing is shared with a pharmacy."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that left."""

    id: str
    """Of the copy in the space; empty when no copy is kept."""
    message_id: str
    to: tuple[Address, ...]
    subject: str
    reminder: str


class Journey:
    """Writes and answers in the name of a patient."""

    def __init__(
        self, *, profiles: Profiles, documents: Documents, conversations: Conversations, sending: Sending,
        space: TrustSpace, journal: Journal, clock: Clock,
    ) -> None:
        self._profiles = profiles
        self._documents = documents
        self._conversations = conversations
        self._sending = sending
        self._space = space
        self._journal = journal
        self._clock = clock

    async def prefill(
        self, ins: str, *, to: str | None = None, documents: Sequence[str] = (), files: int = 0
    ) -> Prefilled:
        """The text of the third step; ``files`` come from elsewhere, beside the ``documents`` of the space.

        Raises NotFound for an unknown document, Invalid for what is no address."""
        box = self._profiles.active(ins)
        name = holder(box).full_name
        shared = len([await self._documents.get(ins, id) for id in documents]) + files
        reminder = self._reminder(address_of(to), bool(shared)) if to else ""
        if not shared:
            return Prefilled(f"Question de {name}", f"Bonjour,\n\n\n\nMerci de votre réponse.\n{name}", reminder)
        what = "le document ci-joint" if shared == 1 else f"les {shared} documents ci-joints"
        body = f"Bonjour,\n\nJe vous transmets {what}.\n\nMerci de votre aide.\n{name}"
        return Prefilled(f"Document de {name}", body, reminder)

    async def send(
        self, ins: str, *, to: str | None = None, subject: str | None = None, body: str | None = None,
        documents: Sequence[str] = (), files: Sequence[Attached] = (), in_reply_to: str | None = None,
        reply_all: bool = False, caregiver: str | None = None,
    ) -> Sent:
        """A new message to ``to``, or the answer to a message (its id or Message-ID); what is not given is prefilled.

        ``documents`` are ids of the space, ``files`` come from elsewhere. ``caregiver`` writes in the patient's place.
        Raises Refused when a rule forbids it, NotFound, Invalid, Conflict, StoreError; then nothing was sent."""
        box = self._profiles.active(ins)
        original = await self._original(box, ins, in_reply_to) if in_reply_to else None
        recipients = self._recipients(original, to, reply_all)
        prefilled = await self.prefill(ins, documents=documents, files=len(files))
        attached = [await self._attached(ins, id) for id in documents] + [_checked(file) for file in files]
        if len(attached) > MOST_FILES:
            raise Invalid(f"{len(attached)} files are attached", f"attach {MOST_FILES} at most")
        proposed = headed("Re", original.subject) if original else prefilled.subject
        text = _signed(body if body is not None else prefilled.body, box, caregiver)
        draft = Draft(
            author=holder(box).full_name, sender=str(box.address), to=[str(one) for one in recipients],
            subject=subject if subject is not None else proposed, text=text,
            at=self._clock.now(), message_id=new_message_id(box.address.domain), attached=attached,
            in_reply_to=original.message_id if original else "",
            references=_references(original) if original else (),
        )
        # Large files take their time.
        written = await asyncio.to_thread(_written, draft) if attached else _written(draft)
        copy = await self._sending.send(Identity(box, box, frozenset({Factor.PASSWORD})), recipients, written)
        reminder = self._reminder(recipients[0], bool(attached))
        return Sent(copy, draft.message_id, tuple(recipients), draft.subject, reminder)

    # -- inside
    async def _original(self, box: Mailbox, ins: str, id: str) -> Mail:
        """The message to answer. Raises NotFound, and Refused when it takes no answer."""
        mail = await self._conversations.find(ins, id)
        why_not = mail.why_not if mail.incoming else self._conversations.why_it_ended(ins, mail)
        if why_not:
            other = mail.sender if mail.incoming else next(iter(mail.to), None)
            of = f"of {other or 'the mail system'}" if mail.incoming else f"to {other}"
            what = f"message {mail.id} {of} takes no answer"
            remedy = "wait until the professional writes again, or begin a new message to a pharmacy of your history"
            event = self._journal.note(
                "refusal", f"refused inside: {box.address} answers {other}: {what} [exchange-is-not-closed]",
                who=str(box.address), mailbox=str(other or ""), door="inside", rule="exchange-is-not-closed",
                what=what, remedy=remedy, sender=str(box.address), recipient=str(other or ""),
                subject=mail.subject)
            raise Refused(what, remedy, rule="exchange-is-not-closed", explain=event.seq, french=why_not)
        return mail

    def _recipients(self, original: Mail | None, to: str | None, reply_all: bool) -> list[Address]:
        if to is not None:
            return [address_of(to)]
        if original is None:
            raise Invalid("nobody is written to", "say to whom, or which message is answered")
        first = original.answers_to if original.incoming else next(iter(original.to), None)
        if first is None:
            raise Invalid(f"message {original.id} names nobody to answer", "say to whom")
        others = original.others if reply_all else ()
        return list({one.key: one for one in (first, *others)}.values())

    async def _attached(self, ins: str, id: str) -> Attached:
        document, content = await self._documents.get(ins, id)
        return Attached(document.about.name, document.type, content)

    def _reminder(self, to: Address, shares: bool) -> str:
        box = self._space.mailbox(to)
        pharmacy = box is not None and box.kind is Kind.ORG and box.structure is not None and box.structure.is_pharmacy
        return REMINDER if pharmacy and shares else ""


def _written(draft: Draft) -> bytes:
    """The message as bytes. Raises Invalid when it cannot be written, or is larger than the space sends."""
    try:
        written = write(draft)
    except (ValueError, IndexError, LookupError) as mistake:
        raise Invalid("the message cannot be written: its subject holds a line break or another character that a "
                      "header does not carry", "write the subject on one line") from mistake
    if len(written) > MESSAGE_LIMIT:
        raise Invalid(f"the message has {len(written)} octets with its files",
                      f"{MESSAGE_LIMIT} octets (25 Mo) go: take fewer or smaller files")
    return written


def _signed(text: str, box: Mailbox, caregiver: str | None) -> str:
    """A caregiver's message says who wrote it (mssante-rules 3.4). Raises Invalid for somebody who is none."""
    if caregiver is None:
        return text
    known = holder(box).caregivers
    if caregiver not in known:
        raise Invalid(f"{caregiver[:80]!r} is no caregiver of {holder(box).full_name}",
                      f"known are {', '.join(known)}" if known else "the configuration names none (caregivers)")
    return f"{text.rstrip()}\n\nMessage écrit par {caregiver}, aidant de {holder(box).full_name}.\n"


def _checked(file: Attached) -> Attached:
    name = file_name(file.name)
    if ending(name) not in ATTACHED_ENDINGS:
        raise Invalid(f"{name!r} cannot be attached", f"messages take {', '.join(ATTACHED_ENDINGS)}")
    return Attached(name, media_type(name), file.content)


def _references(original: Mail) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*original.references, original.message_id)))[-20:]
