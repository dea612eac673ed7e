"""The shapes the message side speaks of: a part of a message as octet offsets, the whole tree with its FETCH texts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

MAX_HEADER = 256 * 1024  # octets of one header block that are analysed; offsets stay true beyond
MAX_NESTED_HEADERS = 1024 * 1024  # octets of headers of nested messages read for their envelopes; later ones are empty
MAX_DEPTH = 100  # levels of multipart and message/rfc822; what lies deeper is plain text
MAX_PARTS = 1_000  # the last part takes what follows
MAX_ADDRESSES = 1_000  # addresses taken from one header field

Params = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Content:
    """What the Content-* fields of a part say (RFC 2045, 2183, 3282, 2557, 1864).

    Types, encoding and parameter names are lower case; other values are unfolded and otherwise as in the message.
    """

    type: bytes = b"text"
    subtype: bytes = b"plain"
    params: Params = ((b"charset", b"us-ascii"),)
    encoding: bytes = b"7bit"
    id: bytes | None = None
    description: bytes | None = None
    md5: bytes | None = None
    disposition: bytes | None = None
    disposition_params: Params = ()
    language: tuple[bytes, ...] = ()
    location: bytes | None = None

    @property
    def is_multipart(self) -> bool:
        return self.type == b"multipart"

    @property
    def is_message(self) -> bool:
        return self.subtype == b"rfc822" and self.type == b"message"

    @property
    def is_composite(self) -> bool:
        """True when the body is made of parts."""
        return self.is_multipart or self.is_message

    def param(self, name: bytes) -> bytes | None:
        """Value of a Content-Type parameter; `name` in lower case."""
        return next((value for key, value in self.params if key == name), None)


PLAIN_TEXT = Content()


@dataclass(frozen=True, slots=True)
class Part:
    """One MIME part (RFC 2045), or a whole message when it is the root or the child of a `message/rfc822` part.

    Offsets count octets from the start of the stored message. The header is `[start, body)`, its blank line included;
    the body is `[body, end)` and excludes the line break that belongs to the next boundary; `lines` counts its LFs.
    A multipart has at least one child and a `message/rfc822` part exactly one, its message. Where the message shows
    none (no boundary, nested too deeply), the whole body stands there as plain text without a header.
    """

    start: int
    body: int
    end: int
    lines: int
    content: Content = PLAIN_TEXT
    children: "tuple[Part, ...]" = ()

    @property
    def size(self) -> int:
        """Octets of the body, as transferred."""
        return self.end - self.body

    @property
    def is_multipart(self) -> bool:
        return self.content.is_multipart

    @property
    def is_message(self) -> bool:
        """True for a `message/rfc822` part (not for the message inside)."""
        return self.content.is_message

    @property
    def message(self) -> "Part | None":
        """The message inside a `message/rfc822` part."""
        return self.children[0] if self.is_message else None

    def walk(self) -> "Iterator[Part]":
        """This part and all below it, in the order of the message."""
        waiting = [self]
        while waiting:
            part = waiting.pop()
            yield part
            waiting.extend(reversed(part.children))


@dataclass(slots=True)
class MimeIndex:
    """The tree of one message and the values of ENVELOPE, BODY and BODYSTRUCTURE. Never changed once made.

    `root` is unpacked when it is first asked for: FETCH ENVELOPE of a whole folder never needs it.
    """

    envelope: bytes
    body: bytes
    bodystructure: bytes
    _root: Part | Callable[[], Part] = field(repr=False)

    @property
    def root(self) -> Part:
        """The message itself."""
        if not isinstance(self._root, Part):
            self._root = self._root()
        return self._root
