"""The MIME index of a message: made once, kept beside the body, enough for FETCH without parsing again."""

import marshal
import struct
import zlib
from typing import Any

from simulator.mime.part import Content, MimeIndex, Part
from simulator.mime.structure import nested_envelopes, write_envelope, write_structure
from simulator.mime.tree import parse_tree

__all__ = ["MimeIndex", "from_bytes", "parse", "to_bytes"]

# The mark changes with every change of the layout, the parser or the texts, so that old records are made anew.
# Version mark, checksum of what follows the checksum, lengths of the three texts; then the texts and the packed tree.
_HEAD = struct.Struct("<4sIIII")
_VERSION = b"MIX1"
_CHECKED_FROM = 8
_MARSHAL = 2  # a form without back references: the same tree gives the same bytes


def parse(message: bytes) -> MimeIndex:
    """Index any bytes as a message; never raises, linear in the length of the message.

    Hostile messages of 10 MB take some seconds: index large ones off the event loop.
    """
    root = parse_tree(message)
    nested = nested_envelopes(root, message)
    return MimeIndex(
        write_envelope(message[: root.body]),
        write_structure(root, nested, extended=False),
        write_structure(root, nested, extended=True),
        root,
    )


def to_bytes(index: MimeIndex) -> bytes:
    """The index as bytes to store; the same index gives the same bytes."""
    texts = (index.envelope, index.body, index.bodystructure)
    tree = marshal.dumps(_pack(index.root), _MARSHAL)
    record = _HEAD.pack(_VERSION, 0, *map(len, texts)) + b"".join(texts) + tree
    return _VERSION + struct.pack("<I", zlib.crc32(record[_CHECKED_FROM:])) + record[_CHECKED_FROM:]


def from_bytes(stored: bytes) -> MimeIndex | None:
    """The index back from `to_bytes`; None when another version wrote it or it is damaged: call `parse` again."""
    if len(stored) < _HEAD.size or not stored.startswith(_VERSION):
        return None
    _, checksum, envelope, body, structure = _HEAD.unpack_from(stored)
    if zlib.crc32(memoryview(stored)[_CHECKED_FROM:]) != checksum:
        return None
    body_at = _HEAD.size + envelope
    structure_at = body_at + body
    tree_at = structure_at + structure
    return MimeIndex(
        stored[_HEAD.size : body_at],
        stored[body_at:structure_at],
        stored[structure_at:tree_at],
        # The checksum vouches for these bytes, which is what marshal needs from its input.
        lambda: _unpack(marshal.loads(memoryview(stored)[tree_at:])),
    )


def _pack(part: Part) -> tuple[Any, ...]:
    kind = part.content
    described = tuple(getattr(kind, name) for name in Content.__slots__)
    return (part.start, part.body, part.end, part.lines, described, tuple(map(_pack, part.children)))


def _unpack(packed: Any) -> Part:
    start, body, end, lines, described, children = packed
    return Part(start, body, end, lines, Content(*described), tuple(map(_unpack, children)))
