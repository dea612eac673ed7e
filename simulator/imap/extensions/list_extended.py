"""LIST-EXTENDED (RFC 5258): choose among folders, ask for more about each, give several patterns at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.imap.arguments import Arguments, Malformed
from simulator.imap.commands.listing import Listing
from simulator.imap.commands.selecting import Selecting
from simulator.imap.matching import Pattern
from simulator.imap.session import Answer
from simulator.store.interface import Folder
from simulator.store.names import parents

MOST_PATTERNS = 100
_SPECIAL_USE = "SPECIAL-USE"


@dataclass(slots=True)
class Wanted:
    """One extended LIST."""

    chosen_by: frozenset[str] = frozenset()
    """SUBSCRIBED, SPECIAL-USE: what a folder must be."""
    recursive: bool = False
    returned: set[str] = field(default_factory=set)
    patterns: list[Pattern] = field(default_factory=list)
    status: list[str] = field(default_factory=list)
    """Items of LIST-STATUS."""

    def fits(self, name: str) -> bool:
        """One of the patterns matches."""
        return any(pattern.matches(name) for pattern in self.patterns)


class ListExtended(Selecting, Listing):
    """Nothing here is remote, so REMOTE adds nothing."""

    announces = ("LIST-EXTENDED",)

    def command_list(self, args: Arguments) -> Answer:
        """RFC 5258 3; the basic form means what it always did."""
        start = args.at
        args.space()
        wanted, extended = Wanted(), args.peek(b"(")
        if extended:
            self._read_selection(args, wanted)
            args.space()
        reference = args.folder()
        args.space()
        patterns = self._read_patterns(args)
        if args.done and not extended and len(patterns) == 1:
            args.at = start
            return super().command_list(args)
        wanted.patterns = [Pattern(reference + pattern) for pattern in patterns if pattern]
        if not args.done:
            self._read_returns(args, wanted)
        args.end()
        self._list(wanted)
        return b"OK Listed"

    # -- reading
    def _read_selection(self, args: Arguments, wanted: Wanted) -> None:
        names = set(_words(args, "a selection option"))
        bases = {"SUBSCRIBED"} | ({_SPECIAL_USE} if self._knows_uses else set())
        unknown = names - bases - {"REMOTE", "RECURSIVEMATCH"}
        if unknown:
            raise Malformed(f"{min(unknown)} is not a selection option that is offered here")
        wanted.chosen_by = frozenset(names & bases)
        wanted.recursive = "RECURSIVEMATCH" in names
        if wanted.recursive and not wanted.chosen_by:
            raise Malformed("RECURSIVEMATCH needs another selection option beside it")
        # What a folder was chosen by is said of it too.
        wanted.returned |= wanted.chosen_by

    def _read_patterns(self, args: Arguments) -> list[str]:
        if not args.take(b"("):
            return [args.pattern()]
        patterns = [args.pattern()]
        while args.take(b" "):
            patterns.append(args.pattern())
            if len(patterns) > MOST_PATTERNS:
                raise Malformed(f"at most {MOST_PATTERNS} patterns")
        args.expect(b")")
        return patterns if len(patterns) > 1 else [*patterns, ""]

    def _read_returns(self, args: Arguments, wanted: Wanted) -> None:
        args.space()
        if args.word("RETURN") != "RETURN":
            raise Malformed("expected RETURN")
        args.space()
        args.expect(b"(")
        first = True
        while not args.peek(b")"):
            if not first:
                args.space()
            first = False
            self.read_return(args, args.word("a return option"), wanted)
        args.expect(b")")

    def read_return(self, args: Arguments, name: str, wanted: Wanted) -> None:
        """One return option; extensions know more of them."""
        if name not in ("SUBSCRIBED", "CHILDREN") and not (name == _SPECIAL_USE and self._knows_uses):
            raise Malformed(f"{name} is not a return option that is offered here")
        wanted.returned.add(name)

    @property
    def _knows_uses(self) -> bool:
        return _SPECIAL_USE in self.announces

    # -- answering
    def _list(self, wanted: Wanted) -> None:
        folders = {folder.name: folder for folder in self.store.folders(self.mailbox)}
        subscribed = frozenset(self.store.subscriptions(self.mailbox))
        above = {parent for name in folders for parent in parents(name)}
        chosen = [name for name in {*folders, *(subscribed if "SUBSCRIBED" in wanted.chosen_by else ())}
                  if _is_chosen(wanted, name, folders.get(name), subscribed)]
        told = {name for name in chosen if wanted.fits(name)}
        holders: set[str] = set()
        if wanted.recursive:
            holders = {parent for name in chosen for parent in parents(name)}
            # A parent is told of for children that the patterns leave out (RFC 5258 3.3).
            told |= {parent for name in chosen if name not in told for parent in parents(name) if wanted.fits(parent)}
        info = b' ("CHILDINFO" (%b))' % b" ".join(b'"%b"' % name.encode("ascii") for name in sorted(wanted.chosen_by))
        for name in sorted(told):
            folder = folders.get(name)
            self.send(self.list_line(name, self._attributes(wanted, name, folder, name in above, name in subscribed),
                                     info if name in holders else b""))
            if folder is not None and folder.selectable:
                self.listed(folder, wanted)

    def _attributes(self, wanted: Wanted, name: str, folder: Folder | None, has_children: bool,
                    subscribed: bool) -> list[str]:
        if folder is not None:
            attributes = self.list_attributes(folder, has_children)
        else:
            attributes = ["\\NonExistent", *(["\\HasChildren"] if has_children else [])]
        if "CHILDREN" in wanted.returned and folder is not None:
            attributes.append("\\HasChildren" if has_children else "\\HasNoChildren")
        if "SUBSCRIBED" in wanted.returned and subscribed:
            attributes.append("\\Subscribed")
        return attributes

    def listed(self, folder: Folder, wanted: Wanted) -> None:
        """For extensions: more lines about a folder just told."""


def _is_chosen(wanted: Wanted, name: str, folder: Folder | None, subscribed: frozenset[str]) -> bool:
    if "SUBSCRIBED" in wanted.chosen_by and name not in subscribed:
        return False
    return _SPECIAL_USE not in wanted.chosen_by or (folder is not None and folder.special_use is not None)


def _words(args: Arguments, what: str) -> list[str]:
    """Names in parentheses, maybe none."""
    args.expect(b"(")
    words: list[str] = []
    while not args.peek(b")"):
        if words:
            args.space()
        words.append(args.word(what))
    args.expect(b")")
    return words
