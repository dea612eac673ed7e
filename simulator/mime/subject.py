"""The base subject (RFC 5256 2.1): a subject without what replying and forwarding adds to it."""

import re
from typing import NamedTuple

from simulator.mime.words import decode_words

MAX_SUBJECT = 1_000  # characters compared

_BLANKS = re.compile(r"\s+")
_BLOB = r"\[[^\[\]]*+\]\s*+"
_LEADER = re.compile(rf"(?:{_BLOB})*(?:re|fwd?)\s*+(?:{_BLOB})?:\s*+", re.IGNORECASE)
_FIRST_BLOB = re.compile(rf"{_BLOB}(?=.)")


class BaseSubject(NamedTuple):
    """`text` as it is written; `is_reply` when something of a reply or a forward was taken off."""

    text: str
    is_reply: bool


def base_subject(value: bytes) -> BaseSubject:
    """The base subject of an unfolded Subject value."""
    text = _BLANKS.sub(" ", decode_words(value)[:MAX_SUBJECT]).strip()
    is_reply = False
    while True:
        text, trailed = _without_trailer(text)
        text, led = _without_leader(text)
        is_reply = is_reply or trailed or led
        if not (text[:5].lower() == "[fwd:" and text.endswith("]")):
            return BaseSubject(text, is_reply)
        text, is_reply = text[5:-1].strip(), True


def _without_trailer(text: str) -> tuple[str, bool]:
    found = False
    while text[-5:].lower() == "(fwd)":
        text, found = text[:-5].rstrip(), True
    return text, found


def _without_leader(text: str) -> tuple[str, bool]:
    """Take off `Re:`, `Fw:` and bracketed tags; a tag stays when nothing would be left."""
    found = False
    while True:
        if leader := _LEADER.match(text):
            text, found = text[leader.end() :], True
        elif blob := _FIRST_BLOB.match(text):
            text = text[blob.end() :]
        else:
            return text, found
