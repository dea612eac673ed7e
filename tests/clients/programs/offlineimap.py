"""offlineimap: a mirror too, written in Python. Its ``remote_identity`` (authorization identity) fails in Debian 12."""

from __future__ import annotations

from tests.clients.facts import Facts, Proof, Report, given
from tests.clients.programs import maildir
from tests.clients.programs.running import run, version, write


def offlineimap(facts: Facts, name: str, who: Proof, password: str, *more: str, door: str = "imaps") -> None:
    """Mirror everything into the folder of this name."""
    lines = (
        "[general]", "accounts = all", f"metadata = {facts.path(name)}.state", "ui = basic", "",
        "[Account all]", "localrepository = near", "remoterepository = far", "",
        "[Repository near]", "type = Maildir", f"localfolders = {facts.path(name)}", "sync_deletes = yes", "",
        "[Repository far]", "type = IMAP", f"remotehost = {facts.host}", f"remoteport = {facts.port(door)}",
        f"remoteuser = {who.user}", f"remotepass = {password}", f"sslcacertfile = {facts.ca_file}",
        f"ssl = {'yes' if door == 'imaps' else 'no'}", f"starttls = {'no' if door == 'imaps' else 'yes'}",
        *more, "",
    )
    run("offlineimap", "-o", "-c", write(facts.path(f"{name}.rc"), "\n".join(lines)), env={"HOME": facts.folder})


def main() -> None:
    """Everything."""
    facts, report = given(), Report("offlineimap " + version("offlineimap", "--version"))
    me, team = facts.person, facts.team
    with report.of("code"):
        offlineimap(facts, "code", team, team.password_and_code)
    with report.of("certificate"):
        offlineimap(facts, "certificate", team, team.password,
                    f"sslclientcert = {team.certificate}", f"sslclientkey = {team.key}")
    with report.of("imap-starttls"):
        offlineimap(facts, "starttls", me, me.password, door="imap")
    mirror = facts.path("mirror")
    with report.of("password", "fetch"):
        offlineimap(facts, "mirror", me, me.password)
        facts.path("fetched.eml").write_bytes(maildir.letter(mirror / "INBOX", facts.letter_id).read_bytes())
    with report.of("flag", "move", "folders"):
        maildir.flag(maildir.letter(mirror / "INBOX", facts.letter_id))
        maildir.move(maildir.letter(mirror / "INBOX", facts.move_id), mirror / facts.archive)
        maildir.create(mirror / "Suivi &AOA- domicile")
        offlineimap(facts, "mirror", me, me.password)
        run("offlineimap", "-o", "-c", facts.path("mirror.rc"), "--delete-folder", facts.old_folder,
            env={"HOME": facts.folder})
    report.tell()


if __name__ == "__main__":
    main()
