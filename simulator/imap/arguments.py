"""Reads the arguments of one command from left to right (RFC 3501 9). What does not parse raises Malformed: BAD."""

from __future__ import annotations

import re
from calendar import timegm
from datetime import date

from simulator.imap.formatter import MONTHS, plain
from simulator.imap.names import NotAName, decode_name
from simulator.imap.numbers import SAVED, NumberSet, parse_set
from simulator.imap.outcomes import Refused
from simulator.imap.reader import Command
from simulator.imap.settings import ImapSettings
from simulator.store.interface import SYSTEM_FLAGS

_ATOM = re.compile(rb"[^\x00-\x20\x7f-\xff(){%*\"\\\]]+")
_ASTRING = re.compile(rb"[^\x00-\x20\x7f-\xff(){%*\"\\]+")
_LIST_CHARS = re.compile(rb"[^\x00-\x20\x7f-\xff(){\"\\]+")
_SET = re.compile(rb"[0-9*:,]+")
_QUOTED = re.compile(rb'"((?:[^"\\\r\n\x00]|\\["\\])*)"')
_ESCAPE = re.compile(rb"\\([\"\\])")
_MARK = re.compile(rb"~?\{[0-9]+\+?\}")
_NUMBER = re.compile(rb"[0-9]{1,20}")
_FLAG = re.compile(rb"\\?[^\x00-\x20\x7f-\xff(){%*\"\\\]]+")
_DATE = re.compile(rb"([0-9]{1,2})-([A-Za-z]{3})-([0-9]{4})")
_DATE_TIME = re.compile(rb"([ 0-9][0-9])-([A-Za-z]{3})-([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2})"
                        rb" ([+-])([0-9]{2})([0-9]{2})")
_SYSTEM = {flag.lower(): flag for flag in SYSTEM_FLAGS}
LARGEST_NUMBER = 0xFFFFFFFFFFFFFFFF


class Malformed(Exception):
    """The command is not grammatical; the text is for the client."""


class Arguments:
    """A place in a command. Every method reads one thing and moves on."""

    def __init__(self, command: Command, settings: ImapSettings, *, utf8: bool = False) -> None:
        self.text = command.text
        self.at = command.start
        self.limits = settings
        self.utf8 = utf8
        """Folder names are UTF-8, not modified UTF-7."""
        self.by_uid = False
        """The command came behind UID."""
        self._literals = command.literals
        self._depth = 0

    # -- punctuation
    @property
    def done(self) -> bool:
        """Nothing is left."""
        return self.at >= len(self.text)

    @property
    def has_literals(self) -> bool:
        """Some arguments are literals, which ``text`` does not hold."""
        return bool(self._literals)

    def end(self) -> None:
        """Nothing may follow."""
        if not self.done:
            raise Malformed("unexpected text after the command")

    def peek(self, octets: bytes) -> bool:
        """The next octets are these."""
        return self.text.startswith(octets, self.at)

    def take(self, octets: bytes) -> bool:
        """Read these octets if they come next."""
        if self.text.startswith(octets, self.at):
            self.at += len(octets)
            return True
        return False

    def expect(self, octets: bytes) -> None:
        """These octets must come next."""
        if not self.take(octets):
            raise Malformed(f"expected {'a space' if octets == b' ' else octets.decode('ascii')}")

    def space(self) -> None:
        """Exactly one space."""
        self.expect(b" ")

    def open(self) -> None:
        """An opening parenthesis, within the nesting limit."""
        self._depth += 1
        if self._depth > self.limits.nesting:
            raise Malformed("parentheses are nested too deeply")
        self.expect(b"(")

    def close(self) -> None:
        """A closing parenthesis."""
        self._depth -= 1
        self.expect(b")")

    # -- words
    def match(self, pattern: re.Pattern[bytes], what: str) -> re.Match[bytes]:
        """The pattern must come next."""
        found = pattern.match(self.text, self.at)
        if found is None:
            raise Malformed(f"expected {what}")
        self.at = found.end()
        return found

    def atom(self, what: str = "an atom") -> str:
        """An atom as it was written."""
        return self.match(_ATOM, what)[0].decode("ascii")

    def word(self, what: str = "a name") -> str:
        """An atom in capitals."""
        return self.atom(what).upper()

    def take_word(self, word: str) -> bool:
        """Read this word, in any case, if it comes next."""
        found = _ATOM.match(self.text, self.at)
        if found is None or found[0].upper() != word.encode("ascii"):
            return False
        self.at = found.end()
        return True

    def number(self, what: str = "a number") -> int:
        """An unsigned number of up to 64 bits."""
        value = int(self.match(_NUMBER, what)[0])
        if value > LARGEST_NUMBER:
            raise Malformed(f"{what} is too large")
        return value

    # -- strings
    def at_string(self) -> bool:
        """A quoted string or literal comes next."""
        return self.peek(b'"') or self.at in self._literals

    def string(self, what: str = "a string") -> bytes:
        """A quoted string or a literal."""
        if self.peek(b'"'):
            body = self.match(_QUOTED, f"{what} closed by a quote")[1]
            return _ESCAPE.sub(rb"\1", body) if b"\\" in body else body
        if self.at in self._literals and not self.peek(b"~"):
            data = self._literals[self.at]
            self.match(_MARK, what)
            return data
        raise Malformed(f"expected {what}")

    def message(self) -> tuple[bytes, bool]:
        """The literal of APPEND, and whether it is a literal8 (RFC 3516)."""
        binary = self.take(b"~")
        if self.at not in self._literals:
            raise Malformed("expected a literal")
        return self.string(), binary

    def astring(self, what: str = "a string") -> bytes:
        """An atom or a string."""
        return self.string(what) if self.at_string() else self.match(_ASTRING, what)[0]

    def login_name(self) -> bytes:
        """A user name or password. ``*`` is taken unquoted, as in ``ORG*member``: some clients quote nothing."""
        return self.string() if self.at_string() else self.match(_LIST_CHARS, "a user name or password")[0]

    def nstring(self, what: str = "a string or NIL") -> bytes | None:
        """NIL or a string."""
        if self.at_string():
            return self.string(what)
        if self.word(what) != "NIL":
            raise Malformed(f"expected {what}")
        return None

    def text_string(self, charset: str, what: str = "a string") -> str:
        """A search string in the charset of the command."""
        try:
            return self.astring(what).decode(charset)
        except UnicodeDecodeError as error:
            raise Malformed(f"{what} is not {charset}") from error

    # -- folders
    def folder(self) -> str:
        """A folder name as Unicode; INBOX in capitals."""
        name = self._unicode(self.astring("a folder name"))
        head, slash, rest = name.partition("/")
        return f"INBOX{slash}{rest}" if head.upper() == "INBOX" else name

    def pattern(self) -> str:
        """A LIST pattern as Unicode, wildcards included."""
        raw = self.string() if self.at_string() else self.match(_LIST_CHARS, "a pattern")[0]
        if len(raw) > self.limits.pattern:
            raise Malformed(f"a pattern has at most {self.limits.pattern} octets")
        try:
            return self._unicode(raw)
        except Refused:
            return raw.decode("ascii")  # matches nothing, which is an answer too

    def _unicode(self, raw: bytes) -> str:
        if not self.utf8 and raw.isascii():
            try:
                return decode_name(raw)
            except NotAName as error:
                raise Refused(b"NO [CANNOT] No folder can have this name: " + plain(str(error))) from error
        try:
            return raw.decode() if self.utf8 else decode_name(raw)
        except ValueError as error:
            raise Malformed("a folder name is UTF-8" if self.utf8 else str(error)) from error

    # -- numbers, flags, dates
    def numbers(self) -> NumberSet:
        """A sequence set, or ``$``."""
        if self.take(b"$"):
            return SAVED
        found = parse_set(self.match(_SET, "a sequence set")[0], self.limits.set_elements)
        if found is None:
            raise Malformed("invalid sequence set, or one with too many elements")
        return found

    def at_set(self) -> bool:
        """A sequence set comes next."""
        return self.peek(b"$") or _SET.match(self.text, self.at) is not None

    def flag(self) -> str:
        """One flag; system flags in their usual spelling."""
        name = self.match(_FLAG, "a flag")[0].decode("ascii")
        if len(name) > self.limits.flag_length:
            raise Malformed(f"a flag has at most {self.limits.flag_length} characters")
        if not name.startswith("\\"):
            return name
        known = _SYSTEM.get(name.lower())
        if known is None:
            raise Malformed(f"{name} is not a flag that a client may set")
        return known

    def flags(self) -> frozenset[str]:
        """Flags in parentheses, maybe none."""
        self.expect(b"(")
        names = [] if self.peek(b")") else self.bare_flags()
        self.expect(b")")
        return frozenset(names)

    def bare_flags(self) -> list[str]:
        """Flags separated by spaces."""
        names = [self.flag()]
        while self.take(b" "):
            names.append(self.flag())
            if len(names) > self.limits.flags:
                raise Malformed(f"at most {self.limits.flags} flags at once")
        return names

    def day(self) -> date:
        """``22-Nov-2026``, quoted or not."""
        quoted = self.take(b'"')
        found = self.match(_DATE, "a date like 22-Nov-2026")
        if quoted:
            self.expect(b'"')
        try:
            return date(int(found[3]), _month(found[2]), int(found[1]))
        except ValueError as error:
            raise Malformed("there is no such day") from error

    def date_time(self) -> float:
        """``"22-Nov-2026 20:00:00 +0100"`` as seconds since 1970."""
        self.expect(b'"')
        found = self.match(_DATE_TIME, "a date and time")
        self.expect(b'"')
        hours, minutes, seconds, zone = int(found[4]), int(found[5]), int(found[6]), int(found[8]) * 60 + int(found[9])
        try:
            day = date(int(found[3]), _month(found[2]), int(found[1]))
        except ValueError as error:
            raise Malformed("there is no such day") from error
        if not 1900 <= day.year <= 9998:
            raise Malformed("the year is out of range")
        if hours > 23 or minutes > 59 or seconds > 60:
            raise Malformed("there is no such time")
        moment = timegm((day.year, day.month, day.day, hours, minutes, seconds))
        return float(moment - (zone if found[7] == b"+" else -zone) * 60)


def _month(name: bytes) -> int:
    """1 to 12. Raises ValueError."""
    return MONTHS.index(name.decode("ascii").capitalize()) + 1
