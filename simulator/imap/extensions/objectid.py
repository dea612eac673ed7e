"""OBJECTID (RFC 8474): names for folders and messages that outlive renaming and moving."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import ClassVar

from simulator.imap.commands.folders import Folders
from simulator.imap.commands.selecting import Selecting, StatusItem
from simulator.imap.fetch.items import Item
from simulator.imap.fetch.loaded import Loaded
from simulator.imap.search.keys import TEXT, Key, KeyParser, KeyReader
from simulator.imap.view import View
from simulator.store.interface import Folder


def mailbox_id(folder: Folder) -> str:
    """The row of the folder and its UIDVALIDITY: neither changes with its name, neither comes back after it."""
    return f"F{folder.id}-{folder.uidvalidity}"


def email_id(message: Loaded) -> str:
    """From the octets: equal messages are one, as RFC 8474 5.1 wants it of copies. Raises Expunged."""
    return "M" + hashlib.sha256(message.body).hexdigest()[:40]


def _search(matches: Callable[[Loaded, str], bool]) -> KeyParser:
    def parse(reader: KeyReader) -> Key:
        reader.args.space()
        wanted = reader.args.atom("an object id")
        return Key(lambda m: matches(m, wanted), TEXT)
    return parse


class ObjectId(Selecting, Folders):
    """Threads are no objects here: THREADID is NIL."""

    announces = ("OBJECTID",)
    fetch_items: ClassVar[dict[str, Item]] = {
        "EMAILID": Item("EMAILID", lambda m: f"EMAILID ({email_id(m)})".encode("ascii"), body=True),
        "THREADID": Item("THREADID", lambda _m: b"THREADID NIL"),
    }
    status_items: ClassVar[dict[str, StatusItem]] = {
        "MAILBOXID": lambda _session, folder, _counts: f"({mailbox_id(folder)})"}
    search_keys: ClassVar[dict[str, KeyParser]] = {
        "EMAILID": _search(lambda m, wanted: email_id(m) == wanted), "THREADID": _search(lambda _m, _wanted: False)}

    def select_lines(self, view: View) -> list[bytes]:
        """RFC 8474 4.2"""
        return [*super().select_lines(view), b"* OK [MAILBOXID (%b)] Name for ever\r\n"
                % mailbox_id(view.folder).encode("ascii")]

    def created_code(self, folder: Folder) -> bytes:
        """RFC 8474 4.1"""
        return b"[MAILBOXID (%b)] " % mailbox_id(folder).encode("ascii")
