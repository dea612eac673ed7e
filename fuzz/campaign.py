"""Dialogue after dialogue for some time, several at once, and everything that is looked at meanwhile and afterwards."""

from __future__ import annotations

import itertools
import queue
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fuzz.dialogues import DIALOGUES
from fuzz.minimise import minimised
from fuzz.mutations import damaged
from fuzz.neighbour import Neighbour
from fuzz.player import play
from fuzz.steps import Dialogue
from fuzz.target import Event, Target

AT_ONCE = 16
"""Dialogues played at the same time."""
MOST_WAITED = 2.0
"""Seconds that a neighbour may wait for any answer (promise 10)."""
MOST_GROWTH = 30_000_000
"""Octets of memory that stay after a long run (promise 11)."""
REMEMBERED = 30
"""Latest dialogues that are tried again when nobody knows which one it was."""
MINIMISING = 120.0
"""Seconds given to make a failing dialogue short."""


@dataclass(slots=True)
class Failure:
    """What is wrong, and the dialogues that may have done it."""

    what: str
    suspects: list[Dialogue] = field(default_factory=list)


@dataclass(slots=True)
class Result:
    """One run."""

    played: int
    failures: list[Failure]
    longest: float
    slowest: str
    growth: int


class Campaign:
    """One door, or rather protocol, and one seed against one target."""

    def __init__(self, target: Target, kin: str, seed: int) -> None:
        self.target, self.kin, self.seed = target, kin, seed
        self.failures: list[Failure] = []
        self._numbers: Iterator[int] = itertools.count(1)
        self._played = 0
        self._newest: deque[Dialogue] = deque(maxlen=REMEMBERED)
        self._sources: dict[str, Dialogue] = {}
        self._lock = threading.Lock()

    def run(self, seconds: float, *, most_waited: float = MOST_WAITED, most_growth: int = MOST_GROWTH) -> Result:
        """Play for so many seconds, or until something is wrong."""
        for valid in DIALOGUES[self.kin] * 2:  # so that what is made once does not count as growth
            self.failures += [Failure(what, [valid]) for what in play(valid, self.target, "127.0.1.1")]
        before = self.target.memory
        neighbour = Neighbour(self.target.port, self.target.context())
        until = time.monotonic() + seconds
        workers = [threading.Thread(target=self._work, args=(until,), daemon=True) for _ in range(AT_ONCE)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        neighbour.stop()
        self._look()
        self.failures += [Failure(what, self._latest()) for what in neighbour.wrong]
        if neighbour.longest > most_waited:
            what = f"a neighbour waited {neighbour.longest:.1f} s ({neighbour.slowest})"
            self.failures.append(Failure(what, self._latest()))
        growth = self.target.memory - before if self.target.alive else 0
        if growth > most_growth:
            self.failures.append(Failure(f"memory grew by {growth / 1e6:.0f} MB"))
        return Result(self._played, self.failures, neighbour.longest, neighbour.slowest, growth)

    def _work(self, until: float) -> None:
        while time.monotonic() < until and not self.failures:
            with self._lock:
                number = next(self._numbers)
                dialogue = damaged(self.kin, self.seed, number)
                self._played = number
                self._newest.append(dialogue)
                source = source_of(self.kin, self.seed, number)
                self._sources[source] = dialogue
                # The journal may be behind, but not by so many.
                self._sources.pop(source_of(self.kin, self.seed, number - 1_000), None)
            wrong = play(dialogue, self.target, source)
            self.failures += [Failure(what, [dialogue]) for what in wrong]
            self._look()

    def _latest(self) -> list[Dialogue]:
        return list(self._newest)

    def _look(self) -> None:
        """At the journal, at stderr and at the process."""
        for event in _all(self.target.wrong):
            suspect = self._sources.get(str(event.get("client", "")))
            suspects = [suspect] if suspect is not None else self._latest()
            self.failures.append(Failure(f"the journal says {event}", suspects))
        if self.target.stderr:
            self.failures.append(Failure(f"on stderr: {self.target.stderr[:2000]}", self._latest()))
        if not self.target.alive:
            self.failures.append(Failure(f"the process ended with {self.target.process.returncode}", self._latest()))


def source_of(kin: str, seed: int, number: int) -> str:
    """An address of its own for each dialogue, so that the journal names the one that did it."""
    run = (seed * len(DIALOGUES) + sorted(DIALOGUES).index(kin)) % 100
    return f"127.{100 + run}.{number >> 8 & 255}.{number & 255}"


def _all(told: queue.SimpleQueue[Event]) -> Iterator[Event]:
    while True:
        try:
            yield told.get_nowait()
        except queue.Empty:
            return


@contextmanager
def a_target(folder: Path) -> Iterator[Target]:
    """A simulator that runs meanwhile."""
    target = Target(folder)
    try:
        yield target
    finally:
        target.stop()


def explain(failure: Failure, folder: Path) -> None:
    """Find the dialogue that does it alone, make it short, print it, and say how to play it again."""
    say(f"\nFAILED: {failure.what}")
    with Again(folder) as again:
        for suspect in failure.suspects:
            if again.fails(suspect):
                short = minimised(suspect, again.fails, MINIMISING)
                file = folder / f"{suspect.name.replace('/', '-')}.json"
                file.write_text(short.to_json())
                say(f"{short}\nagain: python -m fuzz --replay {file}")
                if suspect.name.count("/") == 2:
                    kin, seed, number = suspect.name.split("/")
                    say(f"as it was: python -m fuzz --door {kin} --seed {seed} --only {number}")
                return
    names = ", ".join(suspect.name for suspect in failure.suspects)
    say(f"No dialogue does it alone. Under way or just before: {names or 'any'}")


class Again:
    """Plays one dialogue after the other; a simulator that was harmed is replaced."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._target: Target | None = None

    def __enter__(self) -> Again:
        return self

    def __exit__(self, *_: object) -> None:
        if self._target is not None:
            self._target.stop()

    def fails(self, dialogue: Dialogue) -> bool:
        """It is received as no dialogue may be."""
        return bool(self.wrong(dialogue))

    def wrong(self, dialogue: Dialogue) -> list[str]:
        """What was wrong."""
        target = self._target = self._target or Target(self._folder)
        wrong = play(dialogue, target, "127.0.1.2")
        # The journal is a pipe behind: a visit that is served has been told after what went before it.
        play(DIALOGUES["smtp"][1], target, "127.0.1.3")
        wrong += [f"the journal says {event}" for event in _all(target.wrong)]
        if target.stderr or not target.alive:
            wrong.append(f"stderr: {target.stderr[:2000]}")
            target.stop()
            self._target = None
        return wrong


def say(words: str) -> None:
    """To the person who looks on."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
