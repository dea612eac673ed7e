"""Which certificates the space needs: the host's, each operator's, each person's and each application's."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Mapping

from simulator.model.mailbox import Kind, Mailbox
from simulator.model.operator import Operator
from simulator.model.professions import profession_label
from simulator.pki.requests import PersonRequest, Request, ServerRequest, StructureRequest

HOST_SLOT = "host"


def operator_slot(name: str) -> str:
    """Where the server certificate of an operator is kept."""
    return f"operator:{name}"


def account_slot(mailbox: Mailbox) -> str:
    """Where the certificate of a person or an application is kept."""
    return f"account:{mailbox.address.key}"


def wanted(operators: Mapping[str, Operator], mailboxes: Iterable[Mailbox]) -> dict[str, Request]:
    """One request per slot. Patients, teams and practices have no certificate."""
    requests: dict[str, Request] = {HOST_SLOT: _host()}
    for operator in operators.values():
        if any(domain.kind != "outsider" for domain in operator.domains):
            requests[operator_slot(operator.name)] = _server(operator)
    for mailbox in mailboxes:
        request = _holder(mailbox, operators[mailbox.operator])
        if request is not None:
            requests[account_slot(mailbox)] = request
    return requests


def papers(holder: Mailbox | Operator, operators: Mapping[str, Operator]) -> tuple[str, Request] | None:
    """Slot and request of one holder's certificate; None for those who have none."""
    if isinstance(holder, Operator):
        inside = any(domain.kind != "outsider" for domain in holder.domains)
        return (operator_slot(holder.name), _server(holder)) if inside else None
    request = _holder(holder, operators[holder.operator])
    return (account_slot(holder), request) if request is not None else None


def _host() -> ServerRequest:
    names = dict.fromkeys(("localhost", _plain_host_name()))
    return ServerRequest(
        "localhost", tuple(names), ("127.0.0.1", "::1"), "SIMULATEUR MSSANTE", "399990000400014", "Paris (75)"
    )


def _plain_host_name() -> str:
    """The machine's name, where it can stand in a certificate."""
    name = socket.gethostname().lower()
    fits = len(name) < 64 and all(
        part and part.replace("-", "").isalnum() and part.isascii() for part in name.split(".")
    )
    return name if fits else "localhost"


def _server(operator: Operator) -> ServerRequest:
    names = dict.fromkeys((operator.mx_host, operator.client_host))
    return ServerRequest(
        operator.mx_host, tuple(names), (), operator.organization, operator.structure_id, operator.department
    )


def _holder(mailbox: Mailbox, operator: Operator) -> Request | None:
    if mailbox.kind is Kind.PER and mailbox.owner is not None:
        owner = mailbox.owner
        return PersonRequest(
            owner.given_name,
            owner.family_name,
            owner.national_id,
            owner.profession,
            profession_label(owner.profession),
            str(mailbox.address),
        )
    if mailbox.kind is Kind.APP and mailbox.structure is not None:
        return StructureRequest(
            mailbox.address.local, mailbox.structure.name, mailbox.structure.national_id, operator.department
        )
    return None
