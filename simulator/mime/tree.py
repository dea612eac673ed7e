"""From the bytes of a message to its tree of parts, in one pass over the lines that begin with two hyphens.

The cost is linear in the message: every octet is looked at once for its header, once for boundaries and once for the
line count, whatever the nesting; boundaries are looked up in a dictionary, not tried one by one.
"""

import re
from typing import NamedTuple

from simulator.mime.content import DIGEST_ITEM, content
from simulator.mime.headers import fields
from simulator.mime.part import MAX_DEPTH, MAX_HEADER, MAX_PARTS, PLAIN_TEXT, Content, Part

_HEADER_STOP = re.compile(rb"\n(?:\r?\n|--)")
_BLANK_LINE = re.compile(rb"\n\r?\n")


class _Delimiter(NamedTuple):
    """A boundary line: where it begins, where the next line begins, whose it is in the stack, and whether it closes."""

    start: int
    end: int
    level: int
    closing: bool


class _Open:
    """A part whose end is not known yet."""

    __slots__ = ("body", "boundary", "children", "content", "lines_before", "start")

    def __init__(self, start: int, content: Content) -> None:
        self.start = start
        self.body = start
        self.lines_before = 0
        self.content = content
        self.boundary: bytes | None = None
        self.children: list[Part] = []


def parse_tree(message: bytes) -> Part:
    """The tree of any bytes taken as a message; never raises."""
    return _Parser(message).run()


class _Parser:
    def __init__(self, message: bytes) -> None:
        self.message = message
        self.stack: list[_Open] = []
        self.levels: dict[bytes, list[int]] = {}  # boundary -> levels of the stack where it is awaited
        self.count = 0
        self.counted_to = 0
        self.lines = 0

    def run(self) -> Part:
        self._open(0, PLAIN_TEXT)
        while True:
            met = self._read_header()
            part = self.stack[-1]
            if met is None and self._may_hold_parts(part):
                if part.content.type == b"message":
                    self._open(part.body, PLAIN_TEXT)
                    continue
                self._await(part)
            delimiter = met or self._next_delimiter(part.body)
            while delimiter is not None and delimiter.closing:
                self._close_down_to(delimiter.level, delimiter.start)
                self._forget(self.stack[delimiter.level], delimiter.level)
                delimiter = self._next_delimiter(delimiter.end)
            if delimiter is None:
                return self._finish()
            self._close_down_to(delimiter.level, delimiter.start)
            digest = self.stack[delimiter.level].content.subtype == b"digest"
            self._open(delimiter.end, DIGEST_ITEM if digest else PLAIN_TEXT)

    def _open(self, start: int, default: Content) -> None:
        self.stack.append(_Open(start, default))
        self.count += 1

    def _may_hold_parts(self, part: _Open) -> bool:
        return part.content.is_composite and len(self.stack) < MAX_DEPTH and self.count < MAX_PARTS

    def _await(self, multipart: _Open) -> None:
        boundary = (multipart.content.param(b"boundary") or b"").rstrip(b" \t\r\n")
        if boundary:
            multipart.boundary = boundary
            self.levels.setdefault(boundary, []).append(len(self.stack) - 1)

    def _forget(self, part: _Open, level: int) -> None:
        if part.boundary is not None:
            waiting = self.levels[part.boundary]
            waiting.remove(level)
            if not waiting:
                del self.levels[part.boundary]
            part.boundary = None

    def _read_header(self) -> _Delimiter | None:
        """Find where the header of the newest part ends; the delimiter that cuts it short, if one does."""
        part, message = self.stack[-1], self.message
        met: _Delimiter | None = None
        if message.startswith(b"\r\n", part.start):
            part.body = part.start + 2
        elif message.startswith(b"\n", part.start):
            part.body = part.start + 1
        else:
            part.body, met = self._header_end(part.start)
        part.lines_before = self._lines_up_to(part.body)
        header = message[part.start : min(part.body, part.start + MAX_HEADER)]
        part.content = content(list(fields(header)), part.content)
        return met

    def _header_end(self, start: int) -> tuple[int, _Delimiter | None]:
        if self.levels and self.message.startswith(b"--", start) and (met := self._delimiter_at(start)):
            return start, met
        stop = _HEADER_STOP if self.levels else _BLANK_LINE
        while match := stop.search(self.message, start):
            if self.message[match.end() - 1] == ord("\n"):
                return match.end(), None
            start = match.start() + 1
            if met := self._delimiter_at(start):
                return start, met
        return len(self.message), None

    def _next_delimiter(self, start: int) -> _Delimiter | None:
        """The next boundary line of an open multipart; `start` is the beginning of a line."""
        if not self.levels:
            return None
        at = start if self.message.startswith(b"--", start) else self.message.find(b"\n--", start) + 1
        while at > 0:
            if met := self._delimiter_at(at):
                return met
            at = self.message.find(b"\n--", at) + 1
        return None

    def _delimiter_at(self, start: int) -> _Delimiter | None:
        """The line at `start` as a boundary of the innermost multipart it fits; blanks may follow (RFC 2046 5.1.1)."""
        end = self.message.find(b"\n", start) + 1 or len(self.message)
        text = self.message[start + 2 : end].rstrip(b" \t\r\n")
        opening = self.levels.get(text, (-1,))[-1] if self.count < MAX_PARTS else -1
        closing = self.levels.get(text[:-2], (-1,))[-1] if text.endswith(b"--") else -1
        level = max(opening, closing)
        return _Delimiter(start, end, level, closing > opening) if level >= 0 else None

    def _lines_up_to(self, offset: int) -> int:
        # Offsets come in rising order, so the message is counted once; the other branch is for safety only.
        if offset >= self.counted_to:
            self.lines += self.message.count(b"\n", self.counted_to, offset)
        else:
            self.lines -= self.message.count(b"\n", offset, self.counted_to)
        self.counted_to = offset
        return self.lines

    def _close_down_to(self, level: int, line: int) -> None:
        """End every part above `level` before the boundary line at `line`, whose line break belongs to it."""
        end = line - 2 if self.message.endswith(b"\r\n", 0, line) else line - 1
        while len(self.stack) > level + 1:
            self._close(end)

    def _close(self, end: int) -> Part:
        part = self.stack.pop()
        self._forget(part, len(self.stack))
        end = max(end, part.body, part.children[-1].end if part.children else 0)
        lines = self._lines_up_to(end) - part.lines_before
        if part.content.is_composite and not part.children:
            part.children.append(Part(part.body, part.body, end, lines))
        closed = Part(part.start, part.body, end, lines, part.content, tuple(part.children))
        if self.stack:
            self.stack[-1].children.append(closed)
        return closed

    def _finish(self) -> Part:
        while True:
            closed = self._close(len(self.message))
            if not self.stack:
                return closed
