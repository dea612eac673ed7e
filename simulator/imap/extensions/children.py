"""CHILDREN (RFC 3348): LIST tells whether there is anything below."""

from __future__ import annotations

from simulator.imap.commands.listing import Listing
from simulator.store.interface import Folder


class Children(Listing):
    """``\\HasChildren`` or ``\\HasNoChildren``."""

    announces = ("CHILDREN",)

    def list_attributes(self, folder: Folder, has_children: bool) -> list[str]:
        """RFC 3348 3"""
        told = "\\HasChildren" if has_children else "\\HasNoChildren"
        return [*super().list_attributes(folder, has_children), told]
