"""ESEARCH (RFC 4731): the least, the greatest, the number or a compact set instead of a long list."""

from __future__ import annotations

from typing import ClassVar

from simulator.imap.arguments import Arguments, Malformed
from simulator.imap.commands.searching import Searching
from simulator.imap.formatter import number_set, string
from simulator.imap.search.keys import KeyReader

OPTIONS = ("MIN", "MAX", "ALL", "COUNT")


class Esearch(Searching):
    """``SEARCH RETURN (MIN MAX COUNT ALL) …``"""

    announces: ClassVar[tuple[str, ...]] = ("ESEARCH",)
    return_options: ClassVar[tuple[str, ...]] = OPTIONS

    def search_returns(self, args: Arguments) -> tuple[str, ...] | None:
        """RFC 4731 3.1; an empty list asks for ALL."""
        if args.text[args.at:args.at + 7].upper() != b"RETURN ":
            return None
        args.at += 7
        args.expect(b"(")
        asked: list[str] = []
        while not args.peek(b")"):
            if asked:
                args.space()
            name = args.word("a RETURN option")
            if name not in self.return_options:
                raise Malformed(f"RETURN knows {', '.join(self.return_options)}")
            asked.append(name)
        args.expect(b")")
        args.space()
        return tuple(dict.fromkeys(asked)) or ("ALL",)

    def search_line(self, found: list[int], reader: KeyReader, wanted: tuple[str, ...] | None, by_uid: bool) -> bytes:
        """``* ESEARCH (TAG "a1") UID COUNT 3 ALL 1:3``"""
        if wanted is None:
            return super().search_line(found, reader, None, by_uid)
        assert self.command is not None
        numbers = self.numbers_of(found, by_uid)
        words = [b"* ESEARCH (TAG %b)" % string(self.command.tag)]
        if by_uid:
            words.append(b"UID")
        if numbers:
            values = {"MIN": b"MIN %d" % numbers[0], "MAX": b"MAX %d" % numbers[-1],
                      "ALL": b"ALL " + number_set(numbers)}
            words += [values[name] for name in OPTIONS if name in wanted and name in values]
        if "COUNT" in wanted:
            words.append(b"COUNT %d" % len(numbers))
        return b" ".join(words) + self.esearch_suffix(found, reader, wanted) + b"\r\n"

    def esearch_suffix(self, found: list[int], reader: KeyReader, wanted: tuple[str, ...]) -> bytes:
        """For CONDSTORE (RFC 4731 3.2)."""
        return b""
