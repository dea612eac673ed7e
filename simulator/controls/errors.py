"""What a control answers when it cannot: each says what is wrong and what to do about it.

::

    ControlError
    ├── NotFound   there is no such thing; the nearest spelling is in the remedy
    ├── Conflict   it cannot be done as things stand
    ├── Invalid    what was asked makes no sense
    ├── Refused    a rule forbids it
    ├── TimedOut   what was waited for did not happen
    └── Arrived    what should not happen happened
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from simulator.controls.message import MessageInfo
from simulator.journal import Event


class ControlError(Exception):
    """``what`` is a sentence without a final stop; ``remedy`` tells what would work, and may be empty."""

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(f"{what}; {remedy}" if remedy else what)
        self.what = what
        self.remedy = remedy


class NotFound(ControlError):
    """There is no such mailbox, message, certificate, snapshot or event."""


class Conflict(ControlError):
    """It cannot be done in the present state."""


class Invalid(ControlError):
    """A value that cannot be taken."""


class Refused(ControlError):
    """A rule of the trust space forbids it; nothing was sent."""

    def __init__(self, what: str, remedy: str, *, rule: str, explain: int = 0, french: str = "") -> None:
        """``rule`` is its stable name, ``explain`` the number of the journal's event (0: none), ``french`` what a page
        tells the person."""
        super().__init__(what, remedy)
        self.rule = rule
        self.explain = explain
        self.french = french


class TimedOut(ControlError):
    """What was waited for did not come. Tells what came instead."""

    def __init__(
        self,
        what: str,
        *,
        seen: tuple[MessageInfo, ...] = (),
        nearest_miss: tuple[MessageInfo, str] | None = None,
        refusals: tuple[Event, ...] = (),
        remedy: str = "",
    ) -> None:
        """``seen`` are the messages looked at, newest last, at most 20; ``nearest_miss`` is the one that lacked least
        and what it lacked; ``refusals`` are the journal's refusals since the waiting began, at most 20."""
        super().__init__(what, remedy)
        self.seen = seen
        self.nearest_miss = nearest_miss
        self.refusals = refusals


class Arrived(ControlError):
    """A message came although nothing was to come."""

    def __init__(self, what: str, message: MessageInfo) -> None:
        super().__init__(what)
        self.message = message


def nearest(word: str, known: Iterable[str]) -> str:
    """``did you mean x?`` when a known word is near, else an empty text."""
    spelled = {k.lower(): k for k in known}
    found = get_close_matches(word.lower(), spelled, n=1, cutoff=0.6)
    return f"did you mean {spelled[found[0]]}?" if found else ""
