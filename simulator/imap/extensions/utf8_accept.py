"""UTF8=ACCEPT (RFC 6855): folder names and quoted strings in UTF-8, and messages with UTF-8 headers."""

from __future__ import annotations

import re
from typing import ClassVar

from simulator.imap.arguments import Arguments, Malformed
from simulator.imap.commands.append import Append
from simulator.imap.commands.searching import Searching
from simulator.imap.extensions.enable import Enable
from simulator.imap.session import Answer

_HEADER_ONLY = b"NO [CANNOT] Only after ENABLE UTF8=ACCEPT may header fields hold UTF-8"
_CHARSET = re.compile(rb" (?:RETURN \([^()]*\) )?CHARSET ", re.IGNORECASE)
_END_OF_HEADER = re.compile(rb"\r\n\r\n")


class Utf8Accept(Enable, Append, Searching):
    """The switch itself is ``Session.utf8``."""

    announces = ("UTF8=ACCEPT",)
    needs = ("ENABLE",)
    enabling: ClassVar[frozenset[str]] = frozenset({"UTF8=ACCEPT"})

    def configure(self) -> None:
        """``UTF8 (~{n}`` is a literal8."""
        super().configure()
        self.reader.binary = True

    def append_literal(self, args: Arguments) -> tuple[bytes, bool]:
        """``UTF8 (~{n} …)``, RFC 6855 4: a message like any other, without NUL."""
        if not args.take_word("UTF8"):
            return super().append_literal(args)
        args.space()
        args.expect(b"(")
        body, binary = args.message()
        args.expect(b")")
        if not binary:
            raise Malformed("UTF8 takes a literal8")
        return body, False

    def unfit_message(self, body: bytes) -> bytes:
        """RFC 6855 4: no 8-bit header fields from clients that do not know of them."""
        if not self.utf8:
            end = _END_OF_HEADER.search(body)
            if not body[:end.start() if end else len(body)].isascii():
                return _HEADER_ONLY
        return super().unfit_message(body)

    def command_search(self, args: Arguments) -> Answer:
        """RFC 6855 3: everything is UTF-8 already, so a charset is a contradiction."""
        if "UTF8=ACCEPT" in self.enabled and _CHARSET.match(args.text, args.at):
            raise Malformed("after ENABLE UTF8=ACCEPT, SEARCH has no CHARSET")
        return super().command_search(args)
