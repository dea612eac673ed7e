"""COMPRESS=DEFLATE (RFC 4978): fewer octets on a slow line. The work is done in the bridge."""

from __future__ import annotations

from typing import ClassVar

from simulator.imap.arguments import Arguments, Malformed
from simulator.imap.session import Answer, Phase, Session


class Compress(Session):
    """Once on, it stays on."""

    commands: ClassVar[dict[str, Phase]] = {"COMPRESS": Phase.INSIDE}
    announces = ("COMPRESS=DEFLATE",)

    def command_compress(self, args: Arguments) -> Answer:
        """RFC 4978 3; what was sent before the answer could be read either way, so it may not be there."""
        args.space()
        if args.word("a compression") != "DEFLATE":
            raise Malformed("COMPRESS knows DEFLATE")
        args.end()
        if self.bridge.compressed:
            return b"NO [COMPRESSIONACTIVE] Compression is on already"
        if self.reader.buffered:
            return b"BAD Wait for the answer to COMPRESS before you send more"
        assert self.command is not None
        self.send(b"%b OK From here on, everything is DEFLATE\r\n" % self.command.tag)
        self.flush()
        self.bridge.compress()
        return b""
