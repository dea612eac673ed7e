"""Mailboxes: look, open, suspend, close, members (F3 to F8)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from simulator.controls.mailboxes import NewStructure
from simulator.web.calls.messages import BODY
from simulator.web.here import Can
from simulator.web.problems import documented
from simulator.web.shapes import space

calls = APIRouter(prefix="/api/mailboxes", tags=["mailboxes"])
CHANGE = ("cross-site", "not-json", "too-large", "not-found", "conflict", "invalid", "store")


@calls.get("", summary="Every mailbox", response_model=space.Mailboxes, responses=documented())
async def every(can: Can) -> dict[str, Any]:
    """In the order they were made."""
    return {"items": [space.mailbox(box) for box in can.mailboxes.list()]}


@calls.post("", summary="Open a mailbox", status_code=201, response_model=space.Mailbox,
            responses=documented(*BODY, "not-found", "conflict", "store"))
async def open_one(can: Can, wanted: space.MailboxToBe) -> dict[str, Any]:
    """With the checks of the configuration; it takes mail at once."""
    given: dict[str, Any] = {name: getattr(wanted, name) for name in space.MailboxToBe.model_fields}
    if isinstance(wanted.structure, space.StructureToBe):
        given["structure"] = NewStructure(**wanted.structure.model_dump())
    return space.mailbox(await can.mailboxes.open(**given))


@calls.get("/{address}", summary="One mailbox", response_model=space.Mailbox,
           responses=documented("not-found", "invalid"))
async def get(can: Can, address: str) -> dict[str, Any]:
    """With what its folders hold."""
    counts = can.mailboxes.folders(address)
    folders = {name: {"messages": messages, "unseen": unseen} for name, (messages, unseen) in counts.items()}
    return {**space.mailbox(can.mailboxes.get(address)), "folders": folders}


@calls.post("/{address}/suspend", summary="Suspend a mailbox", response_model=space.Mailbox,
            responses=documented(*CHANGE))
async def suspend(can: Can, address: str) -> dict[str, Any]:
    """Mail is refused and nobody signs in, until it is reopened."""
    return space.mailbox(await can.mailboxes.suspend(address))


@calls.post("/{address}/reopen", summary="Open a mailbox again", response_model=space.Mailbox,
            responses=documented(*CHANGE))
async def reopen(can: Can, address: str) -> dict[str, Any]:
    """After it was suspended or closed; activates a patient's."""
    return space.mailbox(await can.mailboxes.reopen(address))


@calls.post("/{address}/close", summary="Close a mailbox", response_model=space.Mailbox, responses=documented(*CHANGE))
async def close(can: Can, address: str) -> dict[str, Any]:
    """The address stays known and takes no mail."""
    return space.mailbox(await can.mailboxes.close(address))


@calls.put("/{address}/closing", summary="When exchanges end by themselves", response_model=space.Mailbox,
           responses=documented("bad-request", *CHANGE))
async def end_exchanges(can: Can, address: str, wanted: space.Closing) -> dict[str, Any]:
    """In place of what held before (F19): after every reply, after a time, after a dispensing; nothing at all is
    never."""
    return space.mailbox(await can.mailboxes.end_exchanges(
        address, every_reply=wanted.every_reply, after=wanted.after, after_dispensing=wanted.after_dispensing))


@calls.put("/{address}/members/{member}", summary="Add a member", response_model=space.Mailbox,
           responses=documented(*CHANGE))
async def add_member(can: Can, address: str, member: str) -> dict[str, Any]:
    """Lets the person of a PER mailbox use an ORG or CAB mailbox (F6)."""
    return space.mailbox(await can.mailboxes.add_member(address, member))


@calls.delete("/{address}/members/{member}", summary="Remove a member", response_model=space.Mailbox,
              responses=documented(*CHANGE))
async def remove_member(can: Can, address: str, member: str) -> dict[str, Any]:
    """From the next sign-in on."""
    return space.mailbox(await can.mailboxes.remove_member(address, member))
