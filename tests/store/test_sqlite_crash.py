"""SIGKILL in the midst of writing, disks and files that may grow no more: nothing acknowledged is lost (P1, P3, P5)."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.store.interface import StoreFull
from simulator.store.sqlite import SqliteStore
from tests.store.builders import BOX, a_deposit, a_message, folder_of, uids
from tests.store.writing import body

pytestmark = pytest.mark.sockets

ROOT = Path(__file__).parents[2]


async def start(path: Path, *arguments: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, str(Path(__file__).with_name("writing.py")), str(path), *map(str, arguments),
        stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)})


def lines(output: bytes) -> list[tuple[str, int, int]]:
    """(what, number, uid) of each whole line; the last one may have been cut."""
    words = [line.split() for line in output.decode().split("\n")[:-1]]
    return [(what, int(number), int(uid)) for what, number, uid in words]


async def test_every_acknowledged_message_survives_kills_exactly_once(tmp_path: Path) -> None:
    path = tmp_path / "mail.db"
    chance = random.Random(7)
    stored: dict[int, int] = {}
    removed: set[int] = set()
    uidvalidity: set[int] = set()
    highest = 0
    for run in range(4):
        process = await start(path, run * 1_000_000)
        assert process.stdout is not None
        output = b"".join([await process.stdout.readline() for _ in range(chance.randrange(60, 400))])
        process.kill()
        output += await process.stdout.read()
        await process.wait()
        for what, number, uid in lines(output):
            if what == "stored":
                assert uid > highest and number not in stored
                stored[number] = uid
            else:
                removed.add(number)

        connection = sqlite3.connect(path)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()
        store = SqliteStore(path)
        await store.open()
        inbox = folder_of(store)
        uidvalidity.add(inbox.uidvalidity)
        there = {int(m.internal_date): m for m in store.messages(inbox.id)}
        assert len(there) == len(store.messages(inbox.id)), "no message twice"
        assert removed.isdisjoint(there)
        for number, uid in stored.items():
            if number in there:
                assert there[number].uid == uid and store.body(inbox.id, uid) == body(number)
            else:
                assert number % 10 == 0, f"message {number} was acknowledged and is gone"
        assert store.counts(inbox.id).messages == len(there)
        assert store.usage(BOX) == sum(m.size for m in there.values())
        highest = inbox.uidnext - 1
        assert highest >= max(stored.values())
        await store.close()
    assert len(uidvalidity) == 1 and len(stored) > 100


async def test_a_file_size_limit_is_a_full_disk_and_service_resumes(tmp_path: Path) -> None:
    path = tmp_path / "mail.db"
    process = await start(path, 0, 2_000_000)
    output, _ = await process.communicate()
    assert process.returncode == 0
    *before, full, after = lines(output)
    assert len(before) > 20 and full[0] == "full" and after[:2] == ("stored", full[1])
    store = SqliteStore(path)
    await store.open()
    inbox = folder_of(store).id
    for _, number, uid in (*before, after):
        assert store.body(inbox, uid) == body(number)
    assert store.counts(inbox).messages == len(before) + 1
    await store.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A filesystem of two megabytes of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], capture_output=True,
                             check=False, text=True)
    if mounted.returncode:
        pytest.skip(f"needs the right to mount a small filesystem: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


async def test_a_disk_without_room_refuses_keeps_reading_and_resumes(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    store = SqliteStore(small_disk / "mail.db")
    await store.open()
    await store.ensure_mailbox(BOX, (("INBOX", None),))
    inbox = folder_of(store).id
    await store.append(inbox, [a_message(b"%d" % n * 2000) for n in range(20)])
    with ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
        while True:
            file.write(bytes(4096))
    acknowledged = uids(store, inbox)
    with pytest.raises(StoreFull):
        for _ in range(100):
            acknowledged.append((await store.commit(a_deposit(b"x" * 20_000))).placed[0].uid)
    assert uids(store, inbox) == acknowledged and store.body(inbox, 1) == b"0" * 2000
    ballast.unlink()
    acknowledged.append((await store.commit(a_deposit(b"x" * 20_000))).placed[0].uid)
    await store.close()
    store = SqliteStore(small_disk / "mail.db")
    await store.open()
    assert uids(store, inbox) == acknowledged and len(dict(store.bodies(inbox, acknowledged))) == len(acknowledged)
    await store.close()
