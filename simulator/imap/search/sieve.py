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

    def may_hold(self, plain: bytes) -> bool:
        """The needle may be in these plain octets in lower case."""
        return not self._hopeless and self._word in plain

    def text(self, message: bytes) -> bool:
        """The message may hold the needle anywhere."""
        low = message.lower()
        return self.may_hold(low) or not low.isascii() or any(sign in low for sign in _DISGUISES)


def plain_header(message: bytes) -> bytes | None:
    """The message's own header in lower case; None when reading it takes more than comparing octets."""
    end = message.find(b"\r\n\r\n")
    header = (message if end < 0 else message[:end]).lower()
    # A backslash may stand inside a quoted name, and vanish when it is read.
    return header if header.isascii() and b"=?" not in header and b"\\" not in header else None
