"""The door listens at once, loads its framework late, and stops in time."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import uvloop

from simulator.app import PortInUse, Simulator
from tests.app.conftest import configured
from tests.web.conftest import visitor

pytestmark = [pytest.mark.sockets]

LATE = """
import asyncio, sys
from datetime import date
from pathlib import Path
from simulator.app import Simulator
from simulator.config import load

async def main():
    async with Simulator(load(Path(sys.argv[1]), today=date.today())) as sim:
        heavy = {"fastapi", "starlette", "uvicorn", "simulator.web.site"}
        print(sim.ports["http"] > 0, sorted(heavy & sys.modules.keys()))
        reader, writer = await asyncio.open_connection("127.0.0.1", sim.ports["http"])
        writer.write(b"GET /healthz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n")
        print((await reader.read()).split(b"\\r\\n")[0], sorted(heavy & sys.modules.keys()))
        writer.close()

asyncio.run(main())
"""


def test_the_framework_is_imported_when_somebody_comes(tmp_path: Path) -> None:
    configured(tmp_path)
    command = [sys.executable, "-c", LATE, str(tmp_path / "config.yaml")]
    first, second = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60,
                                   cwd=Path(__file__).parents[2]).stdout.splitlines()
    assert first == "True []"
    assert second.startswith("b'HTTP/1.1 200 OK'") and "fastapi" in second


async def ends_in_time(folder: Path, data: Path) -> None:
    async with Simulator(configured(folder), data=data) as sim, visitor(sim) as web:
        held = asyncio.create_task(web.get("/api/messages/wait", params={"timeout": 60}))
        async with web.stream("GET", "/api/journal/stream") as stream:
            lines = stream.aiter_lines()
            assert await anext(lines) == "retry: 1000"
            stopping = asyncio.create_task(sim.web.stop())
            async with asyncio.timeout(2):
                async for _ in lines:
                    continue
                await stopping
        assert (await held).status_code == 503


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_held_calls_and_streams_end_when_the_simulator_stops(
    tmp_path: Path, data: Path, loop: asyncio.AbstractEventLoop
) -> None:
    with asyncio.Runner(loop_factory=loop) as runner:  # type: ignore[arg-type]
        runner.run(ends_in_time(tmp_path, data))


async def test_a_client_that_never_reads_does_not_hold_up_the_end(sim: Simulator) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", sim.ports["http"], limit=1024)
    writer.write(b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 100)
    await reader.readexactly(100)
    async with asyncio.timeout(3):
        await sim.web.stop()
    writer.transport.abort()


async def test_it_stops_when_nobody_ever_came(sim: Simulator) -> None:
    async with asyncio.timeout(1):
        await sim.web.stop()
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", sim.ports["http"])


async def test_those_who_come_while_it_loads_are_all_answered(sim: Simulator) -> None:
    async with visitor(sim) as one, visitor(sim) as two:
        answers = await asyncio.gather(*(client.get("/healthz") for client in (one, two, one, two)))
    assert {answer.status_code for answer in answers} == {200}


async def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        base = taken.getsockname()[1] - 80
        sim = Simulator(configured(tmp_path), port_base=base)
        sim._port = lambda door: base + 80 if door == "http" else 0  # type: ignore[method-assign]
        with pytest.raises(PortInUse, match=f"http door .* port {base + 80}.*--port-base"):
            await sim.__aenter__()


async def test_what_is_no_http_is_refused(sim: Simulator) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", sim.ports["http"])
    writer.write(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 400")
    writer.close()


async def test_a_header_without_end_is_cut(sim: Simulator) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", sim.ports["http"])
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 200_000)
    with contextlib.suppress(ConnectionResetError):
        assert (await reader.read()).startswith(b"HTTP/1.1 4")
    writer.transport.abort()


async def test_slow_requests_have_an_end(sim: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    from simulator.web import server

    monkeypatch.setattr(server, "REQUEST_SECONDS", 0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", sim.ports["http"])
    writer.write(b"GET /healthz HTTP/1.1\r\n")
    with contextlib.suppress(ConnectionResetError):
        assert await reader.read() == b""
    writer.transport.abort()


async def test_an_answer_nobody_reads_has_an_end(sim: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    from simulator.web import server

    monkeypatch.setattr(server, "STALLED_SECONDS", 0.05)
    with socket.socket() as silent:
        silent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        silent.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(silent, ("127.0.0.1", sim.ports["http"]))
        await loop.sock_sendall(silent, b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 200)
        with pytest.raises(OSError):
            while True:
                await loop.sock_sendall(silent, b"\r\n")
                async with visitor(sim) as web:
                    assert (await web.get("/healthz")).status_code == 200


async def test_a_mistake_of_ours_is_a_problem_and_an_event(
    sim: Simulator, web: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(sim.controls.time, "show", broken)
    answer = await web.get("/api/clock")
    assert answer.status_code == 500 and answer.json()["type"] == "/docs#bug" and "secret" not in answer.text
    event = sim.journal.events(kind="error")[-1]
    assert event.story == "GET /api/clock: RuntimeError"
