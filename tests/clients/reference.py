"""The test's own eyes and hands: puts letters in mailboxes, and looks at what a client left there."""

from __future__ import annotations

import email
import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP

from tests.clients.facts import Facts
from tests.journeys.people import ISABELLE, LGO, NURSE, TILLEULS
from tests.journeys.running import Running

ATTACHED = bytes(range(256)) * 40 + b"\r\n.\r\nFrom nobody\r\n%%EOF"
"""Every byte value, a lone dot, a line that mailbox files would change."""

LETTER = (
    "From: =?utf-8?q?Nadia_Roux?= <nadia.roux@infirmier.mssante.fr>\r\n"
    "To: paul.vial@medecin.mssante.fr\r\n"
    "Subject: =?utf-8?b?Q29tcHRlIHJlbmR1IGTigJnFk2TDqG1l?=\r\n"
    "Date: Mon, 05 Oct 2026 09:12:00 +0200\r\n"
    "Message-ID: <lettre@essai.mssante.fr>\r\n"
    "MIME-Version: 1.0\r\n"
    'Content-Type: multipart/mixed; boundary="=_bord"\r\n'
    "\r\n"
    "Préambule que personne ne lit.\r\n"
    "--=_bord\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: 8bit\r\n"
    "\r\n"
    "Chère consœur, l’œdème a régressé.  \r\n"
    ".\r\n"
    "..deux points\r\n"
    "From time to time\r\n"
    "\ttabulation et espaces   \r\n"
    "\r\n"
    "--=_bord\r\n"
    "Content-Type: application/pdf\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "Content-Disposition: attachment;\r\n"
    " filename*0*=utf-8''r%C3%A9sultats%20;\r\n"
    " filename*1*=d%E2%80%99analyse.pdf\r\n"
    "\r\n"
    "JVBERi0xLjQKJcOkw7zDtsOfCg==\r\n"
    "--=_bord--\r\n"
).encode()


def plain(message_id: str, subject: str) -> bytes:
    """A short letter."""
    letter = EmailMessage(policy=SMTP)
    letter["From"], letter["To"], letter["Subject"] = NURSE, ISABELLE, subject
    letter["Date"], letter["Message-ID"] = "Mon, 05 Oct 2026 10:00:00 +0200", message_id
    letter.set_content("Bonjour\n")
    return letter.as_bytes()


class Reference:
    """Looks and prepares by IMAP, as the standard library speaks it."""

    def __init__(self, space: Running, facts: Facts) -> None:
        self._space = space
        self._facts = facts

    @contextmanager
    def signed_in(self, user: str, password: str, trust: ssl.SSLContext | None = None) -> Iterator[imaplib.IMAP4_SSL]:
        """A connection with INBOX selected; without a user name, the certificate signs in."""
        with imaplib.IMAP4_SSL(
            "localhost", self._space.port("imaps"), ssl_context=trust or self._space.trust(), timeout=20
        ) as imap:
            if user:
                imap.login(user, password)
            else:
                imap.authenticate("EXTERNAL", lambda _: b"")
            imap.select("INBOX")
            yield imap

    @contextmanager
    def person(self) -> Iterator[imaplib.IMAP4_SSL]:
        """The person whose mailbox the client works in."""
        with self.signed_in(self._facts.person.user, self._facts.person.password) as imap:
            yield imap

    def prepare(self) -> None:
        """One letter to read in every mailbox, two in the person's, and a folder to delete."""
        with self.person() as imap:
            imap.append("INBOX", "", "", LETTER)
            imap.append("INBOX", "", "", plain(self._facts.move_id, "A ranger"))
            imap.create(self._facts.old_folder)
        with self.signed_in(f"{TILLEULS}*{ISABELLE}", self._space.password_and_code(ISABELLE)) as imap:
            imap.append("INBOX", "", "", plain("<equipe@essai.mssante.fr>", "Pour l'equipe"))
        with self.signed_in("", "", self._space.trust(self._space.account(LGO))) as imap:
            imap.append("INBOX", "", "", plain("<logiciel@essai.mssante.fr>", "Pour le logiciel"))

    def interrupt(self) -> None:
        """A letter comes while the client waits."""
        with self.person() as imap:
            imap.append("INBOX", "", "", plain("<pendant@essai.mssante.fr>", "Pendant IDLE"))

    def uid(self, message_id: str, folder: str = "INBOX") -> bytes:
        """UID of a letter in the person's folder; empty when it is not there."""
        with self.person() as imap:
            imap.select(folder, readonly=True)
            return bytes(imap.uid("SEARCH", "HEADER", "Message-ID", f'"{message_id}"')[1][0] or b"")

    def flags(self, message_id: str) -> tuple[str, ...]:
        """Flags of a letter in the person's INBOX."""
        number = self.uid(message_id)
        with self.person() as imap:
            line = imap.uid("FETCH", number.decode(), "(FLAGS)")[1][0]
            return tuple(flag.decode() for flag in imaplib.ParseFlags(line))

    def folders(self) -> set[bytes]:
        """Names as they travel: modified UTF-7."""
        with self.person() as imap:
            lines = [line for line in imap.list()[1] if isinstance(line, bytes)]
        return {line.rpartition(b' "/" ')[2].strip(b'"') for line in lines}

    def sent(self) -> dict[str, EmailMessage]:
        """Letters that arrived where everything is sent, by subject."""
        account = self._space.account(self._facts.to)
        found = {}
        with self.signed_in(self._facts.to, account["password"]) as imap:
            for number in imap.search(None, "ALL")[1][0].split():
                part = imap.fetch(number, "(BODY.PEEK[])")[1][0]
                assert isinstance(part, tuple)
                letter = email.message_from_bytes(part[1], policy=SMTP)
                assert isinstance(letter, EmailMessage)
                found[str(letter["Subject"])] = letter
        return found
