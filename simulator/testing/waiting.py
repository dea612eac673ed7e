"""Waiting for letters, and the sentences that tell what was seen instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict

from simulator.controls import errors
from simulator.controls.message import MessageInfo
from simulator.controls.query import Query
from simulator.testing.failures import Arrived, NotArrived, Refusal
from simulator.testing.letters import Letter

if TYPE_CHECKING:
    from simulator.testing.boxes import Box
    from simulator.testing.space import Space

TIMEOUT = 10.0
"""Real seconds that a letter is waited for."""
MARGIN = 30.0
"""Real seconds that the simulator may be late with its own answer on a busy machine."""
SHOWN = 10
"""Lines of each kind in a failure."""
PAGE = 500


class Wanted(TypedDict, total=False):
    """What a letter must be like. Texts are a part of the real one, whatever the case."""

    subject: str
    subject_is: str
    """The whole subject, exactly."""
    sender: str | Box
    text: str
    attachment: str
    """Part of the name of an attachment."""
    header: tuple[str, str]
    """Name of a header field and a part of its value."""
    folder: str
    """INBOX unless said otherwise."""
    unseen: bool


def query(space: Space, mailbox: str, wanted: Wanted) -> Query:
    """The question that the controls understand."""
    sender = wanted.get("sender")
    return Query(
        mailbox=mailbox,
        folder=wanted.get("folder", "INBOX"),
        from_=None if sender is None else space.address(sender),
        subject=wanted.get("subject"),
        subject_is=wanted.get("subject_is"),
        header=wanted.get("header"),
        attachment=wanted.get("attachment"),
        text=wanted.get("text"),
        unseen=wanted.get("unseen"),
    )


def wait_for(space: Space, wanted: Query, count: int, timeout: float) -> list[Letter]:
    """At least ``count`` letters. Raises NotArrived."""
    messages = space.controls.messages
    try:
        found = space.do(lambda: messages.wait(wanted, count=count, timeout=timeout), timeout=timeout + MARGIN)
    except errors.TimedOut as problem:
        raise NotArrived(_not_arrived(space, wanted, count, timeout, problem)) from None
    return _letters(space, found)


def take(space: Space, wanted: Query, timeout: float) -> Letter:
    """One letter, which is in the mailbox no more. Raises NotArrived."""
    messages = space.controls.messages
    try:
        found = space.do(lambda: messages.take(wanted, timeout=timeout), timeout=timeout + MARGIN)
    except errors.TimedOut as problem:
        raise NotArrived(_not_arrived(space, wanted, 1, timeout, problem)) from None
    return Letter(found, found.raw)


def nothing(space: Space, wanted: Query, within: float) -> None:
    """Raises Arrived."""
    messages = space.controls.messages
    try:
        space.do(lambda: messages.nothing(wanted, within=within), timeout=within + MARGIN)
    except errors.Arrived as problem:
        raise Arrived(f"{wanted.mailbox} received {_line(problem.message)}, although nothing was to come") from None


def look(space: Space, wanted: Query) -> list[Letter]:
    """What is there now, all pages of it."""
    messages = space.controls.messages

    def pages() -> list[Letter]:
        found: list[Letter] = []
        page = messages.find(replace(wanted, limit=PAGE))
        while page.items:
            found += [Letter(info, messages.raw(info.id)) for info in page.items]
            page = messages.find(replace(wanted, limit=PAGE, after=page.cursor))
        return found

    return space.do(pages)


def _letters(space: Space, found: Sequence[MessageInfo]) -> list[Letter]:
    messages = space.controls.messages
    return space.do(lambda: [Letter(info, messages.raw(info.id)) for info in found])


def _not_arrived(space: Space, wanted: Query, count: int, timeout: float, problem: errors.TimedOut) -> str:
    many = f"{count} letters" if count > 1 else "no letter"
    head = f"{wanted.mailbox} received {many if count == 1 else 'fewer than ' + many}{_conditions(wanted)} "
    lines = [f"{head}within {timeout:g} s"]
    if problem.nearest_miss is not None:
        nearest, why = problem.nearest_miss
        lines.append(f"  nearest miss: {_line(nearest)}: {why}")
    seen = [_line(info) for info in problem.seen[-SHOWN:]]
    lines.append("  it has: " + ("; ".join(seen) if seen else "nothing at all"))
    refused = space.refusals()[-SHOWN:]
    lines += [f"  refused: {_refused(refusal)}" for refusal in refused]
    return "\n".join(lines)


def _refused(refusal: Refusal) -> str:
    return f"{refusal.who or refusal.mailbox}: {refusal}"


def _conditions(wanted: Query) -> str:
    told = [
        f"from {wanted.from_}" if wanted.from_ else "",
        f"with {wanted.subject!r} in the subject" if wanted.subject is not None else "",
        f"with the subject {wanted.subject_is!r}" if wanted.subject_is is not None else "",
        f"with {wanted.text!r} in the text" if wanted.text is not None else "",
        f"with an attachment {wanted.attachment!r}" if wanted.attachment is not None else "",
        f"with the field {wanted.header[0]}: {wanted.header[1]}" if wanted.header is not None else "",
        {None: "", True: "unread", False: "already read"}[wanted.unseen],
    ]
    said = " and ".join(filter(None, told))
    where = f" in {wanted.folder}" if wanted.folder not in (None, "INBOX") else ""
    return (f" {said}" if said else "") + where


def _line(info: MessageInfo) -> str:
    return f"{info.subject!r} from {info.from_}"
