"""mutt and neomutt: a person's keys are pushed. They answer to the same settings."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import quote

from tests.clients.facts import Facts, Proof, Report, given
from tests.clients.programs.running import run, version, write
from tests.clients.programs.terminal import Terminal

PROGRAM = sys.argv[1]


def settings(facts: Facts, *more: str) -> Path:
    """A configuration file: trust the authority and nothing else, never ask."""
    lines = (
        f"set ssl_ca_certificates_file={facts.ca_file}",
        "set ssl_force_tls=yes ssl_starttls=yes ssl_verify_host=yes",
        f'set from="{facts.person.address}" use_from=yes copy=no',
        "set confirmappend=no confirmcreate=no delete=yes mark_old=no wait_key=no pipe_decode=no",
        "set sleep_time=0 timeout=2 mail_check=1 imap_idle=yes imap_keepalive=5 send_charset=utf-8 charset=utf-8",
        f'set header_cache="" record="" postponed="" folder="imaps://{facts.host}:{facts.port("imaps")}/"',
        *more,
    )
    return write(facts.path("muttrc"), "\n".join(lines) + "\n")


def send(facts: Facts, scheme: str, door: str, subject: str) -> None:
    """A letter with an attachment, from the command line."""
    me = facts.person
    file = settings(
        facts,
        f'set smtp_url="{scheme}://{quote(me.user)}@{facts.host}:{facts.port(door)}/"',
        f'set smtp_pass="{me.password}"',
    )
    run(PROGRAM, "-n", "-F", file, "-s", subject, "-a", facts.attachment, "--", facts.to,
        text=facts.text, env=home(facts))


def home(facts: Facts) -> dict[str, str]:
    """Where it finds nothing of this machine's user."""
    return {"HOME": facts.folder, "LC_ALL": "C.UTF-8"}


def opened(facts: Facts, who: Proof, password: str, keys: str, *more: str, door: str = "imaps") -> Terminal:
    """Somebody's INBOX on the screen, and keys pressed."""
    file = settings(facts, f'set imap_user="{who.user}" imap_pass="{password}"', *more)
    url = f"{door}://{facts.host}:{facts.port(door)}/INBOX"
    return Terminal([PROGRAM, "-n", "-d", "2", "-F", str(file), "-f", url, "-e", f"push '{keys}'"], home(facts))


def pressed(facts: Facts, who: Proof, password: str, keys: str, *more: str, door: str = "imaps") -> None:
    """Keys that end by leaving."""
    opened(facts, who, password, keys, *more, door=door).wait()


def piped(path: Path) -> str:
    """Keys that put the message into a file."""
    return f"<pipe-message>cat > {path}<enter>"


def sign_in(facts: Facts, report: Report) -> None:
    """Each way in leaves the first letter in a file."""
    team, app, me = facts.team, facts.application, facts.person

    def visit(ability: str, who: Proof, password: str, *more: str, door: str = "imaps") -> None:
        with report.of(ability):
            seen = facts.path(f"{ability}.eml")
            pressed(facts, who, password, f"<first-entry>{piped(seen)}<exit>", *more, door=door)
            assert seen.stat().st_size

    def presenting(who: Proof) -> str:
        both = Path(who.certificate).read_text() + Path(who.key).read_text()
        return f"set ssl_client_cert={write(facts.path('client.pem'), both)}"

    # By PLAIN it would give the user name as authorization identity too.
    visit("code", team, team.password_and_code)
    visit("certificate", team, team.password, presenting(team))
    if PROGRAM == "mutt":
        visit("external", app, "unused", presenting(app), 'set imap_authenticators="external"')
    visit("imap-starttls", me, me.password, door="imap")


def read(facts: Facts, report: Report) -> None:
    """A day in the person's mailbox."""
    me, found = facts.person, facts.path("found.eml")

    def the(message_id: str) -> str:
        # Angle brackets would be taken for the name of a function.
        return f'<limit>~i "{message_id.strip("<>")}"<enter><first-entry>'

    with report.of("password", "fetch", "flag"):
        keys = the(facts.letter_id) + piped(facts.path("fetched.eml")) + "<flag-message><sync-mailbox><exit>"
        pressed(facts, me, me.password, keys)
    with report.of("search"):
        # `=h` is asked of the server, `~s` would be looked for here.
        keys = f'<limit>=h "Subject: {facts.word}"<enter><tag-pattern>~A<enter><tag-prefix>{piped(found)}<exit>'
        pressed(facts, me, me.password, keys)
        ids = [line for line in found.read_text().splitlines() if line.startswith("Message-ID: ")]
        report.done["search"] = [line.removeprefix("Message-ID: ") for line in ids]
    with report.of("move"):
        keys = the(facts.move_id) + f"<save-message>={facts.archive}<enter><sync-mailbox><exit>"
        pressed(facts, me, me.password, keys)
    with report.of("idle"):
        here, heard = facts.path("here"), facts.path("heard")
        terminal = opened(facts, me, me.password, f"<shell-escape>touch {here}<enter>",
                          f'set beep_new=no new_mail_command="touch {heard}"')
        terminal.wait(sign=here)
        report.idling()
        terminal.wait(sign=heard)
        terminal.stop()
        assert " IDLE" in "".join(log.read_text(errors="replace") for log in Path(facts.folder).glob(".*debug*"))


def main() -> None:
    """Everything."""
    facts, report = given(), Report(version(PROGRAM, "-v"))
    sign_in(facts, report)
    with report.of("submit-starttls"):
        send(facts, "smtp", "submission", facts.starttls_subject)
    with report.of("submit-tls"):
        send(facts, "smtps", "smtps", facts.tls_subject)
    read(facts, report)
    report.tell()


if __name__ == "__main__":
    main()
