"""The pharmacy's counter and dispensings, as a program on the other side of HTTP sees them."""

from __future__ import annotations

import asyncio
import csv
import io
import smtplib
import ssl
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from simulator.app import Simulator
from tests.app.conftest import configured
from tests.builders import a_letter
from tests.web.conftest import DOCTOR, ISABELLE, TEAM, problem, visitor

pytestmark = pytest.mark.sockets

ZOE = "275126322074974"
TODAY = datetime.now(UTC).date().isoformat()
ALL = {"since": "2000-01-01"}
"""Whatever the day of the test: the configuration counts days back."""


def reading(answer: httpx.Response) -> list[dict[str, str]]:
    """The rows of a sheet."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))


async def write(sim: Simulator, sender: str, to: str, header: bytes = b"X-Test: yes") -> None:
    """A letter, submitted by an ordinary client; returns when it has arrived."""
    box = sim.space.mailboxes[sender]

    def submit() -> None:
        with smtplib.SMTP("localhost", sim.ports["submission"], "localhost", timeout=20) as smtp:
            smtp.starttls(context=ssl.create_default_context(cafile=sim.authority.ca_file))
            smtp.login(sender, box.secrets.password)
            body = a_letter(sender).replace(b"<1@", b"<%d@" % sim.journal.events()[-1].seq)
            smtp.sendmail(sender, [to], header + b"\r\n" + body)

    await asyncio.to_thread(submit)
    await sim.settle()


async def test_a_dispensing_is_recorded_and_counted(web: httpx.AsyncClient) -> None:
    before = (await web.get(f"/api/patients/{ZOE}/dispensings")).json()["items"]
    assert [item["structure"] for item in before] == ["morel", "tilleuls"]
    answer = await web.post(f"/api/patients/{ZOE}/dispensings", json={"structure": "pont"})
    assert answer.status_code == 201
    assert answer.json() == {"structure": "pont", "date": TODAY, "reimbursed": True}
    assert (await web.get(f"/api/patients/{ZOE}/dispensings")).json()["items"] == [*before, answer.json()]
    told = (await web.get("/api/indicators/pont", params=ALL)).json()
    assert [line["date"] for line in told["lines"]][-1] == TODAY
    assert told["lines"][-1] | {"why": ""} == {
        "date": TODAY, "ins": ZOE, "patient": "Zoé ADRUN", "reimbursed": True, "counts": False, "with_patient": False,
        "with_professional": False, "why": ""}


async def test_what_cannot_be_dispensed_is_a_problem(web: httpx.AsyncClient) -> None:
    path = f"/api/patients/{ZOE}/dispensings"
    problem(await web.post("/api/patients/275126322074975/dispensings", json={"structure": "pont"}), 404, "not-found")
    told = problem(await web.post(path, json={"structure": "pond"}), 404, "not-found")
    assert told["remedy"] == "did you mean pont?"
    problem(await web.post(path, json={"structure": DOCTOR}), 422, "invalid")
    problem(await web.post(path, json={"structure": "pont", "date": "2999-01-01"}), 422, "invalid")
    problem(await web.post(path, json={"structure": "pont", "date": "2026-02-30"}), 422, "invalid")
    problem(await web.post(path, json={"structure": "pont", "date": 20260101}), 422, "invalid")
    problem(await web.get("/api/patients/personne/dispensings"), 404, "not-found")


async def test_a_letter_moves_the_counter(sim: Simulator, web: httpx.AsyncClient) -> None:
    await write(sim, DOCTOR, TEAM)
    told = (await web.get(f"/api/indicators/{TEAM}", params=ALL)).json()
    assert (told["structure"], told["dispensings"], told["numerator"]) == ("tilleuls", 3, 1)
    assert (told["rate"], told["threshold"], told["reached"]) == (33.33, 5.0, True)
    assert (told["amount"], told["due"], told["messages"]) == (240.0, 240.0, {"patients": 0, "professionals": 1})
    assert told["period"] == {"since": "2000-01-01", "until": None, "label": "depuis le 2000-01-01"}
    assert "Hypothèse" in told["formula"]
    (exchange,) = told["exchanges"]
    assert (exchange["correspondent"], exchange["direction"], exchange["counts"]) == (DOCTOR, "received", True)
    assert [line["counts"] for line in told["lines"]].count(True) == 1


async def test_all_pharmacies_are_told_without_their_lines(web: httpx.AsyncClient) -> None:
    told = (await web.get("/api/indicators")).json()
    assert [item["structure"] for item in told["items"]] == ["tilleuls", "pont", "morel"]
    assert all("lines" not in item for item in told["items"]) and "÷" in told["formula"]
    assert told["items"][0]["period"]["label"] == f"l'année {TODAY[:4]}"


async def test_the_sheet_of_one_pharmacy_has_its_dispensings(sim: Simulator, web: httpx.AsyncClient) -> None:
    await write(sim, DOCTOR, TEAM)
    asked = await web.get("/api/indicators/tilleuls", params={**ALL, "format": "csv"})
    rows = reading(asked)
    assert [row["Patient"] for row in rows] == ["Dominique PAT-TROIS", "Tom PETIT", "Zoé ADRUN"]
    assert rows[-1]["Compte"] == "oui" and rows[-1]["Pourquoi"].endswith(f"avec {DOCTOR}")
    assert asked.headers["content-disposition"] == 'attachment; filename="tilleuls.csv"'
    for answer in (await web.get("/api/indicators/tilleuls.csv", params=ALL),
                   await web.get(f"/api/indicators/{TEAM}.csv", params=ALL),
                   await web.get("/api/indicators/tilleuls", params=ALL, headers={"accept": "text/csv"})):
        assert answer.content == asked.content


async def test_the_sheet_of_all_pharmacies_has_a_row_for_each(sim: Simulator, web: httpx.AsyncClient) -> None:
    await write(sim, DOCTOR, TEAM)
    rows = reading(await web.get("/api/indicators", params={**ALL, "format": "csv"}))
    assert [row["Pharmacie"] for row in rows] == ["Pharmacie des Tilleuls", "Pharmacie du Pont", "Pharmacie Morel"]
    first = rows[0]
    assert (first["Délivrances"], first["Taux (%)"], first["Atteint"], first["Dû (€)"]) == ("3", "33,33", "oui", "240")


async def test_json_is_what_is_not_asked_otherwise(web: httpx.AsyncClient) -> None:
    for accept in ("*/*", "application/json, text/csv", "text/html"):
        assert (await web.get("/api/indicators", headers={"accept": accept})).json()["items"]
    answer = await web.get("/api/indicators", params={"format": "json"}, headers={"accept": "text/csv"})
    assert answer.json()["items"]


async def test_what_cannot_be_counted_is_a_problem(web: httpx.AsyncClient) -> None:
    problem(await web.get("/api/indicators/tileuls"), 404, "not-found")
    problem(await web.get("/api/indicators/tileuls.csv"), 404, "not-found")
    problem(await web.get(f"/api/indicators/{DOCTOR}"), 422, "invalid")
    problem(await web.get("/api/indicators", params={"since": "2026-13-01"}), 422, "invalid")
    problem(await web.get("/api/indicators", params={"since": "hier"}), 422, "invalid")
    problem(await web.get("/api/indicators", params={"since": "2026-02-01", "until": "2026-01-01"}), 422, "invalid")
    assert "did you mean since?" in problem(await web.get("/api/indicators?sinc=2026-01-01"), 422, "invalid")["detail"]


async def test_the_formula_is_that_of_the_configuration(tmp_path: Path, data: Path) -> None:
    changed = configured(tmp_path, ("threshold: 5 #", "threshold: 40 #"), ("amount: 240 #", "amount: 99.5 #"),
                         ("numerator: dispensings #", "numerator: messages #"), ("period: year #", "period: all #"),
                         ("counts: [patients, professionals]", "counts: [professionals]"))
    async with Simulator(changed, data=data) as sim, visitor(sim) as web:
        for _ in range(2):
            await write(sim, DOCTOR, TEAM)
        told = (await web.get("/api/indicators/tilleuls")).json()
        assert (told["numerator"], told["rate"], told["due"]) == (2, 66.67, 99.5)
        assert told["period"]["label"] == "depuis toujours"
        assert told["formula"].startswith("Taux = messages MSSanté échangés par la pharmacie avec un professionnel ÷")


async def test_counter_and_histories_are_there_after_a_restart(tmp_path: Path, data: Path) -> None:
    both = ("/api/indicators/tilleuls", "/api/indicators/pont")
    async with Simulator(configured(tmp_path), data=data) as sim, visitor(sim) as web:
        await write(sim, DOCTOR, TEAM)
        await web.post(f"/api/patients/{ZOE}/dispensings", json={"structure": "pont"})
        told = [(await web.get(path, params=ALL)).json() for path in both]
    async with Simulator(configured(tmp_path), data=data) as sim, visitor(sim) as web:
        again = [(await web.get(path, params=ALL)).json() for path in both]
        assert again == told and told[1]["dispensings"] == 3
        await web.post("/api/reset")
        assert (await web.get("/api/indicators/pont", params=ALL)).json()["dispensings"] == 2


async def test_a_patient_counts_by_what_was_written_not_by_opening(sim: Simulator, web: httpx.AsyncClient) -> None:
    asked = b"Disposition-Notification-To: " + ISABELLE.encode()
    await write(sim, ISABELLE, f"{ZOE}@patient.mssante.fr", asked)
    (message,) = (await web.get("/api/messages", params={"mailbox": f"{ZOE}@patient.mssante.fr"})).json()["items"]
    opened = await web.post(f"/api/patients/{ZOE}/messages/{message['id']}/open")
    assert opened.status_code == 200, opened.text
    await sim.settle()
    assert (await web.post(f"/api/patients/{ZOE}/messages", json={"to": TEAM, "body": "Merci."})).is_success
    await sim.settle()
    told = (await web.get("/api/indicators/tilleuls", params=ALL)).json()
    assert [(e["direction"], e["form"], e["counts"]) for e in told["exchanges"]] == [
        ("sent", "message", True), ("received", "receipt", False), ("received", "message", True)]
    assert told["messages"] == {"patients": 2, "professionals": 0} and told["with_patients"] == 1
