"""The ready file and the announcement, without sockets of clients."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.app import Simulator
from simulator.app.ready import announcement, ready, write_ready_file

pytestmark = [pytest.mark.sockets]


async def test_every_account_says_how_it_signs_in(sim: Simulator) -> None:
    accounts = {account["address"]: account for account in ready(sim)["accounts"]}  # type: ignore[attr-defined]
    for account in accounts.values():
        if account["kind"] == "ORG":
            assert account["members"] and "password" not in account and "certificate" not in account
        elif account["kind"] == "APP":
            assert "password" not in account and Path(account["certificate"]).exists()
        elif account["kind"] == "PER":
            assert account["password"] and account["national_id"].startswith("8") and Path(account["p12"]).exists()


async def test_the_ready_file_is_replaced_whole(sim: Simulator, tmp_path: Path) -> None:
    target = tmp_path / "new" / "ready.json"
    write_ready_file(target, {"version": 0})
    write_ready_file(target, ready(sim))
    assert json.loads(target.read_text())["ports"] == sim.ports
    assert [path.name for path in target.parent.iterdir()] == ["ready.json"]


async def test_the_announcement_names_every_door_and_everybody(sim: Simulator) -> None:
    text = announcement(sim)
    assert all(f"{door} {port}" in text for door, port in sim.ports.items())
    assert all(str(mailbox.address) in text for mailbox in sim.space.mailboxes.values())
    assert str(sim.authority.ca_file) in text
