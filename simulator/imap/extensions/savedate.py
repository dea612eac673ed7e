"""SAVEDATE (RFC 8514): when a message came into its folder, by APPEND, delivery, COPY or MOVE, in simulated time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import ClassVar

from simulator.imap.fetch.items import Item
from simulator.imap.fetch.loaded import Loaded
from simulator.imap.formatter import internal_date
from simulator.imap.search.keys import Key, KeyParser, KeyReader, before, on, since
from simulator.imap.session import Session

RUN = 1_000
"""UIDs whose dates are read at once."""


def save_date(message: Loaded) -> float | None:
    """Seconds since 1970; None when an earlier version of the store took the message in, or when it is gone."""
    known, uid = message.view.save_dates, message.message.uid
    if uid not in known:
        known.clear()
        known.update(message.store.saved(message.view.folder.id, uid, uid + RUN - 1))
    return known.get(uid)


def _render(message: Loaded) -> bytes:
    moment = save_date(message)
    return b"SAVEDATE NIL" if moment is None else b"SAVEDATE %b" % internal_date(int(moment))


def _saved(compare: Callable[[date, date], bool]) -> KeyParser:
    def parse(reader: KeyReader) -> Key:
        day = reader.day()

        def test(message: Loaded) -> bool:
            moment = save_date(message)
            return moment is not None and compare(datetime.fromtimestamp(moment, UTC).date(), day)
        return Key(test)
    return parse


class SaveDate(Session):
    """The store keeps the date; one item of FETCH, four keys of SEARCH (RFC 8514 4.2, 4.3)."""

    announces = ("SAVEDATE",)
    fetch_items: ClassVar[dict[str, Item]] = {"SAVEDATE": Item("SAVEDATE", _render)}
    search_keys: ClassVar[dict[str, KeyParser]] = {
        "SAVEDBEFORE": _saved(before), "SAVEDON": _saved(on), "SAVEDSINCE": _saved(since),
        "SAVEDATESUPPORTED": lambda _reader: Key(lambda _message: True)}
