"""The ENVELOPE, BODY and BODYSTRUCTURE texts (RFC 3501 7.4.2)."""

import re
from collections.abc import Mapping

from simulator.mime.addresses import Address, addresses
from simulator.mime.headers import fields
from simulator.mime.part import MAX_NESTED_HEADERS, Content, MimeIndex, Params, Part

MAX_QUOTED = 1_000  # longer strings go as literals

_NOT_QUOTABLE = re.compile(rb"[\0\r\n]")
_ADDRESS_FIELDS = frozenset((b"from", b"sender", b"reply-to", b"to", b"cc", b"bcc"))
_TEXT_FIELDS = frozenset((b"date", b"subject", b"in-reply-to", b"message-id"))


def envelope(source: MimeIndex | bytes) -> bytes:
    """`(date subject from sender reply-to to cc bcc in-reply-to message-id)` of a message, or of a header block."""
    return source.envelope if isinstance(source, MimeIndex) else write_envelope(source)


def bodystructure(index: MimeIndex, *, extended: bool) -> bytes:
    """The value of BODYSTRUCTURE (`extended`), or of BODY, which has no extension data."""
    return index.bodystructure if extended else index.body


def nstring(value: bytes | None) -> bytes:
    """`NIL`, a quoted string, or a literal where quoting cannot carry the value (RFC 3501 4.3)."""
    if value is None:
        return b"NIL"
    if len(value) > MAX_QUOTED or not value.isascii() or _NOT_QUOTABLE.search(value):
        value = value.replace(b"\0", b"?")  # no literal of RFC 3501 holds NUL
        return b"{%d}\r\n%b" % (len(value), value)
    if b'"' in value or b"\\" in value:
        value = value.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return b'"%b"' % value


def write_envelope(header: bytes) -> bytes:
    """ENVELOPE of a header block. The first date, subject and ids count; address fields that come again are joined."""
    texts: dict[bytes, bytes] = {}
    people: dict[bytes, list[Address]] = {}
    for field in fields(header):
        if field.name in _ADDRESS_FIELDS:
            people.setdefault(field.name, []).extend(addresses(field.value))
        elif field.name in _TEXT_FIELDS:
            texts.setdefault(field.name, field.value)
    sender = _people(people.get(b"from"))
    row = (
        nstring(texts.get(b"date")),
        nstring(texts.get(b"subject")),
        sender,
        _people(people.get(b"sender")) if people.get(b"sender") else sender,
        _people(people.get(b"reply-to")) if people.get(b"reply-to") else sender,
        _people(people.get(b"to")),
        _people(people.get(b"cc")),
        _people(people.get(b"bcc")),
        nstring(texts.get(b"in-reply-to")),
        nstring(texts.get(b"message-id")),
    )
    return b"(" + b" ".join(row) + b")"


def _people(found: list[Address] | None) -> bytes:
    if not found:
        return b"NIL"
    return b"(" + b"".join(b"(" + b" ".join(map(nstring, address)) + b")" for address in found) + b")"


def nested_envelopes(root: Part, message: bytes) -> dict[int, bytes]:
    """ENVELOPE of each message inside another, by the offset where it starts."""
    found: dict[int, bytes] = {}
    left = MAX_NESTED_HEADERS
    for part in root.walk():
        if inner := part.message:
            left -= inner.body - inner.start
            found[inner.start] = write_envelope(message[inner.start : inner.body] if left >= 0 else b"")
    return found


def write_structure(root: Part, envelopes: Mapping[int, bytes], *, extended: bool) -> bytes:
    """BODYSTRUCTURE or BODY of a part and all below it; `envelopes` from `nested_envelopes`."""
    out: list[bytes] = []
    waiting: list[bytes | Part] = [root]
    while waiting:  # a stack of our own: the tree may be as deep as MAX_DEPTH
        item = waiting.pop()
        if isinstance(item, bytes):
            out.append(item)
        else:
            waiting.extend(reversed(_pieces(item, envelopes, extended)))
    return b"".join(out)


def _pieces(part: Part, envelopes: Mapping[int, bytes], extended: bool) -> list[bytes | Part]:
    """The text of one part, with its children in their places."""
    kind = part.content
    if part.is_multipart:
        tail = _params(kind.params) + _extension(kind) if extended else b""
        return [b"(", *part.children, b" " + nstring(kind.subtype) + (b" " + tail if tail else b"") + b")"]
    tail = (b" " + nstring(kind.md5) + _extension(kind) if extended else b"") + b")"
    if inner := part.message:
        return [_basic(part) + b" " + envelopes[inner.start] + b" ", inner, b" %d" % part.lines + tail]
    lines = b" %d" % part.lines if kind.type == b"text" else b""
    return [_basic(part) + lines + tail]


def _basic(part: Part) -> bytes:
    kind = part.content
    return b"(%b %b %b %b %b %b %d" % (
        nstring(kind.type),
        nstring(kind.subtype),
        _params(kind.params),
        nstring(kind.id),
        nstring(kind.description),
        nstring(kind.encoding),
        part.size,
    )


def _extension(kind: Content) -> bytes:
    """Disposition, language and location, each behind a blank."""
    disposition = b"NIL"
    if kind.disposition is not None:
        disposition = b"(%b %b)" % (nstring(kind.disposition), _params(kind.disposition_params))
    language = b"(" + b" ".join(map(nstring, kind.language)) + b")" if kind.language else b"NIL"
    return b" %b %b %b" % (disposition, language, nstring(kind.location))


def _params(params: Params) -> bytes:
    if not params:
        return b"NIL"
    return b"(" + b" ".join(nstring(name) + b" " + nstring(value) for name, value in params) + b")"
