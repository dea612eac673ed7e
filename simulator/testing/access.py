"""Everything a mail client needs to sign in to a mailbox, and ready-made connections of the standard library."""

from __future__ import annotations

import imaplib
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyotp

from simulator.model.mailbox import Mailbox

TIMEOUT = 20.0
"""Seconds that ready-made connections wait for an answer."""


@dataclass(frozen=True, slots=True)
class Papers:
    """A client certificate, as files."""

    certificate: Path
    """PEM, with its chain."""
    key: Path
    """PEM, PKCS#8, not encrypted."""
    p12: Path
    p12_password: str


@dataclass(frozen=True)
class Access:
    """How to sign in to one mailbox through one door. Give these to any client, in any language."""

    host: str
    port: int
    implicit_tls: bool
    """True: TLS from the first octet; False: STARTTLS."""
    mailbox: Mailbox
    account: Mailbox
    """Whose secrets are used: the mailbox's own, or a member's for a team."""
    ca_file: Path
    """PEM bundle to trust."""
    papers: Papers | None
    """The account's certificate. Applications sign in with it, by SASL EXTERNAL; persons may."""
    two_factors: bool
    """The one-time code belongs behind the password."""
    now: Callable[[], datetime] = field(repr=False)

    @property
    def user(self) -> str:
        """The user name; for a team ``ORG-address*member-address``. Empty for an application."""
        if self.by_certificate:
            return ""
        if self.mailbox.address.key == self.account.address.key:
            return str(self.mailbox.address)
        return f"{self.mailbox.address}*{self.account.address}"

    @property
    def password(self) -> str:
        """What is typed at this moment: the password, with the one-time code behind it where two factors are asked."""
        return self.account.secrets.password + (self.code if self.two_factors else "")

    @property
    def code(self) -> str:
        """The one-time code of this half minute, by the simulated clock; empty for an account without one."""
        secret = self.account.secrets.totp
        return pyotp.TOTP(secret).at(self.now()) if secret else ""

    @property
    def by_certificate(self) -> bool:
        """The account has no password: its certificate signs in."""
        return not self.account.secrets.password and self.papers is not None

    @property
    def ssl_context(self) -> ssl.SSLContext:
        """A fresh client context that trusts the authority of the space, and shows the certificate that signs in."""
        context = ssl.create_default_context(cafile=str(self.ca_file))
        if self.by_certificate and self.papers is not None:
            context.load_cert_chain(self.papers.certificate, self.papers.key)
        return context


class ImapAccess(Access):
    """How to read."""

    def connect(self) -> imaplib.IMAP4:
        """A connection that is signed in; close it with ``logout()``, or use it in a ``with`` statement.

        Raises imaplib.IMAP4.error when it is refused."""
        if self.implicit_tls:
            imap: imaplib.IMAP4 = imaplib.IMAP4_SSL(self.host, self.port, ssl_context=self.ssl_context, timeout=TIMEOUT)
        else:
            imap = imaplib.IMAP4(self.host, self.port, timeout=TIMEOUT)
        try:
            if not self.implicit_tls:
                imap.starttls(self.ssl_context)
            if self.by_certificate:
                imap.authenticate("EXTERNAL", lambda _: b"")
            else:
                imap.login(self.user, self.password)
        except BaseException:
            imap.shutdown()
            raise
        return imap


class SmtpAccess(Access):
    """How to send."""

    def connect(self) -> smtplib.SMTP:
        """A connection that is signed in; close it with ``quit()``, or use it in a ``with`` statement.

        Raises smtplib.SMTPException when it is refused."""
        # The machine's own name, which smtplib looks up otherwise, may take seconds to find.
        if self.implicit_tls:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, "localhost", context=self.ssl_context, timeout=TIMEOUT
            )
        else:
            smtp = smtplib.SMTP(self.host, self.port, "localhost", timeout=TIMEOUT)
        try:
            if not self.implicit_tls:
                smtp.starttls(context=self.ssl_context)
            self._sign_in(smtp)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        if not self.by_certificate:
            smtp.login(self.user, self.password)
            return
        smtp.ehlo()
        code, answer = smtp.docmd("AUTH", "EXTERNAL =")
        if code != 235:
            raise smtplib.SMTPAuthenticationError(code, answer)
