"""When messages came into their folders: kept by every store, unknown for what an earlier version took in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from simulator.store.interface import FlagOp, Store
from simulator.store.memory import MemoryStore
from simulator.store.sqlite import SqliteStore
from tests.store.builders import BOX, a_deposit, a_message, folder_of, make_first_version, uids
from tests.store.conftest import FOLDERS


class Hand:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = 1_000.25

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def hand() -> Hand:
    """The clock of ``timed``."""
    return Hand()


@pytest.fixture(params=["sqlite", "memory"])
async def timed(request: pytest.FixtureRequest, tmp_path: Path, hand: Hand) -> AsyncIterator[Store]:
    """An open store of each kind that follows ``hand``, with the mailbox BOX in it."""
    made: Store = SqliteStore(tmp_path / "mail.db", now=hand) if request.param == "sqlite" else MemoryStore(now=hand)
    await made.open()
    await made.ensure_mailbox(BOX, FOLDERS)
    yield made
    await made.close()


async def test_appended_and_deposited_messages_have_the_time_of_their_saving(timed: Store, hand: Hand) -> None:
    inbox = folder_of(timed).id
    await timed.append(inbox, [a_message(date=5.0), a_message()])
    hand.time = 2_000.0
    await timed.commit(a_deposit())
    assert timed.saved(inbox, 1, 9) == {1: 1_000.25, 2: 1_000.25, 3: 2_000.0}
    assert timed.saved(inbox, 2, 2) == {2: 1_000.25}
    assert timed.saved(inbox, 4, 9) == {} == timed.saved(inbox + 1000, 1, 9)


@pytest.mark.parametrize("move", [False, True])
async def test_what_is_copied_or_moved_is_saved_anew(timed: Store, hand: Hand, move: bool) -> None:
    inbox, sent = folder_of(timed).id, folder_of(timed, "Sent").id
    await timed.append(inbox, [a_message(date=5.0), a_message()])
    hand.time = 2_000.0
    await timed.copy(inbox, [1], sent, move=move)
    assert timed.saved(sent, 1, 9) == {1: 2_000.0} and timed.messages(sent)[0].internal_date == 5.0
    assert timed.saved(inbox, 1, 9) == ({2: 1_000.25} if move else {1: 1_000.25, 2: 1_000.25})


async def test_renaming_inbox_moves_its_messages(timed: Store, hand: Hand) -> None:
    await timed.append(folder_of(timed).id, [a_message()])
    hand.time = 3_000.0
    await timed.rename_folder(folder_of(timed).id, "Old")
    assert timed.saved(folder_of(timed, "Old").id, 1, 1) == {1: 3_000.0}


async def test_flags_leave_the_date_alone(timed: Store, hand: Hand) -> None:
    inbox = folder_of(timed).id
    await timed.append(inbox, [a_message()])
    hand.time = 2_000.0
    await timed.set_flags(inbox, [1], FlagOp.ADD, frozenset({"\\Seen"}))
    assert timed.saved(inbox, 1, 1) == {1: 1_000.25}


async def test_a_return_brings_the_dates_back(timed: Store, hand: Hand, tmp_path: Path) -> None:
    await timed.append(folder_of(timed).id, [a_message()])
    await timed.copy_to(tmp_path / "copy")
    hand.time = 2_000.0
    await timed.replace_by(tmp_path / "copy")
    assert timed.saved(folder_of(timed).id, 1, 1) == {1: 1_000.25}


async def first_version(path: Path) -> None:
    """A closed file as the first version wrote it, with one message."""
    store = SqliteStore(path)
    await store.open()
    await store.ensure_mailbox(BOX, FOLDERS)
    await store.append(folder_of(store).id, [a_message(b"old\r\n", "$Kept")])
    await store.close()
    make_first_version(path)


async def test_a_file_of_the_first_version_opens_and_goes_on(tmp_path: Path, hand: Hand) -> None:
    await first_version(tmp_path / "mail.db")
    for expected in ([1, 2], [1, 2, 3]):
        store = SqliteStore(tmp_path / "mail.db", now=hand)
        await store.open()
        inbox = folder_of(store).id
        await store.append(inbox, [a_message()])
        assert uids(store, inbox) == expected and store.body(inbox, 1) == b"old\r\n"
        assert store.messages(inbox)[0].flags == {"$Kept"}
        assert store.saved(inbox, 1, 9) == dict.fromkeys(expected[1:], 1_000.25)
        await store.close()


async def test_a_copy_of_the_first_version_returns_and_stays_as_it_is(tmp_path: Path, disk: SqliteStore) -> None:
    await first_version(tmp_path / "kept")
    before = (tmp_path / "kept").read_bytes()
    await disk.replace_by(tmp_path / "kept")
    inbox = folder_of(disk).id
    assert disk.body(inbox, 1) == b"old\r\n" and disk.saved(inbox, 1, 9) == {}
    assert (tmp_path / "kept").read_bytes() == before
