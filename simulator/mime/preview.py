"""The beginning of what a person would read in a message (RFC 8970 3.2)."""

import html
import re

from simulator.mime.part import MimeIndex, Part
from simulator.mime.text import part_text

_UNSEEN = re.compile(r"<(style|script|head|title)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]{0,10000}>")
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_ENOUGH = 64  # characters read per character shown: tags and blanks take their share


def preview(index: MimeIndex, body: bytes, most: int) -> str:
    """At most `most` characters on one line: of the first plain text, else of the first HTML without its tags."""
    found = _first(index.root, b"plain") or _first(index.root, b"html")
    if found is None:
        return ""
    text = part_text(found, body)[: most * _ENOUGH]
    if found.content.subtype == b"html":
        text = html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", text)))
    return _BLANKS.sub(" ", text).strip()[:most].rstrip()


def _first(root: Part, subtype: bytes) -> Part | None:
    return next((p for p in root.walk() if p.content.type == b"text" and p.content.subtype == subtype), None)
