"""PREVIEW (RFC 8970): the beginning of a message's text, for lists of messages."""

from __future__ import annotations

from typing import ClassVar

from simulator.imap.arguments import Arguments
from simulator.imap.fetch.items import Item, SectionParser
from simulator.imap.fetch.loaded import Loaded
from simulator.imap.formatter import string
from simulator.imap.session import Session
from simulator.mime.preview import preview

MOST = 200
"""Characters, within the 256 of RFC 8970 3.2."""


def _render(message: Loaded) -> bytes:
    return b"PREVIEW %b" % string(preview(message.index, message.body, MOST).encode())


_PREVIEW = Item("PREVIEW", _render, index=True, body=True, reads=True)


def _parse(args: Arguments) -> Item:
    """``(LAZY)`` asks only for what is at hand: here that is always so."""
    if args.take(b" (LAZY)") or args.take(b" (lazy)"):
        return _PREVIEW
    return _PREVIEW


class Preview(Session):
    """Never NIL: what has no text has an empty preview."""

    announces = ("PREVIEW",)
    fetch_sections: ClassVar[dict[str, SectionParser]] = {"PREVIEW": _parse}
