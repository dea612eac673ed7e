"""Opening and leaving a folder: SELECT, EXAMINE, CLOSE, CHECK, and STATUS (RFC 3501 6.3.1, 6.3.2, 6.3.10, 6.4)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import ClassVar

from simulator.imap.arguments import Arguments, Malformed
from simulator.imap.session import Answer, Phase, Session
from simulator.imap.view import View
from simulator.store.interface import Counts, Folder

StatusItem = Callable[[Session, Folder, Counts], int | str]

NO_FOLDER = b"NO [NONEXISTENT] There is no such folder"


def _recent(session: Session, folder: Folder, counts: Counts) -> int:
    told = session.door.recents.told(folder.id)
    if told + 1 >= folder.uidnext or not counts.messages:
        return 0
    if not told:
        return counts.messages
    messages = session.door.shelves.shelf(folder.id).messages
    return len(messages) - bisect_right(messages, told, key=lambda message: message.uid)


class Selecting(Session):
    """The selected state begins and ends here."""

    commands: ClassVar[dict[str, Phase]] = {"SELECT": Phase.INSIDE, "EXAMINE": Phase.INSIDE, "STATUS": Phase.INSIDE,
                "CHECK": Phase.SELECTED, "CLOSE": Phase.SELECTED}
    status_items: ClassVar[dict[str, StatusItem]] = {
        "MESSAGES": lambda _session, _folder, counts: counts.messages,
        "RECENT": _recent,
        "UIDNEXT": lambda _session, folder, _counts: folder.uidnext,
        "UIDVALIDITY": lambda _session, folder, _counts: folder.uidvalidity,
        "UNSEEN": lambda _session, _folder, counts: counts.unseen,
    }

    def command_select(self, args: Arguments) -> Answer:
        """RFC 3501 6.3.1"""
        return self._open(args, read_only=False)

    def command_examine(self, args: Arguments) -> Answer:
        """RFC 3501 6.3.2"""
        return self._open(args, read_only=True)

    def _open(self, args: Arguments, *, read_only: bool) -> Answer:
        args.space()
        name = args.folder()
        self.select_options(args)
        args.end()
        if self.view is not None:
            self.reselect()
        folder = self.store.folder(self.mailbox, name)
        if folder is None:
            return NO_FOLDER
        if not folder.selectable:
            return b"NO [CANNOT] The folder is only a name for those below it"
        shelf = self.door.shelves.shelf(folder.id)
        messages = shelf.lend()
        newest = messages[-1].uid if messages else 0
        recents = self.door.recents
        above = recents.told(folder.id) if read_only else recents.claim(folder.id, newest)
        view = View(folder, messages, self.store.keywords(folder.id), read_only=read_only, recent_above=above,
                    modseq=shelf.modseq)
        self.select(view)
        self.send_all(self.select_lines(view))
        return self.opened(view, b"OK [READ-ONLY] Examined" if read_only else b"OK [READ-WRITE] Selected")

    def opened(self, view: View, answer: bytes) -> Answer:
        """For QRESYNC: what is told behind the usual lines."""
        return answer

    def select_options(self, args: Arguments) -> None:
        """For extensions: what may stand behind the name."""

    def reselect(self) -> None:
        """Another folder is opened; for extensions that tell of it."""
        self.deselect()

    def select_lines(self, view: View) -> list[bytes]:
        """The untagged answers that must come, in one go."""
        lines = [*view.flags_lines(), b"* %d EXISTS\r\n" % len(view.messages)]
        if view.with_recent:
            lines.append(b"* %d RECENT\r\n" % view.recent())
            first = self.door.shelves.shelf(view.folder.id).first_unseen()
            if first is not None and first <= len(view.messages):
                lines.append(b"* OK [UNSEEN %d] First unseen message\r\n" % first)
        next_uid = max(view.folder.uidnext, view.messages[-1].uid + 1 if view.messages else 1)
        return [*lines, b"* OK [UIDVALIDITY %d] UIDs valid\r\n" % view.folder.uidvalidity,
                b"* OK [UIDNEXT %d] Predicted next UID\r\n" % next_uid]

    def command_check(self, args: Arguments) -> Answer:
        """RFC 3501 6.4.1. Everything acknowledged is on disk already."""
        args.end()
        return b"OK Checked"

    def command_close(self, args: Arguments) -> Answer:
        """RFC 3501 6.4.2"""
        args.end()
        return self._close(self.selected)

    async def _close(self, view: View) -> bytes:
        if not view.read_only and self.store.counts(view.folder.id).deleted:
            gone = await self.store.expunge(view.folder.id, origin=self)
            self.note_messages("deleted", view, gone)
        self.deselect()
        return b"OK Closed"

    def command_status(self, args: Arguments) -> Answer:
        """RFC 3501 6.3.10"""
        args.space()
        name = args.folder()
        args.space()
        items = self.status_arguments(args)
        args.end()
        folder = self.store.folder(self.mailbox, name)
        if folder is None or not folder.selectable:
            return NO_FOLDER
        self.send(self.status_line(folder, items))
        return b"OK Status given"

    def status_arguments(self, args: Arguments) -> list[str]:
        """The names in parentheses."""
        args.open()
        items: list[str] = []
        while not items or args.take(b" "):
            name = args.word("a status item")
            if name not in self.status_items:
                raise Malformed(f"{name} is not a status item that is offered here")
            items.append(name)
            if len(items) > 2 * len(self.status_items):
                raise Malformed("too many status items")
        args.close()
        return items

    def status_line(self, folder: Folder, items: list[str]) -> bytes:
        """``* STATUS name (…)``"""
        counts = self.store.counts(folder.id)
        values = (f"{name} {self.status_items[name](self, folder, counts)}" for name in items)
        return b"* STATUS %b (%b)\r\n" % (self.spelled(folder.name), " ".join(values).encode("ascii"))
