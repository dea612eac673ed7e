"""aiosmtpd as its users run it: the threaded Controller and its own Mailbox handler, a Maildir with fsync.

Arguments: folder, submission port, mx port, chain, key, CA (PEM files).
"""

from __future__ import annotations

import ssl
import sys
import threading
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    """Everybody who gives a password is known."""
    return AuthResult(success=isinstance(data, LoginPassword) and bool(data.password))


def main(folder: str, submission: str, mx: str, chain: str, key: str, ca: str) -> None:
    """Serve until the process is ended."""
    maildir = Path(folder)
    own = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    own.load_cert_chain(chain, key)
    mutual = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=ca)
    mutual.load_cert_chain(chain, key)
    mutual.verify_mode = ssl.CERT_REQUIRED
    # Over implicit TLS, aiosmtpd does not see that the session is encrypted.
    Controller(
        Mailbox(maildir), "127.0.0.1", int(submission), ssl_context=own,
        authenticator=authenticate, auth_required=True, auth_require_tls=False,
    ).start()
    Controller(Mailbox(maildir), "127.0.0.1", int(mx), tls_context=mutual, require_starttls=True).start()
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
