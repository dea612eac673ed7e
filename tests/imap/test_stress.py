"""Many sessions on one mailbox at once, each checking that what it was told adds up."""

from __future__ import annotations

import asyncio
import random
import re

import pytest

from tests.imap.conftest import House
from tests.imap.dialogue import Client
from tests.imap.test_sessions import fill

pytestmark = pytest.mark.sockets

FETCHED = re.compile(r"\* (\d+) FETCH \(.*?UID (\d+)")


class Believer:
    """Keeps the list of UIDs that the server's lines imply; None for a message whose UID was not told."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.uids: list[int | None] = []

    def hear(self, lines: list[str], *, numbers_hold: bool) -> None:
        for line in lines:
            if line.endswith(" EXISTS"):
                count = int(line.split()[1])
                assert count >= len(self.uids), "the message count dropped without EXPUNGE"
                self.uids += [None] * (count - len(self.uids))
            elif line.endswith(" EXPUNGE"):
                assert not numbers_hold, "EXPUNGE where sequence numbers must hold"
                del self.uids[int(line.split()[1]) - 1]
            elif found := FETCHED.match(line):
                at, uid = int(found[1]) - 1, int(found[2])
                assert at < len(self.uids), "a message that does not exist yet"
                assert self.uids[at] in (None, uid), "a sequence number lied"
                self.uids[at] = uid

    async def work(self, chance: random.Random, rounds: int) -> None:
        self.uids = []
        self.hear(await self.client.ok("SELECT INBOX"), numbers_hold=True)
        for _ in range(rounds):
            number = chance.randint(1, max(1, len(self.uids)))
            command, holds = chance.choice([
                (f"FETCH {number} (UID FLAGS)", True), ("UID FETCH 1:* (FLAGS)", False),
                (rf"STORE {number} +FLAGS (\Deleted)", True), (r"UID STORE 1:* -FLAGS.SILENT (\Seen)", False),
                ("SEARCH DELETED", True), ("NOOP", False), ("EXPUNGE", False), (f"COPY {number} INBOX", False),
                ("APPEND INBOX {6+}\r\nA: b\r\n", False), (f"FETCH {number} (UID BODY[TEXT])", True),
                (f"UID MOVE {chance.randint(1, 30)} Trash", False), ("UID SEARCH ALL", False),
            ])
            lines = await self.client.command(command)
            self.hear(lines[:-1], numbers_hold=holds)
            if number <= len(self.uids):
                assert " BAD " not in lines[-1], (command, lines[-1])
        self.hear(await self.client.ok("NOOP"), numbers_hold=False)
        self.hear(await self.client.ok("UID FETCH 1:* UID") if self.uids else [], numbers_hold=False)


async def test_sequence_numbers_never_lie(house: House) -> None:
    await fill(house, 20)
    believers = [Believer(await house.client()) for _ in range(8)]
    await asyncio.gather(*(believer.work(random.Random(seed), 60) for seed, believer in enumerate(believers)))
    for believer in believers:
        believer.hear(await believer.client.ok("NOOP"), numbers_hold=False)
    rows = [(await b.client.ok("UID SEARCH ALL"))[0].split()[2:] for b in believers]
    assert all(row == rows[0] for row in rows)
    assert [e.story for e in house.journal.events(kind="error")] == []
