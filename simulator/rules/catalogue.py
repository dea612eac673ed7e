"""Every rule, in the order in which they are judged within a moment."""

from __future__ import annotations

from typing import Any

from simulator.rules import archives, letters, patient_spaces, patients, recipients, senders, sign_in, transport
from simulator.rules.book import Rule

CATALOGUE: tuple[Rule[Any], ...] = (
    *transport.RULES,
    *sign_in.RULES,
    *senders.RULES,
    *recipients.RULES,
    *patients.RULES,
    *patient_spaces.RULES,
    *letters.RULES,
    *archives.RULES,
)


def as_table(rules: tuple[Rule[Any], ...] = CATALOGUE) -> str:
    """The catalogue as a Markdown table, for ``mssim rules`` and the README."""
    rows = ["| Rule | When | Reply | Default | Says | Source |", "|---|---|---|---|---|---|"]
    rows += [
        f"| `{r.name}` | {r.moment.__name__} | {r.code} {r.status} | {r.severity} | {r.title} | {r.ref} |"
        for r in rules
    ]
    return "\n".join(rows)
