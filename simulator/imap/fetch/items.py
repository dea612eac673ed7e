"""The items of FETCH: each is a small function from a loaded message to its text (RFC 3501 6.4.5, 7.4.2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from simulator.imap.arguments import Arguments, Malformed
from simulator.imap.fetch.loaded import Loaded
from simulator.imap.fetch.sections import Section, parse_section
from simulator.imap.formatter import internal_date
from simulator.mime.structure import bodystructure, envelope

Render = Callable[[Loaded], bytes]
_NAME = re.compile(rb"[A-Za-z0-9.]{1,30}")


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One thing to say about each message; made once for each way to ask, and known by itself."""

    name: str
    render: Render
    index: bool = False
    """Needs the MIME index."""
    body: bool = False
    """Needs the octets."""
    sees: bool = False
    """Sets \\Seen."""
    reads: bool = False
    """Shows content of the message: an audit line."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All items of one FETCH."""

    items: tuple[Item, ...]
    needs_index: bool = field(init=False)
    needs_body: bool = field(init=False)
    sees: bool = field(init=False)
    reads: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "needs_index", any(item.index for item in self.items))
        object.__setattr__(self, "needs_body", any(item.body for item in self.items))
        object.__setattr__(self, "sees", any(item.sees for item in self.items))
        object.__setattr__(self, "reads", any(item.reads for item in self.items))

    def has(self, name: str) -> bool:
        """The item was asked for."""
        return any(item.name == name for item in self.items)


SectionParser = Callable[[Arguments], Item]
"""Reads what stands behind the name, mostly from a ``[`` on."""


@lru_cache(maxsize=256)
def _item(section: Section) -> Item:
    return Item(section.name, section.render, index=section.needs_index, body=True, sees=not section.peek,
                reads=section.reads)


FLAGS = Item("FLAGS", lambda m: b"FLAGS (%b)" % m.view.flags(m.message))
UID = Item("UID", lambda m: b"UID %d" % m.message.uid)
SIZE = Item("RFC822.SIZE", lambda m: b"RFC822.SIZE %d" % m.message.size)
DATE = Item("INTERNALDATE", lambda m: b"INTERNALDATE %b" % internal_date(int(m.message.internal_date)))
ENVELOPE = Item("ENVELOPE", lambda m: b"ENVELOPE %b" % envelope(m.index), index=True)
BODY = Item("BODY", lambda m: b"BODY %b" % bodystructure(m.index, extended=False), index=True)
STRUCTURE = Item("BODYSTRUCTURE", lambda m: b"BODYSTRUCTURE %b" % bodystructure(m.index, extended=True), index=True)

ITEMS: dict[str, Item] = {
    **{item.name: item for item in (FLAGS, UID, SIZE, DATE, ENVELOPE, BODY, STRUCTURE)},
    "RFC822": _item(Section("RFC822", (), None)),
    "RFC822.HEADER": _item(Section("RFC822.HEADER", (), "HEADER", peek=True)),
    "RFC822.TEXT": _item(Section("RFC822.TEXT", (), "TEXT")),
}
SECTIONS: dict[str, SectionParser] = {
    "BODY": lambda args: _item(parse_section(args, peek=False)),
    "BODY.PEEK": lambda args: _item(parse_section(args, peek=True)),
}
MACROS: dict[str, tuple[Item, ...]] = {
    "ALL": (FLAGS, DATE, SIZE, ENVELOPE),
    "FAST": (FLAGS, DATE, SIZE),
    "FULL": (FLAGS, DATE, SIZE, ENVELOPE, BODY),
}
MOST_ITEMS = 200


def parse_items(args: Arguments, known: dict[str, Item], sections: dict[str, SectionParser]) -> tuple[Item, ...]:
    """A macro, one item, or items in parentheses; each once."""
    if not args.take(b"("):
        start = args.at
        macro = MACROS.get(args.match(_NAME, "a FETCH item")[0].decode("ascii").upper())
        if macro is not None:
            return macro
        args.at = start
        return (_one(args, known, sections),)
    items = [_one(args, known, sections)]
    while args.take(b" "):
        items.append(_one(args, known, sections))
        if len(items) > MOST_ITEMS:
            raise Malformed(f"at most {MOST_ITEMS} items at once")
    args.expect(b")")
    return tuple({item.name: item for item in items}.values())


def _one(args: Arguments, known: dict[str, Item], sections: dict[str, SectionParser]) -> Item:
    name = args.match(_NAME, "a FETCH item")[0].decode("ascii").upper()
    if name in sections and (args.peek(b"[") or name not in known):
        return sections[name](args)
    if name in known and not args.peek(b"["):
        return known[name]
    raise Malformed(f"{name} is not a FETCH item that is offered here")
