"""UNSELECT (RFC 3691): CLOSE that expunges nothing."""

from typing import ClassVar

from simulator.imap.arguments import Arguments
from simulator.imap.commands.selecting import Selecting
from simulator.imap.session import Answer, Phase


class Unselect(Selecting):
    """Back to the authenticated state."""

    commands: ClassVar[dict[str, Phase]] = {"UNSELECT": Phase.SELECTED}
    announces = ("UNSELECT",)

    def command_unselect(self, args: Arguments) -> Answer:
        """RFC 3691 2"""
        args.end()
        self.deselect()
        return b"OK Unselected"
