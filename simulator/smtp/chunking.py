"""A message that comes by BDAT: what its chunks add up to, and what is said to each (RFC 3030 2)."""

from __future__ import annotations

import re
from typing import Final

from simulator.model.reply import Reply
from simulator.rules.verdict import Verdict
from simulator.smtp import replies
from simulator.smtp.reader import Chunk, Flaw, flaw_of
from simulator.smtp.settings import SmtpSettings
from simulator.smtp.tally import Tally
from simulator.wire import Share

_SLICE: Final = 1 << 16
_ARGUMENT: Final = re.compile(r"([0-9]{1,20})(?: +(LAST))?", re.IGNORECASE)


class Chunking:
    """The chunks of one connection. A refused chunk is received too, so that none of it is taken for a command."""

    def __init__(self, tally: Tally, settings: SmtpSettings, share: Share) -> None:
        self._tally = tally
        self._share = share
        self._settings = settings
        self._message: bytearray | None = None
        self._looked = 0
        self._flaw: Flaw | None = None
        self._spoilt = False

    @property
    def open(self) -> bool:
        """A message has begun with BDAT and not ended."""
        return self._message is not None

    def forget(self) -> None:
        """The transaction is over; the room that its message filled, in chunks or not, is free again."""
        self._share.give_back()
        self._message = None
        self._looked = 0
        self._flaw = None

    def begin(self, argument: str, limit: int, refusal: Reply | None) -> Chunk | bytes:
        """What follows ``BDAT``: the chunk to receive, or a farewell where nobody can tell or afford its end.

        ``limit`` is of the message, in octets; ``refusal`` says why there can be no chunk now.
        """
        found = _ARGUMENT.fullmatch(argument)
        if found is None:
            return self.out_of_step()
        size, last = int(found[1]), found[2] is not None
        if size > limit * self._settings.drain_factor:
            return self._tally.hang_up(replies.ENDLESS_CHUNK, "message-size")
        if not size and not last and (spent := self._tally.junk()) is not None:
            return spent
        if refusal is None:
            self._message = bytearray() if self._message is None else self._message
            refusal = replies.TOO_BIG if len(self._message) + size > limit else None
        return Chunk(size, self._keep, begins=not self._message, last=last, refusal=refusal)

    def out_of_step(self) -> bytes:
        """The farewell to a client whose BDAT cannot be read: its chunk would be taken for commands."""
        return self._tally.hang_up(replies.CHUNK_SYNTAX, "chunk-size")

    def refused(self, chunk: Chunk, refusal: Reply) -> bytes:
        """The chunk has gone by. Those that are in the pipeline behind it are no errors of their own."""
        again, self._spoilt = self._spoilt, not chunk.last
        return self._tally.refused(Verdict(refusal)) if again else self._tally.refuse(refusal)

    def message(self) -> bytes | Flaw:
        """The whole text behind its last chunk, or what is wrong with it."""
        text = self._message or bytearray()
        # A text in chunks may end inside a line; what is stored and passed on never does.
        if text and not text.endswith(b"\r\n"):
            text += b"\r\n"
        self._look(text, len(text))
        return self._flaw or bytes(text)

    def _keep(self, data: bytes) -> Reply | None:
        """Add octets, and look at whole lines now and then: all at the end would keep other connections waiting."""
        if self._message is None:
            return None
        if not self._share.take(len(data)):
            self._message.clear()
            self._share.give_back()
            return replies.NO_ROOM
        self._message += data
        if len(self._message) - self._looked > _SLICE:
            end = self._message.rfind(b"\r\n", self._looked) + 2
            # Without any line end, the last octet may be a CR that waits for its LF.
            self._look(self._message, end if end > self._looked else len(self._message) - 1)
        return None

    def _look(self, text: bytearray, end: int) -> None:
        if self._flaw is None:
            self._flaw = flaw_of(bytes(text[self._looked:end]), self._settings.text_line_octets, 0)
        self._looked = end
