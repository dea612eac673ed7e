"""STATUS=SIZE (RFC 8438): the octets of a folder."""

from __future__ import annotations

from typing import ClassVar

from simulator.imap.commands.selecting import StatusItem
from simulator.imap.session import Session


class StatusSize(Session):
    """``STATUS name (SIZE)``"""

    announces = ("STATUS=SIZE",)
    status_items: ClassVar[dict[str, StatusItem]] = {"SIZE": lambda _session, _folder, counts: counts.size}
