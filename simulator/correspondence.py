"""Who a pharmacy exchanges mail with: a line of the ledger for each accepted message on one side of which it stands.

The counter of F22 is made from these lines. A pharmacy that sends is noted where its own operator takes the message,
one that receives where its own operator puts it down: a message between two operators is noted once for each side.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from simulator.domains.patient import CLOSING_SUBJECT
from simulator.model.address import Address
from simulator.model.mailbox import Mailbox
from simulator.rules.facts import Letter
from simulator.space import TrustSpace
from simulator.store.interface import Deposit, Line, NewLine

TOPIC = "correspondence"

PATIENT, PROFESSIONAL = "patient", "professional"
SENT, RECEIVED = "sent", "received"
MESSAGE, RECEIPT, CLOSING = "message", "receipt", "closing"
_NOTICE = "notice"
_LONGEST_ID = 998
"""Octets of a line (RFC 5322 2.1.1): a Message-ID that is longer says nothing more."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One message between a mailbox of a pharmacy and somebody outside that pharmacy."""

    structure: str
    """Structure.id of the pharmacy."""
    direction: str
    """``sent`` or ``received``, as the pharmacy sees it."""
    correspondent: str
    """Address of the other side."""
    kind: str
    """``patient`` or ``professional``: who the other side is."""
    form: str
    """``message``, ``receipt`` (somebody opened a message, RFC 8098) or ``closing`` (the subject ``[FIN]``)."""
    message_id: str


def lines(
    space: TrustSpace,
    *,
    sender: Address | None,
    recipients: Iterable[Address],
    deposits: Iterable[Deposit],
    submitted: bool,
    letter: Letter,
    at: float,
) -> list[NewLine]:
    """What to note of an accepted message; nothing, at the cost of a look at each mailbox, when no pharmacy is in it.

    ``deposits`` are the copies put in mailboxes here; ``submitted`` tells that the sender's own operator took it.
    """
    reached = [box for d in deposits if (box := _of_a_pharmacy(space.mailboxes.get(d.mailbox))) is not None]
    own = _of_a_pharmacy(space.mailboxes.get(sender.key)) if submitted and sender is not None else None
    if own is None and not reached:
        return []
    form = _form(letter)
    if form == _NOTICE:
        return []
    # A receipt has no envelope sender where it is written as RFC 8098 asks.
    author = sender or next(iter(letter.from_), None)
    pairs = [(own, SENT, other) for other in recipients] if own is not None else []
    pairs += [(box, RECEIVED, author) for box in reached if author is not None]
    return list(_noted(space, pairs, form, letter.message_id[:_LONGEST_ID], at))


def read(line: Line) -> Contact:
    """The contact that a line of the ledger tells of."""
    return Contact(**json.loads(line.data))


def _noted(
    space: TrustSpace, pairs: Iterable[tuple[Mailbox, str, Address]], form: str, message_id: str, at: float
) -> Iterator[NewLine]:
    seen: set[tuple[str, str]] = set()
    for box, direction, other in pairs:
        kind = _kind(space, other)
        assert box.structure is not None
        known = space.mailbox(other)
        is_inside = known is not None and known.structure is not None and known.structure.id == box.structure.id
        if kind is None or is_inside or (box.address.key, other.key) in seen:
            continue
        seen.add((box.address.key, other.key))
        # The members of Contact, written out: this is on the way of every message of a pharmacy.
        data = {"structure": box.structure.id, "direction": direction, "correspondent": str(other), "kind": kind,
                "form": form, "message_id": message_id}
        yield NewLine(TOPIC, box.address.key, at, json.dumps(data))


def _of_a_pharmacy(box: Mailbox | None) -> Mailbox | None:
    return box if box is not None and box.structure is not None and box.structure.is_pharmacy else None


def _kind(space: TrustSpace, other: Address) -> str | None:
    """None for addresses outside the space, such as those that mail systems write from."""
    if not space.lists(other.domain) and space.mailbox(other) is None:
        return None
    return PATIENT if space.domain_kind(other.domain) == "patient" else PROFESSIONAL


def _form(letter: Letter) -> str:
    if letter.subject == CLOSING_SUBJECT:
        return CLOSING
    return {"disposition-notification": RECEIPT, "delivery-status": _NOTICE}.get(letter.report, MESSAGE)
