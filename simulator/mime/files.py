"""The files of a message: which parts are no text to be read, and what they are called."""

from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from simulator.mime.part import Params, Part
from simulator.mime.transfer import undo
from simulator.mime.words import decode, decode_raw, decode_words


def leaves(part: Part) -> Iterator[Part]:
    """The parts that hold something; an attached message is one of them."""
    if not part.is_multipart:
        yield part
        return
    for child in part.children:
        yield from leaves(child)


def is_attached(part: Part) -> bool:
    """True for what is no text to be read: files, pictures, attached messages."""
    return part.content.disposition == b"attachment" or part.content.type != b"text" or bool(part_name(part))


def part_name(part: Part) -> str:
    """The file name, decoded; empty when there is none."""
    return _parameter(part.content.disposition_params, b"filename") or _parameter(part.content.params, b"name")


def part_type(part: Part) -> str:
    """``application/pdf``, in lower case, as the message says."""
    return f"{decode_raw(part.content.type)}/{decode_raw(part.content.subtype)}"


def part_octets(part: Part, body: bytes) -> bytes:
    """What the part holds, its transfer encoding undone where it can be."""
    data = body[part.body : part.end]
    plain = undo(data, part.content.encoding)
    return data if plain is None else plain


def _parameter(params: Params, name: bytes) -> str:
    """A value, with its charset and percent signs undone where it has them (RFC 2231 4)."""
    for key, value in params:
        if key == name + b"*":
            charset, _, rest = value.partition(b"'")
            return decode(unquote_to_bytes(rest.partition(b"'")[2]), charset or b"utf-8")
        if key == name:
            return decode_words(value)
    return ""
