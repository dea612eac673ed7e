"""One TLS connection without a socket: bytes in, bytes out, pyOpenSSL over memory buffers."""

from __future__ import annotations

from collections.abc import Callable

from OpenSSL import SSL

from simulator.model.certificate import TlsFacts
from simulator.wire.failure import TlsFailed, in_words

_RECORD = 16_384
_SLICE = 65_536
_SLICE_SEALED = 73_728
"""Room for one slice and the overhead of its records, so that one read empties the buffer."""
_MOST_AT_ONCE = 262_144

Octets = bytes | bytearray | memoryview
Start = Callable[[bytes], SSL.Connection | None]
"""Makes the OpenSSL connection from the first bytes received; None while it must see more of them."""
Finish = Callable[[SSL.Connection], TlsFacts]
"""Says what the finished handshake was worth; raises TlsFailed to refuse it."""
Retire = Callable[[SSL.Connection], None]
"""Looks at the connection a last time before it is closed."""


class Engine:
    """Handshake, sealing and opening. Every method may leave bytes for the peer in ``output()``."""

    def __init__(self, start: Start, finish: Finish, retire: Retire | None = None) -> None:
        self._start = start
        self._finish = finish
        self._retire = retire
        self._first = bytearray()
        self._connection: SSL.Connection | None = None
        self._broken: TlsFailed | None = None
        self.facts: TlsFacts | None = None
        self.ended = False
        """True once the peer has said close_notify, or its bytes have ended."""

    def handshake(self, received: Octets = b"") -> TlsFacts | None:
        """Take bytes and go on with the handshake; the facts once it is finished. Raises TlsFailed."""
        if self._connection is None:
            self._first += received
            self._connection = self._start(bytes(self._first))
            if self._connection is None:
                return None
            received, self._first = bytes(self._first), bytearray()
        if received:
            self._connection.bio_write(received)
        try:
            self._connection.do_handshake()
        except SSL.WantReadError:
            return None
        except SSL.Error as error:
            raise TlsFailed(in_words(error)) from error
        self.facts = self._finish(self._connection)
        return self.facts

    def feed(self, received: Octets) -> None:
        """Take sealed bytes; ``read`` opens them."""
        if received and self._connection is not None and not self.ended:
            self._connection.bio_write(received)

    def read(self) -> bytes:
        """All clear bytes there are now, up to 256 KiB; empty when there are none. Raises TlsFailed."""
        if self._broken is not None:
            raise self._broken
        connection = self._connection
        parts: list[bytes] = []
        size = 0
        while connection is not None and not self.ended and size < _MOST_AT_ONCE:
            try:
                part = connection.recv(_RECORD)
            except SSL.WantReadError:
                break
            except (SSL.ZeroReturnError, SSL.SysCallError):
                self.ended = True
            except SSL.Error as error:
                self._broken = TlsFailed(in_words(error))
                if parts:
                    break  # what came whole is delivered first; the next read raises
                raise self._broken from error
            else:
                parts.append(part)
                size += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def seal(self, clear: Octets) -> list[bytes]:
        """The records that carry ``clear``, in pieces of about 64 KiB."""
        if self._connection is None:
            return []
        pieces: list[bytes] = []
        with memoryview(clear) as view:
            for start in range(0, len(view), _SLICE):
                try:
                    self._connection.sendall(view[start:start + _SLICE])
                except SSL.Error as error:
                    raise TlsFailed(in_words(error)) from error
                pieces.append(self.output())
        return pieces

    def output(self) -> bytes:
        """Bytes for the peer that OpenSSL has ready; empty when there are none."""
        parts: list[bytes] = []
        while self._connection is not None:
            try:
                part = self._connection.bio_read(_SLICE_SEALED)
            except SSL.WantReadError:
                break
            parts.append(part)
            if len(part) < _SLICE_SEALED:
                break
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def close(self) -> None:
        """Put close_notify in the output, when the handshake was finished."""
        if self._connection is None or self.facts is None:
            return
        if self._retire is not None:
            self._retire(self._connection)
        try:
            self._connection.shutdown()
        except SSL.Error:
            self.ended = True  # a connection that already failed has said its alert
