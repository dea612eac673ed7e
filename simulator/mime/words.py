"""Text from bytes: encoded words (RFC 2047) and the charsets we agree to read.

The charsets are a list of our own: Python's codecs also answer to names that are no charsets at all (`zlib_codec`).
"""

import binascii
import re

from simulator.mime.transfer import from_base64

_SAME_NAME = (
    *(f"iso-8859-{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16)),
    *(f"windows-125{page}" for page in range(9)),
    *("us-ascii", "utf-8", "utf-16", "utf-16le", "utf-16be", "koi8-r", "koi8-u", "shift_jis", "euc-jp", "iso-2022-jp"),
    *("gb2312", "gbk", "gb18030", "big5", "euc-kr", "iso-2022-kr", "macintosh", "tis-620"),
)
_OTHER_NAMES = {
    "": "us-ascii",
    "ascii": "us-ascii",
    "utf8": "utf-8",
    "latin1": "iso-8859-1",
    "latin-1": "iso-8859-1",
    "latin-9": "iso-8859-15",
    "iso8859-1": "iso-8859-1",
    "iso8859-15": "iso-8859-15",
    "cp1252": "windows-1252",
    "x-sjis": "shift_jis",
    "ks_c_5601-1987": "euc-kr",
}
_CODECS = {name: name for name in _SAME_NAME} | _OTHER_NAMES

_ENCODED_WORD = re.compile(rb"=\?([^?\s*]{1,75})(?:\*[^?\s]{0,75})?\?([BbQq])\?([^?]*+)\?=")


def is_known(charset: str | bytes) -> bool:
    """True for a charset `decode` can read; SEARCH CHARSET with another is NO [BADCHARSET]."""
    return _name(charset) in _CODECS


def decode(data: bytes, charset: str | bytes | None) -> str:
    """Text of `data`; never raises. A charset outside the list is read as ASCII, with U+FFFD for what it lacks."""
    try:
        return data.decode(_CODECS.get(_name(charset or ""), "us-ascii"), "replace")
    except (UnicodeError, LookupError):  # a codec that gives up even when told to replace
        return data.decode("us-ascii", "replace")


def decode_raw(data: bytes) -> str:
    """Text of bytes that name no charset: UTF-8 when they can be, else Windows-1252."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("windows-1252", "replace")


def decode_words(value: bytes) -> str:
    """An unfolded header value with its encoded words decoded; never raises."""
    if b"=?" not in value:
        return decode_raw(value)
    text: list[str] = []
    pending: list[bytes] = []
    charset = b""  # neighbours of one charset are decoded together: some mailers split characters
    at = 0
    for word in _ENCODED_WORD.finditer(value):
        between = value[at : word.start()]
        at = word.end()
        follows = bool(charset) and not between.strip()
        if not follows or word[1].lower() != charset:
            text.append(decode(b"".join(pending), charset))
            pending = []
        if not follows:
            text.append(decode_raw(between))
        charset = word[1].lower()
        pending.append(_payload(word[2], word[3]))
    return "".join(text) + decode(b"".join(pending), charset) + decode_raw(value[at:])


def _payload(encoding: bytes, text: bytes) -> bytes:
    return from_base64(text) if encoding in b"Bb" else binascii.a2b_qp(text, header=True)


def _name(charset: str | bytes) -> str:
    text = charset if isinstance(charset, str) else charset.decode("latin-1")
    return text.strip().lower()
