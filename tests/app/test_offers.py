"""The operator's own IMAP server, seen through a door that all operators share."""

from __future__ import annotations

import asyncio
import imaplib
import socket
import ssl
from pathlib import Path

import pytest

from simulator.app import Simulator
from tests.app.conftest import configured

pytestmark = pytest.mark.sockets

DOCTOR = "paul.vial@medecin.mssante.fr"
OWN = ("# listen: {mx: 0, imaps: 20993}", "imap: {without: [MOVE], folders: {Sent: Éléments envoyés}}")


class Named(imaplib.IMAP4_SSL):
    """A client that names the server it means, wherever that server is."""

    def __init__(self, sim: Simulator, name: str) -> None:
        self._name = name
        super().__init__("localhost", sim.ports["imaps"], timeout=20,
                         ssl_context=ssl.create_default_context(cafile=str(sim.authority.ca_file)))

    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        plain = socket.create_connection((self.host, self.port), timeout)
        secured: ssl.SSLSocket = self.ssl_context.wrap_socket(plain, server_hostname=self._name)
        return secured


async def test_the_operator_is_known_by_the_name_of_its_host_and_by_the_mailbox(tmp_path: Path) -> None:
    async with Simulator(configured(tmp_path, OWN)) as sim:

        def look(name: str) -> tuple[bool, bool, object]:
            with Named(sim, name) as client:
                before = "MOVE" in client.capabilities
                client.login(DOCTOR, sim.space.mailboxes[DOCTOR].secrets.password)
                after = b"MOVE" in client.capability()[1][0].split()
                return before, after, client.list('""', "*nvoy*")[1]

        for name, before in (("client.mailiz.mssante.fr", False), ("client.bfc.mssante.fr", True)):
            shown = await asyncio.to_thread(look, name)
            assert shown == (before, False, [b'(\\HasNoChildren \\Sent) "/" "&AMk-l&AOk-ments envoy&AOk-s"'])
