"""getmail: fetches, and may move what it fetched."""

from __future__ import annotations

import re
import subprocess

from tests.clients.facts import Facts, Proof, Report, given
from tests.clients.programs import maildir
from tests.clients.programs.running import run, version, write


def configured(
    facts: Facts, name: str, who: Proof, password: str, *more: str, delete: bool = False, again: bool = True
) -> list[str]:
    """The command for a configuration that fetches into the Maildir of this name."""
    deliver = maildir.deliverer(facts.path(name))
    every = str(again).lower()
    lines = (
        "[retriever]", "type = SimpleIMAPSSLRetriever", f"server = {facts.host}", f"port = {facts.port('imaps')}",
        f"username = {who.user}", f"password = {password}", f"ca_certs = {facts.ca_file}",
        *more, "",
        "[destination]", "type = MDA_external", f"path = {deliver}", "allow_root_commands = true", "",
        "[options]", f"delete = {str(delete).lower()}", f"read_all = {every}",
        "delivered_to = false", "received = false", "",
    )
    file = write(facts.path(f"{name}.rc"), "\n".join(lines))
    state = facts.path(f"{name}.state")
    state.mkdir(exist_ok=True)
    return ["getmail", f"--getmaildir={state}", f"--rcfile={file}"]


def idle(facts: Facts, report: Report) -> None:
    """It stays connected after the first fetch, and tells what it does."""
    me = facts.person
    command = [*configured(facts, "idle", me, me.password, again=False), "--trace", "--idle=INBOX"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        told = b""
        for line in process.stdout:
            told += line
            if b"Entering IDLE mode" in line:
                report.idling()
            if any(b"Pendant IDLE" in path.read_bytes() for path in (facts.path("idle") / "new").iterdir()):
                break
        else:
            raise ConnectionError(told.decode(errors="replace"))
        process.terminate()


def main() -> None:
    """Everything."""
    facts, report = given(), Report("getmail " + version("getmail", "--version"))
    me, team = facts.person, facts.team
    with report.of("code"):
        run(*configured(facts, "code", team, team.password_and_code))
    with report.of("certificate"):
        presenting = (f"certfile = {team.certificate}", f"keyfile = {team.key}")
        run(*configured(facts, "certificate", team, team.password, *presenting))
    with report.of("password", "fetch"):
        run(*configured(facts, "all", me, me.password))
        kept = maildir.letter(facts.path("all"), facts.letter_id).read_bytes()
        # Two header lines are getmail's own.
        own = re.compile(rb"^(Return-Path|X-getmail-retrieved-from-mailbox): .*\n", re.MULTILINE)
        facts.path("fetched.eml").write_bytes(own.sub(b"", kept))
    with report.of("idle"):
        idle(facts, report)
    with report.of("move"):
        run(*configured(facts, "move", me, me.password, f"move_on_delete = {facts.archive}", delete=True))
    report.tell()


if __name__ == "__main__":
    main()
