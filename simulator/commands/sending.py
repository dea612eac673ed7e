"""Submitting a letter to a running simulator as an ordinary client does: SMTP, STARTTLS, signed in."""

from __future__ import annotations

import argparse
import json
import smtplib
import ssl
import sys
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pyotp

from simulator.commands.connection import NO_SIMULATOR, client_of, print_json
from simulator.commands.tables import print_facts

if TYPE_CHECKING:
    from simulator.config import Configuration
    from simulator.model.mailbox import Mailbox

HTTP, SUBMISSION = 80, 587
TIMEOUT = 20.0
REFUSED = 1


@dataclass(frozen=True, slots=True)
class Door:
    """Where letters are submitted."""

    host: str
    port: int
    ca_file: Path


def simulated_now(options: argparse.Namespace) -> datetime:
    """The simulator's date and time. Raises NoSimulator, Declined."""
    now: str = client_of(options).clock()["now"]
    return datetime.fromisoformat(now).replace(microsecond=0)


def send(options: argparse.Namespace, configuration: Configuration, sender: Mailbox, recipients: list[str],
         mail: bytes) -> int:
    """Submit it. The exit status."""
    door = _door(options)
    try:
        with smtplib.SMTP(door.host, door.port, "localhost", timeout=TIMEOUT) as smtp:
            smtp.starttls(context=_context(door, sender, options))
            _sign_in(smtp, sender, configuration, options)
            refused = smtp.sendmail(str(sender.address), recipients, mail)
    except smtplib.SMTPRecipientsRefused as problem:
        return _tell_refusals(problem.recipients)
    except smtplib.SMTPResponseException as problem:
        sys.stderr.write(f"refused: {problem.smtp_code} {_words(problem.smtp_error)}\n")
        return REFUSED
    except (OSError, smtplib.SMTPException) as problem:
        sys.stderr.write(f"nothing could be submitted at {door.host}:{door.port}: {problem}\n")
        return NO_SIMULATOR
    if refused:
        return _tell_refusals(refused)
    message = message_from_bytes(mail, policy=default)
    told = {"from": str(sender.address), "to": recipients, "subject": str(message["Subject"]).strip(),
            "message_id": str(message["Message-ID"]).strip(), "size": len(mail)}
    if options.json:
        print_json(told)
    else:
        print_facts([("sent", told["message_id"]), ("from", told["from"]), ("to", ", ".join(recipients)),
                     ("subject", told["subject"]), ("size", f"{len(mail)} octets")])
    return 0


def _door(options: argparse.Namespace) -> Door:
    """From the ready file; without one, beside the http door and in the data folder."""
    if options.ready_file is not None:
        told = json.loads(options.ready_file.read_text(encoding="utf-8"))
        return Door(told["host"], told["ports"]["submission"], Path(told["ca_file"]))
    from simulator.client import DEFAULT_URL

    parts = urlsplit(options.url or DEFAULT_URL)
    folder: Path = options.data or options.config.parent / ".mssim"
    return Door(parts.hostname or "127.0.0.1", (parts.port or HTTP) - HTTP + SUBMISSION, folder / "pki" / "ca.pem")


def _context(door: Door, sender: Mailbox, options: argparse.Namespace) -> ssl.SSLContext:
    """It trusts the authority of the space alone, and shows an application's certificate."""
    try:
        context = ssl.create_default_context(cafile=str(door.ca_file))
    except OSError as problem:
        raise ValueError(f"{door.ca_file}, the authority to trust, cannot be read ({problem.strerror}): say where the "
                         "simulator keeps its data with --data, or take --ready-file") from None
    if not sender.secrets.password and not sender.members:
        account = _ready_account(options, sender)
        if "certificate" not in account:
            raise ValueError(f"{sender.address} signs in with a certificate, which the ready file names: "
                             "take --ready-file")
        context.load_cert_chain(account["certificate"], account["key"])
    return context


def _sign_in(smtp: smtplib.SMTP, sender: Mailbox, configuration: Configuration, options: argparse.Namespace) -> None:
    """With password, and one-time code where there are two factors; an application with its certificate."""
    member = sender if sender.secrets.password else next(
        (one for one in configuration.mailboxes if one.address.key in {key.key for key in sender.members}), None)
    if member is None:
        smtp.ehlo()
        code, answer = smtp.docmd("AUTH", "EXTERNAL =")
        if code != 235:
            raise smtplib.SMTPAuthenticationError(code, answer)
        return
    both = member is not sender or configuration.access.second_factor_for_persons
    digits = pyotp.TOTP(member.secrets.totp).at(simulated_now(options)) if both and member.secrets.totp else ""
    user = str(sender.address) if member is sender else f"{sender.address}*{member.address}"
    smtp.login(user, member.secrets.password + digits)


def _ready_account(options: argparse.Namespace, mailbox: Mailbox) -> dict[str, str]:
    if options.ready_file is None:
        return {}
    accounts = json.loads(options.ready_file.read_text(encoding="utf-8"))["accounts"]
    return next((one for one in accounts if one["address"] == str(mailbox.address)), {})


def _tell_refusals(refused: dict[str, tuple[int, bytes]]) -> int:
    for recipient, (code, answer) in refused.items():
        sys.stderr.write(f"refused to {recipient}: {code} {_words(answer)}\n")
    return REFUSED


def _words(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
