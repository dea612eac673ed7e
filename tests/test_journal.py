"""The journal: in order, bounded, kept, listened to, and safe against peers that write their own lines."""

from __future__ import annotations

import asyncio
import json

import pytest

from simulator.journal import Event, Journal, one_line, stories
from tests.builders import START, a_clock


def test_events_are_numbered_dated_and_in_order() -> None:
    clock = a_clock()
    journal = Journal(clock)
    journal.note("sign-in", "one")
    clock.advance(60)
    journal.note("refusal", "two", who="paul", rule="polite")
    first, second = journal.events()
    assert (first.seq, second.seq) == (1, 2)
    assert (first.at, second.at) == (START.timestamp(), START.timestamp() + 60)
    assert (second.who, second.facts) == ("paul", {"rule": "polite"})


def test_events_can_be_chosen_by_kind_and_number() -> None:
    journal = Journal(a_clock())
    for kind in ("a", "b", "a"):
        journal.note(kind, kind)
    assert [e.seq for e in journal.events(kind="a")] == [1, 3]
    assert [e.seq for e in journal.events(after=1)] == [2, 3]
    assert [e.seq for e in journal.events(after=1, kind="a")] == [3]


def test_only_the_newest_are_kept_in_memory() -> None:
    journal = Journal(a_clock(), keep=3)
    for n in range(10):
        journal.note("x", str(n))
    assert [e.story for e in journal.events()] == ["7", "8", "9"]
    assert [e.seq for e in journal.events()] == [8, 9, 10]


def test_numbers_go_on_where_an_earlier_run_ended() -> None:
    assert Journal(a_clock(), first_seq=42).note("x", "y").seq == 42


def test_the_sink_gets_each_event_as_json() -> None:
    kept: list[tuple[str, float, str]] = []
    journal = Journal(a_clock(), sink=lambda *event: kept.append(event))
    journal.note("accepted", "Hélène", who="h@x.example", to=["a", "b"], size=0, mailbox="")
    ((kind, at, text),) = kept
    assert (kind, at) == ("accepted", START.timestamp()) and "Hélène" in text
    assert json.loads(text) == {"seq": 1, "at": START.timestamp(), "kind": "accepted", "story": "Hélène",
                                "who": "h@x.example", "to": ["a", "b"], "size": 0}


@pytest.mark.parametrize("hostile", ["a\nb", "a\r\nb", "a\x1b[2Jb", "a\u2028b", "a\x00b", "a\u202eb", "a\x85b"])
def test_a_story_is_one_line_whatever_a_peer_said(hostile: str) -> None:
    event = Journal(a_clock()).note("x", hostile)
    assert event.story == one_line(hostile) and event.story.isprintable() and len(event.story.splitlines()) == 1


def test_accents_stay_in_a_story() -> None:
    assert one_line("Hélène à l'œuvre, 5 €") == "Hélène à l'œuvre, 5 €"


def test_listeners_hear_later_events_until_they_stop() -> None:
    journal = Journal(a_clock())
    heard: list[int] = []
    journal.note("x", "before")
    stop = journal.listen(lambda event: heard.append(event.seq))
    journal.note("x", "during")
    stop()
    journal.note("x", "after")
    assert heard == [2]


def test_a_listener_may_stop_while_it_is_told() -> None:
    journal = Journal(a_clock())
    heard: list[str] = []

    def once(event: Event) -> None:
        heard.append(event.story)
        stop()

    stop = journal.listen(once)
    journal.listen(lambda event: heard.append(f"{event.story} too"))
    journal.note("x", "one")
    journal.note("x", "two")
    assert heard == ["one", "one too", "two too"]


async def test_waiting_finds_what_has_happened_already() -> None:
    journal = Journal(a_clock())
    journal.note("x", "one")
    assert (await journal.wait_for(lambda e: e.kind == "x")).story == "one"


async def test_waiting_ends_with_the_first_wanted_event() -> None:
    journal = Journal(a_clock())
    journal.note("x", "too early")
    waiting = asyncio.create_task(journal.wait_for(lambda e: e.kind == "x", after=1))
    loop = asyncio.get_running_loop()
    for n, (kind, story) in enumerate((("y", "other"), ("x", "one"), ("x", "two"))):
        loop.call_later(n * 0.001, journal.note, kind, story)
    assert (await waiting).story == "one"


async def test_who_gives_up_waiting_leaves_nothing_behind() -> None:
    journal = Journal(a_clock())
    waiting = asyncio.create_task(journal.wait_for(lambda e: True))
    asyncio.get_running_loop().call_soon(waiting.cancel)
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not journal._listeners


def test_stories_are_lines_of_text() -> None:
    journal = Journal(a_clock())
    journal.note("x", "one")
    journal.note("x", "two\nthree")
    assert stories(journal.events()) == "one\ntwo\ufffdthree"


def test_what_is_owed_is_written_before_anything_else_is_written_or_looked_at() -> None:
    journal = Journal(a_clock())

    def debt() -> None:
        journal.note("owed", "gathered")

    journal.owe(debt)
    journal.note("next", "after it")
    assert [event.kind for event in journal.events()] == ["owed", "next"]
    journal.owe(debt)
    assert [event.kind for event in journal.events(after=2)] == ["owed"]
    journal.owe(debt)
    heard: list[Event] = []
    journal.listen(heard.append)
    assert heard == [] and [event.kind for event in journal.events(after=3)] == ["owed"]
