"""Cuts the stream into commands: lines, literals and their limits. Knows nothing of what commands mean.

It is asked for one command at a time, when the previous one is answered, so pipelining is safe and an
invitation for a literal never lands in the middle of another answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from simulator.imap.settings import ImapSettings

_LITERAL = re.compile(rb"(~?)\{([0-9]{1,20})(\+?)\}$")
_START = re.compile(rb"([^\x00-\x20\x7f-\xff(){%*\"\\+]{1,200}) ([A-Za-z]{1,30})(?= |$)")
_SURELY_TOO_MUCH = 1 << 31


@dataclass(frozen=True, slots=True)
class Command:
    """One complete command. ``literals`` are found by the place of their ``{`` in ``text``."""

    tag: bytes
    name: str
    text: bytes
    literals: dict[int, bytes]
    start: int
    """Where the arguments begin in ``text``."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Input that is no command. ``fatal`` when the reader lost its place in the stream."""

    tag: bytes
    answer: bytes
    """``BAD …`` or ``NO …``, without the tag."""
    fatal: bool = False


class Invitation:
    """A synchronizing literal may come."""


INVITATION = Invitation()


class Reader:
    """Bytes in, commands out."""

    def __init__(self, settings: ImapSettings) -> None:
        self.limits = settings
        self._buffer = bytearray()
        self._scanned = 0
        self.signed_in = False
        self.non_synchronizing = False
        """LITERAL+ is offered (RFC 7888)."""
        self.binary = False
        """BINARY is offered: APPEND may bring literal8 (RFC 3516)."""
        self._discard = 0
        self._refusal: Refusal | None = None
        self._begin()

    def _begin(self) -> None:
        self._text = bytearray()
        self._literals: dict[int, bytes] = {}
        self._wanted: int | None = None
        self._appended = self._small = 0

    @property
    def buffered(self) -> int:
        """Octets that no command has used yet."""
        return len(self._buffer)

    @property
    def inside(self) -> bool:
        """True in the middle of a command."""
        return self._wanted is not None or bool(self._text) or self._refusal is not None

    def feed(self, data: bytes) -> None:
        """More from the peer."""
        self._buffer += data

    def clear(self) -> None:
        """Forget everything received (STARTTLS)."""
        self._buffer.clear()
        self._scanned = 0
        self._begin()

    def line(self) -> bytes | Refusal | None:
        """One line without its CRLF; None when it is not complete."""
        end = self._buffer.find(b"\n", self._scanned)
        if end < 0:
            self._scanned = len(self._buffer)
            return _TOO_LONG if self._scanned > self.limits.line else None
        if end > self.limits.line:
            return _TOO_LONG
        data = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        self._scanned = 0
        if not data.endswith(b"\r") or data.find(b"\r") != end - 1:
            return Refusal(_tag(data), b"BAD A line ends with CRLF and holds no other CR or LF")
        return data[:-1]

    def command(self) -> Command | Refusal | Invitation | None:
        """The next complete command, or what must be said before it can be complete, or None: feed more."""
        while True:
            if self._discard and not self._discarded():
                return None
            if self._wanted is not None and not self._take_literal():
                return None
            line = self.line()
            if line is None:
                return None
            if isinstance(line, Refusal):
                self._begin()
                return line
            step = self._take_line(line)
            if step is not None:
                return step

    def _take_line(self, line: bytes) -> Command | Refusal | Invitation | None:
        """None when the next line or literal is already on its way."""
        place = len(self._text)
        self._text += line
        self._small += len(line)
        announced = _LITERAL.search(line) if line.endswith(b"}") else None
        if self._refusal is not None:
            return self._skip(announced)
        if self._small > self.limits.command:
            return self._refuse(b"BAD [TOOBIG] The command is too long", announced)
        if not announced:
            return self._complete()
        if b"\0" in line:
            return self._refuse(b"BAD A line holds no NUL", announced)
        size, plus = int(announced[2]), bool(announced[3])
        problem = self._problem(size, plus, bool(announced[1]))
        if problem:
            return self._refuse(problem, announced)
        self._wanted = size
        self._place = place + announced.start(2) - 1
        return None if plus else INVITATION

    def _problem(self, size: int, plus: bool, eight: bool) -> bytes:
        """Why the literal may not come; empty when it may."""
        start = _START.match(self._text)
        if start is None:
            return _NO_COMMAND
        if plus and not self.non_synchronizing:
            return b"BAD Non-synchronizing literals are not offered"
        if len(self._literals) >= self.limits.literals:
            return b"BAD [TOOBIG] Too many literals in one command"
        behind_folder = self._text.find(b" ", start.end() + 1) > start.end() + 1
        if self.signed_in and start[2].upper() == b"APPEND" and behind_folder:
            return self._message_problem(size, eight)
        most = self.limits.literal if self.signed_in else self.limits.early_literal
        self._small += size
        if eight or size > most or self._small > self.limits.command:
            return b"BAD [TOOBIG] A literal here has at most %d octets" % most
        return b""

    def _message_problem(self, size: int, eight: bool) -> bytes:
        """The same for an appended message."""
        self._appended += size
        if eight and not self.binary:
            return b"BAD BINARY is not offered"
        if size > self.limits.append:
            return b"NO [TOOBIG] A message has at most %d octets" % self.limits.append
        if self._appended > self.limits.append_command:
            return b"NO [TOOBIG] The messages of one APPEND have at most %d octets" % self.limits.append_command
        return b""

    def _refuse(self, answer: bytes, announced: re.Match[bytes] | None) -> Refusal | None:
        """Answer at once what the peer waits with, skip first what it is already sending."""
        refusal = Refusal(_tag(self._text), answer)
        if announced and announced[3]:
            if int(announced[2]) > (_SURELY_TOO_MUCH if self.signed_in else self.limits.command):
                return Refusal(refusal.tag, answer, fatal=True)
            self._refusal = refusal
            return self._skip(announced)
        self._begin()
        return refusal

    def _skip(self, announced: re.Match[bytes] | None) -> Refusal | None:
        """Read a refused command to its end, keeping nothing of it."""
        refusal = self._refusal
        assert refusal is not None
        self._begin()
        if announced and announced[3]:
            size = int(announced[2])
            if size > _SURELY_TOO_MUCH:
                return Refusal(refusal.tag, refusal.answer, fatal=True)
            self._discard = size
            return None
        self._refusal = None
        return refusal

    def _discarded(self) -> bool:
        gone = min(self._discard, len(self._buffer))
        del self._buffer[:gone]
        self._scanned = 0
        self._discard -= gone
        return self._discard == 0

    def _take_literal(self) -> bool:
        wanted = self._wanted
        assert wanted is not None
        if len(self._buffer) < wanted:
            return False
        with memoryview(self._buffer) as view:
            self._literals[self._place] = bytes(view[:wanted])
        del self._buffer[:wanted]
        self._scanned = 0
        self._wanted = None
        return True

    def _complete(self) -> Command | Refusal:
        text, literals = bytes(self._text), self._literals
        self._begin()
        start = _START.match(text)
        if start is None or b"\0" in text:
            return Refusal(_tag(text), _NO_COMMAND)
        return Command(start[1], start[2].decode("ascii").upper(), text, literals, start.end())


_NO_COMMAND = b"BAD A command is a tag, a space and a name"
_TOO_LONG = Refusal(b"*", b"BAD [TOOBIG] The line is too long", fatal=True)


def _tag(text: bytes | bytearray) -> bytes:
    start = _START.match(text)
    return start[1] if start else b"*"
