"""From a dialogue that fails to a short one that fails: drop steps, then octets, as long as it still does."""

from __future__ import annotations

import time
from collections.abc import Callable

from fuzz.steps import Dialogue, Step

Fails = Callable[[Dialogue], bool]


def minimised(dialogue: Dialogue, fails: Fails, seconds: float) -> Dialogue:
    """The shortest that was found within so many seconds."""
    until = time.monotonic() + seconds

    def still(steps: tuple[Step, ...]) -> bool:
        return time.monotonic() < until and fails(dialogue.doing(steps))

    steps = _fewer_steps(dialogue.steps, still)
    for at in range(len(steps)):
        steps = _fewer_octets(steps, at, still)
    return dialogue.doing(steps)


def _fewer_steps(steps: tuple[Step, ...], still: Callable[[tuple[Step, ...]], bool]) -> tuple[Step, ...]:
    size = max(1, len(steps) // 2)
    while True:
        at = 0
        while at < len(steps):
            fewer = steps[:at] + steps[at + size:]
            if fewer and still(fewer):
                steps = fewer
            else:
                at += size
        if size == 1:
            return steps
        size //= 2


def _fewer_octets(steps: tuple[Step, ...], at: int, still: Callable[[tuple[Step, ...]], bool]) -> tuple[Step, ...]:
    """One step with fewer cuts and octets."""
    def try_(step: Step) -> bool:
        nonlocal steps
        tried = (*steps[:at], step, *steps[at + 1:])
        if not still(tried):
            return False
        steps = tried
        return True

    step = steps[at]
    if step.cuts:
        try_(Step(step.do, step.data))
    size = len(steps[at].data) // 2
    while size:
        start = 0
        while start < len(steps[at].data):
            step = steps[at]
            if not try_(Step(step.do, step.data[:start] + step.data[start + size:])):
                start += size
        size //= 2
    return steps
