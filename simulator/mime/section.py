"""What BODY[section] and BINARY[section] return: slices of the stored message (RFC 3501 6.4.5, RFC 3516)."""

from dataclasses import dataclass
from typing import Literal

from simulator.mime.headers import fields as header_fields
from simulator.mime.part import MimeIndex, Part
from simulator.mime.transfer import undo

What = Literal["HEADER", "TEXT", "MIME", "HEADER.FIELDS", "HEADER.FIELDS.NOT"]


@dataclass(frozen=True, slots=True)
class UnknownEncoding:
    """A Content-Transfer-Encoding nobody can undo: answer NO [UNKNOWN-CTE] (RFC 3516 4.3)."""

    name: bytes


def section(
    index: MimeIndex, body: bytes, parts: tuple[int, ...], what: What | None, fields: tuple[bytes, ...] = ()
) -> bytes | None:
    """The bytes of a section of the message `body`; None (say NIL) when the message has no such section.

    `parts` counts from 1; `fields` are the names of HEADER.FIELDS, in any case. Fields come as they stand in the
    message, in its order, followed by an empty line. MIME needs a part number.
    """
    if not parts and what is None:
        return body
    found = _find(index.root, parts)
    if found is None or (what == "MIME" and not parts):
        return None
    if what == "MIME":
        return body[found.start : found.body]
    message = found.message if parts and what else found
    if message is None:
        return None
    if what in (None, "TEXT"):
        return body[message.body : message.end]
    header = body[message.start : message.body]
    return header if what == "HEADER" else _chosen(header, fields, keep=what == "HEADER.FIELDS")


def partial(data: bytes, start: int, length: int) -> bytes:
    """`<start.length>` of a section: what there is of it, empty when `start` lies behind the end."""
    return data[start : start + length]


def decoded(index: MimeIndex, body: bytes, parts: tuple[int, ...]) -> bytes | UnknownEncoding | None:
    """The body of a part without its transfer encoding; None when there is no such part; `()` is the whole message.

    Multiparts and messages come as they are: their encodings belong to the parts inside (RFC 2045 6.4).
    """
    if not parts:
        return body
    found = _find(index.root, parts)
    if found is None:
        return None
    data = body[found.body : found.end]
    if found.children:
        return data
    plain = undo(data, found.content.encoding)
    return UnknownEncoding(found.content.encoding) if plain is None else plain


def _find(root: Part, parts: tuple[int, ...]) -> Part | None:
    """The part a section number names. A message that is no multipart has one part, numbered 1: its own text."""
    part, is_whole_message = root, True
    for number in parts:
        if not is_whole_message and (inner := part.message):
            part, is_whole_message = inner, True
        if part.is_multipart:
            if not 1 <= number <= len(part.children):
                return None
            part = part.children[number - 1]
        elif not is_whole_message or number != 1:
            return None
        is_whole_message = False
    return part


def _chosen(header: bytes, names: tuple[bytes, ...], *, keep: bool) -> bytes:
    wanted = {name.lower() for name in names}
    lines = [field.raw for field in header_fields(header) if (field.name in wanted) == keep]
    if lines and not lines[-1].endswith(b"\n"):
        lines[-1] += b"\r\n"
    return b"".join(lines) + b"\r\n"
