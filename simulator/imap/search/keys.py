"""SEARCH keys (RFC 3501 6.4.4) as tests of one message, cheap ones told apart from those that read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from simulator.imap.arguments import Arguments, Malformed
from simulator.imap.fetch.loaded import Loaded
from simulator.imap.numbers import within
from simulator.imap.search.sieve import HEADING, Sieve
from simulator.imap.view import View
from simulator.mime import dates, headers
from simulator.mime.text import contains, searchable_body, searchable_fields, searchable_text

Test = Callable[[Loaded], bool]
METADATA, HEADER, TEXT = 0, 1, 2
"""What a test costs: nothing, reading the header, reading and decoding everything."""


@dataclass(frozen=True, slots=True)
class Key:
    """One condition."""

    test: Test
    cost: int = METADATA
    sieve: Sieve | None = None
    """What the message's heading must pass before the test is worth while."""
    cheap: Test | None = None
    """What must hold as well and reads nothing."""


class KeyReader:
    """What a key needs while it is read."""

    def __init__(self, args: Arguments, view: View, known: dict[str, KeyParser], now: float) -> None:
        self.args, self.view, self.known, self.now = args, view, known, now
        self.charset = "utf-8"
        self.uses_modseq = False
        self._keys = self._levels = 0

    def all_of(self) -> Key:
        """Keys up to the end, or up to the closing parenthesis, all of which must hold."""
        keys = [self.one()]
        while self.args.take(b" "):
            keys.append(self.one())
        return both(keys)

    def one(self) -> Key:
        """The next key, however nested."""
        args = self.args
        self._keys += 1
        if self._keys > args.limits.search_keys:
            raise Malformed(f"at most {args.limits.search_keys} search keys")
        if args.peek(b"("):
            args.open()
            key = self.all_of()
            args.close()
            return key
        if args.at_set():
            return self.numbers(by_uid=False)
        name = args.word("a search key")
        parser = self.known.get(name)
        if parser is None:
            raise Malformed(f"{name} is not a search key that is offered here")
        return parser(self)

    def nested(self) -> Key:
        """A key behind NOT or OR; counts as a level."""
        self.args.space()
        self._level(1)
        key = self.one()
        self._level(-1)
        return key

    def _level(self, step: int) -> None:
        self._levels += step
        if self._levels > self.args.limits.nesting:
            raise Malformed("search keys are nested too deeply")

    def numbers(self, *, by_uid: bool) -> Key:
        """A sequence set or UID set."""
        numbers = self.args.numbers()
        ranges = self.view.positions(numbers, by_uid=by_uid)
        if ranges is not None:
            spans = [(places.start + 1, places.stop) for places in ranges]
        elif numbers.saved:
            raise Malformed("$ is not offered here")
        else:
            # A number beyond the last message is a condition that no message meets.
            spans = numbers.resolved(max(len(self.view.messages), 1))
        return Key(lambda m: within(spans, m.seq))

    def text(self) -> str:
        """A search string."""
        self.args.space()
        return self.args.text_string(self.charset, "a search string")

    def day(self) -> date:
        """A date."""
        self.args.space()
        return self.args.day()

    def number(self) -> int:
        """A number."""
        self.args.space()
        return self.args.number()


KeyParser = Callable[[KeyReader], Key]


def both(keys: list[Key]) -> Key:
    """All must hold; the cheapest are asked first."""
    if len(keys) == 1:
        return keys[0]
    ordered = sorted(keys, key=lambda key: key.cost)
    tests = [key.test for key in ordered]
    sieve = next((key.sieve for key in ordered if key.sieve is not None), None)
    free = [key.test for key in ordered if key.cost == METADATA]
    cheap = (lambda m: all(test(m) for test in free)) if free else None
    return Key(lambda m: all(test(m) for test in tests), ordered[-1].cost, sieve, cheap)


def negated(key: Key) -> Key:
    """The opposite, at the same cost."""
    return Key(lambda m: not key.test(m), key.cost)


def _or(reader: KeyReader) -> Key:
    first, second = sorted((reader.nested(), reader.nested()), key=lambda key: key.cost)
    return Key(lambda m: first.test(m) or second.test(m), second.cost)


def _flag(flag: str, wanted: bool = True) -> KeyParser:
    return lambda _reader: Key(lambda m: (flag in m.message.flags) is wanted)


def _keyword(reader: KeyReader) -> Key:
    reader.args.space()
    name = reader.args.atom("a keyword").lower()
    spellings = frozenset(keyword for keyword in reader.view.keywords if keyword.lower() == name)
    return Key(lambda m: not spellings.isdisjoint(m.message.flags))


def _recent(_reader: KeyReader) -> Key:
    return Key(lambda m: m.view.is_recent(m.message.uid))


def _new(_reader: KeyReader) -> Key:
    return Key(lambda m: "\\Seen" not in m.message.flags and m.view.is_recent(m.message.uid))


def _arrived(compare: Callable[[date, date], bool]) -> KeyParser:
    def parse(reader: KeyReader) -> Key:
        day = reader.day()
        return Key(lambda m: compare(datetime.fromtimestamp(m.message.internal_date, UTC).date(), day))
    return parse


def _sent(compare: Callable[[date, date], bool]) -> KeyParser:
    def parse(reader: KeyReader) -> Key:
        day = reader.day()

        def test(message: Loaded) -> bool:
            sent = dates.sent(headers.first(message.body, b"date"))
            return sent is not None and compare(sent.day, day)
        return Key(test, HEADER)
    return parse


def before(a: date, b: date) -> bool:
    """BEFORE, and the keys like it."""
    return a < b


def on(a: date, b: date) -> bool:
    """ON, and the keys like it."""
    return a == b


def since(a: date, b: date) -> bool:
    """SINCE, and the keys like it."""
    return a >= b


def _field(name: bytes) -> KeyParser:
    return lambda reader: _field_holds(name, reader.text())


def _header(reader: KeyReader) -> Key:
    reader.args.space()
    name = reader.args.astring("a header field name")
    return _field_holds(name, reader.text())


def _field_holds(name: bytes, needle: str) -> Key:
    sieve, is_heading = Sieve(needle), name.lower() in HEADING

    def test(message: Loaded) -> bool:
        if not (is_heading or sieve.header(message.body)):
            return False
        values = searchable_fields(message.body, name)
        return contains(values, needle) if needle else any(True for _ in values)
    return Key(test, HEADER, sieve if is_heading else None)


def _body(reader: KeyReader) -> Key:
    needle = reader.text()
    sieve = Sieve(needle)
    return Key(lambda m: sieve.text(m.body) and contains(searchable_body(m.index, m.body), needle), TEXT)


def _text(reader: KeyReader) -> Key:
    needle = reader.text()
    sieve = Sieve(needle)
    return Key(lambda m: sieve.text(m.body) and contains(searchable_text(m.index, m.body), needle), TEXT)


def _uid(reader: KeyReader) -> Key:
    reader.args.space()
    return reader.numbers(by_uid=True)


def _larger(reader: KeyReader) -> Key:
    size = reader.number()
    return Key(lambda m: m.message.size > size)


def _smaller(reader: KeyReader) -> Key:
    size = reader.number()
    return Key(lambda m: m.message.size < size)


_FLAG_KEYS = {name: f"\\{name.capitalize()}" for name in ("ANSWERED", "DELETED", "DRAFT", "FLAGGED", "SEEN")}

KEYS: dict[str, KeyParser] = {
    "ALL": lambda _reader: Key(lambda _m: True),
    **{name: _flag(flag) for name, flag in _FLAG_KEYS.items()},
    **{f"UN{name}": _flag(flag, False) for name, flag in _FLAG_KEYS.items()},
    "KEYWORD": _keyword, "UNKEYWORD": lambda reader: negated(_keyword(reader)),
    "RECENT": _recent, "OLD": lambda reader: negated(_recent(reader)), "NEW": _new,
    "BEFORE": _arrived(before), "ON": _arrived(on), "SINCE": _arrived(since),
    "SENTBEFORE": _sent(before), "SENTON": _sent(on), "SENTSINCE": _sent(since),
    "BCC": _field(b"bcc"), "CC": _field(b"cc"), "FROM": _field(b"from"), "SUBJECT": _field(b"subject"),
    "TO": _field(b"to"), "HEADER": _header, "BODY": _body, "TEXT": _text,
    "LARGER": _larger, "SMALLER": _smaller, "UID": _uid,
    "NOT": lambda reader: negated(reader.nested()), "OR": _or,
}
"""Every key of RFC 3501; extensions add theirs in ``search_keys``."""
