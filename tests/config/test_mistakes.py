"""Mistakes are written the same way everywhere and come in the order of the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.config.mistakes import ConfigurationError, Mistake, did_you_mean, one_of, shown, written

FILE = Path("config.yaml")


def test_an_error_gives_every_mistake_in_the_order_of_the_file() -> None:
    error = ConfigurationError([Mistake(FILE, 9, "b", "late"), Mistake(FILE, 2, "a", "early")])
    assert str(error) == "config.yaml:2: a: early\nconfig.yaml:9: b: late"
    assert [m.line for m in error.mistakes] == [2, 9]


@pytest.mark.parametrize(("path", "text"), [
    ((), "file"),
    (("limits", "smtp", "recipients"), "limits.smtp.recipients"),
    (("mailboxes", "a.b@c.fr", "members", 1), "mailboxes[a.b@c.fr].members[2]"),
    (("a\nb",), "['a\\nb']"),
])
def test_a_path_is_written_for_people(path: tuple[str | int, ...], text: str) -> None:
    assert written(path) == text


def test_a_value_is_shown_short_and_on_one_line() -> None:
    assert shown("é") == "'é'"
    assert shown("a\nb") == "'a\\nb'"
    assert len(shown("x" * 500)) < 62


def test_words_are_listed() -> None:
    assert one_of([]) == ""
    assert one_of(["a"]) == "a"
    assert one_of(["a", "b", "c"]) == "a, b or c"


def test_the_nearest_spelling_is_offered_only_when_near() -> None:
    assert did_you_mean("recipents", ["recipients", "commands"]) == ", did you mean 'recipients'?"
    assert did_you_mean("per", ["PER", "ORG"]) == ", did you mean 'PER'?"
    assert did_you_mean("zebra", ["recipients"]) == ""
