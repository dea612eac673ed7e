"""What the page of a professional's mailbox asks. No call names the mailbox: it is that of the session (F6)."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response, StreamingResponse

from simulator.controls.webmail.drafting import How
from simulator.mime.writing import as_html
from simulator.model.mailbox import Identity, Kind
from simulator.web.calls.patient_documents import Inline
from simulator.web.calls.session import Me, still
from simulator.web.cleaning import clean
from simulator.web.downloads import download, frame
from simulator.web.here import AllHere, Can
from simulator.web.mail_stream import changes
from simulator.web.problems import Problem
from simulator.web.sessions import COOKIE
from simulator.web.shapes import mail as shapes
from simulator.web.stream import MEDIA_TYPE

calls = APIRouter(prefix="/pages/mail", include_in_schema=False)


async def _professional(me: Me) -> Identity:
    if me.mailbox.kind is Kind.PATIENT:
        raise Problem("signed-out", "A patient is signed in here, and no professional.",
                      more={"french": "Cette page est celle des professionnels : identifiez-vous."})
    return me


Who = Annotated[Identity, Depends(_professional)]


@calls.get("/folders")
async def folders(can: Can, who: Who) -> dict[str, Any]:
    """With what they hold."""
    return {"items": [shapes.shelf(found) for found in can.webmail.reading.folders(who)]}


@calls.get("/messages")
async def messages(can: Can, who: Who, asked: Annotated[shapes.Asked, Query()]) -> dict[str, Any]:
    """A page of a folder, newest first."""
    page = await can.webmail.reading.page(who, asked.folder, words=asked.words, start=asked.start, limit=asked.limit)
    return {"items": [shapes.mail(found) for found in page.items], "total": page.total}


@calls.post("/messages", status_code=201)
async def send(can: Can, who: Who, wanted: shapes.ToWrite) -> dict[str, Any]:
    """A new message, an answer, or a message that goes on."""
    sent = await can.webmail.writing.send(who, wanted.written())
    return {"id": sent.id, "message_id": sent.message_id, "to": list(map(str, sent.to)), "subject": sent.subject}


@calls.post("/messages/{id}/open")
async def open_it(can: Can, who: Who, id: str) -> dict[str, Any]:
    """It counts as read."""
    return shapes.opened(await can.webmail.reading.open(who, id))


@calls.get("/messages/{id}/html")
async def html(can: Can, who: Who, id: str) -> Response:
    """Cleaned, for a sandboxed frame."""
    held = await can.webmail.reading.contents(who, id)
    return frame(await asyncio.to_thread(clean, held.html or as_html(held.text)))


@calls.get("/messages/{id}/files/{place}")
async def file(can: Can, who: Who, id: str, place: int, inline: Inline = False) -> Response:
    """An attached file."""
    one = await can.webmail.reading.file(who, id, place)
    return download(one.name, one.type, one.content, inline=inline)


@calls.get("/messages/{id}/files/{place}/archive")
async def archive(can: Can, who: Who, id: str, place: int) -> dict[str, Any]:
    """What IHE_XDM.zip holds."""
    return shapes.archive(await can.webmail.reading.archive(who, id, place))


@calls.get("/messages/{id}/files/{place}/archive/{entry}")
async def enclosed(can: Can, who: Who, id: str, place: int, entry: int, inline: Inline = False) -> Response:
    """A document of it: its PDF, else what it is."""
    one = await can.webmail.reading.enclosed(who, id, place, entry)
    if one.pdf:
        return download(f"{one.file_name.rpartition('.')[0] or 'document'}.pdf", "application/pdf", one.pdf,
                        inline=inline)
    return download(one.file_name or "document", one.mime_type, one.octets)


@calls.post("/messages/{id}/marks")
async def mark(can: Can, who: Who, id: str, wanted: shapes.Marks) -> dict[str, Any]:
    """Read or unread, important or not."""
    return shapes.mail(await can.webmail.filing.mark(who, id, seen=wanted.seen, flagged=wanted.flagged))


@calls.post("/messages/{id}/move")
async def move(can: Can, who: Who, id: str, wanted: shapes.Moving) -> dict[str, Any]:
    """To another folder; the message has another id there."""
    return {"id": await can.webmail.filing.move(who, id, wanted.to)}


@calls.delete("/messages/{id}", status_code=204)
async def delete(can: Can, who: Who, id: str) -> Response:
    """For good."""
    await can.webmail.filing.delete(who, id)
    return Response(status_code=204)


@calls.post("/messages/{id}/receipt", status_code=201)
async def tell(can: Can, who: Who, id: str) -> dict[str, Any]:
    """The author is told that it was read."""
    return {"to": str(await can.webmail.writing.tell(who, id))}


@calls.get("/messages/{id}/draft")
async def draft(can: Can, who: Who, id: str, how: How = How.REPLY) -> dict[str, Any]:
    """What the composer begins with."""
    return shapes.prefilled(await can.webmail.drafting.prefill(who, id, how))


@calls.post("/end", status_code=201)
async def end(can: Can, who: Who, wanted: shapes.End) -> dict[str, Any]:
    """The exchange with a patient ends (F18)."""
    sent = await can.webmail.writing.end(who, wanted.patient, wanted.answers)
    return {"id": sent.id, "to": list(map(str, sent.to)), "subject": sent.subject}


@calls.get("/suggestions")
async def suggestions(can: Can, who: Who, words: Annotated[str, Query(max_length=200)] = "") -> dict[str, Any]:
    """Who may be meant."""
    return {"items": shapes.people(can.webmail.drafting.suggest(who, words))}


@calls.get("/audit")
async def audit(can: Can, who: Who, person: Annotated[str, Query(max_length=320)] = "") -> dict[str, Any]:
    """What happened, newest first; of one person when named."""
    return {"items": [shapes.record(found) for found in can.webmail.records.of(who, person=person)]}


@calls.get("/events")
async def events(request: Request, here: AllHere, who: Who) -> StreamingResponse:
    """Server-sent events: a folder changed. They end with the session."""
    body = changes(here.controls.webmail.reading, who, partial(still, here, request.cookies.get(COOKIE)), here.closing)
    return StreamingResponse(body, media_type=MEDIA_TYPE, headers={"x-accel-buffering": "no"})
