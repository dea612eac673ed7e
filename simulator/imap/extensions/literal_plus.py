"""LITERAL+ (RFC 7888): literals that do not wait for an invitation."""

from simulator.imap.session import Session


class LiteralPlus(Session):
    """``{n+}``"""

    announces = ("LITERAL+",)

    def configure(self) -> None:
        """The reader does the work."""
        super().configure()
        self.reader.non_synchronizing = True
