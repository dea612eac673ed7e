"""What the verbs of a space raise. Those that a test may expect are assertions, told in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something the trust space refused."""

    number: int
    """Of its event in the journal; ``Space.explain`` takes it."""
    kind: str
    """``refusal``, ``sign-in-refused``, ``protocol``, ``handshake-failed`` or ``connection-refused``."""
    rule: str
    """Name of the rule, as ``mssim rules`` lists them; empty when no rule was involved."""
    what: str
    remedy: str
    who: str
    mailbox: str

    def __str__(self) -> str:
        rule = f" [{self.rule}]" if self.rule else ""
        remedy = f" Remedy: {self.remedy}" if self.remedy else ""
        return f"{self.what}{rule}{remedy}"


class NoSuchName(LookupError):
    """Nobody here has this name, or several have; the message tells the nearest."""


class Refused(AssertionError):
    """A letter was not taken. ``code`` and ``answer`` are the reply; ``refusals`` tell the rules behind it."""

    def __init__(self, sentence: str, code: int, answer: str, refusals: Sequence[Refusal]) -> None:
        untold = [refusal for refusal in refusals if not refusal.rule or refusal.rule not in answer]
        why = "".join(f"\n  because: {refusal}" for refusal in untold)
        super().__init__(f"{sentence}\n  answer:  {code} {' '.join(answer.split())}{why}")
        self.code = code
        self.answer = answer
        self.refusals = tuple(refusals)

    @property
    def rule(self) -> str:
        """Name of the first rule that refused; empty when there is none."""
        return self.refusals[0].rule if self.refusals else ""


class NotArrived(AssertionError, TimeoutError):
    """What was waited for did not come. The message tells what came instead, and the nearest miss."""


class Arrived(AssertionError):
    """What should not have come is there."""
