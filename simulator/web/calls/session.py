"""Signing in at the pages, and what every page asks first: who am I. Not part of the API that programs rely on."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from starlette.responses import JSONResponse, Response

from simulator.model.mailbox import Identity
from simulator.web.here import AllHere, Here
from simulator.web.problems import Problem
from simulator.web.sessions import COOKIE
from simulator.web.shapes.base import Body, Name

calls = APIRouter(prefix="/pages", include_in_schema=False)


class SigningIn(Body):
    """Name and proofs, as typed."""

    account: Name
    password: Annotated[str, Field(max_length=1000)]
    code: Annotated[str, Field(max_length=20)] = ""
    mailbox: Annotated[str, Field(max_length=320)] = ""


async def _signed_in(request: Request) -> Identity:
    here: Here = request.app.state.here
    known = here.sessions.identity(request.cookies.get(COOKIE))
    identity = here.controls.people.still(known) if known is not None else None
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
        account = str(here.controls.patients.profiles.get(account).address)
    identity = await here.controls.people.sign_in(
        account=account, password=given.password, code=given.code, mailbox=given.mailbox,
        client=request.client.host if request.client is not None else "")
    response = JSONResponse(_told(identity), 201)
    here.sessions.begin(identity, response)
    return response


@calls.get("/session")
async def who(me: Me) -> dict[str, Any]:
    """Who is signed in."""
    return _told(me)


@calls.delete("/session")
async def end(request: Request, here: AllHere) -> Response:
    """Sign out."""
    response = Response(status_code=204)
    here.sessions.end(request.cookies.get(COOKIE), response)
    return response


def _told(identity: Identity) -> dict[str, Any]:
    box, account = identity.mailbox, identity.account
    return {
        "mailbox": str(box.address), "kind": box.kind.value, "name": box.display_name, "account": str(account.address),
        "person": account.display_name, "ins": box.patient.ins if box.patient is not None else None,
        "structure": box.structure.id if box.structure is not None else None,
        "is_pharmacy": box.structure is not None and box.structure.is_pharmacy,
    }
