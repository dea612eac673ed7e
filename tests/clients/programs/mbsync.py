"""mbsync (isync): a mirror of the mailbox; what changes here, changes there."""

from __future__ import annotations

import re

from tests.clients.facts import Facts, Proof, Report, given
from tests.clients.programs import maildir
from tests.clients.programs.running import run, version, write


def mbsync(facts: Facts, name: str, who: Proof, password: str, *more: str, door: str = "imaps") -> None:
    """Mirror everything into the folder of this name."""
    root = facts.path(name)
    root.mkdir(exist_ok=True)
    lines = (
        "IMAPAccount there", f"Host {facts.host}", f"Port {facts.port(door)}",
        f'User "{who.user}"', f'Pass "{password}"',
        f"SSLType {'IMAPS' if door == 'imaps' else 'STARTTLS'}", f"CertificateFile {facts.ca_file}", *more, "",
        "IMAPStore far", "Account there", "",
        "MaildirStore near", f"Path {root}/", f"Inbox {root}/INBOX", "SubFolders Verbatim", "",
        "Channel all", "Far :far:", "Near :near:", "Patterns *", "Create Both", "Remove Both", "Expunge Both",
        f"SyncState {root}/.state/", "",
    )
    run("mbsync", "--config", write(facts.path(f"{name}.rc"), "\n".join(lines)), "all")


def main() -> None:
    """Everything."""
    facts, report = given(), Report(version("mbsync", "--version"))
    me, team, app = facts.person, facts.team, facts.application
    with report.of("code"):
        mbsync(facts, "code", team, team.password_and_code)
    with report.of("certificate"):
        # Left alone it would choose EXTERNAL beside a certificate, which is one factor.
        mbsync(facts, "certificate", team, team.password, "AuthMechs LOGIN",
               f"ClientCertificate {team.certificate}", f"ClientKey {team.key}")
    with report.of("external"):
        mbsync(facts, "external", app, "unused", f"ClientCertificate {app.certificate}", f"ClientKey {app.key}",
               "AuthMechs EXTERNAL")
    with report.of("imap-starttls"):
        mbsync(facts, "starttls", me, me.password, door="imap")
    mirror = facts.path("mirror")
    with report.of("password", "fetch"):
        mbsync(facts, "mirror", me, me.password)
        found = maildir.letter(mirror / "INBOX", facts.letter_id)
        # One header line is mbsync's own: it finds its copies again by that.
        facts.path("fetched.eml").write_bytes(re.sub(rb"^X-TUID: .*\n", b"", found.read_bytes(), flags=re.MULTILINE))
    with report.of("flag", "move", "folders"):
        maildir.flag(maildir.letter(mirror / "INBOX", facts.letter_id))
        maildir.move(maildir.letter(mirror / "INBOX", facts.move_id), mirror / facts.archive)
        maildir.create(mirror / "Suivi &AOA- domicile")
        maildir.delete(mirror / facts.old_folder)
        mbsync(facts, "mirror", me, me.password)
    report.tell()


if __name__ == "__main__":
    main()
