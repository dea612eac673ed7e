"""A line protocol to put on doors, and a blocking client built on the standard library's sockets and TLS."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from types import TracebackType
from typing import Any

from simulator.wire import Channel, TlsFailed

WAIT = 5.0


class Lines(asyncio.Protocol):
    """Greets, echoes lines, changes to TLS when asked, writes a lot when asked, and remembers what it was told."""

    keep_open_at_end = False

    def __init__(self) -> None:
        self.channel: Channel
        self.got = bytearray()
        self.everything = bytearray()
        self.lost: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()
        self.choked = asyncio.Event()
        self.free = asyncio.Event()
        self.ended = False
        self.failure: TlsFailed | None = None
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, Channel)
        self.channel = transport
        transport.write(b"hello\r\n")

    def data_received(self, data: bytes) -> None:
        self.everything += data
        self.got += data
        while b"\n" in self.got and self._task is None:
            line, _, rest = bytes(self.got).partition(b"\n")
            self.got = bytearray(rest)
            self._obey(line.strip())

    def eof_received(self) -> bool:
        self.ended = True
        if self.keep_open_at_end:
            self.channel.write(b"you ended\r\n")
            self.channel.close()
        return self.keep_open_at_end

    def pause_writing(self) -> None:
        self.choked.set()

    def resume_writing(self) -> None:
        self.free.set()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.lost.done():
            self.lost.set_result(exc)

    def _obey(self, line: bytes) -> None:
        word, _, argument = line.partition(b" ")
        if word == b"STARTTLS":
            self.channel.write(b"go ahead\r\n")
            self._task = asyncio.get_running_loop().create_task(self._to_tls(self.channel.start_tls()))
        elif word == b"BIG":
            self.channel.write(b"x" * int(argument))
        elif word == b"PAUSE":
            self.channel.pause_reading()
        elif word == b"BUG":
            raise LookupError("a mistake in the protocol")
        elif word == b"QUIT":
            self.channel.write(b"bye\r\n")
            self.channel.close()
        else:
            self.channel.write(b"you said ")
            self.channel.write(line + b"\r\n")

    async def _to_tls(self, secured: Any) -> None:
        try:
            await secured
        except TlsFailed as failure:
            self.failure = failure
            return
        self.got.clear()
        self._task = None


class Caller:
    """A blocking client; used in a thread."""

    def __init__(self, port: int, host: str = "127.0.0.1", receive_buffer: int = 0) -> None:
        self.plain = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        if receive_buffer:
            self.plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.plain.settimeout(WAIT)
        self.sock: socket.socket = self.plain
        self.got = b""
        try:
            self.plain.connect((host, port))
        except OSError:
            self.plain.close()
            raise

    def __enter__(self) -> Caller:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None,
                 trace: TracebackType | None) -> None:
        with contextlib.suppress(OSError):
            self.sock.close()

    @property
    def tls(self) -> ssl.SSLSocket:
        assert isinstance(self.sock, ssl.SSLSocket)
        return self.sock

    def secure(self, context: ssl.SSLContext, name: str | None = None,
               session: ssl.SSLSession | None = None) -> Caller:
        self.sock = context.wrap_socket(self.plain, server_hostname=name, session=session)
        return self

    def starttls(self, context: ssl.SSLContext, name: str | None = None,
                 session: ssl.SSLSession | None = None) -> Caller:
        assert self.line() == b"hello"
        assert self.ask(b"STARTTLS") == b"go ahead"
        return self.secure(context, name, session)

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def line(self) -> bytes:
        """The next line without its end; ConnectionError when there is none."""
        while b"\n" not in self.got:
            more = self.sock.recv(65536)
            if not more:
                raise ConnectionError("the server closed")
            self.got += more
        line, _, self.got = self.got.partition(b"\n")
        return line.rstrip(b"\r")

    def ask(self, line: bytes) -> bytes:
        self.send(line + b"\r\n")
        return self.line()

    def rest(self) -> bytes:
        """Everything until the server ends."""
        parts = [self.got]
        while more := self.sock.recv(65536):
            parts.append(more)
        return b"".join(parts)

    def presented_name(self) -> str:
        """The DNS name of the certificate the server presented."""
        names: Any = (self.tls.getpeercert() or {}).get("subjectAltName", ())
        return str(names[0][1])
