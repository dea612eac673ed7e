"""Folders come and go: CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE (RFC 3501 6.3.3 to 6.3.7)."""

from __future__ import annotations

from typing import ClassVar

from simulator.imap.arguments import Arguments
from simulator.imap.commands.selecting import NO_FOLDER
from simulator.imap.session import Answer, Phase, Session
from simulator.store.interface import Folder
from simulator.store.names import folder_name as checked_name
from simulator.store.names import parents

_WILD = b"NO [CANNOT] A folder name holds no * and no %"


class Folders(Session):
    """The store decides; this only guards limits and tells the journal."""

    commands: ClassVar[dict[str, Phase]] = {"CREATE": Phase.INSIDE, "DELETE": Phase.INSIDE, "RENAME": Phase.INSIDE,
                "SUBSCRIBE": Phase.INSIDE, "UNSUBSCRIBE": Phase.INSIDE}

    def command_create(self, args: Arguments) -> Answer:
        """RFC 3501 6.3.3"""
        args.space()
        name = args.folder()
        use = self.create_options(args)
        args.end()
        return self._create(name, use)

    def create_options(self, args: Arguments) -> str | None:
        """For CREATE-SPECIAL-USE."""
        return None

    async def _create(self, name: str, use: str | None) -> bytes:
        problem = self._unfit(name)
        if problem:
            return problem
        folder = await self.store.create_folder(self.mailbox, checked_name(name), use)
        self.note("folder", f"folder {name} created", folder=name, action="created")
        if folder.name != name:
            self.renamed(name, folder.name)
        return b"OK %bCreated" % self.created_code(folder)

    def created_code(self, folder: Folder) -> bytes:
        """For OBJECTID: the response code with a space behind it."""
        return b""

    def _unfit(self, name: str) -> bytes:
        """The refusal of a new name, empty when it may be."""
        if "*" in name or "%" in name:
            return _WILD
        fit = checked_name(name)
        if len(parents(fit)) >= self.limits.folder_depth:
            return b"NO [LIMIT] Folders are nested too deeply"
        if len(self.store.folders(self.mailbox)) + len(parents(fit)) >= self.limits.folders:
            return b"NO [LIMIT] The mailbox has too many folders"
        return b""

    def command_delete(self, args: Arguments) -> Answer:
        """RFC 3501 6.3.4"""
        args.space()
        name = args.folder()
        args.end()
        return self._delete(name)

    async def _delete(self, name: str) -> bytes:
        folder = self.store.folder(self.mailbox, name)
        if name == "INBOX":
            return b"NO [CANNOT] INBOX cannot be deleted"
        if folder is None:
            return NO_FOLDER
        if not folder.selectable and any(f.name.startswith(name + "/") for f in self.store.folders(self.mailbox)):
            return b"NO [HASCHILDREN] The folder holds other folders"
        await self.store.delete_folder(folder.id)
        if self.view is not None and self.view.folder.id == folder.id:
            # The session that deletes its own folder stays; others are told BYE.
            self.deselect()
        self.note("folder", f"folder {name} deleted", folder=name, action="deleted")
        return b"OK Deleted"

    def command_rename(self, args: Arguments) -> Answer:
        """RFC 3501 6.3.5"""
        args.space()
        old = args.folder()
        args.space()
        new = args.folder()
        args.end()
        return self._rename(old, new)

    async def _rename(self, old: str, new: str) -> bytes:
        folder = self.store.folder(self.mailbox, old)
        if folder is None:
            return NO_FOLDER
        if self.store.folder(self.mailbox, new.removesuffix("/")) is not None:
            return b"NO [ALREADYEXISTS] The name is taken"
        problem = self._unfit(new)
        if problem:
            return problem
        if new.startswith(old + "/") and old != "INBOX":
            return b"NO [CANNOT] A folder cannot move below itself"
        await self.store.rename_folder(folder.id, checked_name(new))
        self.renamed(old, checked_name(new))
        self.note("folder", f"folder {old} renamed to {new}", folder=old, to=new, action="renamed")
        return b"OK Renamed"

    def renamed(self, old: str, new: str) -> None:
        """For IMAP4rev2: a folder has another name."""

    def command_subscribe(self, args: Arguments) -> Answer:
        """RFC 3501 6.3.6"""
        args.space()
        name = args.folder()
        args.end()
        return self._subscribe(name)

    async def _subscribe(self, name: str) -> bytes:
        name = checked_name(name)
        if self.store.folder(self.mailbox, name) is None:
            return NO_FOLDER
        await self.store.subscribe(self.mailbox, name, True)
        return b"OK Subscribed"

    def command_unsubscribe(self, args: Arguments) -> Answer:
        """RFC 3501 6.3.7"""
        args.space()
        name = args.folder()
        args.end()
        return self._unsubscribe(name)

    async def _unsubscribe(self, name: str) -> bytes:
        await self.store.subscribe(self.mailbox, checked_name(name), False)
        return b"OK Unsubscribed"
