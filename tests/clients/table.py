"""The table of docs/clients.md, out of the list of clients: ``python -m tests.clients.table``."""

from __future__ import annotations

from tests.clients.clients import CLIENTS
from tests.clients.facts import ABILITIES


def as_table() -> str:
    """Markdown, one line a client."""
    lines = [f"| Client | {' | '.join(ABILITIES)} |", f"|---|{':-:|' * len(ABILITIES)}"]
    for client in CLIENTS:
        cells = ("✓" if ability in client.can else "–" for ability in ABILITIES)
        lines.append(f"| {client.name} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(as_table())
