"""Address lists (RFC 5322 3.4 and its obsolete forms) read token by token, without recursion."""

import re
from typing import NamedTuple

from simulator.mime.headers import comment_end
from simulator.mime.part import MAX_ADDRESSES

_ATOM = rb'[^\s"(),:;<>@\[\]\\]++'
_BARE = re.compile(rb"<?(" + _ATOM + rb")@(" + _ATOM + rb")>?")
_NAMED = re.compile(
    rb'(?:"([^"\\]++)"|(' + _ATOM + rb"(?: " + _ATOM + rb")*))[ \t]*+<(" + _ATOM + rb")@(" + _ATOM + rb")>"
)
_TOKEN = re.compile(
    rb'(?P<blank>\s++)|(?P<comment>\()|"(?P<quoted>(?:[^"\\]++|\\.)*+)(?:"|\\?\Z)|(?P<literal>\[[^\]]*+\]?)'
    rb'|(?P<mark>[<>@,;:])|(?P<atom>[^\s"(),:;<>@\[]++)',
    re.DOTALL,
)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


class Address(NamedTuple):
    """One address as ENVELOPE shows it; encoded words stay encoded, quoting is removed.

    `host` None marks a group: `local` is its name at the start, None at its end. Host
    `b""` is an address without a domain.
    """

    name: bytes | None
    route: bytes | None
    local: bytes | None
    host: bytes | None


GROUP_END = Address(None, None, None, None)


def addresses(value: bytes) -> list[Address]:
    """The addresses of an unfolded header value, at most `MAX_ADDRESSES` and the end of a group; never raises."""
    if bare := _BARE.fullmatch(value):
        return [Address(None, None, bare[1], bare[2])]
    if named := _NAMED.fullmatch(value):
        return [Address(named[1] or named[2], None, named[3], named[4])]
    return _Reader(value).read()


class _Word(NamedTuple):
    text: bytes
    is_mark: bool
    after_blank: bool


class _Reader:
    def __init__(self, value: bytes) -> None:
        self.value = value
        self.found: list[Address] = []
        self.in_group = False
        self._begin()

    def _begin(self) -> None:
        """Forget the address at hand."""
        self.outside: list[_Word] = []
        self.angle: list[_Word] | None = None
        self.closed = False
        self.comment = b""

    def read(self) -> list[Address]:
        at, blank = 0, False
        while at < len(self.value) and len(self.found) < MAX_ADDRESSES:
            match = _TOKEN.match(self.value, at)
            if match is None:  # a stray bracket
                at += 1
                continue
            at, kind, text = match.end(), match.lastgroup, match[match.lastindex or 0]
            if kind == "comment":
                at = comment_end(self.value, match.start())
                self._comment(self.value[match.start() + 1 : at])
            elif kind == "mark":
                self._mark(text, blank)
            elif kind != "blank":
                self._word(_ESCAPED.sub(rb"\1", text) if kind == "quoted" else text, False, blank)
            blank = kind in ("blank", "comment")
        self._end_address()
        if self.in_group:
            self.found.append(GROUP_END)
        return self.found

    def _comment(self, text: bytes) -> None:
        if self.angle is None or self.closed:
            self.comment = _ESCAPED.sub(rb"\1", text[:-1] if text.endswith(b")") else text).strip()

    def _word(self, text: bytes, is_mark: bool, blank: bool) -> None:
        if self.angle is None:
            self.outside.append(_Word(text, is_mark, blank))
        elif not self.closed:
            self.angle.append(_Word(text, is_mark, blank))

    def _mark(self, mark: bytes, blank: bool) -> None:
        if mark == b"<":
            self.angle, self.closed = [], False
        elif mark == b">":
            self.closed = self.angle is not None
        elif mark == b"@" or self._is_in_route(mark):
            self._word(mark, True, blank)
        elif mark == b":":
            self._begin_group()
        else:
            self._end_address()
            if mark == b";" and self.in_group:
                self.in_group = False
                self.found.append(GROUP_END)

    def _is_in_route(self, mark: bytes) -> bool:
        """Commas and the colon of `<@one,@two:local@host>`."""
        if not self.angle or self.closed or mark not in (b",", b":"):
            return False
        return self.angle[0].is_mark and self.angle[0].text == b"@"

    def _begin_group(self) -> None:
        if not self.in_group and self.angle is None:
            self.found.append(Address(None, None, _phrase(self.outside), None))
            self.in_group = True
            self._begin()

    def _end_address(self) -> None:
        words = self.outside if self.angle is None else self.angle
        name = self.comment if self.angle is None else _phrase(self.outside) or self.comment
        if words or self.angle is not None:
            route, words = _split_route(words)
            ats = [place for place, word in enumerate(words) if word.is_mark and word.text == b"@"]
            if ats:
                local, host = _glued(words[: ats[-1]]), _glued(words[ats[-1] + 1 :])
            else:
                local, host = _phrase(words), b""
            self.found.append(Address(name or None, route or None, local, host))
        self._begin()


def _split_route(words: list[_Word]) -> tuple[bytes, list[_Word]]:
    if words and words[0].is_mark:
        for place, word in enumerate(words):
            if word.is_mark and word.text == b":":
                return _glued(words[:place]), words[place + 1 :]
    return b"", words


def _glued(words: list[_Word]) -> bytes:
    return b"".join(word.text for word in words)


def _phrase(words: list[_Word]) -> bytes:
    return b"".join(b" " + word.text if word.after_blank else word.text for word in words).strip()
