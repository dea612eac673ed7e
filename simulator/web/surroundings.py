"""What the HTTP door must be told, because it cannot find it out by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Published:
    """What the published whitelist says of a domain beside its certificates."""

    description: str
    contact: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The space around the door, and who may come in."""

    version: str
    host: str
    """The address that every door listens on."""
    ca_file: Path
    ports: Callable[[], Mapping[str, int]]
    """Door to port."""
    operators: Callable[[], Sequence[Mapping[str, object]]]
    """As in the ready file, without private keys."""
    published: Callable[[str], Published]
    """Domain to what the published whitelist says of it."""
    names: tuple[str, ...] = ()
    """More host names that a client may call this machine by."""
    token: str | None = field(default=None, repr=False)
    """What every call under ``/api/`` must bring; None asks for nothing."""
