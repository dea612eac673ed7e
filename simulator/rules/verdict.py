"""The outcome of judging a moment: findings, and the reply they lead to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from simulator.model.address import Address
from simulator.model.reply import Reply


class Severity(StrEnum):
    """What follows from a breach; set per rule in the configuration."""

    ENFORCE = "enforce"
    BOUNCE = "bounce"
    """Accept, then return the message to its sender; for rules that tell how (``Rule.bounce``)."""
    WARN = "warn"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Finding:
    """A breach of one rule, with the severity that the configuration gives it."""

    rule: str
    """Stable name, ``recipient-domain-is-listed``."""
    severity: Severity
    what: str
    """What is wrong here, one ASCII sentence."""
    remedy: str
    ref: str
    recipients: tuple[Address, ...] = ()
    """Whom alone it concerns; empty when it is the whole message, or the one recipient of the moment."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Accepted unless ``reply`` refuses. Warnings travel in ``findings`` and change nothing."""

    reply: Reply | None = None
    findings: tuple[Finding, ...] = ()

    def explained_by(self, event: int) -> Verdict:
        """The same verdict, whose reply ends with the number of the journal's event: ``(explain 42)``."""
        if self.reply is None:
            return self
        *before, last = self.reply.lines
        return replace(self, reply=replace(self.reply, lines=(*before, f"{last} (explain {event})")))

    @property
    def refused(self) -> bool:
        """True when an enforced rule was broken."""
        return self.reply is not None and self.reply.is_refusal

    @property
    def returned(self) -> Finding | None:
        """Why the message goes back to its sender although it is accepted; None when it does not."""
        return next((finding for finding in self.findings if finding.severity is Severity.BOUNCE), None)


PASSED = Verdict()
