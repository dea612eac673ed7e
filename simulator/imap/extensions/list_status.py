"""LIST-STATUS (RFC 5819): the STATUS of each folder listed, without asking again."""

from __future__ import annotations

from simulator.imap.arguments import Arguments
from simulator.imap.extensions.list_extended import ListExtended, Wanted
from simulator.store.interface import Folder


class ListStatus(ListExtended):
    """``LIST "" % RETURN (STATUS (MESSAGES UNSEEN))``"""

    announces = ("LIST-STATUS",)
    needs = ("LIST-EXTENDED",)

    def read_return(self, args: Arguments, name: str, wanted: Wanted) -> None:
        """RFC 5819 2"""
        if name != "STATUS":
            super().read_return(args, name, wanted)
            return
        args.space()
        wanted.status = self.status_arguments(args)

    def listed(self, folder: Folder, wanted: Wanted) -> None:
        """One STATUS line behind each LIST line."""
        super().listed(folder, wanted)
        if wanted.status:
            self.send(self.status_line(folder, wanted.status))
