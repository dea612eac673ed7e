"""The description is complete, the pages are plain, and what is not there is said."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from simulator.app import Simulator
from simulator.web.problems import SORTS
from tests.web.conftest import DOCTOR, problem

pytestmark = [pytest.mark.sockets]

PROMISED = """
GET /healthz, GET /api/messages, GET /api/messages/{id}, GET /api/messages/{id}/raw, GET /api/messages/wait,
GET /api/messages/none, POST /api/messages/take, POST /api/messages, DELETE /api/messages, GET /api/mailboxes,
POST /api/mailboxes, GET /api/mailboxes/{address}, POST /api/mailboxes/{address}/suspend,
POST /api/mailboxes/{address}/reopen, POST /api/mailboxes/{address}/close,
PUT /api/mailboxes/{address}/members/{member}, DELETE /api/mailboxes/{address}/members/{member}, GET /api/whitelist,
GET /api/whitelist/{domain}, PUT /api/whitelist/{domain}, DELETE /api/whitelist/{domain}, GET /listeblanchemssante.xml,
GET /api/clock, POST /api/clock/advance, POST /api/clock/freeze, POST /api/clock/run, POST /api/clock/quiet,
GET /api/certificates, POST /api/certificates, POST /api/certificates/{serial}/revoke, GET /ca.pem, GET /api/journal,
GET /api/journal/stream, GET /api/explain/{id}, POST /api/reset, GET /api/snapshots, POST /api/snapshots/{name},
POST /api/snapshots/{name}/restore, DELETE /api/snapshots/{name}, GET /api/operators,
GET /api/letters, POST /api/letters, POST /api/letters/send,
GET /api/patients, GET /api/patients/{ins}, POST /api/patients/{ins}/activate, PUT /api/patients/{ins}/opposition,
DELETE /api/patients/{ins}/opposition, PUT /api/mailboxes/{address}/closing, GET /api/patients/{ins}/pharmacies,
GET /api/patients/{ins}/notifications, GET /api/patients/{ins}/documents, POST /api/patients/{ins}/documents,
GET /api/patients/{ins}/documents/{id}, DELETE /api/patients/{ins}/documents/{id},
GET /api/patients/{ins}/conversations, GET /api/patients/{ins}/messages, POST /api/patients/{ins}/messages,
GET /api/patients/{ins}/draft, GET /api/patients/{ins}/messages/{id}, POST /api/patients/{ins}/messages/{id}/open,
GET /api/patients/{ins}/messages/{id}/html, GET /api/patients/{ins}/messages/{id}/files/{place},
GET /api/patients/{ins}/messages/{id}/files/{place}/archive,
GET /api/patients/{ins}/messages/{id}/files/{place}/archive/{document},
POST /api/patients/{ins}/messages/{id}/files/{place}/save,
GET /api/patients/{ins}/dispensings, POST /api/patients/{ins}/dispensings, GET /api/indicators,
GET /api/indicators/{address}, GET /api/indicators/{address}.csv
"""


@pytest.fixture
async def described(web: httpx.AsyncClient) -> dict[str, Any]:
    """The OpenAPI document."""
    document: dict[str, Any] = (await web.get("/openapi.json")).json()
    return document


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(f"{method.upper()} {path}", call) for path, methods in document["paths"].items()
            for method, call in methods.items()]


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema behind a reference, or the first of several."""
    if "anyOf" in schema:
        return resolved(document, schema["anyOf"][0])
    found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema \
        else schema
    return found


def has_example(document: dict[str, Any], content: dict[str, Any]) -> bool:
    if "examples" in content.get("schema", {}):
        return True
    schema = resolved(document, content.get("schema", {}))
    properties = [resolved(document, value) for value in schema.get("properties", {}).values()]
    items = [resolved(document, value["items"]) for value in properties if "items" in value]
    return bool({"example", "examples"} & content.keys()) or "examples" in schema or any(
        "examples" in part for part in (*properties, *items))


async def test_every_promised_call_is_there_and_no_other(described: dict[str, Any]) -> None:
    assert {name for name, _ in operations(described)} == set(re.split(r",\s+", PROMISED.strip()))


async def test_every_call_is_explained_with_examples_and_problems(described: dict[str, Any]) -> None:
    for name, call in operations(described):
        assert call["summary"] and call["description"] and call["tags"], name
        assert "421" in call["responses"], name
        for parameter in call.get("parameters", ()):
            if parameter["in"] == "query":
                assert parameter["description"] and has_example(described, parameter), (name, parameter["name"])
        if "requestBody" in call:
            assert has_example(described, call["requestBody"]["content"]["application/json"]), name
            assert {"400", "413", "415", "422"} <= call["responses"].keys(), name
        if not name.startswith("GET"):
            assert {"403", "415"} <= call["responses"].keys(), name
        for status, answer in call["responses"].items():
            assert answer["description"], name
            for kind, content in answer.get("content", {}).items():
                assert has_example(described, content), (name, status)
                assert int(status) < 400 or kind == "application/problem+json", (name, status)


async def test_every_kind_of_problem_has_its_place(web: httpx.AsyncClient) -> None:
    page = (await web.get("/docs")).text
    assert all(f'id="{sort.name}"' in page for sort in SORTS)
    assert all(path in page for path in ("/api/messages/wait", "/api/clock/advance"))


class Links(HTMLParser):
    """Everything that a page would load or lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found += [value or "" for name, value in attrs if name in ("href", "src")]
        assert not any(name.startswith("on") or name == "style" for name, _ in attrs)


async def test_pages_load_nothing_from_elsewhere_and_lead_somewhere(sim: Simulator, web: httpx.AsyncClient) -> None:
    for path in ("/", "/docs"):
        page = await web.get(path)
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        links = Links()
        links.feed(page.text)
        assert not links.tags & {"script", "img", "iframe", "form"}
        for link in set(links.found):
            assert link.startswith("/"), link
            assert (await web.get(link)).status_code == 200, link


async def test_the_first_page_tells_what_is_there(sim: Simulator, web: httpx.AsyncClient) -> None:
    page = (await web.get("/")).text
    assert '<html lang="fr">' in page and DOCTOR in page and str(sim.ports["imaps"]) in page
    assert "vial-medecin" not in page


async def test_hostile_names_are_shown_as_text(sim: Simulator, web: httpx.AsyncClient) -> None:
    given = {"kind": "PER", "address": "eve@medecin.mssante.fr", "given_name": "<script>alert(1)</script>",
             "family_name": "X", "rpps": "10100000017", "password": "x-y-z", "profession": "10"}
    await web.post("/api/mailboxes", json=given)
    assert "<script>" not in (await web.get("/")).text


async def test_what_is_not_there_is_said(web: httpx.AsyncClient) -> None:
    problem(await web.get("/api/nowhere"), 404, "not-found")
    problem(await web.get("/api/clock/"), 404, "not-found")
    answer = await web.patch("/api/clock", json={})
    problem(answer, 405, "wrong-method")
    assert "GET" in answer.headers["allow"]
