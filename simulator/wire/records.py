"""Octets in and out of an established TLS connection: what pyOpenSSL's ``bio_write``, ``recv``, ``sendall`` and
``bio_read`` do, in a third of their time.

They make a buffer for every call and look for errors where the result says that there are none. Here one buffer serves
all connections of a thread. That leans on private names of pyOpenSSL; ``tests/wire/test_records.py`` holds them.
"""

from __future__ import annotations

import threading
from typing import Any

from OpenSSL import SSL

Octets = bytes | bytearray | memoryview

_lib: Any = SSL._lib  # type: ignore[attr-defined]
_ffi: Any = SSL._ffi  # type: ignore[attr-defined]
_RECORD = 16_384
"""Octets in the clear that one record carries at most (RFC 8446 5.1)."""
_ROOM = 73_728
"""More than 64 KiB become when they are sealed."""


class _Buffers(threading.local):
    def __init__(self) -> None:
        self.room = _ffi.new("char[]", _ROOM)


_buffers = _Buffers()


class Records:
    """Opens and seals for one connection over memory buffers. Raises what pyOpenSSL raises."""

    __slots__ = ("_connection", "_from_ssl", "_into_ssl", "_ssl")

    def __init__(self, connection: SSL.Connection) -> None:
        self._connection: Any = connection
        self._ssl = self._connection._ssl
        self._into_ssl = self._connection._into_ssl
        self._from_ssl = self._connection._from_ssl

    def feed(self, sealed: Octets) -> None:
        """Take octets of the peer."""
        if _lib.BIO_write(self._into_ssl, _ffi.from_buffer(sealed), len(sealed)) != len(sealed):
            raise MemoryError("OpenSSL could not take what the peer sent")

    def open(self) -> bytes:
        """The clear octets of the next record."""
        room = _buffers.room
        size = _lib.SSL_read(self._ssl, room, _RECORD)
        if size <= 0:
            self._connection._raise_ssl_error(self._ssl, size)
        return bytes(_ffi.buffer(room, size))

    def seal(self, clear: Octets) -> bytes:
        """Records that carry ``clear``, not empty and at most 64 KiB, behind what OpenSSL had to say before."""
        octets, done = _ffi.from_buffer(clear), 0
        while done < len(clear):  # pyOpenSSL lets OpenSSL stop after each record
            size = _lib.SSL_write(self._ssl, octets + done, len(clear) - done)
            if size <= 0:
                self._connection._raise_ssl_error(self._ssl, size)
            done += size
        return self.output()

    def output(self) -> bytes:
        """All that OpenSSL has ready for the peer; empty when there is nothing."""
        room = _buffers.room
        size = _lib.BIO_read(self._from_ssl, room, _ROOM)
        if size < _ROOM:
            return bytes(_ffi.buffer(room, size)) if size > 0 else b""
        parts = [bytes(_ffi.buffer(room, size))]
        while (size := _lib.BIO_read(self._from_ssl, room, _ROOM)) > 0:
            parts.append(bytes(_ffi.buffer(room, size)))
        return b"".join(parts)
