"""Doors on real sockets, with a recorder behind them."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvloop

from simulator.smtp.door import SmtpDoor, SmtpSettings
from simulator.wire import Gate, Listener, Room, ServerTls
from tests.smtp.recorder import RecordingOffice, RecordingVisit
from tests.smtp.talk import Client
from tests.wire.papers import Papers, make_papers


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> Mapping[str, Callable[[], Any]]:
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return make_papers(tmp_path_factory.mktemp("smtp-papers"))


@pytest.fixture(scope="session")
def server_tls(papers: Papers) -> ServerTls:
    operators = {name: (name.split(".")[1], paper.credentials) for name, paper in papers.operators.items()}
    return ServerTls(papers.host.credentials, operators, papers.judging(), [papers.root.der])


@pytest.fixture(scope="session")
def context(papers: Papers) -> ssl.SSLContext:
    """A client without a certificate."""
    return ssl.create_default_context(cafile=papers.root_file)


@pytest.fixture(scope="session")
def context_with_certificate(papers: Papers) -> ssl.SSLContext:
    made = ssl.create_default_context(cafile=papers.root_file)
    made.load_cert_chain(Path(papers.file(papers.clients["good"])))
    return made


@dataclass
class Place:
    """An open door."""

    door: SmtpDoor
    office: RecordingOffice
    listener: Listener
    errors: list[Exception] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)

    @property
    def visit(self) -> RecordingVisit:
        return self.office.first

    async def call(self, context: ssl.SSLContext | None = None, name: str = "localhost") -> Client:
        client = await Client.connect(self.listener.port, context, name)
        self.clients.append(client)
        return client

    async def turn(self) -> None:
        """Let the server do what it can do by now: another client comes, is greeted and goes."""
        client = await Client.connect(self.listener.port)
        await client.reply()
        await client.close()


OpenDoor = Callable[..., Awaitable[Place]]


@pytest.fixture
async def open_door(server_tls: ServerTls) -> AsyncIterator[OpenDoor]:
    """Opens doors: ``await open_door("mx", settings, **wishes of the visit)``."""
    async with contextlib.AsyncExitStack() as stack:

        async def open_one(name: str = "submission", settings: SmtpSettings | None = None, *,
                           operator: str | None = None, room: Room | None = None, **wishes: object) -> Place:
            office = RecordingOffice(wishes)
            door = SmtpDoor(name, office, settings, operator=operator, room=room)
            listener = Listener("127.0.0.1", 0, door.protocol, server_tls, implicit=name == "smtps",
                                gate=Gate(), on_error=lambda _, error: place.errors.append(error))
            place = Place(door, office, listener)

            async def leave() -> None:
                for client in place.clients:
                    await client.close()
                for visit in office.visits:
                    visit.let_go.set()
                await listener.stop()
                await listener.close_all(1.0)
                for visit in office.visits:
                    await asyncio.wait_for(visit.ended.wait(), 5)
                assert not place.errors
                assert door.open_sessions == 0

            await listener.start()
            stack.push_async_callback(leave)
            return place

        yield open_one
