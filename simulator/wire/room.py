"""Room in memory for messages that are not yet stored: bounded in all and for each peer address (P15).

A limit on connections and one on messages still multiply: fifty connections with 30 MiB each are one peer's to fill.
"""

from __future__ import annotations

from collections import Counter


class Room:
    """Octets that peers may fill, all doors together."""

    def __init__(self, total: int = 256 << 20, per_address: int = 128 << 20) -> None:
        self._total = total
        self._per_address = per_address
        self._held: Counter[str] = Counter()
        self.held = 0
        """Octets filled now."""

    def share(self, address: str) -> Share:
        """What one connection from that IP address fills, nothing at first."""
        return Share(self, address)

    def take(self, address: str, octets: int) -> bool:
        """Fill so much more; or False when there is no room, and nothing is changed."""
        if self.held + octets > self._total or self._held[address] + octets > self._per_address:
            return False
        self.held += octets
        self._held[address] += octets
        return True

    def leave(self, address: str, octets: int) -> None:
        """So much that was taken is free again."""
        self.held -= octets
        self._held[address] -= octets
        if self._held[address] <= 0:
            del self._held[address]


class Share:
    """What one connection fills of a Room."""

    __slots__ = ("_address", "_room", "held")

    def __init__(self, room: Room, address: str) -> None:
        self._room = room
        self._address = address
        self.held = 0
        """Octets filled by this connection."""

    def take(self, octets: int) -> bool:
        """Fill so much more; False when there is no room."""
        taken = self._room.take(self._address, octets)
        if taken:
            self.held += octets
        return taken

    def give_back(self) -> None:
        """All that this connection fills is free again."""
        if self.held:
            self._room.leave(self._address, self.held)
            self.held = 0
