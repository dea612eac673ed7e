"""curl: one URL is one deed. It does not stay, so it has no IDLE."""

from __future__ import annotations

import re

from tests.clients.facts import Facts, Proof, Report, given
from tests.clients.programs.running import run, version


def curl(facts: Facts, url: str, *options: str) -> str:
    """One run; TLS is demanded and verified."""
    return run("curl", "--silent", "--show-error", "--ssl-reqd", "--cacert", facts.ca_file, "--url", url, *options)


def send(facts: Facts, url: str, subject: str) -> None:
    """A letter with an attachment, put together by curl."""
    me = facts.person
    header = (f"From: {me.address}", f"To: {facts.to}", f"Subject: {subject}")
    curl(
        facts, url, "--user", f"{me.user}:{me.password}", "--mail-from", me.address, "--mail-rcpt", facts.to,
        *(word for line in header for word in ("--header", line)),
        "--form", f"={facts.text};type=text/plain",
        "--form", f"=@{facts.attachment};type=application/pdf;encoder=base64",
    )


def read(facts: Facts, report: Report) -> None:
    """A day in the person's mailbox, each deed with its own connection."""
    me = facts.person
    root = f"imaps://{facts.host}:{facts.port('imaps')}"

    def order(command: str, folder: str = "INBOX") -> str:
        return curl(facts, f"{root}/{folder}", "--user", f"{me.user}:{me.password}", "--request", command)

    def find(criteria: str) -> list[int]:
        return [int(uid) for uid in re.findall(r"\d+", order(f"UID SEARCH {criteria}"))]

    with report.of("password"):
        uid = find(f'HEADER Message-ID "{facts.letter_id}"')[0]
    with report.of("fetch"):
        curl(facts, f"{root}/INBOX;UID={uid}", "--user", f"{me.user}:{me.password}",
             "--output", str(facts.path("fetched.eml")))
    with report.of("flag"):
        order(rf"UID STORE {uid} +FLAGS (\Flagged)")
    with report.of("search"):
        report.done["search"] = find(f'CHARSET UTF-8 SUBJECT "{facts.word}"')
    with report.of("move"):
        other = find(f'HEADER Message-ID "{facts.move_id}"')[0]
        order(f"UID MOVE {other} {facts.archive}")
    with report.of("folders"):
        order('CREATE "Suivi &AOA- domicile"')
        order(f"DELETE {facts.old_folder}")
    with report.of("special-use"):
        uses = re.findall(r'\\(?:Archive|Drafts|Junk|Sent|Trash)\) "/" (\w+)', order('LIST "" "*"', folder=""))
        report.done["special-use"] = sorted(uses)


def sign_in(facts: Facts, report: Report) -> None:
    """Every other way in."""
    team = facts.team
    inbox = f"{facts.host}:{facts.port('imaps')}/INBOX"
    with report.of("code"):
        curl(facts, f"imaps://{inbox};MAILINDEX=1", "--user", f"{team.user}:{team.password_and_code}")
    with report.of("certificate"):
        curl(facts, f"imaps://{inbox};MAILINDEX=1", "--user", f"{team.member}:{team.password}",
             "--sasl-authzid", team.address, *presenting(team))
    with report.of("external"):
        curl(facts, f"imaps://{inbox};MAILINDEX=1", "--user", ":", "--login-options", "AUTH=EXTERNAL",
             *presenting(facts.application))
    with report.of("imap-starttls"):
        me = facts.person
        curl(facts, f"imap://{facts.host}:{facts.port('imap')}/INBOX;MAILINDEX=1", "--user", f"{me.user}:{me.password}")


def presenting(holder: Proof) -> tuple[str, ...]:
    """Options for a client's certificate, out of its PKCS#12 file."""
    return ("--cert-type", "P12", "--cert", f"{holder.p12}:{holder.p12_password}")


def main() -> None:
    """Everything."""
    facts, report = given(), Report(version("curl", "--version"))
    sign_in(facts, report)
    with report.of("submit-starttls"):
        send(facts, f"smtp://{facts.host}:{facts.port('submission')}", facts.starttls_subject)
    with report.of("submit-tls"):
        send(facts, f"smtps://{facts.host}:{facts.port('smtps')}", facts.tls_subject)
    read(facts, report)
    report.tell()


if __name__ == "__main__":
    main()
