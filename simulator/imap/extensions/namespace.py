"""NAMESPACE (RFC 2342): one personal namespace, ``/`` between levels; an ORG mailbox is signed in to, not shared."""

from typing import ClassVar

from simulator.imap.arguments import Arguments
from simulator.imap.session import Answer, Phase, Session


class Namespace(Session):
    """Nothing shared, nobody else's."""

    commands: ClassVar[dict[str, Phase]] = {"NAMESPACE": Phase.INSIDE}
    announces = ("NAMESPACE",)

    def command_namespace(self, args: Arguments) -> Answer:
        """RFC 2342 5"""
        args.end()
        self.send(b'* NAMESPACE (("" "/")) NIL NIL\r\n')
        return b"OK Namespace told"
