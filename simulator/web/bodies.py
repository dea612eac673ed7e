"""The body of a request while it is read: its octets and its values are counted before anybody looks at them (P15).

Reading JSON holds the loop. Long texts and files are read at once; millions of small values are not, and each of them
may be wrong and ask for a sentence of its own.
"""

from __future__ import annotations

from starlette.types import Message, Receive

from simulator.web.problems import Problem

MOST_OCTETS = 30 * 1024 * 1024
MOST_VALUES = 20_000
"""Texts, members and elements of a JSON body; a call takes some hundreds at most."""
_SMALL = 64 * 1024
"""Octets of a body that cannot hold enough to matter."""


def bounded(receive: Receive) -> Receive:
    """Counts the body while it is read; its announced length may be absent."""
    taken = bytearray()

    async def counted() -> Message:
        message = await receive()
        taken.extend(message.get("body", b""))
        if len(taken) > MOST_OCTETS:
            raise too_large()
        if message["type"] == "http.request" and not message.get("more_body", False):
            _count_values(taken)
            taken.clear()
        return message

    return counted


def too_large() -> Problem:
    """For a body that has more octets."""
    return Problem("too-large", f"A body may have {MOST_OCTETS} octets at most.")


def _count_values(body: bytearray) -> None:
    if len(body) <= _SMALL:
        return
    plain = body.replace(rb"\\", b"").replace(rb"\"", b"")
    # Every second piece between quotes lies outside of the texts.
    is_plain = plain.count(b'"') <= 2 * MOST_VALUES
    outside = b"".join(plain.split(b'"')[::2]) if is_plain else b""
    if not is_plain or max(map(outside.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise Problem("too-large", f"A body may hold {MOST_VALUES} values at most.",
                      remedy="Make several calls of it.")
