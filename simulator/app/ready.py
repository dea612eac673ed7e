"""Where everything is and who can log in: the ready file for programs, the announcement for people."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from simulator.app.identities import account_slot, operator_slot
from simulator.app.simulator import Simulator
from simulator.app.web import url
from simulator.model.mailbox import Kind, Mailbox

VERSION = 1
"""Of the shape of the ready file."""


def ready(sim: Simulator) -> dict[str, object]:
    """What the ready file holds. Secrets are in it on purpose: every one is invented."""
    return {
        "version": VERSION,
        "pid": os.getpid(),
        "host": sim.host,
        "ports": sim.ports,
        "http": url(sim.host, sim.ports["http"]),
        "data": str(sim.data),
        "ca_file": str(sim.authority.ca_file),
        "operators": list(operators(sim)),
        "accounts": [_account(sim, mailbox) for mailbox in sim.space.mailboxes.values()],
    }


def write_ready_file(path: Path, content: dict[str, object]) -> None:
    """Atomically: a reader sees all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
        file.write("\n")
    os.replace(name, path)


def operators(sim: Simulator) -> Iterator[dict[str, object]]:
    """Each with its domains, hosts and certificate."""
    for operator in sim.configuration.operators:
        issued = sim.issued.get(operator_slot(operator.name))
        about: dict[str, object] = {
            "name": operator.name,
            "domains": [domain.name for domain in operator.domains],
            "mx_host": operator.mx_host,
            "client_host": operator.client_host,
            "listed": any(domain.listed for domain in operator.domains),
        }
        if issued is not None:
            about |= {"certificate": str(issued.chain_file), "key": str(issued.key_file), "dn": issued.subject}
        if operator.name in sim.doors.own_ports:
            about["ports"] = sim.doors.own_ports[operator.name]
        yield about


def _account(sim: Simulator, mailbox: Mailbox) -> dict[str, object]:
    about: dict[str, object] = {
        "address": str(mailbox.address),
        "kind": mailbox.kind.value,
        "name": mailbox.display_name,
        "operator": mailbox.operator,
        "status": mailbox.status.value,
    }
    if mailbox.members:
        about["members"] = [str(member) for member in mailbox.members]
    if mailbox.secrets.password:
        about |= {"login": str(mailbox.address), "password": mailbox.secrets.password}
    if mailbox.secrets.totp:
        about["totp_secret"] = mailbox.secrets.totp
    holder = mailbox.owner or mailbox.structure
    if holder is not None:
        about["national_id"] = holder.national_id
    elif mailbox.patient is not None:
        about["national_id"] = mailbox.patient.ins
    issued = sim.issued.get(account_slot(mailbox))
    if issued is not None:
        about |= {
            "certificate": str(issued.chain_file),
            "key": str(issued.key_file),
            "p12": str(issued.p12_file),
            "p12_password": issued.p12_password,
        }
    return about


def announcement(sim: Simulator) -> str:
    """What starting prints: doors, people, and the line to paste."""
    ports, host = sim.ports, sim.host
    doors = "  ".join(f"{door} {port}" for door, port in ports.items())
    people = sorted((m for m in sim.space.mailboxes.values()), key=lambda m: (m.operator, m.kind, m.address.key))
    team = max((m for m in people if m.kind is Kind.ORG), key=lambda m: len(m.members), default=None)
    writers = [m for m in people if m.kind is Kind.PER and team is not None and m.operator != team.operator]
    doctor = next((m for m in reversed(writers) if m.secrets.password), None)
    lines = [
        "",
        f"The trust space stands on {host}. Everything in it is invented; never let real mail in.",
        "",
        f"  doors      {doors}",
        f"  trust      {sim.authority.ca_file}",
        f"  look       {url(host, ports['http'])} (pages: mon-espace, pharmacie, espace-de-confiance)",
        f"  data       {sim.data}",
        "",
        "  who can log in:",
        *(f"    {m.address!s:<58} {_how(m)}" for m in people),
    ]
    if doctor is not None and team is not None:
        lines += [
            "",
            "  send a first letter:",
            f"    swaks --server {host}:{ports['submission']} --tls --tls-verify \\",
            f"      --tls-ca-path {sim.authority.ca_file} \\",
            f"      --auth PLAIN --auth-user {doctor.address} --auth-password '{doctor.secrets.password}' \\",
            f"      --from {doctor.address} --to {team.address}",
        ]
    return "\n".join([*lines, "", f"  Ctrl-C stops it; {_kept(sim)}.", ""])


def _kept(sim: Simulator) -> str:
    return "nothing is kept" if sim.is_ephemeral else "what was accepted is kept"


def _how(mailbox: Mailbox) -> str:
    if mailbox.kind is Kind.ORG:
        members = ", ".join(member.local for member in mailbox.members)
        return f"ORG      through a member's account, two factors: {members}"
    if mailbox.kind is Kind.APP:
        return "APP      its certificate (EXTERNAL)"
    kind = "patient" if mailbox.kind is Kind.PATIENT else mailbox.kind.value
    ways = [f"password {mailbox.secrets.password}"] if mailbox.secrets.password else ["nobody signs in"]
    ways += [f"codes by: mssim code {mailbox.address.local}"] if mailbox.secrets.totp else []
    ways += [mailbox.status.value] if mailbox.status != "open" else []
    return f"{kind:<8} {', '.join(ways)}"
