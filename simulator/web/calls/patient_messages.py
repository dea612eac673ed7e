"""A patient writes, answers, opens messages and keeps what they bring (F11 to F18)."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from simulator.mime.writing import Attached, as_html
from simulator.model.document import media_type
from simulator.web.calls.patient_documents import FILE, Inline
from simulator.web.calls.patients import CHANGE
from simulator.web.cleaning import clean
from simulator.web.downloads import download, frame
from simulator.web.here import Can
from simulator.web.problems import documented
from simulator.web.shapes import archives
from simulator.web.shapes import patients as shapes

calls = APIRouter(prefix="/api/patients/{ins}", tags=["patients"])
LOOK = documented("not-found", "invalid")


@calls.get("/conversations", summary="The conversations of a patient", response_model=shapes.Conversations,
           responses=LOOK)
async def conversations(can: Can, ins: str) -> dict[str, Any]:
    """By thread, with what may still be answered and why not."""
    await can.patients.conversations.read(can.patients.profiles.get(ins))
    return {"items": [shapes.conversation(held) for held in can.patients.conversations.list(ins)]}


@calls.get("/messages", summary="The messages of a patient", response_model=shapes.PatientMessages, responses=LOOK)
async def messages(can: Can, ins: str) -> dict[str, Any]:
    """Received and sent, oldest first."""
    await can.patients.conversations.read(can.patients.profiles.get(ins))
    told = [(mail, held.id) for held in can.patients.conversations.list(ins) for mail in held.mails]
    unique = {mail.id: (mail, conversation) for mail, conversation in told}
    return {"items": [shapes.message(*one) for one in sorted(unique.values(), key=lambda pair: pair[0].at)]}


@calls.get("/draft", summary="What the third step proposes", response_model=shapes.Draft,
           responses=documented("not-found", "conflict", "invalid"))
async def draft(can: Can, ins: str, about: Annotated[shapes.Prefill, Query()]) -> dict[str, Any]:
    """The prefilled text (F14); it may be changed before it is sent."""
    proposed = await can.patients.journey.prefill(ins, to=about.to, documents=about.documents, files=about.files)
    return {"subject": proposed.subject, "body": proposed.body, "reminder": proposed.reminder}


@calls.post("/messages", summary="Write to a pharmacy, or answer", status_code=201, response_model=shapes.SentMessage,
            responses=documented("bad-request", "refused", *CHANGE))
async def send(can: Can, ins: str, wanted: shapes.Writing) -> dict[str, Any]:
    """The three steps in one call: documents, a pharmacy, a message. It leaves by the patient's own operator, and every
    rule is applied. With `in_reply_to` it answers."""
    sent = await can.patients.journey.send(
        ins, to=wanted.to, subject=wanted.subject, body=wanted.body, documents=wanted.documents,
        files=[Attached(one.name, "", one.content) for one in wanted.files], in_reply_to=wanted.in_reply_to,
        reply_all=wanted.reply_all, caregiver=wanted.caregiver)
    return {"id": sent.id, "message_id": sent.message_id, "to": list(map(str, sent.to)), "subject": sent.subject,
            "reminder": sent.reminder}


@calls.get("/messages/{id}", summary="One message of a patient", response_model=shapes.PatientMessage, responses=LOOK)
async def look(can: Can, ins: str, id: str) -> dict[str, Any]:
    """Without opening it: no receipt goes out."""
    mail = await can.patients.conversations.find(ins, id)
    contents = await can.patients.opening.look(ins, mail.id)
    return shapes.message(mail, can.patients.conversations.get(ins, mail.id).id, contents)


@calls.post("/messages/{id}/open", summary="Open a message", response_model=shapes.PatientMessage,
            responses=documented(*CHANGE))
async def open_it(can: Can, ins: str, id: str) -> dict[str, Any]:
    """As the patient does: it counts as read, and the receipt that was asked for goes out, once (F17)."""
    opened = await can.patients.opening.open(ins, id)
    held = can.patients.conversations.get(ins, opened.mail.id)
    receipt_to = str(opened.receipt_to) if opened.receipt_to is not None else None
    return shapes.message(opened.mail, held.id, opened.contents) | {"receipt_to": receipt_to}


@calls.get("/messages/{id}/html", summary="The HTML of a message, cleaned", response_class=Response,
           responses=LOOK | {200: {"description": "For a sandboxed frame.", "content": {
               "text/html": {"schema": {"type": "string"}, "example": "<!doctype html><p>Bonjour</p>"}}}})
async def html(can: Can, ins: str, id: str) -> Response:
    """Words and plain formatting; no script, no picture, nothing fetched."""
    held = await can.patients.opening.look(ins, id)
    return frame(await asyncio.to_thread(clean, held.html or as_html(held.text)))


@calls.get("/messages/{id}/files/{place}", summary="An attached file", response_class=Response, responses=LOOK | FILE)
async def file(can: Can, ins: str, id: str, place: int, inline: Inline = False) -> Response:
    """`inline` shows PDF, JPEG and PNG in place."""
    one = await can.patients.opening.file(ins, id, place)
    return download(one.name, one.type, one.content, inline=inline)


@calls.get("/messages/{id}/files/{place}/archive", summary="What an attached archive holds",
           response_model=archives.ArchiveShown, responses=LOOK)
async def archive(can: Can, ins: str, id: str, place: int) -> dict[str, Any]:
    """IHE_XDM.zip, opened safely: documents, identity, and everything that is wrong with it."""
    return archives.archive(await can.patients.opening.archive(ins, id, place))


@calls.get("/messages/{id}/files/{place}/archive/{document}", summary="A document of an attached archive",
           response_class=Response, responses=LOOK | FILE)
async def enclosed(can: Can, ins: str, id: str, place: int, document: int, inline: Inline = False) -> Response:
    """Its PDF, or its text when it is structured. `inline` shows a PDF in place."""
    one = await can.patients.opening.enclosed(ins, id, place, document)
    return download(one.name, media_type(one.name), one.content, inline=inline)


@calls.post("/messages/{id}/files/{place}/save", summary="Keep an attached file", status_code=201,
            response_model=shapes.PatientDocument, responses=documented("bad-request", *CHANGE))
async def save(can: Can, ins: str, id: str, place: int, wanted: shapes.Saving) -> dict[str, Any]:
    """In the section Documents: the patient's own act, never automatic."""
    return shapes.document(await can.patients.opening.save(ins, id, place, wanted.document))
