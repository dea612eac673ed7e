"""From octets to command lines and message texts, with the limits and refusals that belong to octets.

Nothing here writes or waits. Only CR LF ends a line, and only CR LF . CR LF ends a text (RFC 5321 2.3.8, 4.1.1.4).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from simulator.model.reply import Reply
from simulator.wire import Share

_CONTROL: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_END: Final = b"\r\n.\r\n"


class Flaw(Enum):
    """What is wrong with a line or a text."""

    BARE_END = auto()
    CONTROL = auto()
    LINE_TOO_LONG = auto()
    AUTH_TOO_LONG = auto()
    TOO_BIG = auto()
    NUL = auto()
    ENDLESS = auto()
    NO_ROOM = auto()


class Lines:
    """Input that was received and not yet used, cut into command lines."""

    __slots__ = ("_at", "_auth_limit", "_drain", "_held", "_limit", "_skipped", "_skipping", "flawed")

    def __init__(self, limit: int, auth_limit: int, drain: int) -> None:
        """Limits in octets: a line with its end, an AUTH line without it, what is thrown away of an endless line."""
        self.flawed = b""
        """How the last flawed line began: its first five octets."""
        self._limit = limit
        self._auth_limit = auth_limit
        self._drain = drain
        self._held = b""
        self._at = 0
        self._skipping: Flaw | None = None
        self._skipped = 0

    def add(self, data: bytes) -> None:
        """Octets came in."""
        if self._at == len(self._held):
            self._held = data
        else:
            self._held = self._held[self._at:] + data
        self._at = 0

    def take(self, most: int | None = None) -> bytes:
        """All that is left, or ``most`` octets of it, for a reader of texts."""
        if most is not None and most < len(self):
            self._at += most
            return self._held[self._at - most:self._at]
        rest = self._held[self._at:] if self._at else self._held
        self.clear()
        return rest

    def clear(self) -> None:
        """Forget all that is left."""
        self._held = b""
        self._at = 0
        self._skipping = None

    def __len__(self) -> int:
        return len(self._held) - self._at

    def next(self, exchange: bool) -> bytes | Flaw | None:
        """The next line without its end, what is wrong with it, or None when it is not complete.

        ``exchange``: the line answers a SASL challenge.
        """
        at = self._at
        end = self._held.find(b"\n", at)
        if end < 0:
            return self._unfinished(exchange)
        self._at = end + 1
        if self._skipping is not None:
            skipped, self._skipping = self._skipping, None
            return skipped
        self.flawed = self._held[at:at + 5]
        if end == at or self._held[end - 1] != 13:
            return Flaw.BARE_END
        line = self._held[at:end - 1]
        if len(line) + 2 > self._limit:
            flaw = self._too_long(exchange, line[:5], len(line))
            if flaw is not None:
                return flaw
        if _CONTROL.search(line):
            return Flaw.BARE_END if b"\r" in line else Flaw.CONTROL
        return line

    def _too_long(self, exchange: bool, start: bytes, length: int) -> Flaw | None:
        if not exchange and start.upper() != b"AUTH ":
            return Flaw.LINE_TOO_LONG
        return Flaw.AUTH_TOO_LONG if length > self._auth_limit else None

    def _unfinished(self, exchange: bool) -> Flaw | None:
        length = len(self)
        if self._skipping is None:
            # One octet less: a CR waiting for its LF does not count yet.
            if length - 1 + 2 <= self._limit:
                return None
            self._skipping = self._too_long(exchange, self._held[self._at:self._at + 5], length - 1)
            self._skipped = 0
            if self._skipping is None:
                return None
            self.flawed = self._held[self._at:self._at + 5]
        self._skipped += length
        self._held, self._at = b"", 0
        return Flaw.ENDLESS if self._skipped > self._drain else None


class Text:
    """One message being received: found end, dots removed, flaws noted. A flawed text is not kept."""

    __slots__ = ("_drain", "_held", "_limit", "_line", "_parts", "_received", "_share", "_size", "flaw")

    begins = True
    """The time for a message runs from here."""
    wanted = None
    """Only its own end tells how long it is."""

    def __init__(self, limit: int, line: int, drain: int, share: Share) -> None:
        """Octets: the whole text (RFC 1870 3), one line with its end, what is received before ENDLESS.

        ``share`` is of the room for what is kept; whoever uses the text gives it back.
        """
        self.flaw: Flaw | None = None
        self._limit = limit
        self._line = line
        self._drain = drain
        self._share = share
        # The CR LF of the DATA command: a dot that comes first of all also stands at the start of a line.
        self._held = b"\r\n"
        self._parts: list[bytes] = []
        self._size = 0
        self._received = 0

    def feed(self, data: bytes) -> bytes | None:
        """Take octets; what lies behind the end of the text once it is found, else None."""
        held = self._held + data
        end = held.find(_END)
        if end >= 0:
            self._keep(held[:end + 2])
            return held[end + len(_END):]
        self._received += len(data)
        if self._received > self._drain:
            self.flaw = Flaw.ENDLESS
        # What is kept starts with CR LF and stops before one, so no mark is ever cut in two.
        cut = held.rfind(b"\r\n")
        if cut <= 0:
            # Two ends, a dot added and a CR still waiting for its LF.
            cut = len(held) - 1 if len(held) > self._line + 4 else 0
        if cut:
            self._keep(held[:cut])
            held = held[cut:]
        self._held = held
        return None

    @property
    def content(self) -> bytes:
        """The text, every line ended by CR LF. Only meaningful without a flaw."""
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)

    def _keep(self, piece: bytes) -> None:
        if self.flaw is not None:
            return
        text = piece.replace(b"\r\n.", b"\r\n")
        self.flaw = flaw_of(text, self._line)
        self._size += len(text) if self._parts else len(text) - 2
        if self.flaw is None and self._size > self._limit:
            self.flaw = Flaw.TOO_BIG
        if self.flaw is None and not self._share.take(len(text)):
            self.flaw = Flaw.NO_ROOM
        if self.flaw is None:
            self._parts.append(text if self._parts else text[2:])
        else:
            self._parts.clear()
            self._share.give_back()


class Chunk:
    """The octets behind one BDAT command, kept or thrown away (RFC 3030 2)."""

    __slots__ = ("_keep", "begins", "last", "refusal", "wanted")

    flaw = None
    """Its length is known, so nothing can be wrong with its end."""

    def __init__(self, size: int, keep: Callable[[bytes], Reply | None], *, begins: bool, last: bool,
                 refusal: Reply | None = None) -> None:
        """``keep`` takes the octets, or says why it does not; with a ``refusal`` they only have to go by."""
        self.wanted = size
        """Octets still to come."""
        self.last = last
        self.refusal = refusal
        self.begins = begins
        """The time for a message runs from its first chunk."""
        self._keep = keep

    def feed(self, data: bytes) -> bytes | None:
        """Take at most ``wanted`` octets; ``b""`` once the chunk is whole, else None."""
        self.wanted -= len(data)
        if self.refusal is None:
            self.refusal = self._keep(data)
        return None if self.wanted else b""


def flaw_of(text: bytes, line: int, start: int = 2) -> Flaw | None:
    """What is wrong with the octets of a message; ``line`` is the most a line may have, its end included.

    The first line begins at ``start``: a piece of a text comes with the CR LF before it.
    """
    ends = text.count(b"\r\n")
    if text.count(b"\n") != ends or text.count(b"\r") != ends:
        return Flaw.BARE_END
    if b"\0" in text:
        return Flaw.NUL
    # One look every thousand octets: a line is too long when no LF lies in the octets it may have.
    stop = len(text)
    while stop - start > line - 2:
        end = text.rfind(b"\n", start, start + line)
        if end < 0:
            return Flaw.LINE_TOO_LONG
        start = end + 1
    return None
