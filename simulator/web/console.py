"""Serves the pages of ``simulator/console``: known files only, read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from fastapi import APIRouter
from starlette.responses import Response

from simulator.web.problems import Problem

calls = APIRouter(include_in_schema=False)

PAGES = {
    "/mon-espace": "mon-espace.html",
    "/pharmacie": "pharmacie.html",
    "/espace-de-confiance": "espace-de-confiance.html",
}
"""Path to file."""
_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob:; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def _page(name: str) -> Response:
    return Response(_read(name), media_type="text/html", headers={"content-security-policy": _POLICY})


@calls.get("/mon-espace")
async def patient() -> Response:
    """Mon espace: the patient's side."""
    return _page(PAGES["/mon-espace"])


@calls.get("/pharmacie")
async def pharmacy() -> Response:
    """Pharmacie: the team's mailbox."""
    return _page(PAGES["/pharmacie"])


@calls.get("/espace-de-confiance")
async def trust_space() -> Response:
    """Espace de confiance: operators, whitelist, messages on their way."""
    return _page(PAGES["/espace-de-confiance"])


@calls.get("/console/{name}")
async def part(name: str) -> Response:
    """A style, a script or a drawing of the pages."""
    kind = _TYPES.get(name.rpartition(".")[2])
    if kind is None or name not in _names():
        raise Problem("not-found", f"The pages have no part {name[:100]}.")
    return Response(_read(name), media_type=kind)


@cache
def _names() -> frozenset[str]:
    return frozenset(entry.name for entry in files("simulator.console").iterdir())


@cache
def _read(name: str) -> bytes:
    return files("simulator.console").joinpath(name).read_bytes()
