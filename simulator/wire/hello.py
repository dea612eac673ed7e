"""Reads the server name out of a ClientHello before the TLS engine sees it.

OpenSSL looks a session up before it tells the server name, so a context chosen by its callback never resumes.
Knowing the name first lets each identity keep its own sessions. Nothing here decides: the callback still has
the last word, and a hello that cannot be read counts as one without a name (RFC 8446 4.1.2, RFC 6066 3).
"""

from __future__ import annotations

_HANDSHAKE_RECORD = 22
_CLIENT_HELLO = 1
_SERVER_NAME = 0
_HEADER = 4
"""Octets before the body of a handshake message: its kind and its length."""
_LONGEST = 65_536
"""Octets of hello looked at; tickets that carry certificates make hellos of some kilobytes."""
_MOST_RECORDS = 16
"""Records one hello may be cut into; a bound on the work a dripping client can ask for."""


class _Short(Exception):
    """The bytes end before the field does."""


class _Fields:
    """A cursor over length-prefixed fields."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def more(self) -> bool:
        return self._at < len(self._data)

    def take(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._data):
            raise _Short
        part = self._data[self._at:end]
        self._at = end
        return part

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def vector(self, size: int) -> bytes:
        return self.take(self.number(size))


def server_name(received: bytes) -> str | None:
    """The name asked for, lower case; "" when there is none to be read; None while more bytes are needed."""
    try:
        hello = _hello(received)
    except _Short:
        return None if len(received) < _LONGEST else ""
    if hello is None:
        return ""
    try:
        return _name_in(_Fields(hello))
    except _Short:
        return ""


def _hello(received: bytes) -> bytes | None:
    """The ClientHello's body, joined from its records; None when this is no ClientHello."""
    records = _Fields(received)
    joined = b""
    for _ in range(_MOST_RECORDS):
        if records.number(1) != _HANDSHAKE_RECORD:
            return None
        records.take(2)
        joined += records.vector(2)
        if joined and joined[0] != _CLIENT_HELLO:
            return None
        if len(joined) >= _HEADER and len(joined) - _HEADER >= int.from_bytes(joined[1:_HEADER], "big"):
            return joined[_HEADER:]
    return None


def _name_in(hello: _Fields) -> str:
    hello.take(2 + 32)  # version, random
    hello.vector(1)  # session id
    hello.vector(2)  # cipher suites
    hello.vector(1)  # compression
    extensions = _Fields(hello.vector(2)) if hello.more() else _Fields(b"")
    while extensions.more():
        kind = extensions.number(2)
        body = extensions.vector(2)
        if kind == _SERVER_NAME:
            names = _Fields(_Fields(body).vector(2))
            return names.vector(2).decode("ascii", "replace").lower() if names.number(1) == 0 else ""
    return ""
