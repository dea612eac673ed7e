"""What a stored message holds, for people who open it: the text, the HTML as it came, the files with their bytes."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.controls.errors import NotFound
from simulator.mime.files import is_attached, leaves, part_name, part_octets, part_type
from simulator.mime.part import Part
from simulator.mime.text import part_text
from simulator.mime.tree import parse_tree

MOST_FILES = 100
"""Of one message that are shown."""
TEXT_LIMIT = 256 * 1024
"""Characters of a text or HTML body that are shown."""


@dataclass(frozen=True, slots=True)
class File:
    """An attached file."""

    place: int
    """Where it stands among the files of the message, from 0."""
    name: str
    type: str
    """``application/pdf``, in lower case, as the message says."""
    content: bytes = field(repr=False)

    @property
    def is_xdm(self) -> bool:
        """An archive of health documents, by the name that the requirements give it (ECO.2.1.1)."""
        return self.name.lower() == "ihe_xdm.zip"


@dataclass(frozen=True, slots=True)
class Contents:
    """The message taken apart."""

    text: str
    """Plain text; empty when there is only HTML."""
    html: str = field(repr=False)
    """As it came: whoever shows it cleans it first."""
    files: tuple[File, ...]

    def file(self, place: int, of: str) -> File:
        """One of the files, from 0; ``of`` is the id of the message. Raises NotFound."""
        if not 0 <= place < len(self.files):
            raise NotFound(f"message {of[:80]} has no file {place}", f"it has {len(self.files)}, counted from 0")
        return self.files[place]


def contents(body: bytes) -> Contents:
    """Take a message apart; never raises, whatever the bytes."""
    parts = list(leaves(parse_tree(body)))
    texts = [part for part in parts if not is_attached(part)]
    files = [part for part in parts if is_attached(part)][:MOST_FILES]
    return Contents(
        text=_joined(texts, b"plain", body),
        html=_joined(texts, b"html", body),
        files=tuple(_file(place, part, body) for place, part in enumerate(files)),
    )


def _joined(parts: list[Part], subtype: bytes, body: bytes) -> str:
    wanted = [part for part in parts if part.content.subtype == subtype][:20]
    return "\n".join(part_text(part, body) for part in wanted)[:TEXT_LIMIT]


def _file(place: int, part: Part, body: bytes) -> File:
    return File(place, part_name(part), part_type(part), part_octets(part, body))
