"""A door: makes the protocol object of each connection, and closes them all.

aiosmtpd and the dialogue are imported for the first client, or by ``load`` before one comes.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from simulator.smtp import replies
from simulator.smtp.settings import SmtpSettings
from simulator.smtp.visit import Office, Visit
from simulator.wire import Room

if TYPE_CHECKING:
    from simulator.smtp.session import SmtpSession

__all__ = ["SmtpDoor", "SmtpSettings"]


class SmtpDoor:
    """``mx``, ``submission`` or ``smtps``; ``operator`` when the door belongs to one operator alone."""

    def __init__(self, door: str, office: Office, settings: SmtpSettings | None = None, *,
                 operator: str | None = None, room: Room | None = None) -> None:
        """``room`` for messages in hand is shared with other doors."""
        self.door = door
        self._office = office
        self._settings = settings or SmtpSettings()
        self._operator = operator
        self._room = room or Room()
        self._sessions: set[SmtpSession] = set()
        self._empty = asyncio.Event()

    def protocol(self) -> asyncio.Protocol:
        """For the listener: a new session. Needs a running loop."""
        from simulator.smtp.session import SmtpSession

        return SmtpSession(self.door, self._receive, self._settings, self._room, self._sessions, self._left)

    def load(self) -> None:
        """Import what the first client needs, so that it is not kept waiting; from any thread."""
        import simulator.smtp.session  # noqa: F401

    @property
    def open_sessions(self) -> int:
        """Connections that have not ended."""
        return len(self._sessions)

    def farewell(self) -> None:
        """Tell every client 421 and end: idle ones at once, the others after the command in hand."""
        for session in tuple(self._sessions):
            session.farewell(replies.SHUTTING_DOWN)

    async def close(self, grace: float) -> None:
        """Say farewell and wait until every client has its last reply, at most ``grace`` seconds."""
        self.farewell()
        self._empty.clear()
        if self._sessions:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(grace):
                    await self._empty.wait()

    def _left(self) -> None:
        if not self._sessions:
            self._empty.set()

    def _receive(self, client: str) -> Visit:
        return self._office.visit(self.door, client, self._operator)
