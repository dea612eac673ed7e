"""QUOTA (RFC 9208): how full the mailbox is. Setting quotas is no business of clients."""

from __future__ import annotations

from typing import ClassVar

from simulator.imap.arguments import Arguments
from simulator.imap.session import Answer, Phase, Session

KIB = 1024


class Quota(Session):
    """One root for the whole mailbox, named by the empty string, counting STORAGE in KiB."""

    commands: ClassVar[dict[str, Phase]] = {"GETQUOTA": Phase.INSIDE, "GETQUOTAROOT": Phase.INSIDE}
    announces = ("QUOTA", "QUOTA=RES-STORAGE")

    def command_getquota(self, args: Arguments) -> Answer:
        """RFC 9208 4.1.2"""
        args.space()
        root = args.astring("a quota root")
        args.end()
        if root:
            return b"NO [NONEXISTENT] There is no such quota root"
        self.send(self._quota_line())
        return b"OK Quota told"

    def command_getquotaroot(self, args: Arguments) -> Answer:
        """RFC 9208 4.1.3"""
        args.space()
        name = args.folder()
        args.end()
        self.send(b'* QUOTAROOT %b ""\r\n' % self.spelled(name))
        self.send(self._quota_line())
        return b"OK Quota told"

    def _quota_line(self) -> bytes:
        assert self.identity is not None
        used = -(-self.store.usage(self.mailbox) // KIB)
        return b'* QUOTA "" (STORAGE %d %d)\r\n' % (used, self.identity.mailbox.quota // KIB)
