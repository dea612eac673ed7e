"""fetchmail: fetches and hands over to a program, here one that writes a Maildir file."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.clients.facts import Facts, Proof, Report, given
from tests.clients.programs import maildir
from tests.clients.programs.running import run, write


def configured(
    facts: Facts, name: str, who: Proof, signing: str, *more: str, door: str = "imaps", mechanism: str = ""
) -> list[str | Path]:
    """The command for a configuration that fetches into the Maildir of this name."""
    deliver = maildir.deliverer(facts.path(name))
    lines = (
        "set invisible",
        "set no bouncemail",
        f"poll {facts.host} protocol imap service {facts.port(door)} timeout 20 {mechanism}",
        f'  user "{who.user}" {signing}',
        f'  {"ssl" if door == "imaps" else "sslproto tls1.2+"} sslcertck sslcertfile {facts.ca_file}',
        f'  norewrite keep fetchall mda "{deliver}" {" ".join(more)}',
        "",
    )
    file = write(facts.path(f"{name}.rc"), "\n".join(lines))
    return ["fetchmail", "-v", "-v", "-f", file, "--pidfile", facts.path(f"{name}.pid"), "--nosyslog"]


def idle(facts: Facts, report: Report) -> None:
    """It stays, and tells what it sends."""
    me = facts.person
    command = configured(facts, "idle", me, f'password "{me.password}"', "idle")
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, "HOME": facts.folder}
    ) as process:
        assert process.stdout is not None
        told = b""
        waits = False
        for line in process.stdout:
            told += line
            if b" IDLE" in line and b"IMAP>" in line and not waits:
                waits = True
                report.idling()
            if b"Pendant IDLE" in b"".join(path.read_bytes() for path in (facts.path("idle") / "new").iterdir()):
                break
        else:
            raise ConnectionError(told.decode(errors="replace"))
        process.terminate()


def main() -> None:
    """Everything."""
    env = {"LC_ALL": "C"}
    facts, report = given(), Report("")
    about = run("fetchmail", "-V", env=env, statuses=(0, 5)).splitlines()
    report.version = next(line for line in about if "release" in line)
    me, team, app = facts.person, facts.team, facts.application
    env |= {"HOME": facts.folder}

    def visit(ability: str, who: Proof, signing: str, *more: str, door: str = "imaps", mechanism: str = "") -> None:
        with report.of(ability):
            run(*configured(facts, ability, who, signing, *more, door=door, mechanism=mechanism), env=env)

    visit("code", team, f'password "{team.password_and_code}"')
    visit("certificate", team, f'password "{team.password}"', f'sslcert "{team.certificate}" sslkey "{team.key}"')
    visit("external", app, 'password "unused"', f'sslcert "{app.certificate}" sslkey "{app.key}"',
          mechanism="auth external")
    visit("imap-starttls", me, f'password "{me.password}"', door="imap")
    visit("password", me, f'password "{me.password}"')
    with report.of("fetch"):
        facts.path("fetched.eml").write_bytes(maildir.letter(facts.path("password"), facts.letter_id).read_bytes())
    with report.of("idle"):
        idle(facts, report)
    report.tell()


if __name__ == "__main__":
    main()
