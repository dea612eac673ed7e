"""``BODY[section]<partial>``: reading it, and saying it (RFC 3501 6.4.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from simulator.imap.arguments import Arguments, Malformed
from simulator.imap.fetch.loaded import Loaded
from simulator.imap.formatter import astring, literal
from simulator.mime.section import What, section

_PARTS = re.compile(rb"[1-9][0-9]{0,5}(?:\.[1-9][0-9]{0,5})*")
_WHAT = re.compile(rb"HEADER\.FIELDS\.NOT|HEADER\.FIELDS|HEADER|TEXT|MIME", re.IGNORECASE)
_PARTIAL = re.compile(rb"<([0-9]{1,10})\.([1-9][0-9]{0,9})>")
_FIELD = re.compile(rb"[\x21-\x39\x3b-\x7e]{1,200}")
MOST_FIELDS = 100
MOST_PARTS = 100


@dataclass(frozen=True, slots=True)
class Section:
    """What part of a message, under which name it is returned."""

    name: str
    parts: tuple[int, ...]
    what: What | None
    fields: tuple[bytes, ...] = ()
    peek: bool = False
    start: int | None = None
    length: int = 0

    @property
    def needs_index(self) -> bool:
        """The whole message needs none."""
        return bool(self.parts) or self.what is not None

    @property
    def reads(self) -> bool:
        """Text of the message is shown, not only headers."""
        return self.what in (None, "TEXT")

    def render(self, message: Loaded) -> bytes:
        """``NAME {n}…`` or ``NAME NIL``."""
        if self.needs_index:
            data = section(message.index, message.body, self.parts, self.what, self.fields)
            if data is None:
                return b"%b NIL" % self.name.encode("ascii")
        else:
            data = message.body
        if self.start is not None:
            data = data[self.start:self.start + self.length]
        return b"%b %b" % (self.name.encode("ascii"), literal(data))


def parse_section(args: Arguments, *, peek: bool) -> Section:
    """From the ``[`` on."""
    args.expect(b"[")
    parts = parse_parts(args)
    what: What | None = None
    fields: tuple[bytes, ...] = ()
    if not args.peek(b"]"):
        if parts:
            args.expect(b".")
        what, fields = _parse_what(args)
        if what == "MIME" and not parts:
            raise Malformed("MIME needs a part number")
    args.expect(b"]")
    start, length = parse_partial(args)
    name = f"BODY[{_spelled(parts, what, fields)}]{'' if start is None else f'<{start}>'}"
    return Section(name, parts, what, fields, peek, start, length)


def parse_parts(args: Arguments) -> tuple[int, ...]:
    """``1.2.3``, or nothing."""
    found = _PARTS.match(args.text, args.at)
    if found is None:
        return ()
    if found[0].count(b".") >= MOST_PARTS:
        raise Malformed("the part number is too deep")
    args.at = found.end()
    return tuple(int(number) for number in found[0].split(b"."))


def parse_partial(args: Arguments) -> tuple[int | None, int]:
    """``<start.length>``, or (None, 0)."""
    if not args.peek(b"<"):
        return None, 0
    found = args.match(_PARTIAL, "<start.length>")
    return int(found[1]), int(found[2])


def _parse_what(args: Arguments) -> tuple[What, tuple[bytes, ...]]:
    word = args.match(_WHAT, "HEADER, HEADER.FIELDS, TEXT or MIME")[0].upper().decode("ascii")
    what = _WHATS[word]
    if not word.startswith("HEADER.FIELDS"):
        return what, ()
    args.space()
    args.expect(b"(")
    fields = [_field(args)]
    while args.take(b" "):
        fields.append(_field(args))
        if len(fields) > MOST_FIELDS:
            raise Malformed(f"at most {MOST_FIELDS} header fields at once")
    args.expect(b")")
    return what, tuple(fields)


def _field(args: Arguments) -> bytes:
    name = args.astring("a header field name")
    if not _FIELD.fullmatch(name):
        raise Malformed("that is no header field name")
    return name


def _spelled(parts: tuple[int, ...], what: What | None, fields: tuple[bytes, ...]) -> str:
    spelled = ".".join([*map(str, parts), *([what] if what else [])])
    if fields:
        spelled += f" ({b' '.join(map(astring, fields)).decode('ascii')})"
    return spelled


_WHATS: dict[str, What] = {"HEADER": "HEADER", "TEXT": "TEXT", "MIME": "MIME", "HEADER.FIELDS": "HEADER.FIELDS",
                           "HEADER.FIELDS.NOT": "HEADER.FIELDS.NOT"}
