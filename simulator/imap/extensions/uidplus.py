"""UIDPLUS (RFC 4315): UIDs of what was appended and copied, and EXPUNGE of chosen messages."""

from __future__ import annotations

from typing import ClassVar

from simulator.imap.arguments import Arguments
from simulator.imap.commands.append import Append
from simulator.imap.commands.messages import Messages
from simulator.imap.formatter import number_set
from simulator.store.interface import Copied, Folder


class UidPlus(Append, Messages):
    """APPENDUID, COPYUID, UID EXPUNGE."""

    announces = ("UIDPLUS",)
    uid_commands: ClassVar[tuple[str, ...]] = ("EXPUNGE",)

    def append_code(self, folder: Folder, uids: tuple[int, ...]) -> bytes:
        """RFC 4315 3"""
        return b"[APPENDUID %d %b] " % (folder.uidvalidity, number_set(uids))

    def copy_code(self, copied: Copied) -> bytes:
        """RFC 4315 3"""
        return b"[COPYUID %d %b %b] " % (copied.uidvalidity, number_set(copied.source), number_set(copied.target))

    def expunge_only(self, args: Arguments) -> list[int] | None:
        """RFC 4315 2.1"""
        if not args.by_uid:
            return None
        args.space()
        places = self.places(args.numbers(), by_uid=True) or []
        return [self.selected.messages[at].uid for at in places]
