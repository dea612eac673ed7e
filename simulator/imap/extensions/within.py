"""WITHIN (RFC 5032): YOUNGER and OLDER, in seconds of simulated time."""

from __future__ import annotations

from typing import ClassVar

from simulator.imap.arguments import Malformed
from simulator.imap.search.keys import Key, KeyParser, KeyReader, negated
from simulator.imap.session import Session


def _younger(reader: KeyReader) -> Key:
    seconds = reader.number()
    if not seconds:
        raise Malformed("an age is at least one second")
    since = reader.now - seconds
    return Key(lambda m: m.message.internal_date >= since)


class Within(Session):
    """Two search keys."""

    announces = ("WITHIN",)
    search_keys: ClassVar[dict[str, KeyParser]] = {
        "YOUNGER": _younger, "OLDER": lambda reader: negated(_younger(reader))}
