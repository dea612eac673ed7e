"""Who has signed in at a page: a random cookie, kept in memory only."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping

from starlette.responses import Response

from simulator.model.mailbox import Identity

COOKIE = "mssim_session"
"""Of a professional or a team."""
PATIENT_COOKIE = "mssim_patient"
"""Of a patient: one browser may have a patient's page and a pharmacy's page side by side."""
IDLE_SECONDS = 8 * 3600.0
"""A session that nobody used for so long is over."""
MOST_SESSIONS = 1000
"""The oldest go first."""
MOST_OF_ONE = 50
"""Of one person and mailbox: nobody puts out the others by signing in again and again."""


class Sessions:
    """Cookie to identity."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[Identity, float]] = OrderedDict()

    def begin(self, identity: Identity, response: Response, cookies: Mapping[str, str]) -> None:
        """Remember the person; the browser gets the cookie, which no script and no other site sees. What it brought
        (``cookies``) for that side of the page is over."""
        name = PATIENT_COOKIE if identity.mailbox.patient is not None else COOKIE
        self._known.pop(cookies.get(name, ""), None)
        own = [word for word, (known, _) in self._known.items() if known.who == identity.who]
        for old in own[: max(0, len(own) + 1 - MOST_OF_ONE)]:
            del self._known[old]
        word = secrets.token_urlsafe(32)
        self._known[word] = (identity, time.monotonic())
        while len(self._known) > MOST_SESSIONS:
            self._known.popitem(last=False)
        response.set_cookie(name, word, httponly=True, samesite="strict", path="/")

    def identity(self, word: str | None, *, uses: bool = True) -> Identity | None:
        """Who brings this cookie; a look that is no use of the session does not make it last."""
        if word is None or word not in self._known:
            return None
        identity, used = self._known[word]
        if time.monotonic() - used > IDLE_SECONDS:
            del self._known[word]
            return None
        if uses:
            self._known[word] = (identity, time.monotonic())
            self._known.move_to_end(word)
        return identity

    def end(self, name: str, word: str | None, response: Response) -> None:
        """Forget the person of this cookie."""
        self._known.pop(word or "", None)
        response.delete_cookie(name, path="/")
