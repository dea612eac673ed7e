"""IDLE (RFC 2177): changes are told in the same turn of the loop in which the store tells them."""

from __future__ import annotations

from typing import ClassVar

from simulator.imap.arguments import Arguments
from simulator.imap.session import Answer, Phase, Session


class Idle(Session):
    """Ended by DONE and nothing else."""

    commands: ClassVar[dict[str, Phase]] = {"IDLE": Phase.INSIDE}
    announces = ("IDLE",)

    def command_idle(self, args: Arguments) -> Answer:
        """RFC 2177 3"""
        args.end()
        return self._idle()

    async def _idle(self) -> bytes:
        self.send(b"+ idling\r\n")
        self.tell()
        self.idling = True
        try:
            line = await self.next_line()
        finally:
            self.idling = False
        if line is None:
            return b""
        return b"OK Idled" if line.upper() == b"DONE" else b"BAD IDLE is ended by DONE"
