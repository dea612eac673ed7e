"""ENABLE (RFC 5161): a client asks for changes of behaviour that it must know of."""

from __future__ import annotations

from typing import ClassVar

from simulator.imap.arguments import Arguments
from simulator.imap.session import Answer, Phase, Session


class Enable(Session):
    """Extensions list what can be enabled in ``enabling``; the names of all are merged."""

    commands: ClassVar[dict[str, Phase]] = {"ENABLE": Phase.INSIDE}
    announces = ("ENABLE",)
    enabling: ClassVar[frozenset[str]] = frozenset()

    def command_enable(self, args: Arguments) -> Answer:
        """RFC 5161 3.1; unknown names are passed over."""
        asked: list[str] = []
        while not asked or not args.done:
            args.space()
            asked.append(args.word("a capability"))
        fresh = [name for name in dict.fromkeys(asked) if name in self.enabling and name not in self.enabled]
        self.enabled.update(fresh)
        for name in fresh:
            self.on_enabled(name)
        self.send(f"* ENABLED{''.join(' ' + name for name in fresh)}\r\n".encode("ascii"))
        return b"OK Enabled"

    def on_enabled(self, name: str) -> None:
        """For extensions: something begins now."""
