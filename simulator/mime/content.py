"""Reading Content-* fields: media types, parameters with their continuations (RFC 2231), dispositions."""

import re
from collections.abc import Sequence
from urllib.parse import quote_from_bytes

from simulator.mime.headers import Field, without_comments
from simulator.mime.part import PLAIN_TEXT, Content, Params

DIGEST_ITEM = Content(type=b"message", subtype=b"rfc822", params=())
"""What a part of a multipart/digest is when it does not say (RFC 2046 5.1.5)."""

MAX_PARAMS = 100

_TOKEN = rb"[!#$%&'*+.^_`{|}~0-9A-Za-z-]++"
_MEDIA_TYPE = re.compile(rb"\s*+(" + _TOKEN + rb")\s*+/\s*+(" + _TOKEN + rb")")
_WORD = re.compile(rb'[^\s;,"]++')
_PARAM = re.compile(rb';\s*+([^\s=;"]++)\s*+=\s*+(?:"((?:[^"\\]++|\\.)*+)"?|([^;]*+))', re.DOTALL)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_SEGMENT = re.compile(rb"([^*]++)\*(\d{1,3})(\*?)")


def content(header: Sequence[Field], default: Content) -> Content:
    """What the fields of a part's header say of its content; `default` is the content of a part that names no type."""
    found: dict[bytes, bytes] = {}
    for field in header:
        if field.name.startswith(b"content-"):
            found.setdefault(field.name[8:], field.value)
    if not found:
        return default
    kind = _media_type(found.get(b"type"), default)
    disposition, disposition_params = _with_params(found.get(b"disposition"))
    return Content(
        *kind,
        encoding=_word(found.get(b"transfer-encoding")) or b"7bit",
        id=found.get(b"id"),
        description=found.get(b"description"),
        md5=found.get(b"md5"),
        disposition=disposition,
        disposition_params=disposition_params,
        language=_languages(found.get(b"language")),
        location=found.get(b"location"),
    )


def _media_type(value: bytes | None, default: Content) -> tuple[bytes, bytes, Params]:
    if value is None:
        return default.type, default.subtype, default.params
    match = _MEDIA_TYPE.match(without_comments(value))
    if match is None:  # RFC 2045 5.2: what cannot be read is taken for plain text
        return PLAIN_TEXT.type, PLAIN_TEXT.subtype, PLAIN_TEXT.params
    return match[1].lower(), match[2].lower(), parameters(value)


def _with_params(value: bytes | None) -> tuple[bytes | None, Params]:
    word = _word(without_comments(value).partition(b";")[0]) if value else None
    return (word, parameters(value)) if word and value else (None, ())


def _word(value: bytes | None) -> bytes | None:
    match = _WORD.search(without_comments(value)) if value else None
    return match[0].lower() if match else None


def _languages(value: bytes | None) -> tuple[bytes, ...]:
    return tuple(_WORD.findall(without_comments(value))[:MAX_PARAMS]) if value else ()


def parameters(value: bytes) -> Params:
    """The parameters behind the first `;`, in order, continuations joined.

    A value with charset and percent signs keeps them, under its name with `*` (RFC 2231 4): readers expect it raw.
    """
    plain: list[tuple[bytes, bytes]] = []
    pieces: dict[bytes, dict[int, tuple[bytes, bytes]]] = {}
    for match in _PARAM.finditer(without_comments(value)):
        if len(plain) == MAX_PARAMS:
            break
        name = match[1].lower()
        text = match[3].strip() if match[2] is None else _ESCAPED.sub(rb"\1", match[2])
        segment = _SEGMENT.fullmatch(name)
        if segment is None:
            plain.append((name, text))
            continue
        base = segment[1]
        if base not in pieces:
            pieces[base] = {}
            plain.append((base, b""))
        pieces[base].setdefault(int(segment[2]), (segment[3], text))
    return tuple(_joined(name, pieces.pop(name)) if name in pieces else (name, text) for name, text in plain)


def _joined(name: bytes, pieces: dict[int, tuple[bytes, bytes]]) -> tuple[bytes, bytes]:
    """Segments 0, 1, 2... up to the first gap."""
    row: list[tuple[bytes, bytes]] = []
    while (segment := pieces.get(len(row))) is not None:
        row.append(segment)
    if not any(star for star, _ in row):
        return name, b"".join(text for _, text in row)
    if not row[0][0]:
        row.insert(0, (b"*", b"''"))
    return name + b"*", b"".join(text if star else quote_from_bytes(text).encode() for star, text in row)
