"""The HTTP door of a simulator: told what is around it, and opened like every other door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from simulator import __version__
from simulator.web import Surroundings, WebDoor
from simulator.web.surroundings import Published

if TYPE_CHECKING:
    from simulator.app.simulator import Simulator

_CONTACT = "01 99 00 00 00, support@{domain}.invalid"
"""A telephone number that is kept free for stories (ARCEP, 01 99 00), an address that leads nowhere (RFC 2606)."""


def web_door(sim: Simulator) -> WebDoor:
    """Not started yet."""
    http = sim.configuration.http
    return WebDoor(sim.controls, Surroundings(
        version=__version__,
        host=sim.host,
        ca_file=sim.authority.ca_file,
        ports=lambda: sim.ports,
        operators=lambda: _operators(sim),
        published=lambda domain: _published(sim, domain),
        names=http.hosts,
        token=http.token,
    ))


def url(host: str, port: int) -> str:
    """Where programs on this machine find the door."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


def _operators(sim: Simulator) -> Sequence[Mapping[str, object]]:
    from simulator.app.ready import operators

    return [{name: value for name, value in about.items() if name != "key"} for about in operators(sim)]


def _published(sim: Simulator, domain: str) -> Published:
    known = sim.space.domains.get(domain)
    operator = sim.space.operators[known.operator].organization if known is not None else "Domaine extérieur"
    description = (known.description if known is not None else "") or f"{operator} (SIMULATEUR MSSANTE)"
    return Published(description, _CONTACT.format(domain=domain))
