"""The client against a running simulator, found by its ready file."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.client import Client, Declined, NoSimulator, TimedOut
from simulator.testing import Space
from tests.commands.conftest import TILLEULS, a_letter

pytestmark = pytest.mark.sockets


@pytest.fixture
def client(space: Space) -> Client:
    """Found by its ready file."""
    return Client.from_ready_file(space.ready_file)


def test_messages_are_looked_at_waited_for_and_read(space: Space, client: Client) -> None:
    number = a_letter(space)
    assert [m["id"] for m in client.messages(mailbox=TILLEULS, from_="vial", unseen=True)["items"]] == [number]
    assert [m["id"] for m in client.wait(mailbox=TILLEULS, subject="bonjour")] == [number]
    assert client.message(number)["text"].strip() == "À bientôt."
    assert b"Subject: Bonjour" in client.raw(number)


def test_what_does_not_come_tells_what_did(space: Space, client: Client) -> None:
    number = a_letter(space)
    with pytest.raises(TimedOut) as missed:
        client.wait(mailbox=TILLEULS, subject="Bonsoir", timeout=0.05)
    assert [message["id"] for message in missed.value.seen] == [number]
    assert missed.value.nearest is not None
    assert missed.value.nearest["id"] == number


def test_a_refusal_of_the_api_is_a_sentence_with_a_remedy(client: Client) -> None:
    with pytest.raises(Declined, match=r"(?i)did you mean .*paul\.vial@") as declined:
        client.messages(mailbox="paul.vail@medecin.mssante.fr")
    assert declined.value.status == 404


def test_a_pharmacy_dispenses_and_is_counted(client: Client) -> None:
    zoe = "275126322074974"
    before = client.dispensings(zoe)
    given = client.dispense(zoe, "pont", date="2024-02-29", reimbursed=False)
    assert given == {"structure": "pont", "date": "2024-02-29", "reimbursed": False}
    assert client.dispensings(zoe) == [given, *before]
    day = {"since": "2024-02-29", "until": "2024-02-29"}
    assert [line["ins"] for line in client.indicators("pont", **day)["lines"]] == [zoe]
    assert [item["structure"] for item in client.indicators(**day)["items"]] == ["tilleuls", "pont", "morel"]
    assert client.indicators_csv("pont", **day).decode("utf-8-sig").startswith("Date;INS;")
    assert client.indicators_csv(**day).decode("utf-8-sig").startswith("Pharmacie;")


def test_the_space_is_changed_and_put_back(client: Client) -> None:
    assert "medecin.mssante.fr" in {item["domain"] for item in client.whitelist()}
    client.withdraw_from_whitelist("medecin.mssante.fr")
    assert "medecin.mssante.fr" not in {item["domain"] for item in client.whitelist()}
    assert client.put_on_whitelist("medecin.mssante.fr")["operator"] == "mailiz"
    client.withdraw_from_whitelist("infirmier.mssante.fr")
    client.reset()
    assert "infirmier.mssante.fr" in {item["domain"] for item in client.whitelist()}
    assert TILLEULS in {item["address"] for item in client.mailboxes()}


def test_time_goes_forward(client: Client) -> None:
    before = client.clock()["timestamp"]
    assert client.advance(3600)["timestamp"] >= before + 3600


def test_the_journal_is_followed_from_where_one_stands(space: Space, client: Client) -> None:
    since = client.journal(limit=1000)["cursor"]
    a_letter(space, "En direct")
    told = client.follow(since=since, kind="relayed")
    event = next(told)
    assert (event["kind"], event["mailbox"]) == ("relayed", TILLEULS)
    assert event["seq"] in {e["seq"] for e in client.journal(since=since, about="relayed")["items"]} or event["story"]
    told.close()


def test_no_simulator_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoSimulator, match="start the simulator with --ready-file"):
        Client.from_ready_file(tmp_path / "none.json")
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(NoSimulator, match="is no ready file"):
        Client.from_ready_file(tmp_path / "other.json")
    with pytest.raises(NoSimulator, match="is no address of a simulator"):
        Client("ftp://x")
    with pytest.raises(NoSimulator, match=r"no simulator answers at http://127\.0\.0\.1:9 .*mssim up"):
        Client("http://127.0.0.1:9").clock()
