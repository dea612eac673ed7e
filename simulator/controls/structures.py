"""The structures of the space: those of the configuration, and those that mailboxes opened since brought."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.model.mailbox import Structure
from simulator.space import TrustSpace


def known_structures(space: TrustSpace, configured: Mapping[str, Structure]) -> dict[str, Structure]:
    """By name (``Structure.id``), those of the configuration first; what a mailbox holds is the latest word."""
    held = {box.structure.id: box.structure for box in space.mailboxes.values() if box.structure is not None}
    return {**configured, **held}
