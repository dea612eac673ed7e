"""How refusals of the store and of the sign-in sound in IMAP (RFC 5530)."""

from __future__ import annotations

from simulator.imap.formatter import plain
from simulator.rules.verdict import Verdict
from simulator.store.interface import FolderExists, HasChildren, NoSuchFolder, StoreError, StoreFull
from simulator.store.names import BadName

_STORE: tuple[tuple[type[StoreError], bytes], ...] = (
    (StoreFull, b"NO [LIMIT] The disk is full, try again later"),
    (NoSuchFolder, b"NO [NONEXISTENT] There is no such folder"),
    (FolderExists, b"NO [ALREADYEXISTS] The name is taken"),
    (HasChildren, b"NO [HASCHILDREN] The folder holds other folders"),
    (BadName, b"NO [CANNOT] No folder can have this name"),
)
_CODES = {
    454: b"UNAVAILABLE",
    421: b"UNAVAILABLE",
    530: b"PRIVACYREQUIRED",
    534: b"AUTHORIZATIONFAILED",
    535: b"AUTHENTICATIONFAILED",
    538: b"PRIVACYREQUIRED",
}


class Refused(Exception):
    """A refusal found deep inside an answer; ``answer`` is ``NO …`` without the tag."""

    def __init__(self, answer: bytes) -> None:
        super().__init__(answer)
        self.answer = answer


def no_of(error: StoreError) -> bytes:
    """The NO for what the store could not do."""
    for kind, answer in _STORE:
        if isinstance(error, kind):
            return answer
    return b"NO [UNAVAILABLE] The store cannot do it now"


def no_sign_in(verdict: Verdict) -> bytes:
    """The NO for a refused sign-in; the words carry the rule."""
    reply = verdict.reply
    if reply is None:
        return b"NO [AUTHENTICATIONFAILED] Sign-in refused"
    return b"NO [%b] %b" % (_CODES.get(reply.code, b"AUTHORIZATIONFAILED"), plain(" ".join(reply.lines)))
