"""SPECIAL-USE and CREATE-SPECIAL-USE (RFC 6154): which folder is for drafts, sent mail, trash."""

from __future__ import annotations

from simulator.imap.arguments import Arguments, Malformed
from simulator.imap.commands.folders import Folders
from simulator.imap.commands.listing import Listing
from simulator.store.interface import Folder

USES = {name.lower(): name for name in ("\\Archive", "\\Drafts", "\\Junk", "\\Sent", "\\Trash")}
_NO_SUCH_USE = b"NO [USEATTR] This special use is not offered, or taken"


class SpecialUse(Listing, Folders):
    """Uses are told in every LIST, which RFC 6154 2 allows. One folder per use."""

    announces = ("SPECIAL-USE", "CREATE-SPECIAL-USE")

    def list_attributes(self, folder: Folder, has_children: bool) -> list[str]:
        """RFC 6154 2"""
        use = [folder.special_use] if folder.special_use else []
        return [*super().list_attributes(folder, has_children), *use]

    def create_options(self, args: Arguments) -> str | None:
        """``(USE (\\Sent))``, RFC 6154 3; one use a folder."""
        if args.done:
            return None
        args.space()
        args.open()
        if args.word("USE") != "USE":
            raise Malformed("CREATE knows only the parameter USE")
        args.space()
        args.open()
        asked: list[str] = []
        while not args.peek(b")"):
            if asked:
                args.space()
            args.expect(b"\\")
            asked.append("\\" + args.atom("a special use"))
        args.close()
        args.close()
        return " ".join(asked)

    async def _create(self, name: str, use: str | None) -> bytes:
        if not use:
            return await super()._create(name, None)
        known = USES.get(use.lower())
        if known is None or any(folder.special_use == known for folder in self.store.folders(self.mailbox)):
            return _NO_SUCH_USE
        return await super()._create(name, known)
