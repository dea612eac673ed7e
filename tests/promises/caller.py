"""A client that sends exactly the octets it is given, from the address it is given, and reads what comes."""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl
from types import TracebackType
from typing import Self

from tests.journeys.running import Running

PATIENCE = 20.0
IMPLICIT = ("smtps", "imaps")
ATTACKER = "127.0.0.3"


def b64(text: str) -> str:
    """Base64 of UTF-8."""
    return base64.b64encode(text.encode()).decode()


class Caller:
    """One connection to a door; over TLS at once where the door wants it."""

    def __init__(self, space: Running, door: str, source: str = "127.0.0.1", *, secure: bool = True,
                 context: ssl.SSLContext | None = None, receive_buffer: int = 0) -> None:
        self.sock = socket.socket()
        self.context = context or space.trust()
        self._read = b""
        self._tags = 0
        if receive_buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.sock.settimeout(PATIENCE)
        self.sock.bind((source, 0))
        self.sock.connect(("127.0.0.1", space.port(door)))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if secure and door in IMPLICIT:
            self.start_tls()

    def start_tls(self) -> None:
        """Handshake now; nothing that was read before counts."""
        self.sock = self.context.wrap_socket(self.sock, server_hostname="localhost")
        self._read = b""

    # -- octets
    def send(self, data: bytes) -> None:
        """As they are."""
        self.sock.sendall(data)

    def line(self) -> bytes:
        """The next line with its end; what there is, or nothing, when the other side closed."""
        while b"\n" not in self._read:
            try:
                data = self.sock.recv(65_536)
            except (ConnectionError, ssl.SSLError):
                data = b""
            if not data:
                line, self._read = self._read, b""
                return line
            self._read += data
        line, _, self._read = self._read.partition(b"\n")
        return line + b"\n"

    def rest(self) -> bytes:
        """Everything until the other side closes."""
        said = b""
        while line := self.line():
            said += line
        return said

    # -- SMTP
    def reply(self) -> str:
        """A whole reply; its lines are joined by spaces."""
        lines = [self.line()]
        while lines[-1][3:4] == b"-":
            lines.append(self.line())
        return b" ".join(line.rstrip(b"\r\n") for line in lines).decode("ascii")

    def ask(self, command: str) -> str:
        """One command and its reply."""
        self.send(command.encode() + b"\r\n")
        return self.reply()

    # -- IMAP
    def command(self, words: str | bytes) -> list[bytes]:
        """One command and all its answer; the tagged line is last."""
        self._tags += 1
        tag = b"t%d" % self._tags
        self.send(tag + b" " + (words.encode() if isinstance(words, str) else words) + b"\r\n")
        lines = [self.line()]
        while lines[-1] and not lines[-1].startswith(tag + b" "):
            lines.append(self.line())
        return lines

    def ok(self, words: str | bytes) -> list[bytes]:
        """The same, which succeeds."""
        lines = self.command(words)
        assert b" OK " in lines[-1][:16], lines[-1]
        return lines

    # -- life
    def close(self) -> None:
        """Leave."""
        with contextlib.suppress(OSError):
            self.sock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()


def reader(space: Running, user: str, source: str = "127.0.0.1", receive_buffer: int = 0) -> Caller:
    """Signed in at the ``imaps`` door."""
    caller = Caller(space, "imaps", source, receive_buffer=receive_buffer)
    caller.line()
    caller.ok(f"LOGIN {user} {space.account(user)['password']}")
    return caller


def writer(space: Running, user: str, source: str = "127.0.0.1", receive_buffer: int = 0) -> Caller:
    """Signed in at the ``submission`` door, past STARTTLS."""
    caller = Caller(space, "submission", source, receive_buffer=receive_buffer)
    caller.reply()
    _secured(caller)
    said = caller.ask(f"AUTH PLAIN {b64(chr(0) + user + chr(0) + space.account(user)['password'])}")
    assert said.startswith("235 "), said
    return caller


def operator(space: Running, name: str, source: str = "127.0.0.1") -> Caller:
    """An operator with its certificate at the ``mx`` door, past STARTTLS."""
    caller = Caller(space, "mx", source, context=space.trust(space.operator(name)))
    caller.reply()
    _secured(caller)
    return caller


def _secured(caller: Caller) -> None:
    caller.ask("EHLO client.example")
    assert caller.ask("STARTTLS").startswith("220 ")
    caller.start_tls()
    caller.ask("EHLO client.example")
