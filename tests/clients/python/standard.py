"""smtplib and imaplib of the standard library."""

from __future__ import annotations

import imaplib
import platform
import re
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path

from tests.clients.facts import Facts, Proof, Report, given


def trust(facts: Facts, holder: Proof | None = None) -> ssl.SSLContext:
    """The authority, and a client's certificate when somebody holds one."""
    context = ssl.create_default_context(cafile=facts.ca_file)
    if holder is not None:
        context.load_cert_chain(holder.certificate, holder.key)
    return context


def letter(facts: Facts, subject: str) -> EmailMessage:
    """A letter of the person with the attachment."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = facts.person.address, facts.to, subject
    message.set_content(facts.text)
    attachment = Path(facts.attachment)
    message.add_attachment(attachment.read_bytes(), maintype="application", subtype="pdf", filename=attachment.name)
    return message


def send(facts: Facts, report: Report) -> None:
    """Through both doors of submission."""
    me = facts.person
    with report.of("submit-starttls"), smtplib.SMTP(facts.host, facts.port("submission"), timeout=20) as smtp:
        smtp.starttls(context=trust(facts))
        smtp.login(me.user, me.password)
        smtp.send_message(letter(facts, facts.starttls_subject))
    context, port = trust(facts), facts.port("smtps")
    with report.of("submit-tls"), smtplib.SMTP_SSL(facts.host, port, context=context, timeout=20) as smtps:
        smtps.login(me.user, me.password)
        smtps.send_message(letter(facts, facts.tls_subject))


def connect(facts: Facts, holder: Proof | None = None) -> imaplib.IMAP4_SSL:
    """Implicit TLS."""
    return imaplib.IMAP4_SSL(facts.host, facts.port("imaps"), ssl_context=trust(facts, holder), timeout=20)


def idle(imap: imaplib.IMAP4_SSL, report: Report) -> None:
    """The library of this Python has no IDLE of its own; its socket does."""
    imap.send(b"i1 IDLE\r\n")
    assert imap.readline().startswith(b"+")
    report.idling()
    while b"EXISTS" not in imap.readline():
        pass
    imap.send(b"DONE\r\n")
    while not imap.readline().startswith(b"i1 OK"):
        pass


def read(facts: Facts, report: Report) -> None:
    """A day in the person's mailbox."""
    with connect(facts) as imap:
        with report.of("password"):
            imap.login(facts.person.user, facts.person.password)
            imap.select("INBOX")
        uid = imap.uid("SEARCH", "HEADER", "Message-ID", f'"{facts.letter_id}"')[1][0].decode()
        with report.of("fetch"):
            part = imap.uid("FETCH", uid, "(BODY.PEEK[])")[1][0]
            facts.path("fetched.eml").write_bytes(part[1])
        with report.of("flag"):
            imap.uid("STORE", uid, "+FLAGS", r"(\Flagged)")
        with report.of("search"):
            imap.literal = facts.word.encode()  # type: ignore[assignment]  # bytes go out as they are
            found = imap.uid("SEARCH", "CHARSET", "UTF-8", "SUBJECT")[1][0]
            report.done["search"] = [int(number) for number in found.split()]
        with report.of("move"):
            other = imap.uid("SEARCH", "HEADER", "Message-ID", f'"{facts.move_id}"')[1][0].decode()
            assert imap.uid("MOVE", other, facts.archive)[0] == "OK"
        with report.of("folders"):
            assert imap.create('"Suivi &AOA- domicile"')[0] == imap.delete(facts.old_folder)[0] == "OK"
        with report.of("special-use"):
            uses = re.compile(rb'\\(?:Archive|Drafts|Junk|Sent|Trash)\) "/" (\w+)')
            named = [uses.search(line) for line in imap.list()[1] if isinstance(line, bytes)]
            report.done["special-use"] = sorted(found[1].decode() for found in named if found)
        with report.of("idle"):
            idle(imap, report)


def sign_in(facts: Facts, report: Report) -> None:
    """Every other way in."""
    team = facts.team
    with report.of("code"), connect(facts) as imap:
        imap.login(team.user, team.password_and_code)
        assert imap.select("INBOX")[0] == "OK"
    with report.of("certificate"), connect(facts, team) as imap:
        imap.authenticate("PLAIN", lambda _: f"{team.address}\0{team.member}\0{team.password}".encode())
    with report.of("external"), connect(facts, facts.application) as imap:
        imap.authenticate("EXTERNAL", lambda _: b"")
    with report.of("imap-starttls"), imaplib.IMAP4(facts.host, facts.port("imap"), timeout=20) as plain:
        plain.starttls(trust(facts))
        plain.login(facts.person.user, facts.person.password)


def main() -> None:
    """Everything."""
    facts, report = given(), Report(f"Python {platform.python_version()}")
    for part in (sign_in, send, read):
        part(facts, report)
    report.tell()


if __name__ == "__main__":
    main()
