"""Reads from a message what rules may know of it: header fields only, bounded, never raising."""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import getaddresses

from simulator.model.address import Address, AddressError
from simulator.rules.facts import Letter

MAX_ADDRESSES = 1000

_WANTED = frozenset(
    {"from", "sender", "reply-to", "subject", "message-id", "x-mss-mes", "received", "disposition-notification-to"}
)
_ONCE = frozenset({"from", "sender", "reply-to", "subject", "message-id"})
# No two neighbours of these patterns match the same character, so that hostile text is read once, not a million times.
_FIELD = re.compile(rb"^([!-9;-~]+)[ \t]*:[ \t]?([^\n]*(?:\n[ \t][^\n]*)*)", re.MULTILINE)
_SIMPLE = re.compile(r'(?:"[^"\\]*"\s*|[^"<>@,:;()\\]*)<([^<>\s"@]+@[^<>\s"@]+)>')
_BARE = re.compile(r"([^<>\s\",:;()@]+@[^<>\s\",:;()@]+)")
_CHARSETS = frozenset({"us-ascii", "utf-8", "iso-8859-1", "iso-8859-15", "windows-1252", "latin1"})


def header_end(body: bytes) -> int:
    """Offset behind the last header line: where the empty line starts, or the end of a message without body."""
    if body.startswith(b"\r\n"):
        return 0
    end = body.find(b"\r\n\r\n")
    return len(body) if end < 0 else end + 2


def read_letter(body: bytes, header_limit: int = 256 * 1024) -> Letter:
    """The header fields that rules look at, within ``header_limit`` octets. What cannot be read is told as defects."""
    end = header_end(body)
    defects: list[str] = []
    if end > header_limit:
        defects.append(f"The header has more than {header_limit // 1024} KiB")
    fields: dict[str, list[str]] = {}
    for match in _FIELD.finditer(body[: min(end, header_limit)].replace(b"\r\n", b"\n")):
        name = match[1].decode("ascii").lower()
        if name in _WANTED:
            fields.setdefault(name, []).append(
                re.sub(r"\n(?=[ \t])", "", match[2].decode("utf-8", "replace")).rstrip("\n")
            )
    defects += [
        f"The header has {len(fields[name])} {name.title()} fields"
        for name in sorted(_ONCE & fields.keys())
        if len(fields[name]) > 1
    ]

    def addresses(name: str) -> tuple[Address, ...]:
        return _addresses(name, fields.get(name, [""])[0], defects)

    senders = addresses("sender")
    return Letter(
        size=len(body),
        from_=addresses("from"),
        sender=senders[0] if senders else None,
        reply_to=addresses("reply-to"),
        subject=decoded(fields.get("subject", [""])[0]),
        message_id=fields.get("message-id", [""])[0].strip(),
        mss_mes=fields.get("x-mss-mes", [""])[0].strip(),
        hops=len(fields.get("received", [])),
        receipt_to=fields.get("disposition-notification-to", [""])[0].strip(),
        defects=tuple(defects),
    )


def decoded(text: str) -> str:
    """Encoded words decoded (RFC 2047), blanks kept. What cannot be decoded stays as it is written."""
    if "=?" not in text:
        return text
    try:
        parts = decode_header(text)
    except (HeaderParseError, ValueError):
        return text
    words = []
    for part, charset in parts:
        if isinstance(part, str):
            words.append(part)
        else:
            # Only text charsets: Python would also run codecs such as zlib here.
            safe = charset.lower() if charset and charset.lower() in _CHARSETS else "utf-8"
            words.append(part.decode(safe, "replace"))
    return "".join(words)


def _addresses(name: str, text: str, defects: list[str]) -> tuple[Address, ...]:
    """The addresses of one field; a name without a readable address is a defect."""
    text = text.strip()
    if not text:
        return ()
    simple = _SIMPLE.fullmatch(text) or _BARE.fullmatch(text)
    if simple is not None:
        written = [simple[1]]
    else:
        try:
            written = [address for _, address in getaddresses([text])][:MAX_ADDRESSES]
        except (RecursionError, ValueError, IndexError, TypeError):
            written = [""]
    found = []
    for address in written:
        try:
            found.append(Address.parse(address))
        except AddressError as problem:
            defects.append(f"The {name.title()} field cannot be read: {problem}")
    return tuple(found)
