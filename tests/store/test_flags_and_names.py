"""The small rules that both stores share."""

from __future__ import annotations

import pytest

from simulator.store.flags import changed, pack, spelled, unpack
from simulator.store.interface import SYSTEM_FLAGS, FlagOp
from simulator.store.names import folder_name, is_below, parents


@pytest.mark.parametrize("flags", [(), ("\\Seen",), ("\\Deleted", "$Junk", "b", "a"), SYSTEM_FLAGS, ("\\Unknown",)])
def test_packed_flags_unpack_to_the_same(flags: tuple[str, ...]) -> None:
    assert unpack(*pack(frozenset(flags))) == frozenset(flags)


def test_flags_are_spelled_as_the_folder_first_did() -> None:
    assert spelled(["\\sEEN", "TODO", "New", "NEW"], {"todo": "ToDo"}) == {"\\Seen", "ToDo", "NEW"}


@pytest.mark.parametrize("flag", ["", "two words", "a\r\nb", "a\x7f"])
def test_what_cannot_be_a_flag_is_a_mistake_of_the_caller(flag: str) -> None:
    with pytest.raises(ValueError, match="not a flag"):
        spelled([flag], {})


def test_store_sets_adds_and_removes() -> None:
    now, wanted = frozenset("ab"), frozenset("bc")
    assert [changed(now, op, wanted) for op in FlagOp] == [frozenset("bc"), frozenset("abc"), frozenset("a")]


def test_levels_of_a_name() -> None:
    assert folder_name("iNbOx/a/") == "INBOX/a" and parents("a/b/c") == ["a", "a/b"] and parents("a") == []
    assert is_below("a/b", "a") and not is_below("ab", "a") and not is_below("a", "a")
