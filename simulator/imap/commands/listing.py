"""Which folders there are: LIST and LSUB (RFC 3501 6.3.8, 6.3.9)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from simulator.imap.arguments import Arguments
from simulator.imap.matching import Pattern
from simulator.imap.session import Answer, Phase, Session
from simulator.store.interface import Folder
from simulator.store.names import parents


class Listing(Session):
    """Every name is listed as it is; levels are separated by ``/``."""

    commands: ClassVar[dict[str, Phase]] = {"LIST": Phase.INSIDE, "LSUB": Phase.INSIDE}

    def command_list(self, args: Arguments) -> Answer:
        """RFC 3501 6.3.8"""
        args.space()
        reference = args.folder()
        args.space()
        pattern = args.pattern()
        args.end()
        return self.list_folders(reference, [pattern])

    def list_folders(self, reference: str, patterns: list[str]) -> bytes:
        """The plain form; an empty pattern asks for the separator."""
        if patterns == [""]:
            self.send(b'* LIST (\\Noselect) "/" ""\r\n')
            return b"OK Separator told"
        folders = self.store.folders(self.mailbox)
        wanted = [Pattern(reference + pattern) for pattern in patterns]
        above = {parent for folder in folders for parent in parents(folder.name)}
        for folder in folders:
            if any(pattern.matches(folder.name) for pattern in wanted):
                self.send(self.list_line(folder.name, self.list_attributes(folder, folder.name in above)))
        return b"OK Listed"

    def list_line(self, name: str, attributes: Iterable[str], extended: bytes = b"") -> bytes:
        """``* LIST (attributes) "/" name``, and what the extended form has behind it."""
        said = " ".join(dict.fromkeys(attributes)).encode("ascii")
        return b'* LIST (%b) "/" %b%b\r\n' % (said, self.spelled(name), extended)

    def line_of(self, name: str, extended: bytes = b"") -> bytes:
        """The LIST line of one folder of this name, which exists."""
        folders = {folder.name: folder for folder in self.store.folders(self.mailbox)}
        has_children = any(name in parents(other) for other in folders)
        return self.list_line(name, self.list_attributes(folders[name], has_children), extended)

    def list_attributes(self, folder: Folder, has_children: bool) -> list[str]:
        """Attributes of RFC 3501; extensions add theirs."""
        return [] if folder.selectable else ["\\Noselect"]

    def command_lsub(self, args: Arguments) -> Answer:
        """RFC 3501 6.3.9. A parent that is not subscribed stands for its children when ``%`` hides them."""
        args.space()
        reference = args.folder()
        args.space()
        pattern = Pattern(reference + args.pattern())
        args.end()
        subscribed = list(self.store.subscriptions(self.mailbox))
        lines = {name: b"" for name in subscribed if pattern.matches(name)}
        for name in subscribed:
            if name not in lines:
                lines.update((parent, b"\\Noselect") for parent in parents(name)
                             if parent not in lines and pattern.matches(parent))
        for name, attribute in sorted(lines.items()):
            self.send(b'* LSUB (%b) "/" %b\r\n' % (attribute, self.spelled(name)))
        return b"OK Listed"
