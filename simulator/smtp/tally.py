"""How a session says no: refusals are written down and counted, and the connection ends once patience is spent."""

from __future__ import annotations

import logging
from collections.abc import Coroutine, Mapping
from typing import Any, Final

from simulator.model.reply import Reply
from simulator.rules.verdict import Verdict
from simulator.smtp import replies
from simulator.smtp.settings import SmtpSettings
from simulator.smtp.visit import Visit

Answer = bytes | Coroutine[Any, Any, bytes]
"""What a command comes to: reply lines, or what gives them later while further commands wait."""

_LOG: Final = logging.getLogger(__name__)

_RULES: Final[Mapping[int, str]] = {452: "message-room",
                                    502: "command-not-provided", 503: "command-order", 538: "credentials-in-clear",
                                    552: "message-size", 553: "address-syntax"}
"""How the journal names a refusal of the door, by reply code."""

_LIMITS: Final = "session-limits"


class Tally:
    """Counts commands in all, and junk, errors and refusals between two accepted messages."""

    __slots__ = ("_commands", "_errors", "_junk", "_limits", "_refusals", "_visit", "ending", "verb")

    def __init__(self, visit: Visit, limits: SmtpSettings) -> None:
        self.ending = False
        """True once the connection has to be closed behind the reply."""
        self.verb = ""
        """The command in hand, for the journal."""
        self._visit = visit
        self._limits = limits
        self._commands = self._junk = self._errors = self._refusals = 0

    def command(self) -> bytes | None:
        """A line came; the farewell when it was one too many."""
        self._commands += 1
        return self.hang_up(replies.TOO_MANY_COMMANDS, _LIMITS) if self._commands > self._limits.commands else None

    def junk(self) -> bytes | None:
        """It was a command that brings no mail forward; the farewell when it was one too many."""
        self._junk += 1
        return self.hang_up(replies.TOO_MUCH_JUNK, _LIMITS) if self._junk > self._limits.junk_commands else None

    def mail(self) -> None:
        """A message was accepted: what was before is forgiven."""
        self._junk = self._errors = self._refusals = 0

    def refuse(self, words: Reply, rule: str = "") -> bytes:
        """The client broke the protocol."""
        self._tell(words, rule or _RULES.get(words.code, "command-syntax"))
        self._errors += 1
        if self._errors >= self._limits.errors:
            return self.hang_up(replies.TOO_MANY_ERRORS, _LIMITS)
        return self._say(words)

    def refused(self, verdict: Verdict) -> bytes:
        """A rule said no; the Visit has written it down."""
        self._refusals += 1
        if self._refusals >= self._limits.refusals:
            return self.hang_up(replies.TOO_MANY_REFUSALS, _LIMITS)
        return self._say(verdict.reply or replies.FAILED)

    def hang_up(self, words: Reply, rule: str) -> bytes:
        """The last reply of the connection."""
        self._tell(words, rule)
        self.ending = True
        return words.encode()

    def failed(self, error: Exception) -> bytes:
        """A defect of ours: the client may try again, the journal names the place, nobody sees a traceback."""
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f" in {trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else ""
        # Not the error's words: they may hold what was sent, a password for example.
        what = type(error).__name__ + place
        try:
            self._visit.protocol_breach("internal-error", what)
        except Exception:
            _LOG.error("%s, and the journal failed too", what)
        self._errors += 1
        return self._say(replies.TOO_MANY_ERRORS if self._errors >= self._limits.errors else replies.FAILED)

    def _say(self, words: Reply) -> bytes:
        if words.code == 421:
            self.ending = True
        return words.encode()

    def _tell(self, words: Reply, rule: str) -> None:
        """Never what the client sent: it may hold a password."""
        self._visit.protocol_breach(rule, f"{self.verb}: {words}" if self.verb else str(words))
