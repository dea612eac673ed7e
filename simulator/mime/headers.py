"""Header blocks as bytes: fields in order, unfolding, comments (RFC 5322 2.2, 3.2.2). Linear, whatever the bytes."""

import re
from collections.abc import Container, Iterator
from typing import NamedTuple

from simulator.mime.part import MAX_HEADER

_FIELD = re.compile(rb"\r?\n|[^\n]++\n?+(?:[ \t][^\n]*+\n?+)*+")
_EMPTY_LINES = (b"\r\n", b"\n")
_NAME = re.compile(rb"([!-9;-~]++)[ \t]*+:")
_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_COMMENT_MARK = re.compile(rb"[()]|\\.", re.DOTALL)
_QUOTED_OR_OPEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|\(', re.DOTALL)


class Field(NamedTuple):
    """One header field. `name` is lower case, empty for a line that is no field; `raw` has the line breaks."""

    name: bytes
    raw: bytes

    @property
    def value(self) -> bytes:
        """What follows the colon, unfolded, without blanks around."""
        return unfold(self.raw.partition(b":")[2]) if self.name else unfold(self.raw)


    @property
    def text(self) -> bytes:
        """The value with the blanks at its end: where a mark must stand alone, they count."""
        return _FOLD.sub(b"", self.raw.partition(b":")[2]).lstrip(b" \t").rstrip(b"\r\n")


def fields(block: bytes, wanted: Container[bytes] | None = None) -> Iterator[Field]:
    """The fields of a header block up to its empty line, or up to `MAX_HEADER` octets; only those `wanted`, by name."""
    for match in _FIELD.finditer(block, 0, MAX_HEADER):
        raw = match[0]
        if raw in _EMPTY_LINES:
            return
        named = _NAME.match(raw)
        name = named[1].lower() if named else b""
        if wanted is None or name in wanted:
            yield Field(name, raw)


def first(block: bytes, name: bytes) -> bytes | None:
    """Unfolded value of the first field called `name` (lower case)."""
    return next((field.value for field in fields(block) if field.name == name), None)


def unfold(value: bytes) -> bytes:
    """The value on one line: line breaks before blanks go, the blanks stay (RFC 5322 2.2.3); none around."""
    if b"\n" in value:
        value = _FOLD.sub(b"", value)
    return value.strip(b" \t\r\n")


def comment_end(value: bytes, start: int) -> int:
    """Offset behind the comment that opens at `start`; the end of the value when it is never closed."""
    depth = 0
    for mark in _COMMENT_MARK.finditer(value, start):
        if mark[0] == b"(":
            depth += 1
        elif mark[0] == b")":
            depth -= 1
            if not depth:
                return mark.end()
    return len(value)


def without_comments(value: bytes) -> bytes:
    """The value with a blank for each comment outside quoted strings."""
    if b"(" not in value:
        return value
    kept: list[bytes] = []
    at = 0
    while match := _QUOTED_OR_OPEN.search(value, at):
        if match[0] == b"(":
            kept += (value[at : match.start()], b" ")
            at = comment_end(value, match.start())
        else:
            kept.append(value[at : match.end()])
            at = match.end()
    return b"".join(kept) + value[at:]
