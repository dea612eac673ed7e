"""Folder names on the wire: modified UTF-7 (RFC 3501 5.1.3), read strictly, so that a name has one spelling only."""

from __future__ import annotations

import base64
import binascii


class NotAName(ValueError):
    """The octets are not modified UTF-7, or not its shortest form."""


def encode_name(name: str) -> bytes:
    """Unicode to modified UTF-7."""
    if name.isascii() and name.isprintable() and "&" not in name:
        return name.encode("ascii")
    out: list[bytes] = []
    wide: list[str] = []
    for character in name:
        if " " <= character <= "~":
            out += _shifted(wide)
            out.append(b"&-" if character == "&" else character.encode("ascii"))
        else:
            wide.append(character)
    return b"".join(out + _shifted(wide))


def decode_name(data: bytes) -> str:
    """Modified UTF-7 to Unicode. Raises NotAName."""
    if not all(0x20 <= octet <= 0x7E for octet in data):
        raise NotAName("a folder name is printable ASCII, other characters in modified UTF-7")
    if b"&" not in data:
        return data.decode("ascii")
    plain, *shifts = data.split(b"&")
    out = [plain.decode("ascii")]
    for shift in shifts:
        coded, dash, rest = shift.partition(b"-")
        if not dash:
            raise NotAName("an & of a folder name is not closed by a hyphen")
        out += [_unshifted(coded) if coded else "&", rest.decode("ascii")]
    name = "".join(out)
    if encode_name(name) != data:
        raise NotAName("the folder name is not written in the shortest modified UTF-7")
    return name


def _shifted(wide: list[str]) -> list[bytes]:
    if not wide:
        return []
    utf16 = "".join(wide).encode("utf-16-be")
    wide.clear()
    return [b"&", base64.b64encode(utf16).rstrip(b"=").replace(b"/", b","), b"-"]


def _unshifted(coded: bytes) -> str:
    try:
        utf16 = base64.b64decode(coded.replace(b",", b"/") + b"=" * (-len(coded) % 4), validate=True)
        return utf16.decode("utf-16-be")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise NotAName("a folder name holds broken modified UTF-7") from error
