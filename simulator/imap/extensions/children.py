"""CHILDREN (RFC 3348): LIST tells whether there is anything below."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.imap.commands.listing import Listing
from simulator.store.interface import Folder


class Children(Listing):
    """``\\HasChildren`` or ``\\HasNoChildren``."""

    announces = ("CHILDREN",)

    def list_attributes(self, folder: Folder, folders: Sequence[Folder]) -> list[str]:
        """RFC 3348 3"""
        below = folder.name + "/"
        has = any(other.name.startswith(below) for other in folders)
        return [*super().list_attributes(folder, folders), "\\HasChildren" if has else "\\HasNoChildren"]
