"""Values to IMAP wire form: strings, folder names, flags, dates (RFC 3501 9)."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from functools import lru_cache

from simulator.imap.names import encode_name
from simulator.store.interface import SYSTEM_FLAGS

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ATOM = re.compile(rb"[A-Za-z0-9!#$&'+,./:;<=>?@^_`|~-]+")
_QUOTABLE = re.compile(rb"[\x20-\x7e]{0,1000}")


def string(data: bytes) -> bytes:
    """Quoted when it may be, else a literal."""
    if _QUOTABLE.fullmatch(data):
        return b'"' + data.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
    return literal(data)


def nstring(data: bytes | None) -> bytes:
    """NIL or a string."""
    return b"NIL" if data is None else string(data)


def literal(data: bytes) -> bytes:
    """``{n}`` CRLF and the octets as they are."""
    return b"{%d}\r\n%b" % (len(data), data)


def astring(data: bytes) -> bytes:
    """An atom where that is enough (and is not NIL), else a string."""
    return data if _ATOM.fullmatch(data) and data.upper() != b"NIL" else string(data)


@lru_cache(maxsize=1024)
def folder_name(name: str) -> bytes:
    """A folder name as astring, in modified UTF-7."""
    return astring(encode_name(name))


@lru_cache(maxsize=1024)
def utf8_name(name: str) -> bytes:
    """A folder name as it is, for clients that take UTF-8 in quoted strings (RFC 6855, RFC 9051)."""
    return utf8_string(name) if not name.isascii() else astring(name.encode("ascii"))


def utf8_string(text: str) -> bytes:
    """A quoted string of any characters but CR, LF and NUL."""
    return b'"%b"' % text.replace("\\", "\\\\").replace('"', '\\"').encode()


@lru_cache(maxsize=4096)
def flag_list(flags: frozenset[str]) -> bytes:
    """Flags between the parentheses: system flags in the order of the standard, then keywords."""
    system = [flag for flag in SYSTEM_FLAGS if flag in flags]
    return " ".join(system + sorted(flags.difference(SYSTEM_FLAGS))).encode("ascii", "replace")


@lru_cache(maxsize=4096)
def internal_date(seconds: int) -> bytes:
    """``"22-Nov-2026 20:00:00 +0000"`` with its quotes."""
    t = time.gmtime(seconds)
    return (f'"{t.tm_mday:2d}-{MONTHS[t.tm_mon - 1]}-{t.tm_year:04d} '
            f'{t.tm_hour:02d}:{t.tm_min:02d}:{t.tm_sec:02d} +0000"').encode("ascii")


def number_set(numbers: Iterable[int]) -> bytes:
    """Ascending numbers as a set, ``1:4,7``; neighbours in the given order make a range."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ",".join(str(a) if a == b else f"{a}:{b}" for a, b in ranges).encode("ascii")


def plain(text: str) -> bytes:
    """Words for a response line: printable ASCII only, no line can be forged with them."""
    return "".join(c if " " <= c <= "~" else "?" for c in text).encode("ascii")
