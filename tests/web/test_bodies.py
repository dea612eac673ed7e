"""A body is counted in octets and in values before it is read (P15)."""

from __future__ import annotations

import json

import httpx
import pytest

from simulator.web.bodies import MOST_VALUES
from tests.web.conftest import DOCTOR, TEAM, problem

pytestmark = [pytest.mark.sockets]
JSON = {"content-type": "application/json"}


@pytest.mark.parametrize("body", [
    b"{" + b",".join(b'"k%d":1' % number for number in range(MOST_VALUES + 2)) + b"}",
    b"[" + b"0," * (4 * MOST_VALUES) + b"0]",
    b"[" * 100_000,
    b'[{"a":' * MOST_VALUES * 2,
    b'{"a":[' + b'"",' * MOST_VALUES * 2 + b'""]}',
    b'{"a":"\\\\",' + b'"b":"",' * MOST_VALUES * 2 + b'"c":""}',
], ids=["members", "numbers", "deep lists", "deep objects", "texts", "behind an escape"])
async def test_more_values_than_any_call_takes_are_not_read(web: httpx.AsyncClient, body: bytes) -> None:
    told = problem(await web.post("/pages/session", content=body, headers=JSON), 413, "too-large")
    assert str(MOST_VALUES) in told["detail"]


async def test_what_stands_inside_of_a_text_is_no_value(web: httpx.AsyncClient) -> None:
    text = 'a, "b": [{c}], \\ ' * MOST_VALUES
    given = {"from": DOCTOR, "to": TEAM, "subject": "Long", "text": text}
    assert (await web.post("/api/messages", content=json.dumps(given).encode(), headers=JSON)).status_code == 201


async def test_of_many_mistakes_the_first_ones_are_told(web: httpx.AsyncClient) -> None:
    body = json.dumps({f"k{number}": 1 for number in range(1000)}).encode()
    told = problem(await web.post("/pages/session", content=body, headers=JSON), 422, "invalid")
    assert len(told["errors"]) == 20
