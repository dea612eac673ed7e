"""Undoing transfer encodings (RFC 2045 6), as forgivingly as mail readers do."""

import binascii
import re

IDENTITY = frozenset((b"7bit", b"8bit", b"binary"))

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(octet for octet in range(256) if octet not in _BASE64)
_BLANKS_AT_LINE_END = re.compile(rb"(?<![ \t])[ \t]++(?=\r?\n|\Z)")


def undo(data: bytes, encoding: bytes) -> bytes | None:
    """`data` without its transfer encoding (lower case); None when nobody knows the encoding."""
    if encoding in IDENTITY:
        return data
    if encoding == b"base64":
        return from_base64(data)
    if encoding == b"quoted-printable":
        # RFC 2045 6.7 (3): blanks at the end of an encoded line were added on the way.
        return binascii.a2b_qp(_BLANKS_AT_LINE_END.sub(b"", data))
    return None


def from_base64(data: bytes) -> bytes:
    """What can be read of base64 text; strangers, wrong padding and an odd last digit are passed over."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        digits = data.translate(None, _NOT_BASE64)
        whole = len(digits) - (len(digits) % 4 == 1)
        return binascii.a2b_base64(digits[:whole] + b"=" * (-whole % 4))
