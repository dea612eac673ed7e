"""The application: which calls there are, and how what goes wrong is told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from uvicorn._types import ASGI3Application

from simulator.controls.controls import Controls
from simulator.web import console, refusals
from simulator.web.calls import (
    about,
    certificates,
    clock,
    dispensings,
    indicators,
    journal,
    letters,
    mail,
    mailboxes,
    messages,
    patient_documents,
    patient_messages,
    patients,
    session,
    states,
    whitelist,
)
from simulator.web.guard import Guard
from simulator.web.here import Here
from simulator.web.problems import SCHEMA, documented
from simulator.web.published import WhitelistPaper
from simulator.web.sessions import Sessions
from simulator.web.surroundings import Surroundings

CALLS = (about.calls, messages.calls, mailboxes.calls, patients.calls, patient_documents.calls,
         patient_messages.calls, whitelist.calls, clock.calls, certificates.calls, journal.calls, letters.calls,
         states.calls, session.calls, mail.calls, console.calls, dispensings.calls, indicators.calls)
"""Every call, in the order of the documentation."""

_NO_TELEMETRY: Any = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False,
                      "auto_configure": False}
"""The simulator tells nobody anything, whatever the environment says."""


@dataclass(frozen=True, slots=True)
class Site:
    """The guarded application, and the event that ends what is held open."""

    app: ASGI3Application
    closing: asyncio.Event


def site(controls: Controls, surroundings: Surroundings) -> Site:
    """Build it. Takes a while and touches no loop, so that a thread may do it."""
    closing = asyncio.Event()
    app = FastAPI(title="mssante-simulator", version=surroundings.version, docs_url=None, redoc_url=None,
                  redirect_slashes=False, telemetry=_NO_TELEMETRY)
    here = app.state.here = Here(controls, surroundings, WhitelistPaper(surroundings), closing, Sessions())
    for calls in CALLS:
        app.include_router(calls)
    for kind, tell in refusals.TELLERS:
        app.add_exception_handler(kind, tell)
    _describe(app, with_token=surroundings.token is not None)

    guard: Any = Guard(app, controls.journal, host=surroundings.host, names=surroundings.names,
                       token=surroundings.token, signed_in=here.signed_in)
    return Site(guard, closing)


def _describe(app: FastAPI, *, with_token: bool) -> None:
    """The OpenAPI document, made when it is first asked for."""
    made: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not made:
            made.update(get_openapi(title=app.title, version=app.version, routes=app.routes, summary=_SUMMARY,
                                    description=_DESCRIPTION))
            parts = made.setdefault("components", {})
            parts.setdefault("schemas", {})["Problem"] = SCHEMA
            for unused in ("HTTPValidationError", "ValidationError"):
                parts["schemas"].pop(unused, None)
            if with_token:
                _ask_for_token(made)
        return made

    app.openapi = openapi  # type: ignore[method-assign]


def _ask_for_token(document: dict[str, Any]) -> None:
    document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    for path, methods in document["paths"].items():
        if path.startswith("/api/"):
            for call in methods.values():
                call["security"] = [{"token": []}]
                call["responses"] |= {str(status): told for status, told in documented("token-needed").items()}


_SUMMARY = "All that a person or a test may do to a running MSSanté simulator."
_DESCRIPTION = """JSON in, JSON out. Refusals are RFC 9457 problem documents with a sentence that helps.

`after` and `since` take the cursor of an earlier answer. What is held open (`wait`, `none`, `take`) counts real
seconds; everything else goes by the simulated clock. Pages of other sites are refused, and so are bodies that are not
`application/json`."""
