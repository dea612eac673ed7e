"""Every mail client that is tried, how it is started and what it can do. docs/clients.md shows the same table."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.clients.facts import ABILITIES

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FETCHED = ROOT / ".clients"
"""What ``make clients`` installs or compiles beside the programs of Debian."""

SENDING = frozenset({"submit-starttls", "submit-tls"})
SIGNING_IN = frozenset({"password", "code", "certificate", "external"})
EVERYTHING = frozenset(ABILITIES)
READING = EVERYTHING - SENDING
FETCHING = SIGNING_IN | {"imap-starttls", "fetch", "idle"}

Command = Callable[[], list[str]]


class NotInstalled(Exception):
    """A program that a client needs is not on this machine."""


def program(name: str) -> str:
    """Path of a program; NotInstalled names what installs it."""
    path = shutil.which(name)
    if path is None:
        raise NotInstalled(
            f"{name} is not installed: `make clients` installs it (`make tools` for curl, openssl, swaks)"
        )
    return path


def fetched(path: str) -> str:
    """Path of something that ``make clients`` put beside the checkout."""
    if not (FETCHED / path).exists():
        raise NotInstalled(f"{path} is missing in {FETCHED.name}/: `make clients` puts it there")
    return str(FETCHED / path)


def module(name: str, *needs: str) -> Command:
    """A script of this folder, run by the Python of the tests; it is told ``needs``, the programs that it drives."""

    def command() -> list[str]:
        for need in needs:
            program(need)
        return [sys.executable, "-m", f"tests.clients.{name}", *needs]

    return command


def script(interpreter: str, path: str, *options: str) -> Command:
    """A script of this folder in another language."""
    return lambda: [program(interpreter), *options, str(HERE / path)]


def node() -> list[str]:
    """The script of this folder; it finds what npm fetched by itself."""
    fetched("node_modules")
    return [program("node"), str(HERE / "node/client.mjs")]


def java(mail: str, folder: str) -> Command:
    """The Java client, compiled against one of the two generations of the mail interface."""
    jars = "/usr/share/java"
    activation = "jakarta-activation" if mail.startswith("jakarta") else "javax.activation"
    return lambda: [program("java"), "-cp", f"{fetched(folder)}:{jars}/{mail}.jar:{jars}/{activation}.jar", "Client"]


@dataclass(frozen=True)
class Client:
    """One line of the table."""

    name: str
    command: Command = field(repr=False)
    can: frozenset[str]
    core: bool = False
    """Also driven by ``make test``."""


CLIENTS: tuple[Client, ...] = (
    Client("curl", module("programs.curl", "curl"), EVERYTHING - {"idle"}, core=True),
    Client("swaks", module("programs.swaks", "swaks"), SENDING | SIGNING_IN - {"external"}, core=True),
    Client("openssl s_client", module("programs.openssl", "openssl"), READING, core=True),
    Client("Python smtplib, imaplib", module("python.standard"), EVERYTHING, core=True),
    Client("Python imapclient", module("python.imapclient_"), READING, core=True),
    Client(
        "Python aiosmtplib, aioimaplib", module("python.aio"), EVERYTHING - {"imap-starttls", "external"}, core=True
    ),
    Client("msmtp", module("programs.msmtp", "msmtp"), SENDING | SIGNING_IN),
    Client("mutt", module("programs.mutt", "mutt"), EVERYTHING - {"folders", "special-use"}),
    Client("neomutt", module("programs.mutt", "neomutt"), EVERYTHING - {"folders", "special-use", "external"}),
    Client("mbsync", module("programs.mbsync", "mbsync"), READING - {"search", "idle", "special-use"}),
    Client("offlineimap", module("programs.offlineimap", "offlineimap"),
           READING - {"search", "idle", "special-use", "external"}),
    Client("getmail", module("programs.getmail", "getmail"), FETCHING - {"imap-starttls", "external"} | {"move"}),
    Client("fetchmail", module("programs.fetchmail", "fetchmail"), FETCHING),
    Client("Jakarta Mail", java("jakarta-mail", "jakarta"), EVERYTHING),
    Client("JavaMail", java("javax.mail", "javax"), EVERYTHING),
    Client("Node nodemailer, imapflow", node, EVERYTHING),
    Client("Perl Net::SMTP, Mail::IMAPClient", script("perl", "perl/client.pl"), EVERYTHING),
    Client("Ruby net/smtp, net/imap", script("ruby", "ruby/client.rb"), EVERYTHING),
    Client("PHP Net_SMTP, imap", script("php", "php/client.php"),
           EVERYTHING - {"imap-starttls", "idle", "special-use", "external"}),
)
