"""APPEND (RFC 3501 6.3.11): the message is kept octet for octet."""

from __future__ import annotations

from typing import ClassVar

from simulator.imap.arguments import Arguments
from simulator.imap.commands.messages import OVER_QUOTA, TRY_CREATE
from simulator.imap.session import Answer, Phase, Session
from simulator.store.interface import Folder, NewMessage

_BARE = b"NO [CANNOT] Lines end with CRLF; this message holds a bare CR or LF"


class Append(Session):
    """Putting messages into folders."""

    commands: ClassVar[dict[str, Phase]] = {"APPEND": Phase.INSIDE}
    most_at_once = 1
    """Messages of one APPEND; MULTIAPPEND takes more."""

    def command_append(self, args: Arguments) -> Answer:
        """RFC 3501 6.3.11, RFC 3502"""
        args.space()
        name = args.folder()
        messages: list[NewMessage] = []
        binary: list[bool] = []
        while not args.done:
            message, as_is = self._message(args)
            messages.append(message)
            binary.append(as_is)
            if len(messages) >= self.most_at_once:
                break
        args.end()
        if not messages:
            return b"BAD APPEND brings a message as a literal"
        return self._append(name, messages, binary)

    def _message(self, args: Arguments) -> tuple[NewMessage, bool]:
        args.space()
        flags: frozenset[str] = frozenset()
        if args.peek(b"("):
            flags = args.flags()
            args.space()
        date = self.clock.timestamp()
        if args.peek(b'"'):
            date = args.date_time()
            args.space()
        body, binary = args.message()
        return NewMessage(body, date, flags), binary

    async def _append(self, name: str, messages: list[NewMessage], binary: list[bool]) -> bytes:
        folder = self.store.folder(self.mailbox, name)
        if folder is None or not folder.selectable:
            return TRY_CREATE
        for message, as_is in zip(messages, binary, strict=True):
            if b"\0" in message.body and not as_is:
                return b"BAD A literal holds no NUL"
            if not as_is and not has_clean_lines(message.body):
                return _BARE
        if self.over_quota(sum(len(message.body) for message in messages)):
            return OVER_QUOTA
        uids = await self.store.append(folder.id, messages, origin=self)
        self.note("appended", f"{len(uids)} put in {folder.name}", folder=folder.name,
                  uids=",".join(map(str, uids))[:1000], size=sum(len(m.body) for m in messages))
        return b"OK %bAppended" % self.append_code(folder, uids)

    def append_code(self, folder: Folder, uids: tuple[int, ...]) -> bytes:
        """For UIDPLUS: the response code with a space behind it."""
        return b""


def has_clean_lines(body: bytes) -> bool:
    """Every CR and every LF is half of a CRLF (P9)."""
    pairs = body.count(b"\r\n")
    return body.count(b"\n") == pairs and body.count(b"\r") == pairs
