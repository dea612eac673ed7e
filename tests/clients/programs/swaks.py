"""swaks: sends, and shows the conversation. That of Debian 12 knows no EXTERNAL."""

from __future__ import annotations

from tests.clients.facts import Facts, Proof, Report, given
from tests.clients.programs.running import run, version


def swaks(facts: Facts, door: str, sender: Proof, *options: str) -> str:
    """One letter. ``--tls`` is STARTTLS, ``--tlsc`` implicit."""
    return run(
        "swaks", "--server", f"{facts.host}:{facts.port(door)}", "--tls" if door == "submission" else "--tlsc",
        "--tls-verify", "--tls-ca-path", facts.ca_file, "--from", sender.address, "--to", facts.to, *options,
    )


def sending(facts: Facts, subject: str) -> tuple[str, ...]:
    """Options of a letter with an attachment."""
    me = facts.person
    return (
        "--auth", "PLAIN", "--auth-user", me.user, "--auth-password", me.password, "--header", f"Subject: {subject}",
        "--body", facts.text, "--attach-type", "application/pdf", "--attach-name", "ordonnance.pdf",
        "--attach", f"@{facts.attachment}",
    )


def main() -> None:
    """Everything."""
    facts, report = given(), Report(version("swaks", "--version"))
    team = facts.team
    with report.of("password", "submit-starttls"):
        swaks(facts, "submission", facts.person, *sending(facts, facts.starttls_subject))
    with report.of("submit-tls"):
        swaks(facts, "smtps", facts.person, *sending(facts, facts.tls_subject))
    with report.of("code"):
        swaks(facts, "submission", team, "--auth", "LOGIN",
              "--auth-user", team.user, "--auth-password", team.password_and_code)
    with report.of("certificate"):
        swaks(facts, "submission", team, "--auth", "PLAIN", "--auth-user", team.user, "--auth-password", team.password,
              "--tls-cert", team.certificate, "--tls-key", team.key)
    report.tell()


if __name__ == "__main__":
    main()
