"""The two directions of a compressed connection (RFC 4978): raw DEFLATE, taken apart in pieces of bounded size."""

from __future__ import annotations

import zlib

_RAW = -15


class Garbled(Exception):
    """The input is not DEFLATE, or goes on behind its end."""


class Deflate:
    """Input waits compressed until somebody takes it, so that little input never becomes much memory."""

    def __init__(self) -> None:
        self._packing = zlib.compressobj(wbits=_RAW)
        self._unpacking = zlib.decompressobj(wbits=_RAW)
        self._waiting = b""
        self.more = False
        """There may be input to take."""

    def pack(self, data: bytes) -> bytes:
        """What to send for these octets; the peer can read all of them."""
        return self._packing.compress(data) + self._packing.flush(zlib.Z_SYNC_FLUSH)

    def feed(self, data: bytes) -> None:
        """Octets from the peer."""
        self._waiting += data
        self.more = True

    def take(self, most: int) -> bytes:
        """At most so many octets of what the peer meant. Raises Garbled."""
        try:
            piece = self._unpacking.decompress(self._waiting, most)
        except zlib.error as error:
            raise Garbled from error
        if self._unpacking.eof:
            raise Garbled
        self._waiting = self._unpacking.unconsumed_tail
        self.more = len(piece) == most or bool(self._waiting)
        return piece
