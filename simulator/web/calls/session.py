"""Signing in at the pages, what every page asks first (who am I), and what happens to the person's mailbox, live.

Not part of the API that programs rely on. ``?patient=true`` asks for the patient of this browser, which may have a
professional signed in beside."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from pydantic import Field
from starlette.responses import JSONResponse, Response, StreamingResponse

from simulator.model.mailbox import Identity
from simulator.web.here import AllHere, Here
from simulator.web.problems import Problem
from simulator.web.sessions import COOKIE, PATIENT_COOKIE
from simulator.web.shapes.base import Body, Name
from simulator.web.stream import MEDIA_TYPE, lines

calls = APIRouter(prefix="/pages", include_in_schema=False)


class SigningIn(Body):
    """Name and proofs, as typed."""

    account: Name
    password: Annotated[str, Field(max_length=1000)]
    code: Annotated[str, Field(max_length=20)] = ""
    mailbox: Annotated[str, Field(max_length=320)] = ""


def _cookie(request: Request, patient: bool) -> tuple[str, str | None]:
    """Name and word of the session that is asked for."""
    name = PATIENT_COOKIE if patient or COOKIE not in request.cookies else COOKIE
    return name, request.cookies.get(name)


async def _signed_in(request: Request, patient: bool = False) -> Identity:
    here: Here = request.app.state.here
    identity = here.signed_in(_cookie(request, patient)[1])
    if identity is None:
        raise Problem("signed-out", "Nobody is signed in here, or the session is over.",
                      more={"french": "Votre session est terminée : identifiez-vous à nouveau."})
    return identity


Me = Annotated[Identity, Depends(_signed_in)]
"""Who has signed in; a problem when nobody has."""


@calls.post("/session")
async def begin(request: Request, here: AllHere, given: SigningIn) -> Response:
    """Sign in; a refusal tells the rule."""
    account = given.account.strip()
    if account.isalnum() and len(account) == 15:
        box = here.controls.patients.profiles.find(account)
        account = str(box.address) if box is not None else account  # an unknown one hears what a wrong password hears
    identity = await here.controls.people.sign_in(
        account=account, password=given.password, code=given.code, mailbox=given.mailbox,
        client=request.client.host if request.client is not None else "")
    response = JSONResponse(_told(identity), 201)
    here.sessions.begin(identity, response, request.cookies)
    return response


@calls.get("/session")
async def who(me: Me) -> dict[str, Any]:
    """Who is signed in."""
    return _told(me)


@calls.delete("/session")
async def end(request: Request, here: AllHere, patient: bool = False) -> Response:
    """Sign out."""
    response = Response(status_code=204)
    here.sessions.end(*_cookie(request, patient), response)
    return response


@calls.get("/stream")
async def stream(
    request: Request, me: Me, here: AllHere, last_event_id: Annotated[str, Header(max_length=20)] = "",
    patient: bool = False,
) -> StreamingResponse:
    """What happens to the mailbox of whoever is signed in, from now on or from where a stream was cut. It ends with the
    session."""
    journal = here.controls.journal
    remembered = journal.events()
    since = int(last_event_id) if last_event_id.isascii() and last_event_id.isdigit() else \
        remembered[-1].seq if remembered else 0
    body = lines(journal, since, str(me.mailbox.address), None, here.closing,
                 partial(still, here, _cookie(request, patient)[1]))
    return StreamingResponse(body, media_type=MEDIA_TYPE)


def still(here: Here, word: str | None) -> bool:
    """Whoever began to listen with this cookie may go on; listening is no use that makes a session last."""
    return here.signed_in(word, uses=False) is not None


def _told(identity: Identity) -> dict[str, Any]:
    box, account = identity.mailbox, identity.account
    return {
        "mailbox": str(box.address), "kind": box.kind.value, "name": box.display_name, "account": str(account.address),
        "person": account.display_name, "ins": box.patient.ins if box.patient is not None else None,
        "structure": box.structure.id if box.structure is not None else None,
        "is_pharmacy": box.structure is not None and box.structure.is_pharmacy,
    }
