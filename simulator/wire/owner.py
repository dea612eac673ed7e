"""What a channel is given by whoever makes it: settings, the way to its upper protocol, whom to tell."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.wire.engine import Engine

if TYPE_CHECKING:
    from simulator.wire.channel import Channel

INTAKE = 65_536
"""Octets read from a socket at once."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a peer is waited for, in seconds."""

    handshake: float = 10.0
    stall: float = 30.0
    """A peer that takes none of our octets for so long is dropped."""
    linger: float = 2.0
    """After closing, a peer in the middle of sending gets so long to read our last words."""


def _allow(_channel: Channel) -> bool:
    return True


def _ignore(_channel: Channel) -> None:
    return None


def _ignore_failure(_channel: Channel, _reason: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Owner:
    """A listener's or a client's part in its channels."""

    upper: Callable[[], asyncio.Protocol]
    """Called once per connection, on implicit TLS after the handshake."""
    intake: bytearray
    """Shared by all channels of one owner: a read is handed on before the next one starts."""
    engine: Callable[[], Engine] | None = None
    """Makes the server side, for implicit TLS and for ``start_tls``."""
    implicit: bool = False
    patience: Patience = Patience()
    opened: Callable[[Channel], bool] = _allow
    """Asked first; False when the channel is refused and was closed."""
    gone: Callable[[Channel], None] = _ignore
    handshake_failed: Callable[[Channel, str], None] = _ignore_failure
    broken: Callable[[Channel, Exception], None] | None = None
    """An exception of the upper protocol; the loop's exception handler is told when there is nobody else."""
