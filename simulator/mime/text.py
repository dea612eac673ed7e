"""Decoded text of a message for SEARCH (RFC 3501 6.4.4). Compare with `casefold`, or let `contains` do it."""

from collections.abc import Iterable, Iterator

from simulator.mime.addresses import Address, addresses
from simulator.mime.headers import Field, fields, unfold
from simulator.mime.part import MimeIndex, Part
from simulator.mime.transfer import undo
from simulator.mime.words import decode, decode_raw, decode_words

_ADDRESS_FIELDS = frozenset((b"from", b"sender", b"reply-to", b"to", b"cc", b"bcc"))


def searchable_header(value: bytes) -> str:
    """A header value as a person reads it: unfolded, encoded words decoded."""
    return decode_words(unfold(value))


def searchable_fields(message: bytes, name: bytes) -> Iterator[str]:
    """Values of the message's fields called `name` (any case).

    Address fields are also given as `name <local@host>`, one address a time, free of comments and odd blanks.
    """
    wanted = name.lower()
    for field in fields(message):
        if field.name == wanted:
            yield searchable_header(field.value)
            if wanted in _ADDRESS_FIELDS:
                yield from map(written_address, addresses(field.value))


def searchable_body(index: MimeIndex, body: bytes) -> Iterator[str]:
    """Text for SEARCH BODY: each text part decoded, and the header of every part but the message's own."""
    for part in index.root.walk():
        if part is not index.root:
            yield from _header_lines(part, body)
        if part.content.type == b"text":
            yield part_text(part, body)


def searchable_text(index: MimeIndex, body: bytes) -> Iterator[str]:
    """Text for SEARCH TEXT: the message's own header, then all of `searchable_body`."""
    yield from _header_lines(index.root, body)
    yield from searchable_body(index, body)


def contains(texts: Iterable[str], needle: str) -> bool:
    """True when any text holds `needle`, whatever the case. An empty needle is in every text, but not in no text."""
    wanted = needle.casefold()
    return any(wanted in text.casefold() for text in texts)


def _header_lines(part: Part, body: bytes) -> Iterator[str]:
    for field in fields(body[part.start : part.body]):
        yield _line(field)


def _line(field: Field) -> str:
    name = decode_raw(field.raw.partition(b":")[0]) + ": " if field.name else ""
    return name + decode_words(field.value)


def part_text(part: Part, body: bytes) -> str:
    """The text of a text part, its transfer encoding and charset undone; never raises."""
    data = body[part.body : part.end]
    plain = undo(data, part.content.encoding)
    charset = part.content.param(b"charset")
    if plain is None:
        return decode_raw(data)
    if charset is None or charset.lower() == b"us-ascii":  # many mails say or imply ASCII and send more
        return decode_raw(plain)
    return decode(plain, charset)


def written_address(address: Address) -> str:
    """An address on one line; a group by its name."""
    name, _, local, host = (None if field is None else decode_words(field) for field in address)
    if host is None:
        return local or ""
    spec = f"{local}@{host}" if host else local or ""
    return f"{name} <{spec}>" if name else spec
