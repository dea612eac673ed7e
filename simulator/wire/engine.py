"""One TLS connection without a socket: bytes in, bytes out, pyOpenSSL over memory buffers."""

from __future__ import annotations

from collections.abc import Callable

from OpenSSL import SSL

from simulator.model.certificate import TlsFacts
from simulator.wire.failure import TlsFailed, in_words
from simulator.wire.records import Octets, Records

_SLICE = 65_536
_HEADER = 5
"""Octets of a record's header; the last two are the length of what follows (RFC 8446 5.1)."""
_MOST_AT_ONCE = 262_144

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
        self._records: Records | None = None
        self._broken: TlsFailed | None = None
        self._is_dry = False
        """OpenSSL has opened all that it was fed: asking it again costs an exception for nothing."""
        self._is_single = False
        """What it was fed since then is exactly one record."""
        self._may_speak = True
        """OpenSSL may have something of its own for the peer: handshake, answer to a key update, alert."""
        self.facts: TlsFacts | None = None
        self.ended = False
        """True once the peer has said close_notify, or its bytes have ended."""

    def handshake(self, received: Octets = b"") -> TlsFacts | None:
        """Take bytes and go on with the handshake; the facts once it is finished. Raises TlsFailed."""
        self._may_speak = True
        if self._connection is None:
            self._first += received
            self._connection = self._start(bytes(self._first))
            if self._connection is None:
                return None
            self._records = Records(self._connection)
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
        if received and self._records is not None and not self.ended:
            self._is_single = self._is_dry and _is_one_record(received)
            self._is_dry = False
            self._records.feed(received)

    def read(self) -> bytes:
        """All clear bytes there are now, up to 256 KiB; empty when there are none. Raises TlsFailed."""
        if self._broken is not None:
            raise self._broken
        if self._is_dry:
            return b""
        records = self._records
        parts: list[bytes] = []
        size = 0
        while records is not None and not (self._is_dry or self.ended) and size < _MOST_AT_ONCE:
            try:
                part = records.open()
            except SSL.WantReadError:
                self._is_dry = self._may_speak = True
                break
            except (SSL.ZeroReturnError, SSL.SysCallError):
                self.ended = True
            except SSL.Error as error:
                self._broken = TlsFailed(in_words(error))
                self._may_speak = True
                if parts:
                    break  # what came whole is delivered first; the next read raises
                raise self._broken from error
            else:
                parts.append(part)
                size += len(part)
                # A record that came alone and gave clear bytes is used up, and was no message to OpenSSL itself.
                self._is_dry = self._is_single
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def seal(self, clear: Octets) -> list[bytes]:
        """The records that carry ``clear``, in pieces of about 64 KiB."""
        if self._records is None or not clear:
            return []
        try:
            if len(clear) <= _SLICE:
                return [self._records.seal(clear)]
            with memoryview(clear) as view:
                return [self._records.seal(view[start:start + _SLICE]) for start in range(0, len(view), _SLICE)]
        except SSL.Error as error:
            raise TlsFailed(in_words(error)) from error

    def output(self) -> bytes:
        """Bytes for the peer that OpenSSL has ready; empty when there are none."""
        if self._records is None or not self._may_speak:
            return b""
        self._may_speak = False
        return self._records.output()

    def close(self) -> None:
        """Put close_notify in the output, when the handshake was finished."""
        if self._connection is None or self.facts is None:
            return
        self._may_speak = True
        if self._retire is not None:
            self._retire(self._connection)
        try:
            self._connection.shutdown()
        except SSL.Error:
            self.ended = True  # a connection that already failed has said its alert


def _is_one_record(received: Octets) -> bool:
    """The bytes are one whole record and nothing else; they start where a record does."""
    return len(received) > _HEADER and int.from_bytes(received[_HEADER - 2:_HEADER], "big") == len(received) - _HEADER
