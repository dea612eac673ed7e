"""Messages: look, wait, take, put in, remove."""

from __future__ import annotations

import base64
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address as Written
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import make_msgid, parseaddr
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from simulator.model.address import Address, AddressError
from simulator.web.here import Can, held
from simulator.web.problems import Problem, documented
from simulator.web.shapes.messages import (
    Look,
    Message,
    MessagePage,
    Messages,
    Nothing,
    PutIn,
    Removed,
    Take,
    Wait,
    Which,
    told,
)

calls = APIRouter(prefix="/api/messages", tags=["messages"])
BODY = ("bad-request", "cross-site", "too-large", "not-json", "invalid")


@calls.get("", summary="Look at messages", response_model=MessagePage, responses=documented("not-found", "invalid"))
async def find(can: Can, wanted: Annotated[Look, Query()]) -> dict[str, Any]:
    """The messages that fit, oldest first within each folder."""
    page = can.messages.find(wanted.query(limit=wanted.limit))
    return {"items": [told(info) for info in page.items], "cursor": page.cursor}


@calls.get("/wait", summary="Wait until messages are there", response_model=Messages,
           responses=documented("not-found", "timed-out", "invalid", "stopping"))
async def wait(request: Request, can: Can, wanted: Annotated[Wait, Query()]) -> dict[str, Any]:
    """Held open until `count` messages fit, those already there included. Else 408: what came instead, and which
    message was nearest."""
    found = await held(request, can.messages.wait(wanted.query(), count=wanted.count, timeout=wanted.timeout))
    return {"items": [told(info) for info in found]}


@calls.get("/none", summary="Make sure that nothing comes", status_code=204, response_class=Response,
           responses=documented("not-found", "arrived", "invalid", "stopping"))
async def none(request: Request, can: Can, wanted: Annotated[Nothing, Query()]) -> Response:
    """204 when nothing that fits is there or comes within so many seconds; 409 with the message as soon as one is."""
    await held(request, can.messages.nothing(wanted.query(), within=wanted.within))
    return Response(status_code=204)


@calls.post("/take", summary="Wait for a message and take it out", response_model=Message,
            responses=documented(*BODY, "not-found", "timed-out", "stopping"))
async def take(request: Request, can: Can, wanted: Take) -> dict[str, Any]:
    """Nobody else gets it; the answer holds its bytes."""
    info = await held(request, can.messages.take(wanted.query(), timeout=wanted.timeout))
    return {**told(info), "raw": base64.b64encode(info.raw).decode("ascii")}


@calls.post("", summary="Put a message in a mailbox", status_code=201, response_model=Message,
            responses=documented(*BODY, "not-found", "store"))
async def put_in(can: Can, given: PutIn) -> dict[str, Any]:
    """Without SMTP, and past all rules."""
    to = [given.to] if isinstance(given.to, str) else given.to or []
    raw = given.raw if given.raw is not None else _composed(given, to, can.time.now())
    mailbox = given.mailbox or parseaddr(to[0])[1]
    return told(await can.messages.inject(mailbox, raw, folder=given.folder, flags=given.flags))


@calls.delete("", summary="Remove messages", response_model=Removed,
              responses=documented("cross-site", "not-found", "invalid", "not-json", "too-large", "store"))
async def purge(can: Can, which: Annotated[Which, Query()]) -> dict[str, int]:
    """Every message of a mailbox, or of all."""
    return {"removed": await can.messages.purge(which.mailbox)}


@calls.get("/{id}", summary="One message", response_model=Message, responses=documented("not-found", "invalid"))
async def get(can: Can, id: str) -> dict[str, Any]:
    """Decoded: who, what, attachments, text, header."""
    return told(can.messages.get(id))


@calls.get("/{id}/raw", summary="The bytes of a message", response_class=Response,
           responses=documented("not-found", "invalid") | {200: {"description": "As stored.", "content": {
               "message/rfc822": {"schema": {"type": "string"}, "example": "Subject: Bonjour\r\n\r\nBonjour\r\n"}}}})
async def raw(can: Can, id: str) -> Response:
    """As stored, octet for octet."""
    return Response(can.messages.raw(id), media_type="message/rfc822",
                    headers={"content-disposition": 'attachment; filename="message.eml"'})


def _composed(given: PutIn, to: list[str], now: datetime) -> bytes:
    """The message as bytes. Raises Problem when an address or the subject cannot be written."""
    message = EmailMessage()
    try:
        message["From"] = _address(given.from_ or "")
        message["To"] = [_address(one) for one in to]
        message["Subject"] = given.subject
        message["Date"] = now
        message["Message-ID"] = make_msgid(domain="simulateur.invalid")
        message.set_content(given.text)
        plain = all(part.isascii() for part in (parseaddr(given.from_ or "")[1], *(parseaddr(one)[1] for one in to)))
        return message.as_bytes(policy=SMTP if plain else SMTPUTF8)
    except AddressError as mistake:
        raise Problem("invalid", f"An address cannot be read: {mistake}.") from mistake
    except (ValueError, MessageError, IndexError, LookupError) as mistake:
        raise Problem("invalid", "The message cannot be written: a line break or another character that a header does "
                      "not carry stands in from, to or subject.", remedy="Give the whole message as raw.") from mistake


def _address(text: str) -> Written:
    name, address = parseaddr(text)
    read = Address.parse(address or text)
    return Written(name, read.local, read.domain)
