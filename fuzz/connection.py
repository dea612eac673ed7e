"""One client's socket, TLS or not, that can do everything a client should not do. Blocking, bounded, in one thread."""

from __future__ import annotations

import contextlib
import re
import select
import socket
import ssl
import struct
import time

KEPT = 256 * 1024
"""Octets of what was heard that are kept, from the beginning."""
_MTU = 65_536


class Connection:
    """A connection to ``port`` on loopback, from ``source`` where the machine lends that address."""

    def __init__(self, port: int, source: str = "", *, small_window: bool = False) -> None:
        self.heard = bytearray()
        self.count = 0
        """Octets heard in all, inside TLS when it is on."""
        self.closed = False
        """The other side closed, or the connection is broken."""
        self.deaf = False
        self.muddled = False
        """A handshake failed: what is heard since may be TLS, clear text or both."""
        self._out = bytearray()
        self._tls: ssl.SSLObject | None = None
        self._inside, self._outside = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._sock = socket.socket()
        if small_window:
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        if source:
            with contextlib.suppress(OSError):  # only Linux lends all of 127.0.0.0/8
                self._sock.bind((source, 0))
        self._sock.settimeout(10)
        try:
            self._sock.connect(("127.0.0.1", port))
        except BaseException:
            self._sock.close()
            raise
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock.setblocking(False)
        self._poll = select.poll()

    # -- what a client does
    def send(self, data: bytes, patience: float) -> bool:
        """Write, inside TLS when it is on; False when the other side neither reads nor closes in time."""
        if self._tls is not None:
            try:
                self._tls.write(data)
                data = self._outside.read()
            except ssl.SSLError:
                pass  # the handshake is not finished: it leaves as it is
        return self.raw(data, patience)

    def raw(self, data: bytes, patience: float) -> bool:
        """Write beneath TLS."""
        self._out += data
        until = time.monotonic() + patience
        while self._out and not self.closed:
            left = until - time.monotonic()
            if left <= 0:
                return False
            before = len(self._out)
            self._turn(left)
            if len(self._out) < before:
                until = time.monotonic() + patience
        return True

    def listen(self, seconds: float, *, wanted: re.Pattern[bytes] | None = None) -> bool:
        """Read until another line was heard, or one that is ``wanted`` was; False when that does not come in time."""
        start, until = len(self.heard), time.monotonic() + seconds
        while not self.closed:
            if wanted is not None and wanted.search(self.heard, max(0, len(self.heard) - 500)):
                return True
            if len(self.heard) >= KEPT or (wanted is None and self.heard.endswith(b"\n", start)):
                return True
            left = until - time.monotonic()
            if left <= 0:
                return False
            self._turn(left)
        return False

    def secure(self, context: ssl.SSLContext, seconds: float) -> bool:
        """Make the TLS handshake; False when it fails or is not finished in time."""
        if self._tls is not None:
            return False
        self._tls = context.wrap_bio(self._inside, self._outside, server_hostname="localhost")
        until = time.monotonic() + seconds
        while not self.closed:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                pass
            except (ssl.SSLError, ValueError):
                break
            else:
                return self.raw(self._outside.read(), seconds)
            self._out += self._outside.read()
            left = until - time.monotonic()
            if left <= 0:
                break
            self._turn(left, handshaking=True)
        self._tls = None
        self.muddled = True
        return False

    def half_close(self) -> None:
        """Say that nothing more comes."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)

    def wait_for_the_end(self, seconds: float) -> bool:
        """Read until the other side closes; False when it does not in time."""
        self.deaf = False
        until = time.monotonic() + seconds
        while not self.closed:
            left = until - time.monotonic()
            if left <= 0:
                return False
            self._turn(left)
        return True

    def reset(self) -> None:
        """Break the connection."""
        with contextlib.suppress(OSError):
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._sock.close()

    def close(self) -> None:
        """Leave without a word."""
        self._sock.close()

    # -- one turn of waiting, reading and writing
    def _turn(self, seconds: float, *, handshaking: bool = False) -> None:
        wanted = (0 if self.deaf else select.POLLIN) | (select.POLLOUT if self._out else 0)
        self._poll.register(self._sock, wanted)
        ready = self._poll.poll(max(1, int(min(seconds, 1.0) * 1000)))
        if not ready:
            return
        try:
            if ready[0][1] & (select.POLLIN | select.POLLHUP | select.POLLERR):
                self._read(handshaking)
            if self._out and not self.closed and ready[0][1] & select.POLLOUT:
                del self._out[: self._sock.send(memoryview(self._out)[:_MTU].tobytes())]
        except BlockingIOError:
            pass
        except OSError:
            self.closed = True

    def _read(self, handshaking: bool) -> None:
        data = self._sock.recv(_MTU)
        if not data:
            self.closed = True
        elif self._tls is None:
            self._hear(data)
        else:
            self._inside.write(data)
            if not handshaking:
                self._decrypt(self._tls)

    def _decrypt(self, tls: ssl.SSLObject) -> None:
        try:
            while data := tls.read(_MTU):
                self._hear(data)
        except ssl.SSLWantReadError:
            self._out += self._outside.read()
        except ssl.SSLError:
            pass  # an alert or noise; the end of the connection follows

    def _hear(self, data: bytes) -> None:
        self.count += len(data)
        if len(self.heard) < KEPT:
            self.heard += data
