"""A quick no: most messages do not hold the needle, and their octets show it without decoding.

A message of plain ASCII without encoded words or transfer encodings reads as its octets do, whatever the case. So
when a whole word of the needle is not among them, it is not in the text either. Everything else is looked at properly.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Za-z0-9]+")
_DISGUISES = (b"=?", b"base64", b"quoted-printable", b"utf-16", b"iso-2022", b"uue")


class Sieve:
    """Made once for a search string."""

    def __init__(self, needle: str) -> None:
        words = _WORD.findall(needle) if needle.isascii() else []
        self._hopeless = not needle.isascii()
        self._word = max(words, key=len, default="").lower().encode("ascii")

    def header(self, message: bytes) -> bool:
        """The message's own header may hold the needle."""
        end = message.find(b"\r\n\r\n")
        header = (message if end < 0 else message[:end]).lower()
        # A backslash may stand inside a quoted name, and vanish when it is read.
        return self._may_hold(header) or not header.isascii() or b"=?" in header or b"\\" in header

    def text(self, message: bytes) -> bool:
        """The message may hold the needle anywhere."""
        low = message.lower()
        return self._may_hold(low) or not low.isascii() or any(sign in low for sign in _DISGUISES)

    def _may_hold(self, low: bytes) -> bool:
        return not self._hopeless and self._word in low
