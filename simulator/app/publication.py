"""What the space publishes in DNS, made from operators and from the ports the doors really have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from simulator.dns.records import Host, HostedDomain
from simulator.dns.zones import Zones
from simulator.model.operator import Operator


def zones(
    operators: Iterable[Operator],
    *,
    address: str,
    ports: Mapping[str, int],
    own_ports: Mapping[str, Mapping[str, int]],
    txt: Mapping[str, tuple[str, ...]],
    ttl: int,
) -> Zones:
    """MX, SRV, TXT and addresses of every domain; outsiders exist too, but lead to no mail host (RFC 7505).

    ``own_ports`` are those of operators with doors of their own.
    """
    published: list[HostedDomain | Host] = []
    for operator in operators:
        real = [domain for domain in operator.domains if domain.kind != "outsider"]
        published += [
            HostedDomain(d.name, mx=[(0, ".")], txt=txt.get(d.name, ())) for d in operator.domains if d not in real
        ]
        if not real:
            continue
        doors = {**ports, **own_ports.get(operator.name, {})}
        for domain in real:
            about = f"operator={operator.name} kind={domain.kind} (SIMULATEUR MSSANTE)"
            published.append(
                HostedDomain(
                    domain.name,
                    mx=[(10, operator.mx_host)],
                    imap_host=operator.client_host,
                    submission_host=operator.client_host,
                    ports=doors,
                    txt=(about, *txt.get(domain.name, ())),
                )
            )
        for name in dict.fromkeys((operator.mx_host, operator.client_host)):
            published.append(Host(name, (address,)))
    return Zones(published, server_addresses=(address,), ttl=ttl)
