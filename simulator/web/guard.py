"""Who may ask at all: the outermost layer, before any call is looked at (P11).

A page of another site can make a browser on this machine talk to us. It cannot hide what it does: a rebound name stands
in ``Host``, a foreign page in ``Origin`` or ``Sec-Fetch-Site``, a form in ``Content-Type``. Each is checked here.
"""

from __future__ import annotations

import hmac
import ipaddress
import socket
from collections.abc import Callable
from email.utils import formatdate
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from simulator.journal import Journal
from simulator.model.mailbox import Identity
from simulator.web.bodies import MOST_OCTETS, bounded, too_large
from simulator.web.problems import Problem
from simulator.web.sessions import COOKIE, PATIENT_COOKIE

READING = frozenset({"GET", "HEAD", "OPTIONS"})
_OF_OTHERS = ("/dispensings", "/activate")
"""Acts of a pharmacy and of the simulator, not of a patient."""
_PRESENCE = (
    ("content-security-policy",
     "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cache-control", "no-store"),
)


class Guard:
    """Lets a request through, or answers itself. Unexpected exceptions end here too: an event, not a traceback."""

    def __init__(self, app: ASGIApp, journal: Journal, *, host: str, names: tuple[str, ...], token: str | None,
                 signed_in: Callable[[str | None], Identity | None] = lambda _: None) -> None:
        """``signed_in`` tells whose cookie it is, while that person may use the mailbox."""
        self._app = app
        self._journal = journal
        self._signed_in = signed_in
        self._token = None if token is None else token.encode()
        own = {"localhost", "127.0.0.1", "::1", socket.gethostname().lower(), host.lower()}
        self._names = frozenset(own | {name.lower() for name in names})
        # A rebound name is a name: an address in Host is always typed by somebody. On loopback it need not be allowed.
        self._any_address = not _is_loopback(host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        begun = ended = False

        async def answer(message: Message) -> None:
            nonlocal begun, ended
            if message["type"] == "http.response.start":
                begun = True
                _dress(message)
            else:
                ended = not message.get("more_body", False)
            await send(message)

        try:
            self._check(scope["method"], scope["path"], Headers(scope=scope))
            await self._app(scope, bounded(receive), answer)
        except Problem as problem:
            await problem.response()(scope, receive, answer)
        except Exception as mistake:
            # Without the message: it may hold what the client sent.
            self._journal.note("error", f"{scope['method']} {scope['path']}: {type(mistake).__name__}", door="http")
            if not begun or not ended:
                raise

    def _check(self, method: str, path: str, headers: Headers) -> None:
        host = headers.get("host", "").lower()
        name = _without_port(host)
        if name not in self._names and not (self._any_address and _is_address(name)):
            raise Problem("wrong-host", f"{name[:255] or 'The empty name'} is no name of this server; it answers to "
                          + ", ".join(sorted(self._names)) + ".",
                          remedy="Name others under http: hosts: in the configuration.")
        if method not in READING:
            self._check_change(host, headers)
        if self._token is not None and path.startswith("/api/") and not self._is_own(method, path, headers) \
                and not self._is_own_counter(path, headers):
            self._check_token(headers)
        if headers.get("content-length", "0").isdigit() and int(headers.get("content-length", "0")) > MOST_OCTETS:
            raise too_large()

    @staticmethod
    def _check_change(host: str, headers: Headers) -> None:
        origin = headers.get("origin")
        foreign = origin is not None and _origin_host(origin) != host
        if foreign or headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            raise Problem("cross-site", f"The request comes from {(origin or 'another site')[:255]}; "
                          "only pages of this server and programs may change anything.")
        has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if (has_body or kind) and kind != "application/json":
            raise Problem("not-json", "Send the body as Content-Type: application/json.")

    def _is_own(self, method: str, path: str, headers: Headers) -> bool:
        """A patient who has signed in at the page needs no token for their own space; but no patient dispenses."""
        identity = self._signed_in(cookie_parser(headers.get("cookie", "")).get(PATIENT_COOKIE))
        patient = identity.mailbox.patient if identity is not None else None
        if patient is None or (method not in READING and path.rstrip("/").endswith(_OF_OTHERS)):
            return False
        return f"{path}/".startswith(f"/api/patients/{patient.ins}/")

    def _is_own_counter(self, path: str, headers: Headers) -> bool:
        """Whoever has signed in for a mailbox needs no token for its counter."""
        identity = self._signed_in(cookie_parser(headers.get("cookie", "")).get(COOKIE))
        return identity is not None and path == f"/api/indicators/{identity.mailbox.address}"

    def _check_token(self, headers: Headers) -> None:
        assert self._token is not None
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), self._token):
            raise Problem("token-needed", "Calls under /api/ need the header Authorization: Bearer, with the token of "
                          "the configuration (http: token:).", headers={"WWW-Authenticate": "Bearer"})


def _dress(message: Message) -> None:
    headers = MutableHeaders(scope=message)
    headers["date"] = formatdate(usegmt=True)
    for name, value in _PRESENCE:
        headers.setdefault(name, value)


def _origin_host(origin: str) -> str | None:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return None
    return parts.netloc.lower() if parts.scheme in ("http", "https") else None


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host.lower() == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)
