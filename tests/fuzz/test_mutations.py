"""The fuzzer itself: the same seed gives the same dialogues, and a failing one becomes short."""

from __future__ import annotations

import pytest

from fuzz.dialogues import DIALOGUES
from fuzz.minimise import minimised
from fuzz.mutations import MOST_OCTETS, damaged
from fuzz.steps import Dialogue, Step, conversation

NUMBERS = range(1, 400)


@pytest.mark.parametrize("kin", sorted(DIALOGUES))
def test_a_seed_gives_the_same_dialogues_each_time_and_another_gives_others(kin: str) -> None:
    first = [damaged(kin, 1, number) for number in NUMBERS]
    assert first == [damaged(kin, 1, number) for number in NUMBERS]
    assert len({dialogue.steps for dialogue in first}) > 300
    assert not {d.steps for d in first if len(d.steps) > 3} <= {damaged(kin, 2, number).steps for number in NUMBERS}


@pytest.mark.parametrize("kin", sorted(DIALOGUES))
def test_every_kind_of_damage_happens_and_none_is_endless(kin: str) -> None:
    dialogues = [damaged(kin, 1, number) for number in NUMBERS]
    assert {step.do for dialogue in dialogues for step in dialogue.steps} >= {
        "send", "listen", "secure", "raw", "deaf", "half-close", "reset", "leave", "silence"}
    assert any(step.cuts for dialogue in dialogues for step in dialogue.steps)
    assert max(sum(len(step.data) for step in dialogue.steps) for dialogue in dialogues) <= MOST_OCTETS


def test_a_dialogue_is_kept_in_a_file_as_it_is() -> None:
    for number in NUMBERS[:50]:
        dialogue = damaged("smtp", 3, number)
        assert Dialogue.from_json(dialogue.to_json()) == dialogue


def test_a_script_is_octets_and_deeds() -> None:
    dialogue = conversation("imap", "a STARTTLS\n<secure>\nb LOGIN {1+}\\\nx y\\0\n")
    assert [str(step) for step in dialogue.steps] == [
        "listen", r"send 'a STARTTLS\r\n'", "listen", "secure", r"send 'b LOGIN {1+}\r\nx y\x00\r\n'", "listen"]


def test_what_does_not_matter_is_dropped() -> None:
    steps = tuple(Step("send", b"line %d\r\n" % number, (2,)) for number in range(40))
    tried: list[Dialogue] = []

    def fails(dialogue: Dialogue) -> bool:
        tried.append(dialogue)
        octets = b"".join(step.data for step in dialogue.steps)
        return b"7\r" in octets and b"2" in octets

    short = minimised(Dialogue("mx", steps), fails, 60.0)
    assert len(short.steps) <= 2
    assert sum(len(step.data) for step in short.steps) == 3
    assert len(tried) < 400
