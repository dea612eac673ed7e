"""A protocol answer as a value: three-digit code, enhanced status code, words (RFC 5321, RFC 3463)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reply:
    """One SMTP reply. ``lines`` are ASCII English; the code and status are put before each."""

    code: int
    status: str
    lines: tuple[str, ...]

    @property
    def is_refusal(self) -> bool:
        """True for 4yz and 5yz."""
        return self.code >= 400

    @property
    def is_transient(self) -> bool:
        """True for 4yz: the peer should try again."""
        return 400 <= self.code < 500

    @property
    def head(self) -> str:
        """Code and enhanced status without the words: ``550 5.7.1``."""
        return f"{self.code} {self.status}".rstrip()

    def encode(self) -> bytes:
        """The bytes on the wire, ``code-status text`` lines ended by CRLF."""
        status = f"{self.status} " if self.status else ""
        last = len(self.lines) - 1
        return b"".join(
            f"{self.code}{' ' if n == last else '-'}{status}{line}\r\n".encode("ascii", "replace")
            for n, line in enumerate(self.lines)
        )

    def __str__(self) -> str:
        return f"{self.code} {self.status} {' '.join(self.lines)}".replace("  ", " ")


def reply(code: int, status: str, *lines: str) -> Reply:
    """Short form: ``reply(250, "2.1.0", "Sender accepted")``."""
    return Reply(code, status, lines)
