"""docs/clients.md shows what the clients are tried for, and how each is configured."""

from __future__ import annotations

import re

import pytest

from tests.clients.clients import CLIENTS, ROOT
from tests.clients.facts import ABILITIES
from tests.clients.table import as_table

PAGE = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")


def test_the_table_is_the_list_of_clients() -> None:
    between = re.search(r"<!-- clients: [^>]*-->\n(.*)<!-- /clients -->", PAGE, re.DOTALL)
    assert between is not None
    assert between[1] == as_table() + "\n", "renew it with `python -m tests.clients.table`"


@pytest.mark.parametrize("name", [client.name for client in CLIENTS])
def test_a_client_has_its_lines(name: str) -> None:
    assert f"### {name}\n" in PAGE, "say how it is configured"


def test_every_ability_is_explained() -> None:
    assert [ability for ability in ABILITIES if f"| `{ability}` |" not in PAGE] == []
