"""BINARY (RFC 3516): parts without their transfer encoding, and messages appended with any octets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from simulator.imap.arguments import Arguments, Malformed
from simulator.imap.fetch.items import Item, SectionParser
from simulator.imap.fetch.loaded import Loaded
from simulator.imap.fetch.sections import parse_partial, parse_parts
from simulator.imap.formatter import literal
from simulator.imap.outcomes import Refused
from simulator.imap.session import Session
from simulator.mime.section import UnknownEncoding, decoded

_UNKNOWN = b"NO [UNKNOWN-CTE] Nobody can undo the transfer encoding of this part"


@dataclass(frozen=True, slots=True)
class _Binary:
    """``BINARY[1.2]<0.100>``"""

    parts: tuple[int, ...]
    start: int | None
    length: int

    @property
    def name(self) -> str:
        numbers = ".".join(map(str, self.parts))
        return f"BINARY[{numbers}]{'' if self.start is None else f'<{self.start}>'}"

    def render(self, message: Loaded) -> bytes:
        data = _decoded(message, self.parts)
        if data is None:
            return b"%b NIL" % self.name.encode("ascii")
        if self.start is not None:
            data = data[self.start:self.start + self.length]
        return b"%b %b%b" % (self.name.encode("ascii"), b"~" if b"\0" in data else b"", literal(data))


def _decoded(message: Loaded, parts: tuple[int, ...]) -> bytes | None:
    data = decoded(message.index, message.body, parts)
    if isinstance(data, UnknownEncoding):
        raise Refused(_UNKNOWN)
    return data


def _parse(args: Arguments, *, peek: bool) -> Item:
    args.expect(b"[")
    parts = parse_parts(args)
    args.expect(b"]")
    asked = _Binary(parts, *parse_partial(args))
    return Item(asked.name, asked.render, index=True, body=True, sees=not peek, reads=True)


def _parse_size(args: Arguments) -> Item:
    args.expect(b"[")
    parts = parse_parts(args)
    args.expect(b"]")
    if args.peek(b"<"):
        raise Malformed("BINARY.SIZE has no partial")
    name = f"BINARY.SIZE[{'.'.join(map(str, parts))}]"
    label = name.encode("ascii")
    return Item(name, lambda m: b"%b %d" % (label, len(_decoded(m, parts) or b"")), index=True, body=True)


class Binary(Session):
    """Three FETCH items and literal8."""

    announces = ("BINARY",)
    fetch_sections: ClassVar[dict[str, SectionParser]] = {
        "BINARY": lambda args: _parse(args, peek=False),
        "BINARY.PEEK": lambda args: _parse(args, peek=True),
        "BINARY.SIZE": _parse_size,
    }

    def configure(self) -> None:
        """The reader takes literal8."""
        super().configure()
        self.reader.binary = True
