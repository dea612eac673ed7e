"""Letters of one exact size; each hundredth carries the same word in its subject, and another in its body."""

from __future__ import annotations

import os
import time

SIZE = 2048
_LINE = b"The quick brown fox jumps over the lazy dog and goes on to the next line.\r\n"
_STAMP = f"{os.getpid():x}.{time.time_ns():x}"


def letter(number: int, sender: str, recipient: str, size: int = SIZE) -> bytes:
    """A letter of ``size`` octets, lines ending in CRLF."""
    head = (
        f"From: <{sender}>\r\nTo: <{recipient}>\r\nSubject: bench {number:09d} {subject_word(number)}\r\n"
        f"Date: Sun, 22 Nov 2026 12:00:00 +0000\r\nMessage-ID: <{_STAMP}.{number}@bench.mssante.fr>\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n{body_word(number)}\r\n"
    ).encode("ascii")
    filling = size - len(head) - 2
    return head + (_LINE * (filling // len(_LINE) + 1))[:filling].rstrip().ljust(filling, b".") + b"\r\n"


def subject_word(number: int) -> str:
    """What SEARCH SUBJECT looks for."""
    return f"subject{number % 100:02d}x"


def body_word(number: int) -> str:
    """What SEARCH TEXT looks for."""
    return f"body{number % 100:02d}x"
