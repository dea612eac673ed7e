"""One door, several operators: what is offered before sign-in, and by the mailbox's operator afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.imap.compose import standing
from simulator.imap.extensions import EXTENSIONS
from simulator.imap.settings import ImapSettings
from simulator.store.interface import Store
from tests.imap.conftest import a_house

pytestmark = pytest.mark.sockets

EVERYTHING = ImapSettings(clear_is_private=True)
PLAIN = replace(EVERYTHING, append=1_000, folder_names=(("INBOX", None), ("Éléments envoyés", "\\Sent")),
                extensions=tuple(name for name in EXTENSIONS if name not in ("MOVE", "LITERAL+", "ENABLE")))


async def test_capabilities_commands_folders_and_limits_are_the_operators(memory: Store) -> None:
    async with a_house(memory, settings=EVERYTHING, mailiz=PLAIN) as house:
        client = await house.stranger()
        (before,) = await client.ok("CAPABILITY")
        assert {"MOVE", "LITERAL+", "IMAP4rev2"} <= set(before.split())
        answer = (await client.command('LOGIN paul.vial@medecin.mssante.fr "correct horse"'))[-1]
        after = answer.split("[CAPABILITY ")[1].split("]")[0].split()
        assert not {"MOVE", "LITERAL+", "ENABLE", "QRESYNC", "UTF8=ACCEPT", "IMAP4rev2"} & set(after)
        assert "APPENDLIMIT=1000" in after and "CONDSTORE" in after
        for gone in ("MOVE 1 INBOX", "ENABLE CONDSTORE", "UID MOVE 1 INBOX"):
            assert " BAD " in (await client.command(gone))[-1], gone
        assert (await client.command(b"SELECT {5+}\r\nINBOX"))[-1].startswith("t6 BAD Non-synchronizing literals")
        assert await client.ok('LIST "" *') == ['* LIST (\\HasNoChildren) "/" INBOX',
                                                '* LIST (\\HasNoChildren \\Sent) "/" "&AMk-l&AOk-ments envoy&AOk-s"']
        client.write(b"x APPEND INBOX {1001}\r\n")
        assert (await client.line()).startswith("x NO [TOOBIG] A message has at most 1000 octets")


def test_what_leans_on_something_missing_is_not_offered() -> None:
    assert standing(("QRESYNC", "CONDSTORE", "IDLE")) == ("IDLE", "CONDSTORE")
    assert standing(("QRESYNC", "ENABLE")) == ("ENABLE",)
    assert standing(tuple(EXTENSIONS)) == tuple(EXTENSIONS)
