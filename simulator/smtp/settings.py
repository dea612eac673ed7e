"""Limits of an SMTP door. Every one is bounded, every one can be changed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Octets count the line end unless said otherwise; times are seconds of the machine, not of the story."""

    hostname: str = "localhost"
    """Name in the greeting and in the answer to EHLO."""
    starttls: bool = True
    """False when the listener has no certificate to offer."""
    command_octets: int = 512
    """A command line without extensions (RFC 5321 4.5.3.1.4); MAIL and RCPT get what their parameters need."""
    line_octets: int = 4096
    """Where any command line is cut."""
    auth_octets: int = 12_288
    """An AUTH line or an answer to a challenge, line end not counted (RFC 4954 4)."""
    line_drain: int = 1 << 20
    """Octets of one endless command line that are thrown away before the connection is closed."""
    text_line_octets: int = 1000
    """A line of a message, the dot added for transparency not counted (RFC 5321 4.5.3.1.6)."""
    drain_factor: int = 2
    """A message is received, and thrown away, up to this many times the limit, so that the session stays in step."""
    commands: int = 1_000_000
    """Commands of a session."""
    junk_commands: int = 100
    """Commands that bring no mail forward (NOOP, RSET, HELP…) between two messages."""
    errors: int = 20
    """Protocol errors between two accepted messages; the last one is answered 421."""
    refusals: int = 250
    """Refusals by rule between two accepted messages: more than one message may have recipients."""
    recipients: int = 1000
    """Of one message, whatever the rules allow."""
    batch: int = 50
    """Pipelined commands handled before other connections get their turn."""
    held_octets: int = 1 << 16
    """Input kept while a command is in hand, before reading is paused."""
    idle_seconds: float = 300.0
    """Wait for a complete command, or for the next octets of a message (RFC 5321 4.5.3.2.7)."""
    before_login_seconds: float = 60.0
    """From connecting to signing in, on the doors where one must."""
    message_seconds: float = 1800.0
    """Time for a whole message."""
    stall_seconds: float = 30.0
    """Time for a client to take the replies that wait for it."""
