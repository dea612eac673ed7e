"""What we lean on in Twisted, and that its reactor stays out."""

from __future__ import annotations

import subprocess
import sys

from twisted.internet.protocol import BaseProtocol
from twisted.mail.imap4 import IMAP4Server
from twisted.protocols.policies import TimeoutMixin

from simulator.imap.bridge import Bridge
from simulator.imap.compose import compose
from simulator.imap.connection import Connection
from simulator.imap.session import Session

SERVE = """
import asyncio, sys
from simulator.imap.door import ImapDoor
from simulator.store.memory import MemoryStore
from simulator.clock import Clock
from simulator.journal import Journal

async def main():
    clock = Clock()
    door = ImapDoor("imap", None, MemoryStore(), Journal(clock), clock)
    server = await asyncio.get_running_loop().create_server(door.protocol, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"a CAPABILITY\\r\\nb LOGOUT\\r\\n")
    text = await reader.read()
    assert b"b OK" in text, text
    writer.close()
    server.close()
    await server.wait_closed()

asyncio.run(main())
print("twisted.internet.reactor" in sys.modules)
"""


def test_a_door_serves_without_a_reactor() -> None:
    done = subprocess.run([sys.executable, "-W", "error", "-c", SERVE], capture_output=True, text=True, timeout=60,
                          check=False)
    assert (done.stdout.strip(), done.stderr) == ("False", "")


def test_the_server_is_twisteds() -> None:
    assert issubclass(compose(None), Session) and issubclass(Session, IMAP4Server)


def test_making_a_connection_sets_the_transport_then_calls_us() -> None:
    class Probe(BaseProtocol):
        seen: object = None

        def connectionMade(self) -> None:
            self.seen = self.transport

    probe, transport = Probe(), Bridge(lambda bridge: None, stalled=1.0)  # type: ignore[arg-type, return-value]
    probe.makeConnection(transport)  # type: ignore[no-untyped-call]
    assert probe.seen is transport


def test_twisted_takes_its_timer_from_a_method_we_replace() -> None:
    assert "callLater" in vars(TimeoutMixin) and "callLater" in vars(Connection)


def test_no_handler_of_twisted_can_be_reached() -> None:
    server = compose(None)
    ours = {name for name in dir(server) if name.startswith("command_")}
    assert not ours & set(dir(IMAP4Server))
    for name in ("dataReceived", "connectionMade", "connectionLost"):
        assert getattr(server, name) is vars(Connection)[name]
