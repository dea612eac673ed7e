"""Files stay small enough to be read at once."""

from __future__ import annotations

from tests.house.sources import sources

MOST_LINES = 400
"""Past this, a file holds two ideas."""


def test_no_file_is_longer_than_can_be_read_at_once() -> None:
    long = [f"{source}: {lines} lines" for source in sources()
            if (lines := len(source.text.splitlines())) > MOST_LINES]
    assert not long, "\n".join(long)


def test_no_file_is_named_after_nothing() -> None:
    names = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
    assert not [str(source) for source in sources() if source.path.stem in names]
