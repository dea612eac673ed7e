"""APPEND (RFC 3501 6.3.11): the message is kept octet for octet, but for binary parts, which become base64."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import ClassVar

from simulator.imap.arguments import Arguments
from simulator.imap.commands.messages import OVER_QUOTA, TRY_CREATE
from simulator.imap.session import Answer, Phase, Session
from simulator.mime.textual import textual
from simulator.store.interface import Folder, NewMessage

_BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n")
CR = 13
_NUL = b"NO [UNKNOWN-CTE] NUL is taken only in parts that say Content-Transfer-Encoding: binary"


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
        body, binary = self.append_literal(args)
        return NewMessage(body, date, flags), binary

    def append_literal(self, args: Arguments) -> tuple[bytes, bool]:
        """The octets of a message, and whether they may be any."""
        return args.message()

    async def _append(self, name: str, messages: list[NewMessage], binary: list[bool]) -> bytes:
        folder = self.store.folder(self.mailbox, name)
        if folder is None or not folder.selectable:
            return TRY_CREATE
        for place, (message, as_is) in enumerate(zip(messages, binary, strict=True)):
            if b"\0" in message.body:
                text = textual(message.body) if as_is else None
                if text is None:
                    return _NUL if as_is else b"BAD A literal holds no NUL"
                messages[place] = replace(message, body=text)
            problem = b"" if as_is else self.unfit_message(message.body)
            if problem:
                return problem
        if self.over_quota(sum(len(message.body) for message in messages)):
            return OVER_QUOTA
        uids = await self.store.append(folder.id, messages, origin=self)
        self.note("appended", f"{len(uids)} put in {folder.name}", folder=folder.name,
                  uids=",".join(map(str, uids))[:1000], size=sum(len(m.body) for m in messages))
        return b"OK %bAppended" % self.append_code(folder, uids)

    def unfit_message(self, body: bytes) -> bytes:
        """The refusal of a message, empty when it may come."""
        bare = first_bare(body)
        if bare is None:
            return b""
        return b"NO [CANNOT] Line %d of the message ends with a bare %b: every line must end with CRLF" % (
            body.count(b"\n", 0, bare) + 1, b"CR" if body[bare] == CR else b"LF")

    def append_code(self, folder: Folder, uids: tuple[int, ...]) -> bytes:
        """For UIDPLUS: the response code with a space behind it."""
        return b""


def first_bare(body: bytes) -> int | None:
    """Where the first CR or LF stands that is no half of a CRLF (P9)."""
    pairs = body.count(b"\r\n")
    if body.count(b"\n") == pairs and body.count(b"\r") == pairs:
        return None
    found = _BARE.search(body)
    return found.start() if found else None
