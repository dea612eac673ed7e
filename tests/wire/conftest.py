"""Doors with the line protocol on them, on asyncio and on uvloop, each test on a fresh loop."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvloop

from simulator.wire import Gate, Listener, Patience, ServerTls
from tests.wire.papers import Judging, Paper, Papers, make_papers
from tests.wire.talk import Lines


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> Mapping[str, Callable[[], Any]]:
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return make_papers(tmp_path_factory.mktemp("papers"))


@pytest.fixture
def judging(papers: Papers) -> Judging:
    return papers.judging()


@pytest.fixture
def server_tls(papers: Papers, judging: Judging) -> ServerTls:
    operators = {name: (name.split(".")[1], paper.credentials) for name, paper in papers.operators.items()}
    return ServerTls(papers.host.credentials, operators, judging, [papers.root.der])


@dataclass
class Door:
    """A listener and everything it told."""

    listener: Listener
    protocols: list[Lines]
    refused: list[tuple[str, str]] = field(default_factory=list)
    failures: asyncio.Queue[tuple[str, str]] = field(default_factory=asyncio.Queue)
    errors: asyncio.Queue[tuple[str, Exception]] = field(default_factory=asyncio.Queue)

    @property
    def port(self) -> int:
        return self.listener.port

    @property
    def only(self) -> Lines:
        (protocol,) = self.protocols
        return protocol


OpenDoor = Callable[..., Any]


@pytest.fixture
async def open_door(server_tls: ServerTls) -> AsyncIterator[OpenDoor]:
    """Opens doors: ``await open_door(implicit=…, patience=…, gate=…, farewell=…, strict=…)``."""
    async with contextlib.AsyncExitStack() as stack:

        async def open_one(*, protocol: type[Lines] = Lines, gate: Gate | None = None, host: str = "127.0.0.1",
                           implicit: bool = False, farewell: bytes = b"", strict: bool = False,
                           patience: Patience | None = None) -> Door:
            def make() -> Lines:
                door.protocols.append(protocol())
                return door.protocols[-1]

            listener = Listener(host, 0, make, server_tls, gate=gate or Gate(), implicit=implicit, farewell=farewell,
                                strict=strict, patience=patience,
                                on_refused=lambda *told: door.refused.append(told),
                                on_handshake_failed=lambda *told: door.failures.put_nowait(told),
                                on_error=lambda *told: door.errors.put_nowait(told))
            door = Door(listener, [])
            await stack.enter_async_context(listener)
            return door

        yield open_one


@pytest.fixture
def context(papers: Papers) -> Callable[..., ssl.SSLContext]:
    """Makes client contexts of the standard library: ``context(paper=…, newest=…, check=…)``."""

    def make(paper: Paper | None = None, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
             check: bool = False) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        made.check_hostname = check
        made.load_verify_locations(papers.root_file)
        made.maximum_version = newest
        made.set_ciphers("DEFAULT@SECLEVEL=0")  # or the weak certificate could not be presented
        if paper is not None:
            made.load_cert_chain(papers.file(paper))
        return made

    return make
