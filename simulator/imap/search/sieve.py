"""A quick no: most messages do not hold the needle, and their octets show it without decoding.

A message of plain ASCII without encoded words or transfer encodings reads as its octets do, whatever the case. So
when a whole word of the needle is not among them, it is not in the text either. Everything else is looked at properly.
"""

from __future__ import annotations

import re

from simulator.mime.text import searchable_fields

_WORD = re.compile(r"[^\W_]+")
_DISGUISES = (b"=?", b"base64", b"quoted-printable", b"utf-16", b"iso-2022", b"uue")
HEADING = (b"from", b"to", b"cc", b"bcc", b"subject")
"""The fields of a heading, each of which has its own search key."""
_LINES = re.compile(rb"^(?:" + b"|".join(HEADING) + rb")[ \t]*+:([^\n]*+(?:\n[ \t][^\n]*+)*)", re.MULTILINE)


class Sieve:
    """Made once for a search string."""

    def __init__(self, needle: str) -> None:
        folded = needle.casefold()
        self.word = max((word.encode() for word in _WORD.findall(folded)), key=len, default=b"")
        """The longest word of the needle, as decoded text in lower case has it. Plain octets have none but ASCII."""
        self._is_plain = folded.isascii()

    def may_hold(self, plain: bytes) -> bool:
        """The needle may be in these plain octets in lower case."""
        return self._is_plain and self.word in plain

    def text(self, message: bytes) -> bool:
        """The message may hold the needle anywhere."""
        low = message.lower()
        return self.may_hold(low) or not low.isascii() or any(sign in low for sign in _DISGUISES)

    def header(self, message: bytes) -> bool:
        """The message's own header may hold the needle."""
        plain = plain_header(message)
        return plain is None or self.may_hold(plain)


def plain_header(message: bytes) -> bytes | None:
    """The message's own header in lower case; None when reading it takes more than comparing octets."""
    header = _header(message).lower()
    # A backslash may stand inside a quoted name, and vanish when it is read.
    return header if header.isascii() and b"=?" not in header and b"\\" not in header else None


def heading(message: bytes) -> bytes:
    """What may be found in the fields of HEADING, in lower case: as it stands when it is plain, else as it reads."""
    plain = plain_header(message)
    if plain is not None:
        return b" ".join(_LINES.findall(plain))
    header = _header(message)
    texts = [text for name in HEADING for text in searchable_fields(header, name)]
    return " ".join(texts).casefold().encode(errors="replace")


def _header(message: bytes) -> bytes:
    end = message.find(b"\r\n\r\n")
    return message if end < 0 else message[:end + 2]
