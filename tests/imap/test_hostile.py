"""Valid dialogues, damaged by a seeded hand: every session answers or is closed, none sees a traceback (P14)."""

from __future__ import annotations

import random

import pytest

from simulator.imap.settings import ImapSettings
from simulator.store.interface import Store
from tests.imap.conftest import a_house
from tests.imap.dialogue import Client

pytestmark = pytest.mark.sockets

COMMANDS = [
    b'LOGIN paul@x.fr "correct horse"', b"CAPABILITY", b"NOOP", b'LIST "" *', b'LSUB "" "%"', b"SELECT INBOX",
    b"EXAMINE {5+}\r\nINBOX", b"CREATE new/below", b"RENAME new other", b"DELETE other/below",
    b"STATUS INBOX (MESSAGES UIDNEXT)",
    b"APPEND INBOX (\\Seen) \" 1-Feb-2026 10:00:00 +0100\" {9+}\r\nA: b\r\n\r\nc",
    b"FETCH 1:* (FLAGS UID ENVELOPE BODYSTRUCTURE)",
    b"UID FETCH 1 (BODY.PEEK[HEADER.FIELDS (Subject From)]<0.10> BINARY[1])", b"STORE 1 +FLAGS.SILENT (\\Deleted $x)",
    b"SEARCH CHARSET UTF-8 OR (SUBJECT {3+}\r\nabc NOT SEEN) TEXT \"a\\\"b\"", b"UID SEARCH RETURN (MIN ALL) MODSEQ 1",
    b"COPY 1 Sent", b"UID MOVE 1 Trash", b"EXPUNGE", b"IDLE\r\nDONE", b"ID (\"name\" NIL)",
    b"AUTHENTICATE PLAIN AHgAeQ==",
    b"ENABLE CONDSTORE", b"GETQUOTAROOT INBOX", b"SUBSCRIBE \"R&AOk-\"", b"UNSELECT", b"CLOSE", b"NAMESPACE",
]
BITS = [b"\0", b"\r", b"\n", b"\r\n", b"{", b"}", b"{99999999999999999999}", b"{-1}", b"{5+}\r\n", b"(", b")", b'"',
b"\\", b"*",
        b"%", b"~", b"[", b"]", b"<", b"0.0>", b"\xff\xfe", b"4294967296", b"&", b"NIL", b" ", b"  ", b"(" * 100,
        b"1:*," * 50]


def damaged(chance: random.Random, data: bytes) -> bytes:
    """The octets with one to three wounds."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(4):
            case 0:
                data = data[:at] + chance.choice(BITS) + data[at:]
            case 1:
                data = data[:at] + data[at + chance.randint(1, 5):]
            case 2:
                data = data[:at] + bytes([chance.randrange(256)]) + data[at + 1:]
            case _:
                data = data[:at] + data[chance.randrange(len(data) + 1):]
        data = data or b"x"
    return data


@pytest.mark.parametrize("seed", range(3))
async def test_damaged_dialogues_are_answered_or_closed(memory: Store, seed: int) -> None:
    chance = random.Random(seed)
    async with a_house(memory, settings=ImapSettings(clear_is_private=True)) as house:
        for _ in range(60):
            client = await Client.connect(house.listener.port)
            lines = [damaged(chance, line) if chance.random() < 0.5 else line for line in chance.sample(COMMANDS, 12)]
            lines.insert(0, COMMANDS[0])
            client.write(b"".join(b"t%d %b\r\n" % (n, line) for n, line in enumerate(lines)) + b"z LOGOUT\r\n")
            client.finish()
            text = await client.ended()
            assert b"Traceback" not in text and b"File \"" not in text
            await client.close()
        assert [event.story for event in house.journal.events(kind="error")] == []
        survivor = await house.client()
        await survivor.ok("NOOP")


async def test_pure_noise_is_survived(memory: Store) -> None:
    chance = random.Random(7)
    async with a_house(memory) as house:
        for _ in range(40):
            client = await Client.connect(house.listener.port)
            client.write(chance.randbytes(chance.randint(1, 5_000)))
            client.finish()
            await client.ended()
            await client.close()
        assert house.journal.events(kind="error") == []
