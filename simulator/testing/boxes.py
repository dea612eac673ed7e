"""A mailbox of the space with the person or team behind it: what they send, what they wait for, what they have."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping, Sequence
from datetime import date
from email.message import EmailMessage
from email.utils import getaddresses
from typing import TYPE_CHECKING, TypeAlias, Unpack

from simulator import letters
from simulator.letters import Document, MailForm
from simulator.model.mailbox import Kind, Mailbox
from simulator.testing import waiting
from simulator.testing.failures import Refused
from simulator.testing.letters import Attachable, Letter, answered, compose, of_care

if TYPE_CHECKING:
    from simulator.controls.indicators import Indicator
    from simulator.testing.space import Space

Names: TypeAlias = "str | Box | Sequence[str | Box]"
"""Whoever ``Space.mailbox`` finds, or addresses of anywhere."""
Attached: TypeAlias = Attachable | list[Attachable] | None
GREETING = "Bonjour,\n"


class Box:
    """One mailbox. ``str`` is its address."""

    def __init__(self, space: Space, mailbox: Mailbox) -> None:
        self._space = space
        self._address = mailbox.address

    def __str__(self) -> str:
        return str(self._address)

    def __repr__(self) -> str:
        return f"<{self.mailbox.kind.value} {self._address}>"

    @property
    def address(self) -> str:
        """The whole address."""
        return str(self._address)

    @property
    def mailbox(self) -> Mailbox:
        """As it is registered at this moment: owner, structure, members, secrets."""
        return self._space.registered(self._address)

    # -- what comes
    def wait_for(self, *, timeout: float = waiting.TIMEOUT, **wanted: Unpack[waiting.Wanted]) -> Letter:
        """The first letter that fits, there already or as soon as it comes, within ``timeout`` real seconds.

        ``wait_for(subject="Ordonnance", sender="vial")``: see ``Wanted`` for what may be asked. Raises NotArrived,
        which tells what came instead."""
        return self.wait_for_all(1, timeout=timeout, **wanted)[0]

    def wait_for_all(
        self, count: int, *, timeout: float = waiting.TIMEOUT, **wanted: Unpack[waiting.Wanted]
    ) -> list[Letter]:
        """Like ``wait_for``, for at least ``count`` letters, oldest first."""
        return waiting.wait_for(self._space, waiting.query(self._space, self.address, wanted), count, timeout)

    def takes(self, *, timeout: float = waiting.TIMEOUT, **wanted: Unpack[waiting.Wanted]) -> Letter:
        """Like ``wait_for``, and the letter is gone from the mailbox."""
        return waiting.take(self._space, waiting.query(self._space, self.address, wanted), timeout)

    def receives_nothing(self, *, within: float = 0.0, **wanted: Unpack[waiting.Wanted]) -> None:
        """Once no mail is on its way between operators, nothing that fits is there.

        ``within`` goes on looking for so many real seconds, for a program that may yet send. Raises Arrived."""
        self._space.wait_until_quiet()
        waiting.nothing(self._space, waiting.query(self._space, self.address, wanted), within)

    def letters(self, folder: str = "INBOX") -> list[Letter]:
        """Everything in a folder at this moment, oldest first."""
        return waiting.look(self._space, waiting.query(self._space, self.address, {"folder": folder}))

    # -- what goes
    def sends(
        self,
        *,
        to: Names,
        subject: str | None = "",
        text: str = GREETING,
        cc: Names = (),
        attach: Attached = None,
        headers: Mapping[str, str] | None = None,
        receipt: bool = False,
        as_: str | None = None,
        letter: str = "",
        patient: str | Box = "",
        seed: int = 1,
        form: MailForm = "n1",
    ) -> EmailMessage:
        """Write a letter and submit it as an ordinary client does: SMTP, STARTTLS, signed in.

        Returns what was sent, once the operator has it; whoever waits for it at the other end uses ``wait_for``.
        ``subject`` None leaves the field out. ``attach`` is a file, or a name and its content, or a list of these.
        ``receipt`` asks to be told when it is read. ``as_`` is the member who acts for a team.

        ``letter="prescription", patient="adrun"`` makes it a ready-made one: document, archive, subject and header
        fields (see ``document``); ``form`` is ``n1``, ``n3`` for a structured document, or ``pdf`` for no archive.
        Raises Refused."""
        wanted = {"Disposition-Notification-To": self.address} if receipt else {}
        recipients, copies = self._addresses(to), self._addresses(cc)
        attached = attach if isinstance(attach, list) else [attach] if attach is not None else []
        fields = {**wanted, **(headers or {})}
        if letter:
            message = of_care(
                self.mailbox, self.document(letter, patient=patient, seed=seed), to=recipients, cc=copies,
                subject=subject, text="" if text == GREETING else text, form=form, attach=attached, headers=fields,
                date=self._space.now,
            )
        else:
            message = compose(self.mailbox, to=recipients, cc=copies, subject=subject, text=text, attach=attached,
                              headers=fields, date=self._space.now)
        self.submits(message, as_=as_)
        return message

    def document(self, kind: str, *, patient: str | Box = "", seed: int = 1) -> Document:
        """What this person would write about a patient: ``.pdf``, ``.n1``, ``.n3``, ``.archive()``; nothing is sent.

        ``kind`` is one of ``simulator.letters.KINDS``; the same patient and seed tell the same story again. Without
        ``patient``, the first one of the space. For a team, the person in charge signs. Raises ValueError for a kind
        that does not exist, NoSuchName for a patient."""
        author = self._author()
        about = self._space.patient(str(patient)) if patient else self._space.patients()[0]
        assert author.owner is not None and about.mailbox.patient is not None
        return letters.compose(kind, patient=about.mailbox.patient, author=author.owner,
                               structure=self.mailbox.structure, seed=seed, now=self._space.now)

    def writes_to(self, to: Names, *, subject: str | None = "", text: str = GREETING,
                  attach: Attached = None) -> EmailMessage:
        """``sends``, in the order of a sentence."""
        return self.sends(to=to, subject=subject, text=text, attach=attach)

    def answers(self, letter: Letter, *, text: str = GREETING, subject: str | None = None, attach: Attached = None,
                receipt: bool = False, as_: str | None = None) -> EmailMessage:
        """Answer a letter: to its sender (Reply-To first), tied to it by In-Reply-To and References."""
        named = letter.header("Reply-To") or letter.sender
        return self.sends(
            to=[address for _, address in getaddresses([named])],
            subject=f"Re: {letter.subject}" if subject is None else subject,
            text=text,
            attach=attach,
            headers=answered(letter),
            receipt=receipt,
            as_=as_,
        )

    def submits(self, message: EmailMessage | bytes, *, to: Names | None = None, as_: str | None = None) -> None:
        """Submit this message, whatever it says; ``to`` are the envelope's recipients where they are not the header's.

        Raises Refused when the message or one of its recipients is not taken, ValueError for bytes without ``to``."""
        if to is None and isinstance(message, bytes):
            raise ValueError("say to= whom these bytes go")
        since = self._space.newest_event()
        recipients = None if to is None else self._addresses(to)
        refused: Mapping[str, tuple[int, bytes]] = {}
        try:
            with self._space.smtp(self, as_=as_).connect() as smtp:
                if isinstance(message, EmailMessage):
                    refused = smtp.send_message(message, self.address, recipients)
                else:
                    refused = smtp.sendmail(self.address, recipients or [], message)
        except smtplib.SMTPRecipientsRefused as problem:
            refused = problem.recipients
        except smtplib.SMTPResponseException as problem:
            raise self._refused(problem.smtp_code, problem.smtp_error, since) from None
        for recipient, (code, answer) in refused.items():
            raise self._refused(code, answer, since, recipient)

    # -- what a pharmacy does
    def dispenses_to(self, patient: str | Box, *, on: date | None = None, reimbursed: bool = True) -> None:
        """The pharmacy of this mailbox dispenses to a patient, today or ``on`` an earlier day; the patient may write to
        it from then on. Raises Invalid for a mailbox that is no pharmacy's."""
        box = patient if isinstance(patient, Box) else self._space.patient(patient)
        day = None if on is None else on.isoformat()
        controls = self._space.controls
        self._space.do(lambda: controls.dispensings.record(box.address, self.address, day, reimbursed))

    def indicators(self, *, since: date | None = None, until: date | None = None) -> Indicator:
        """The counter of the pharmacy: ``dispensings``, ``with_patients``, ``numerator``, ``rate``, ``reached``,
        ``lines``. Mail on its way is waited for. Without days, over the period of the configuration."""
        self._space.wait_until_quiet()
        days = [None if day is None else day.isoformat() for day in (since, until)]
        controls = self._space.controls
        return self._space.do(lambda: controls.indicators.of(self.address, *days))

    # -- inside
    def _author(self) -> Mailbox:
        """Who signs: the holder, or the person in charge of a team."""
        mailbox = self.mailbox
        if mailbox.kind in (Kind.ORG, Kind.APP) and mailbox.responsible is not None:
            return self._space.registered(mailbox.responsible)
        if mailbox.owner is None:
            raise ValueError(f"{self} is no professional's mailbox and writes no such document")
        return mailbox

    def _refused(self, code: int, answer: bytes | str, since: int, recipient: str = "") -> Refused:
        said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
        target = f" to {recipient}" if recipient else ""
        sentence = f"the letter of {self.address}{target} was refused"
        return Refused(sentence, code, said, self._space.refusals(since=since))

    def _addresses(self, names: Names) -> list[str]:
        several = [names] if isinstance(names, (str, Box)) else names
        return [self._space.address(name) for name in several]
