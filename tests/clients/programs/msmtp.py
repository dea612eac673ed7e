"""msmtp: hands letters over, as sendmail would."""

from __future__ import annotations

from tests.clients.facts import Facts, Proof, Report, given
from tests.clients.programs.running import run, version, write
from tests.clients.python.standard import letter


def msmtp(facts: Facts, door: str, sender: Proof, signing: str, text: str, *, presenting: bool = False) -> None:
    """One letter with a configuration of its own."""
    lines = [
        "account default",
        f"host {facts.host}",
        f"port {facts.port(door)}",
        "tls on",
        f"tls_starttls {'on' if door == 'submission' else 'off'}",
        f"tls_trust_file {facts.ca_file}",
        f"from {sender.address}",
        signing,
        *([f"tls_cert_file {sender.certificate}", f"tls_key_file {sender.key}"] if presenting else []),
    ]
    run("msmtp", "--file", write(facts.path("msmtprc"), "\n".join(lines) + "\n"), facts.to, text=text)


def main() -> None:
    """Everything."""
    facts, report = given(), Report(version("msmtp", "--version"))
    me, team, app = facts.person, facts.team, facts.application
    password = f"auth plain\nuser {me.user}\npassword {me.password}"
    with report.of("password", "submit-starttls"):
        msmtp(facts, "submission", me, password, letter(facts, facts.starttls_subject).as_string())
    with report.of("submit-tls"):
        msmtp(facts, "smtps", me, password, letter(facts, facts.tls_subject).as_string())
    short = f"From: {{}}\nTo: {facts.to}\nSubject: msmtp\n\nBonjour\n"
    with report.of("code"):
        msmtp(facts, "smtps", team, f"auth plain\nuser {team.user}\npassword {team.password_and_code}",
              short.format(team.address))
    with report.of("certificate"):
        msmtp(facts, "smtps", team, f"auth plain\nuser {team.user}\npassword {team.password}",
              short.format(team.address), presenting=True)
    with report.of("external"):
        msmtp(facts, "smtps", app, f"auth external\nuser {app.address}", short.format(app.address), presenting=True)
    report.tell()


if __name__ == "__main__":
    main()
