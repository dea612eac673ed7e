"""APPENDLIMIT (RFC 7889): how large an appended message may be."""

from __future__ import annotations

from typing import ClassVar

from simulator.imap.commands.selecting import StatusItem
from simulator.imap.session import Session


class AppendLimit(Session):
    """The same for every folder, so it stands in the capability itself; STATUS tells it too."""

    status_items: ClassVar[dict[str, StatusItem]] = {
        "APPENDLIMIT": lambda session, _folder, _counts: session.limits.append}

    def capability_list(self) -> list[str]:
        """RFC 7889 3"""
        return [*super().capability_list(), f"APPENDLIMIT={self.limits.append}"]
