"""MOVE (RFC 6851): copy and expunge in one commit."""

from typing import ClassVar

from simulator.imap.arguments import Arguments
from simulator.imap.commands.messages import Messages
from simulator.imap.session import Answer, Phase


class Move(Messages):
    """The store moves; what is told is COPYUID, EXPUNGE, OK."""

    commands: ClassVar[dict[str, Phase]] = {"MOVE": Phase.SELECTED}
    uid_commands: ClassVar[tuple[str, ...]] = ("MOVE",)
    announces = ("MOVE",)

    def command_move(self, args: Arguments) -> Answer:
        """RFC 6851 3"""
        return self.transfer(args, move=True)
