"""SEARCHRES (RFC 5182): what a search found is kept as ``$``, for the commands that follow."""

from __future__ import annotations

from typing import ClassVar

from simulator.imap.arguments import Arguments
from simulator.imap.commands.searching import BAD_CHARSET
from simulator.imap.extensions.esearch import Esearch
from simulator.imap.search.keys import KeyReader
from simulator.imap.session import Answer
from simulator.imap.view import View

SAVE = "SAVE"


class Searchres(Esearch):
    """UIDs are kept, so that what is expunged later drops out by itself."""

    announces = ("SEARCHRES",)
    needs = ("ESEARCH",)
    return_options: ClassVar[tuple[str, ...]] = (*Esearch.return_options, SAVE)

    def select(self, view: View) -> None:
        """A folder just opened has nothing saved."""
        view.saved = []
        super().select(view)

    def command_search(self, args: Arguments) -> Answer:
        """RFC 5182 2.1: a refused search that was to be saved saves nothing."""
        answer = super().command_search(args)
        if answer == BAD_CHARSET and SAVE in args.text.upper().decode("ascii", "replace"):
            self.selected.saved = []
        return answer

    def search_line(self, found: list[int], reader: KeyReader, wanted: tuple[str, ...] | None, by_uid: bool) -> bytes:
        """RFC 5182 2.1 and 2.4: with MIN and MAX alone, only these are saved; SAVE alone says nothing."""
        if wanted is None or SAVE not in wanted:
            return super().search_line(found, reader, wanted, by_uid)
        others = tuple(name for name in wanted if name != SAVE)
        kept = found
        if others and not {"ALL", "COUNT"} & set(others):
            kept = sorted({*found[:1 if "MIN" in others else 0], *(found[-1:] if "MAX" in others else ())})
        self.selected.saved = sorted(self.selected.messages[at].uid for at in kept)
        return super().search_line(found, reader, others, by_uid) if others else b""
