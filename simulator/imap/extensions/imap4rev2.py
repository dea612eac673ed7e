"""IMAP4rev2 (RFC 9051), for clients that enable it. Most of it is other extensions; here is what it changes."""

from __future__ import annotations

from typing import ClassVar

from simulator.imap.commands.folders import Folders
from simulator.imap.commands.listing import Listing
from simulator.imap.commands.searching import Searching
from simulator.imap.commands.selecting import Selecting, StatusItem
from simulator.imap.extensions.enable import Enable
from simulator.imap.view import View

REV2 = "IMAP4REV2"


class Imap4Rev2(Enable, Selecting, Listing, Folders, Searching):
    """No \\Recent, ESEARCH for every SEARCH, LIST with SELECT, UTF-8 (which is ``Session.utf8``): RFC 9051 E."""

    announces = ("IMAP4rev2",)
    needs = ("ENABLE", "LITERAL+", "SASL-IR", "IDLE", "NAMESPACE", "CHILDREN", "SPECIAL-USE", "LIST-EXTENDED",
             "LIST-STATUS", "UIDPLUS", "MOVE", "UNSELECT", "ESEARCH", "SEARCHRES", "BINARY", "STATUS=SIZE")
    enabling: ClassVar[frozenset[str]] = frozenset({REV2})
    status_items: ClassVar[dict[str, StatusItem]] = {"DELETED": lambda _session, _folder, counts: counts.deleted}

    @property
    def is_rev2(self) -> bool:
        """The client enabled it."""
        return REV2 in self.enabled

    def on_enabled(self, name: str) -> None:
        """In the open folder too."""
        super().on_enabled(name)
        if name == REV2 and self.view is not None:
            self._modernise(self.view)

    def select(self, view: View) -> None:
        """A folder opened after it was enabled."""
        if self.is_rev2:
            self._modernise(view)
        super().select(view)

    @staticmethod
    def _modernise(view: View) -> None:
        view.with_recent, view.with_uid = False, True

    def reselect(self) -> None:
        """RFC 9051 6.3.2 wants CLOSED; CONDSTORE says it where it is offered."""
        if self.is_rev2 and "CONDSTORE" not in self.announces:
            self.send(b"* OK [CLOSED] The folder is left\r\n")
        super().reselect()

    def select_lines(self, view: View) -> list[bytes]:
        """RFC 9051 6.3.2: the folder is listed under its one name."""
        lines = super().select_lines(view)
        return [*lines, self.line_of(view.folder.name)] if self.is_rev2 else lines

    def default_returns(self) -> tuple[str, ...] | None:
        """RFC 9051 6.4.4: SEARCH is answered as if RETURN (ALL) stood there."""
        return ("ALL",) if self.is_rev2 else super().default_returns()

    def renamed(self, old: str, new: str) -> None:
        """RFC 9051 6.3.9.7"""
        super().renamed(old, new)
        if self.is_rev2 and self.store.folder(self.mailbox, new) is not None:
            self.send(self.line_of(new, b' ("OLDNAME" (%b))' % self.spelled(old)))
