"""Opens the archives of a message, for rules that look into them; never raising, whatever the bytes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from simulator.mime.files import is_attached, leaves, part_name, part_octets
from simulator.mime.tree import parse_tree

if TYPE_CHECKING:
    from simulator.xdm import Archive

MOST = 3
"""Archives of one message that are opened; there should be one (ECO.2.1.1)."""
_SPELLINGS = (b"IHE_XDM.zip", b"IHE_XDM.ZIP", b"ihe_xdm.zip")


def may_enclose(body: bytes) -> bool:
    """A quick look: the message may hold an archive."""
    return any(name in body for name in _SPELLINGS)


def archives(body: bytes) -> tuple[Archive, ...]:
    """What each ``IHE_XDM.zip`` holds. A large one takes seconds: not on the loop."""
    from simulator.xdm import open_archive

    return tuple(open_archive(octets) for octets in _enclosed(body))


def _enclosed(body: bytes) -> Iterator[bytes]:
    parts = (part for part in leaves(parse_tree(body)) if is_attached(part))
    found = (part for part in parts if part_name(part).lower() == "ihe_xdm.zip")
    for part in islice(found, MOST):
        yield part_octets(part, body)
