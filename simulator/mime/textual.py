"""Making a message with binary parts one that any reader can be given: BODY[] must not hold NUL (RFC 3516 4.3)."""

import re
from base64 import b64encode

from simulator.mime.part import Part
from simulator.mime.tree import parse_tree

_ENCODING = re.compile(rb"^content-transfer-encoding:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", re.IGNORECASE | re.MULTILINE)
_LINE = 76


def textual(message: bytes) -> bytes | None:
    """The message with its binary parts that hold NUL in base64; None when there is NUL anywhere else."""
    pieces: list[bytes] = []
    done = 0
    for part in parse_tree(message).walk():
        if part.children or part.content.encoding != b"binary" or b"\0" not in message[part.body:part.end]:
            continue
        pieces += [message[done:part.start], _rewritten(message, part)]
        done = part.end
    text = b"".join([*pieces, message[done:]])
    return None if b"\0" in text else text


def _rewritten(message: bytes, part: Part) -> bytes:
    header = _ENCODING.sub(b"Content-Transfer-Encoding: base64", message[part.start:part.body])
    digits = b64encode(message[part.body:part.end])
    lines = b"\r\n".join(digits[at:at + _LINE] for at in range(0, len(digits), _LINE))
    return header + lines + (b"\r\n" if part.end == len(message) else b"")
