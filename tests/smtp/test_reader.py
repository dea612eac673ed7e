"""Octets to lines and texts."""

from __future__ import annotations

import pytest

from simulator.smtp.reader import Flaw, Lines, Text
from simulator.wire import Room

LIMIT, AUTH_LIMIT = 50, 100


def lines(*chunks: bytes, exchange: bool = False, drain: int = 1000) -> list[bytes | Flaw]:
    reader = Lines(LIMIT, AUTH_LIMIT, drain)
    found: list[bytes | Flaw] = []
    for chunk in chunks:
        reader.add(chunk)
        while (line := reader.next(exchange)) is not None:
            found.append(line)
    return found


def test_lines_are_cut_at_cr_lf_whatever_the_chunks() -> None:
    sent = b"NOOP\r\nMAIL FROM:<a@b.fr>\r\n\r\nQUIT\r\nrest"
    for cut in range(len(sent)):
        assert lines(sent[:cut], sent[cut:]) == [b"NOOP", b"MAIL FROM:<a@b.fr>", b"", b"QUIT"]
    assert lines(*(sent[n:n + 1] for n in range(len(sent)))) == [b"NOOP", b"MAIL FROM:<a@b.fr>", b"", b"QUIT"]


@pytest.mark.parametrize("sent, flaw", [
    (b"NOOP\n", Flaw.BARE_END), (b"\n", Flaw.BARE_END), (b"NO\rOP\r\n", Flaw.BARE_END), (b"NOOP\r\r\n", Flaw.BARE_END),
    (b"NO\0OP\r\n", Flaw.CONTROL), (b"NO\x1bOP\r\n", Flaw.CONTROL), (b"NO\x7fOP\r\n", Flaw.CONTROL),
])
def test_a_line_with_another_end_or_a_control_character_is_flawed(sent: bytes, flaw: Flaw) -> None:
    assert lines(sent + b"QUIT\r\n") == [flaw, b"QUIT"]


def test_a_line_may_be_as_long_as_the_limit_with_its_end_and_no_longer() -> None:
    assert lines(b"x" * (LIMIT - 2) + b"\r\nQUIT\r\n") == [b"x" * (LIMIT - 2), b"QUIT"]
    assert lines(b"x" * (LIMIT - 1) + b"\r\nQUIT\r\n") == [Flaw.LINE_TOO_LONG, b"QUIT"]


def test_long_lines_are_thrown_away_to_their_end_whatever_the_chunks() -> None:
    for length in (LIMIT - 2, LIMIT - 1, LIMIT, 3 * LIMIT):
        sent = b"x" * length + b"\r\nQUIT\r\n"
        first = b"x" * length if length <= LIMIT - 2 else Flaw.LINE_TOO_LONG
        for cut in range(len(sent)):
            assert lines(sent[:cut], sent[cut:]) == [first, b"QUIT"], (length, cut)
        assert lines(*(sent[n:n + 1] for n in range(len(sent)))) == [first, b"QUIT"]


def test_auth_lines_and_answers_to_challenges_may_be_longer() -> None:
    assert lines(b"auth PLAIN " + b"x" * (AUTH_LIMIT - 11) + b"\r\n") == [b"auth PLAIN " + b"x" * (AUTH_LIMIT - 11)]
    assert lines(b"AUTH PLAIN " + b"x" * (AUTH_LIMIT - 10) + b"\r\n") == [Flaw.AUTH_TOO_LONG]
    assert lines(b"x" * AUTH_LIMIT + b"\r\n", exchange=True) == [b"x" * AUTH_LIMIT]
    sent = b"x" * (AUTH_LIMIT + 1) + b"\r\n"
    for cut in range(len(sent)):
        assert lines(sent[:cut], sent[cut:], exchange=True) == [Flaw.AUTH_TOO_LONG]


def test_a_line_without_end_is_given_up() -> None:
    reader = Lines(LIMIT, AUTH_LIMIT, 200)
    for _ in range(3):
        reader.add(b"x" * 60)
        assert reader.next(False) is None and len(reader) == 0
    reader.add(b"x" * 60)
    assert reader.next(False) is Flaw.ENDLESS


def received(*chunks: bytes, limit: int = 100_000, line: int = 1000, drain: int = 200_000) -> tuple[Text, bytes | None]:
    text = Text(limit, line, drain, Room().share(""))
    rest = None
    for chunk in chunks:
        assert rest is None, "the text had ended"
        rest = text.feed(chunk)
    return text, rest


TEXTS = [
    (b".\r\n", b""),
    (b"\r\n.\r\n", b"\r\n"),
    (b"one\r\n.\r\n", b"one\r\n"),
    (b"..\r\n.\r\n", b".\r\n"),
    (b"one\r\n..two\r\n...\r\n.x\r\n.\r\n", b"one\r\n.two\r\n..\r\nx\r\n"),
    (b"one.\r\n\r\n.two.\r\n.\r\n", b"one.\r\n\r\ntwo.\r\n"),
    (b"\r\n\r\n\r\n.\r\n", b"\r\n\r\n\r\n"),
    ("Zoé\r\n.\r\n".encode(), "Zoé\r\n".encode()),
]


@pytest.mark.parametrize("sent, content", TEXTS)
def test_a_text_is_the_same_whatever_the_chunks(sent: bytes, content: bytes) -> None:
    for cut in range(len(sent)):
        for second in range(cut, len(sent)):
            text, rest = received(sent[:cut], sent[cut:second], sent[second:] + b"NOOP\r\n")
            assert (text.flaw, text.content, rest) == (None, content, b"NOOP\r\n")
    text, rest = received(*(sent[n:n + 1] for n in range(len(sent))))
    assert (text.flaw, text.content, rest) == (None, content, b"")


ENDS = [b"\r\n", b"\r", b"\n", b"\r\r\n", b"\n\r", b"\r\0\n", b"\0", b"\r\n\0"]
FALSE_ENDS = [before + b"." + after for before in ENDS for after in ENDS
              if (before + b"." + after).find(b"\r\n.\r\n") < 0] + [b"\r\n.\r", b"\n.\n", b"\r\n. \r\n", b"\r\n.\x85"]


@pytest.mark.parametrize("false_end", FALSE_ENDS, ids=repr)
def test_only_cr_lf_dot_cr_lf_ends_a_text(false_end: bytes) -> None:
    """P9. What looks like an end to a careless reader neither ends the text nor gets through."""
    hidden = b"MAIL FROM:<evil@outside.example>\r\nhidden"
    sent = b"honest" + false_end + hidden + b"\r\n.\r\n"
    for cut in range(len(sent)):
        text, rest = received(sent[:cut], sent[cut:])
        assert rest == b""
        if false_end in (b"\r\n. \r\n", b"\r\n.\x85"):
            assert text.flaw is None and hidden in text.content
        else:
            assert text.flaw in (Flaw.BARE_END, Flaw.NUL)


def test_the_limit_counts_octets_after_dots_are_removed() -> None:
    fits = b"..34567\r\n" * 10 + b".\r\n"
    assert received(fits, limit=80)[0].flaw is None
    assert received(fits, limit=79)[0].flaw is Flaw.TOO_BIG
    for size in (1, 7, 30):
        chunks = [fits[n:n + size] for n in range(0, len(fits), size)]
        assert received(*chunks, limit=80)[0].flaw is None
        text, rest = received(*chunks, limit=79)
        assert text.flaw is Flaw.TOO_BIG and rest == b"" and text.content == b""


def test_a_text_beyond_all_bounds_is_endless() -> None:
    text, rest = received(b"x" * 70 + b"\r\n", b"x" * 70 + b"\r\n", limit=100, drain=140)
    assert text.flaw is Flaw.ENDLESS and rest is None


@pytest.mark.parametrize("dot", [b"", b"."])
@pytest.mark.parametrize("before", [
    b"", b"short\r\n", b"y" * 998 + b"\r\n", b"z" * 700 + b"\r\n" + b"z" * 700 + b"\r\n"])
def test_a_text_line_has_a_thousand_octets_with_its_end_and_without_its_extra_dot(before: bytes, dot: bytes) -> None:
    longest, longer = (before + dot + b"x" * length + b"\r\nafter\r\n.\r\n" for length in (998, 999))
    if dot:
        longest = before + b"..%b\r\nafter\r\n.\r\n" % (b"x" * 997)
        longer = before + b"..%b\r\nafter\r\n.\r\n" % (b"x" * 998)
    for size in (1, 3, 500, 999, 1000, 1001, 5000):
        for sent, flaw in ((longest, None), (longer, Flaw.LINE_TOO_LONG)):
            text, rest = received(*(sent[n:n + size] for n in range(0, len(sent), size)))
            assert (text.flaw, rest) == (flaw, b""), size


def test_a_flawed_text_is_not_kept_in_memory() -> None:
    text = Text(10_000_000, 1000, 20_000_000, Room().share(""))
    text.feed(b"bad\nline\r\n")
    for _ in range(100):
        text.feed(b"x" * 10_000)
    assert text.flaw is Flaw.BARE_END and text.content == b""
    assert text.feed(b"\r\n.\r\nQUIT\r\n") == b"QUIT\r\n"
