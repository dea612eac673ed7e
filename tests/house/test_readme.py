"""The README tells the truth about rules, people and ports."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from simulator.app import DOOR_PORTS
from simulator.config import load
from simulator.rules.catalogue import as_table

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def test_the_rule_table_is_the_catalogue() -> None:
    between = re.search(r"<!-- rules: [^>]*-->\n(.*)<!-- /rules -->", README, re.DOTALL)
    assert between is not None
    assert between[1] == as_table() + "\n", "renew it with `mssim rules`"


def test_the_people_and_passwords_are_those_of_the_configuration() -> None:
    mailboxes = {
        str(m.address): m.secrets.password for m in load(ROOT / "config.yaml", today=date(2026, 11, 22)).mailboxes
    }
    told = re.findall(r"^\| `(\S+@\S+)` \| (?:`(\S+)`|none)", README, re.MULTILINE)
    assert len(told) >= 7
    assert {address: password for address, password in told} == {address: mailboxes[address] for address, _ in told}


def test_every_door_is_told_with_its_port() -> None:
    told = dict(re.findall(r"^\| `(\w+)` \| (\d+) \|", README, re.MULTILINE))
    assert told == {door: str(10_000 + port) for door, port in DOOR_PORTS.items()}
