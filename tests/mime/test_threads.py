"""THREAD."""

import random

import pytest

from simulator.mime.sortkeys import Sortable, sortable
from simulator.mime.threads import ordered_subject, references


def mail(number: int, own: str, refs: str = "", subject: str = "", at: float | None = None) -> Sortable:
    """A message called `<own>` that refers to the ids in `refs`, sent at `at` (or in the order of numbers)."""
    links = " ".join(f"<{ref}>" for ref in refs.split())
    header = f"Message-ID: <{own}>\r\nReferences: {links}\r\nSubject: {subject}\r\n\r\n".encode()
    return sortable(number, float(number) if at is None else at, 0, header)


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([], b""),
        ([mail(1, "a")], b"(1)"),
        ([mail(1, "a"), mail(2, "b", "a"), mail(3, "c", "a b")], b"(1 2 3)"),
        ([mail(1, "a"), mail(2, "b", "a"), mail(3, "c", "a"), mail(4, "d", "a b")], b"(1 (2 4)(3))"),
        ([mail(1, "c", "a b"), mail(2, "b", "a"), mail(3, "a")], b"(3 2 1)"),
        ([mail(1, "b", "lost"), mail(2, "c", "lost")], b"((1)(2))"),
        ([mail(1, "b", "lost"), mail(2, "c", "lost gone")], b"((1)(2))"),
        ([mail(1, "b", "lost gone")], b"(1)"),
        ([mail(1, "a"), mail(2, "a")], b"(1)(2)"),
        ([mail(1, "a", "b"), mail(2, "b", "a")], b"(2 1)"),
        ([mail(1, "a", "a")], b"(1)"),
        ([mail(1, "a", at=9), mail(2, "b", at=5)], b"(2)(1)"),
        ([mail(1, "a"), mail(2, "b", "a", at=8), mail(3, "c", "a", at=7)], b"(1 (3)(2))"),
        ([mail(1, "", subject="x"), mail(2, "", subject="")], b"(1)(2)"),
    ],
)
def test_references_link_messages(messages: list[Sortable], expected: bytes) -> None:
    assert references(messages) == expected


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([mail(1, "a", subject="x"), mail(2, "b", subject="Re: x")], b"(1 2)"),
        ([mail(1, "a", subject="Re: x"), mail(2, "b", subject="x")], b"(2 1)"),
        ([mail(1, "a", subject="x"), mail(2, "b", subject="x")], b"((1)(2))"),
        ([mail(1, "a", subject="x"), mail(2, "b", subject="x"), mail(3, "c", subject="Re: x")], b"((1)(2)(3))"),
        ([mail(1, "a", subject="Re: x"), mail(2, "b", subject="Re: x"), mail(3, "c", subject="x")], b"(3 (1)(2))"),
        ([mail(1, "a", "l", "x"), mail(2, "b", "l", "x"), mail(3, "c", subject="x")], b"((1)(2)(3))"),
        (
            [mail(1, "a", "l", "x"), mail(2, "b", "l", "x"), mail(3, "c", "m", "x"), mail(4, "d", "m", "x")],
            b"((1)(2)(3)(4))",
        ),
        ([mail(1, "a"), mail(2, "b")], b"(1)(2)"),
    ],
)
def test_threads_of_one_subject_become_one(messages: list[Sortable], expected: bytes) -> None:
    assert references(messages) == expected


def test_ordered_subject_puts_replies_beside_each_other_by_date() -> None:
    row = [
        mail(1, "a", subject="b", at=9),
        mail(2, "b", subject="Re: a", at=3),
        mail(3, "c", subject="a", at=2),
        mail(4, "d", subject="RE: A", at=4),
        mail(5, "e", subject="b", at=10),
    ]
    assert ordered_subject(row) == b"(3 (2)(4))(1 5)"
    assert ordered_subject([]) == b""


def test_a_very_long_conversation_needs_no_recursion() -> None:
    row = [mail(number, f"m{number}", f"m{number - 1}") for number in range(1, 5_001)]
    assert references(row) == b"(" + b" ".join(b"%d" % number for number in range(1, 5_001)) + b")"


def test_no_message_is_lost_or_doubled_in_any_tangle_of_references() -> None:
    chance = random.Random(5256)
    for _ in range(300):
        count = chance.randint(1, 12)
        row = [
            mail(
                number,
                f"m{chance.randint(1, count)}",
                " ".join(f"m{chance.randint(1, count + 3)}" for _ in range(chance.randint(0, 4))),
                chance.choice(("", "x", "Re: x", "y", "Fwd: y")),
                float(chance.randint(0, 3)),
            )
            for number in range(1, count + 1)
        ]
        for algorithm in (references, ordered_subject):
            text = algorithm(row)
            shown = [int(word) for word in text.replace(b"(", b" ").replace(b")", b" ").split()]
            assert sorted(shown) == list(range(1, count + 1))
            assert text.count(b"(") == text.count(b")")
