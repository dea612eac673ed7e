"""Signing in at a page of the operator: the same proofs and rules as for any mail program."""

from __future__ import annotations

from dataclasses import replace

from simulator.controls.errors import Refused
from simulator.model.mailbox import Identity, Mailbox, Status
from simulator.rules.book import Book
from simulator.rules.facts import INSIDE
from simulator.signin import Attempt, SignIn
from simulator.space import TrustSpace


class People:
    """Recognises who sits before a page."""

    def __init__(self, sign_in: SignIn, space: TrustSpace, book: Book) -> None:
        self._sign_in = sign_in
        self._space = space
        self._book = book

    async def sign_in(
        self, *, account: str, password: str, code: str = "", mailbox: str = "", client: str = "127.0.0.1"
    ) -> Identity:
        """The identity proved; ``mailbox`` is the team's address when it is not the account's own.

        ``code`` is the one-time code, ``client`` the peer's address. Raises Refused, later with each failure."""
        attempt = Attempt(INSIDE, client, None, "PLAIN", account.strip(), mailbox.strip(), password + code.strip())
        outcome = await self._sign_in.attempt(attempt)
        if outcome.identity is not None:
            return outcome.identity
        finding = outcome.verdict.findings[-1] if outcome.verdict.findings else None
        rule = self._book.rules.get(finding.rule) if finding is not None else None
        what = finding.what if finding is not None else "too many failures from this address"
        raise Refused(
            what, finding.remedy if finding is not None else "wait a minute",
            rule=finding.rule if finding is not None else "",
            french=rule.french.told if rule is not None else
            "Trop d'échecs depuis ce poste : patientez une minute.",
        )

    def still(self, identity: Identity) -> Identity | None:
        """The identity as the space knows it now; None when the mailbox went, may not be used any more, or is somebody
        else's: another person, or other proofs, at an address that was given again."""
        mailbox = self._space.mailbox(identity.mailbox.address)
        account = self._space.mailbox(identity.account.address)
        if mailbox is None or account is None or {mailbox.status, account.status} != {Status.OPEN}:
            return None
        if not _is_same(account, identity.account) or not _is_same(mailbox, identity.mailbox):
            return None
        if account.address.key != mailbox.address.key and account.address.key not in {m.key for m in mailbox.members}:
            return None
        return replace(identity, mailbox=mailbox, account=account)


def _is_same(now: Mailbox, then: Mailbox) -> bool:
    patients = [box.patient.ins if box.patient is not None else None for box in (now, then)]
    return now.kind is then.kind and now.owner == then.owner and now.secrets == then.secrets and \
        patients[0] == patients[1]
