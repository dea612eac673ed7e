"""Mailboxes, whitelist and certificates over HTTP."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

import httpx
import pytest

from simulator.app import Simulator
from tests.web.conftest import DOCTOR, ISABELLE, KARIM, TEAM, problem

pytestmark = [pytest.mark.sockets]

NS = "{https://listeblanche.mssante.fr/schema}"


async def test_mailboxes_are_told_without_secrets(sim: Simulator, web: httpx.AsyncClient) -> None:
    answer = await web.get("/api/mailboxes")
    items = {item["address"]: item for item in answer.json()["items"]}
    assert items[TEAM]["members"] == [ISABELLE, KARIM] and items[TEAM]["kind"] == "ORG"
    assert items[TEAM]["structure"]["sector"].startswith("SA") and items[DOCTOR]["national_id"].startswith("8")
    one = (await web.get(f"/api/mailboxes/{TEAM.upper()}")).json()
    assert one["address"] == TEAM and one["folders"]["INBOX"] == {"messages": 0, "unseen": 0}
    for mailbox in sim.space.mailboxes.values():
        for secret in (mailbox.secrets.password, mailbox.secrets.totp):
            assert not secret or secret not in answer.text


async def test_a_mailbox_lives(web: httpx.AsyncClient) -> None:
    for verb, status in (("suspend", "suspended"), ("reopen", "open"), ("close", "closed"), ("reopen", "open")):
        assert (await web.post(f"/api/mailboxes/{DOCTOR}/{verb}")).json()["status"] == status
    told = problem(await web.post("/api/mailboxes/paul.vil@medecin.mssante.fr/suspend"), 404, "not-found")
    assert DOCTOR in told["remedy"]


async def test_members_come_and_go(web: httpx.AsyncClient) -> None:
    path = f"/api/mailboxes/{TEAM}/members/{KARIM}"
    assert (await web.delete(path)).json()["members"] == [ISABELLE]
    problem(await web.delete(path), 404, "not-found")
    assert (await web.put(path)).json()["members"] == [ISABELLE, KARIM]


async def test_a_mailbox_is_opened_and_signs_in_nowhere_in_the_answer(sim: Simulator, web: httpx.AsyncClient) -> None:
    wanted = {"kind": "PER", "address": "lea.petit@pharmacie.bfc.mssante.fr", "given_name": "Léa",
              "family_name": "PETIT", "rpps": "10100000017", "profession": "21", "password": "petit-tilleuls"}
    answer = await web.post("/api/mailboxes", json=wanted)
    assert answer.status_code == 201, answer.text
    assert "petit-tilleuls" not in answer.text and answer.json()["status"] == "open"
    assert "petit-tilleuls" not in "".join(str(event.as_data()) for event in sim.journal.events())
    problem(await web.post("/api/mailboxes", json=wanted), 409, "conflict")
    del wanted["password"]
    assert "password" in problem(await web.post("/api/mailboxes", json=wanted), 422, "invalid")["detail"]
    team = {"kind": "ORG", "address": "officine.neuve@pharmacie.bfc.mssante.fr", "responsible": ISABELLE,
            "members": [ISABELLE], "structure": {"name": "Officine neuve", "finess": "990000045", "sector": "SA33"}}
    assert (await web.post("/api/mailboxes", json=team)).status_code == 201


async def test_a_refused_password_is_not_repeated(web: httpx.AsyncClient) -> None:
    answer = await web.post("/api/mailboxes", json={"kind": "PER", "address": "x", "password": ["tres-secret"]})
    assert "tres-secret" not in answer.text
    problem(answer, 422, "invalid")


async def test_the_whitelist_changes(sim: Simulator, web: httpx.AsyncClient) -> None:
    domain = "pharmacie.bfc.mssante.fr"
    before = (await web.get(f"/api/whitelist/{domain}")).json()
    assert before["operator"] == "bfc" and before["dns"]
    assert before in (await web.get("/api/whitelist")).json()["items"]
    assert (await web.delete(f"/api/whitelist/{domain}")).status_code == 204
    assert not sim.space.lists(domain)
    problem(await web.get(f"/api/whitelist/{domain}"), 404, "not-found")
    problem(await web.delete(f"/api/whitelist/{domain}"), 404, "not-found")
    assert (await web.put(f"/api/whitelist/{domain}")).json() == before
    assert (await web.put(f"/api/whitelist/{domain}", json={"dns": ["CN=x,C=FR"]})).json()["dns"] == ["CN=x,C=FR"]
    problem(await web.put(f"/api/whitelist/{domain}", json={"dns": []}), 422, "invalid")


async def test_the_whitelist_is_published_in_its_form(web: httpx.AsyncClient) -> None:
    await web.put("/api/whitelist/two.example", json={"dns": ["CN=a&b,C=FR", "CN=<c>,ST=Côtes-d'Armor (22),C=FR"]})
    answer = await web.get("/listeblanchemssante.xml")
    assert answer.headers["content-type"] == "application/xml"
    root = fromstring(answer.content)
    assert root.tag == f"{NS}ListeBlancheMSSante" and [child.tag for child in root] == [
        f"{NS}DateDeGeneration", f"{NS}ListeDomaines"]
    entries = root.findall(f"{NS}ListeDomaines/{NS}Domaine")
    for entry in entries:
        assert [child.tag.removeprefix(NS) for child in entry] == [
            "Nom", "Description", "DNCertificatOperateur", "ResponsableContact", "SupportContact", "DateMAJ"]
        assert all(child.text for child in entry)
    told = [(entry[0].text, entry[2].text) for entry in entries]
    listed = (await web.get("/api/whitelist")).json()["items"]
    assert told == [(item["domain"], dn) for item in listed for dn in item["dns"]]
    assert ("two.example", "CN=<c>,ST=Côtes-d'Armor (22),C=FR") in told


async def test_dates_of_an_entry_change_with_it(web: httpx.AsyncClient) -> None:
    async def dates() -> dict[str | None, str | None]:
        root = fromstring((await web.get("/listeblanchemssante.xml")).content)
        return {entry[0].text: entry[5].text for entry in root.iter(f"{NS}Domaine")}

    before = await dates()
    await web.post("/api/clock/advance", json={"seconds": 3600})
    await web.put("/api/whitelist/medecin.mssante.fr", json={"dns": ["CN=x,C=FR"]})
    after = await dates()
    assert {name for name in before if before[name] != after[name]} == {"medecin.mssante.fr"}


async def test_certificates_are_issued_and_revoked(web: httpx.AsyncClient) -> None:
    issued = await web.post("/api/certificates", json={"name": "bfc"})
    assert issued.status_code == 201 and "PRIVATE KEY" not in issued.text
    told = issued.json()
    assert told["pem"].startswith("-----BEGIN CERTIFICATE-----")
    revoked = await web.post(f"/api/certificates/{told['serial']}/revoke")
    assert revoked.json()["status"] == "revoked" and revoked.json()["revoked_at"]
    items = {item["serial"]: item for item in (await web.get("/api/certificates")).json()["items"]}
    assert items[told["serial"]]["status"] == "revoked"
    problem(await web.post("/api/certificates/ffff/revoke"), 404, "not-found")
    problem(await web.post("/api/certificates", json={"name": "bfd"}), 404, "not-found")
    faulty = (await web.post("/api/certificates", json={"name": ISABELLE, "expired": True})).json()
    items = {item["serial"]: item for item in (await web.get("/api/certificates")).json()["items"]}
    assert items[faulty["serial"]]["status"] == "expired"


async def test_the_authority_is_handed_out(sim: Simulator, web: httpx.AsyncClient) -> None:
    assert (await web.get("/ca.pem")).content == sim.authority.ca_file.read_bytes()


async def test_operators_are_told_without_keys(web: httpx.AsyncClient) -> None:
    items = {item["name"]: item for item in (await web.get("/api/operators")).json()["items"]}
    assert items["bfc"]["listed"] and items["bfc"]["dn"].startswith("CN=mx.bfc.mssante.fr")
    assert not any("key" in item for item in items.values())
