"""A process to be killed: deposits numbered messages and prints each number once it is acknowledged.

Usage: ``python writing.py FILE FIRST [OCTETS]``; with OCTETS no file may grow beyond that size, and the process
ends by itself after the first refusal, the removal of the limit and one more message.
"""

from __future__ import annotations

import asyncio
import resource
import sys
from pathlib import Path

from simulator.store.interface import Batch, Deposit, FlagOp, NewMessage, StoreFull
from simulator.store.sqlite import SqliteStore

BOX = "box@a.example"
CALLERS = 8


def body(number: int) -> bytes:
    """The bytes of that message; sizes vary from a line to several pages."""
    return b"%d\r\n" % number * (1 + number * 37 % 1500)


async def deposit(store: SqliteStore, number: int) -> None:
    done = await store.commit(Batch(deposits=[Deposit(BOX, NewMessage(body(number), float(number)))]))
    print("stored", number, done.placed[0].uid, flush=True)


async def keep_depositing(store: SqliteStore, first: int, caller: int) -> None:
    """Every tenth message is removed again, so that UIDs get lost."""
    for number in range(first + caller, first + 1_000_000, CALLERS):
        await deposit(store, number)
        if number % 10 == 0:
            inbox = store.folders(BOX)[0].id
            uid = next(m.uid for m in reversed(store.messages(inbox)) if m.internal_date == number)
            await store.set_flags(inbox, [uid], FlagOp.ADD, frozenset({"\\Deleted"}))
            await store.expunge(inbox, [uid])
            print("removed", number, uid, flush=True)


async def fill_up(store: SqliteStore, octets: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, resource.RLIM_INFINITY))
    for number in range(octets // 1000):
        try:
            await deposit(store, number)
        except StoreFull:
            print("full", number, 0, flush=True)
            break
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await deposit(store, number)


async def main() -> None:
    store = SqliteStore(Path(sys.argv[1]))
    await store.open()
    await store.ensure_mailbox(BOX, (("INBOX", None),))
    if len(sys.argv) > 3:
        await fill_up(store, int(sys.argv[3]))
        await store.close()
    else:
        await asyncio.gather(*(keep_depositing(store, int(sys.argv[2]), caller) for caller in range(CALLERS)))


if __name__ == "__main__":
    asyncio.run(main())
