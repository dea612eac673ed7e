"""``mssim demo``: a pharmacy's morning, played by ordinary mail clients on a throw-away space, told in French."""

from __future__ import annotations

import asyncio
import imaplib
import smtplib
import ssl
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any, TypeVar

import pyotp

from simulator.app.simulator import Simulator
from simulator.app.story import tell
from simulator.config import Configuration
from simulator.controls.errors import Refused as Forbidden
from simulator.model.mailbox import Kind, Mailbox, Status

T = TypeVar("T")


def play(configuration: Configuration) -> int:
    """Play every scene; 0 when each ended as it should."""
    return asyncio.run(_play(configuration))


async def _play(configuration: Configuration) -> int:
    async with Simulator(configuration) as sim:
        stop = sim.journal.listen(tell)
        cast = Cast(sim)
        good = True
        for title, scene in SCENES:
            sys.stdout.write(f"\n== {title}\n")
            sys.stdout.flush()
            ended_well = await asyncio.to_thread(scene, cast)
            await sim.settle()
            good = good and ended_well
            sys.stdout.write("   ok\n" if ended_well else "   NE S'EST PAS PASSÉ COMME PRÉVU\n")
        stop()
    return 0 if good else 1


class Cast:
    """Who plays, and the connections they use. Scenes run in a thread, as blocking clients do."""

    def __init__(self, sim: Simulator) -> None:
        self.sim = sim
        self._loop = asyncio.get_running_loop()
        people = list(sim.space.mailboxes.values())
        self.team = next(m for m in people if len(m.members) > 1)
        self.members = [sim.space.mailboxes[address.key] for address in self.team.members]
        self.doctor = next(m for m in people if m.kind is Kind.PER and m.operator != self.team.operator)
        self.patient = next(
            m
            for m in people
            if m.kind is Kind.PATIENT
            and m.status is Status.OPEN
            and m.patient is not None
            and any(self.team.structure and d.structure == self.team.structure.id for d in m.patient.dispensings)
        )
        self.trust = ssl.create_default_context(cafile=str(sim.authority.ca_file))

    @contextmanager
    def submitting(self, box: Mailbox, *, member: Mailbox | None = None) -> Iterator[smtplib.SMTP]:
        """A signed-in SMTP session with STARTTLS; for the team, a ``member`` signs in."""
        with smtplib.SMTP("localhost", self.sim.ports["submission"], timeout=20) as smtp:
            smtp.starttls(context=self.trust)
            own = (str(box.address), box.secrets.password)
            smtp.login(*(own if member is None else self._for_the_team(member)))
            yield smtp

    @contextmanager
    def reading(self, member: Mailbox, *, code: bool = True) -> Iterator[imaplib.IMAP4]:
        """The team's mailbox, through a member's own account."""
        imap = imaplib.IMAP4_SSL("localhost", self.sim.ports["imaps"], ssl_context=self.trust, timeout=20)
        try:
            imap.login(*self._for_the_team(member, code=code))
            imap.select("INBOX")
            yield imap
        finally:
            imap.logout()

    def as_team(self, message: EmailMessage) -> None:
        """A member sends in the team's name."""
        with self.submitting(self.team, member=self.members[0]) as smtp:
            smtp.send_message(message)

    def inside(self, doing: Coroutine[Any, Any, T]) -> T:
        """What a person does in Mon espace santé, in the simulator's own loop."""
        return asyncio.run_coroutine_threadsafe(doing, self._loop).result(20)

    def refused(self, act: Callable[[], object]) -> bool:
        """Run something that must be refused, and show the answer."""
        try:
            act()
        except (smtplib.SMTPException, imaplib.IMAP4.error, Forbidden) as answer:
            sys.stdout.write(f"   réponse : {answer}\n")
            return True
        return False

    def _for_the_team(self, member: Mailbox, *, code: bool = True) -> tuple[str, str]:
        """How a member signs in for the team: ``TEAM*member``, password and one-time code."""
        digits = pyotp.TOTP(member.secrets.totp).at(self.sim.clock.now()) if code else ""
        return f"{self.team.address}*{member.address}", member.secrets.password + digits


def letter(sender: Mailbox, to: str, subject: str, text: str) -> EmailMessage:
    """A plain French letter."""
    message = EmailMessage()
    message["From"] = f"{sender.display_name} <{sender.address}>"
    message["To"] = to
    message["Subject"] = subject
    message["Message-ID"] = make_msgid(domain=sender.address.domain)
    message.set_content(text)
    return message


def _doctor_writes(cast: Cast) -> bool:
    with cast.submitting(cast.doctor) as smtp:
        smtp.send_message(
            letter(cast.doctor, str(cast.team.address), "Renouvellement", "Bonjour, merci de renouveler.\n")
        )
    return True


def _team_reads(cast: Cast) -> bool:
    with cast.reading(cast.members[0]) as first, cast.reading(cast.members[1]) as second:
        _, found = first.search(None, "SUBJECT", "Renouvellement")
        _, also = second.search(None, "SUBJECT", "Renouvellement")
        number = found[0].split()[-1]
        first.store(number, "+FLAGS", "(\\Seen \\Answered)")
        _, seen = second.fetch(number, "(FLAGS)")
        return bool(found[0]) and found == also and b"Answered" in (seen[0] if isinstance(seen[0], bytes) else b"")


def _one_factor(cast: Cast) -> bool:
    def act() -> None:
        with cast.reading(cast.members[0], code=False):
            pass

    return cast.refused(act)


def _outsider(cast: Cast) -> bool:
    return cast.refused(lambda: _send(cast, cast.doctor, "quelqu.un@gmail.com", "Ordonnance"))


def _spoof(cast: Cast) -> bool:
    def act() -> None:
        with cast.submitting(cast.doctor) as smtp:
            smtp.sendmail(str(cast.members[0].address), [str(cast.team.address)], "Subject: faux\r\n\r\n")

    return cast.refused(act)


def _three_steps(cast: Cast) -> bool:
    return cast.inside(_share(cast))


async def _share(cast: Cast) -> bool:
    space, ins = cast.sim.controls.patients, str(cast.patient.address)
    document = (await space.documents.list(ins))[0]
    pharmacy = next(p for p in space.pharmacies.list(ins) if p.offered)
    sent = await space.journey.send(ins, to=str(pharmacy.mailbox), documents=[document.id])
    sys.stdout.write(f"   1. {document.about.title}  2. {pharmacy.structure.name}  3. « {sent.subject} »\n")
    return bool(sent.reminder)


def _team_answers(cast: Cast) -> bool:
    answer = letter(cast.team, str(cast.patient.address), "Votre ordonnance", "Bonjour, tout est prêt.\n")
    answer["Disposition-Notification-To"] = str(cast.team.address)
    cast.as_team(answer)
    return True


def _patient_opens(cast: Cast) -> bool:
    return cast.inside(_open(cast))


async def _open(cast: Cast) -> bool:
    space = cast.sim.controls.patients
    asked = next(mail for mail in space.conversations.mails(cast.patient) if mail.asks_receipt)
    return (await space.opening.open(str(cast.patient.address), asked.id)).receipt_to == cast.team.address


def _team_ends(cast: Cast) -> bool:
    cast.as_team(letter(cast.team, str(cast.patient.address), "[FIN]", "Fin.\n"))
    return True


def _no_answer_after_fin(cast: Cast) -> bool:
    return cast.refused(lambda: cast.inside(_answer(cast)))


async def _answer(cast: Cast) -> None:
    space = cast.sim.controls.patients
    mail = next(mail for mail in space.conversations.mails(cast.patient) if mail.asks_receipt)
    await space.journey.send(str(cast.patient.address), in_reply_to=mail.id, body="Encore un mot")


def _patient_to_doctor(cast: Cast) -> bool:
    return cast.refused(lambda: _send(cast, cast.patient, str(cast.doctor.address), "Question"))


def _send(cast: Cast, sender: Mailbox, to: str, subject: str) -> None:
    with cast.submitting(sender) as smtp:
        smtp.send_message(letter(sender, to, subject, "Bonjour,\n\nBonne réception.\n"))


SCENES: tuple[tuple[str, Callable[[Cast], bool]], ...] = (
    ("Un médecin écrit à la pharmacie, chez un autre opérateur", _doctor_writes),
    ("Deux membres de l'équipe lisent la même BAL organisationnelle", _team_reads),
    ("Un seul facteur ne suffit pas pour la BAL organisationnelle", _one_factor),
    ("Une adresse ordinaire n'est pas dans l'espace de confiance", _outsider),
    ("On n'écrit pas au nom d'un autre", _spoof),
    ("Un patient partage son ordonnance avec sa pharmacie, en trois étapes", _three_steps),
    ("La pharmacie répond et demande un accusé de lecture", _team_answers),
    ("Le patient ouvre le message : l'accusé part à cet instant", _patient_opens),
    ("La pharmacie met fin à l'échange : [FIN]", _team_ends),
    ("Le patient ne peut plus répondre", _no_answer_after_fin),
    ("Un patient n'écrit pas le premier à un médecin", _patient_to_doctor),
)
