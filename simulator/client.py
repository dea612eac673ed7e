"""A client of a running simulator's control API, with the standard library alone.

Copy this file wherever Python talks to a simulator; ``/openapi.json`` of the simulator describes every call.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

Json = dict[str, Any]
Value = str | int | float | bool | None

DEFAULT_URL = "http://127.0.0.1:10080"
"""Where ``mssim up`` listens unless told otherwise."""
PATIENCE = 60.0
"""Seconds that an answer may take, beyond what a call asks to be held open."""


class NoSimulator(Exception):
    """Nothing that could answer was found. The message says where it was looked for and what to do."""


class Declined(Exception):
    """The simulator said no. ``problem`` is its document (RFC 9457), ``status`` the HTTP status."""

    def __init__(self, status: int, problem: Json) -> None:
        self.status = status
        self.problem = problem
        sentence = str(problem.get("detail") or problem.get("title") or f"HTTP status {status}")
        super().__init__(" ".join(filter(None, (sentence, str(problem.get("remedy") or "")))))


class TimedOut(Declined):
    """What was waited for did not happen. ``seen`` came instead, ``nearest`` came closest: ``{"id", "why"}``."""

    @property
    def seen(self) -> list[Json]:
        """Messages in brief: ``id``, ``mailbox``, ``from``, ``subject``."""
        return list(self.problem.get("seen") or ())

    @property
    def nearest(self) -> Json | None:
        """The message that lacked least, and what it lacked."""
        return self.problem.get("nearest")


class Client:
    """Calls one simulator. Answers are JSON as the API gives it. Raises NoSimulator, Declined, TimedOut."""

    def __init__(self, url: str = DEFAULT_URL, *, token: str | None = None) -> None:
        """``token`` is the one of the configuration, where it asks for one. Raises NoSimulator for a URL of no use."""
        parts = urlsplit(url if "://" in url else f"http://{url}")
        if parts.scheme != "http" or not parts.hostname:
            raise NoSimulator(f"{url} is no address of a simulator; it looks like {DEFAULT_URL}")
        self.url = url
        self._host, self._port = parts.hostname, parts.port or 80
        self._headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})

    @classmethod
    def from_ready_file(cls, path: Path, *, token: str | None = None) -> Client:
        """The simulator that wrote this file (``mssim up --ready-file``). Raises NoSimulator."""
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            url = str(told["http"])
        except OSError as problem:
            raise NoSimulator(
                f"{path} cannot be read ({problem.strerror}): start the simulator with --ready-file {path}, and wait "
                "until it has written it"
            ) from None
        except (ValueError, KeyError, TypeError):
            raise NoSimulator(f"{path} is no ready file: it has no http address") from None
        return cls(url, token=token)

    # -- messages; the conditions are mailbox, folder, from_, to, subject, subject_is, header, attachment, text, unseen
    def messages(self, **conditions: Value) -> Json:
        """A page: ``items``, oldest first, and a ``cursor`` for ``after``."""
        return self.get("/api/messages", conditions)

    def message(self, id: str) -> Json:
        """One message."""
        return self.get(f"/api/messages/{quote(id, safe='')}")

    def raw(self, id: str) -> bytes:
        """Its bytes."""
        return self._ask("GET", f"/api/messages/{quote(id, safe='')}/raw")

    def wait(self, *, count: int = 1, timeout: float = 10.0, **conditions: Value) -> list[Json]:
        """At least ``count`` messages, there already or as soon as they come. Raises TimedOut."""
        asked = {**conditions, "count": count, "timeout": timeout}
        found: list[Json] = self.get("/api/messages/wait", asked, patience=timeout + PATIENCE)["items"]
        return found

    # -- the space
    def reset(self) -> None:
        """Back to the configured state."""
        self.post("/api/reset")

    def mailboxes(self) -> list[Json]:
        """Every mailbox."""
        found: list[Json] = self.get("/api/mailboxes")["items"]
        return found

    def whitelist(self) -> list[Json]:
        """Every listed domain: ``domain``, ``dns``, ``operator``."""
        found: list[Json] = self.get("/api/whitelist")["items"]
        return found

    def put_on_whitelist(self, domain: str, dns: list[str] | None = None) -> Json:
        """List a domain with these certificate DNs; without any, with its own operator's."""
        return self._json("PUT", f"/api/whitelist/{quote(domain, safe='')}", {"dns": dns} if dns else {})

    def withdraw_from_whitelist(self, domain: str) -> None:
        """Take a domain off."""
        self._ask("DELETE", f"/api/whitelist/{quote(domain, safe='')}")

    # -- patients
    def patients(self) -> list[Json]:
        """Every patient: ``ins``, ``name``, ``state``, ``unread``…"""
        found: list[Json] = self.get("/api/patients")["items"]
        return found

    def patient_documents(self, ins: str) -> list[Json]:
        """The section Documents of a patient, newest act first."""
        found: list[Json] = self.get(f"/api/patients/{quote(ins, safe='')}/documents")["items"]
        return found

    def patient_pharmacies(self, ins: str) -> list[Json]:
        """Every pharmacy as the patient sees it: ``offered``, and the ``reason`` in French."""
        found: list[Json] = self.get(f"/api/patients/{quote(ins, safe='')}/pharmacies")["items"]
        return found

    def write_as_patient(self, ins: str, **message: Any) -> Json:
        """The three steps: ``to``, ``documents``, ``subject``, ``body``; or an answer with ``in_reply_to``.

        Raises Declined when a rule forbids it."""
        return self.post(f"/api/patients/{quote(ins, safe='')}/messages", message)

    def open_as_patient(self, ins: str, id: str) -> Json:
        """The patient opens a message: ``receipt_to`` says who was told."""
        return self.post(f"/api/patients/{quote(ins, safe='')}/messages/{quote(id, safe='')}/open")

    # -- pharmacies
    def dispensings(self, ins: str) -> list[Json]:
        """A patient's history, oldest first: ``structure``, ``date``, ``reimbursed``."""
        found: list[Json] = self.get(f"/api/patients/{quote(ins, safe='')}/dispensings")["items"]
        return found

    def dispense(self, ins: str, structure: str, *, date: str | None = None, reimbursed: bool = True) -> Json:
        """A pharmacy dispenses to a patient, today or on an earlier day such as ``2026-10-02``."""
        body: Json = {"structure": structure, "reimbursed": reimbursed} | ({"date": date} if date else {})
        return self.post(f"/api/patients/{quote(ins, safe='')}/dispensings", body)

    def indicators(self, pharmacy: str | None = None, *, since: str | None = None, until: str | None = None) -> Json:
        """The counter of a pharmacy with its ``lines``, or those of all: ``items``. Both with the ``formula``."""
        return self.get(_counter(pharmacy), {"since": since, "until": until})

    def indicators_csv(
        self, pharmacy: str | None = None, *, since: str | None = None, until: str | None = None
    ) -> bytes:
        """A row for each dispensing of a pharmacy, or for each pharmacy; UTF-8 with its mark, semicolons."""
        return self._ask("GET", _with(_counter(pharmacy), {"since": since, "until": until, "format": "csv"}))

    # -- time and story
    def clock(self) -> Json:
        """``now``, ``timestamp``, ``frozen``, ``offset``."""
        return self.get("/api/clock")

    def advance(self, seconds: float) -> Json:
        """Go forward; what becomes due has been handled when this returns."""
        return self.post("/api/clock/advance", {"seconds": seconds})

    def journal(self, *, since: int = 0, about: str | None = None, kind: str | None = None, limit: int = 100) -> Json:
        """A page of events: ``items``, oldest first, and a ``cursor`` for ``since``."""
        return self.get("/api/journal", {"since": since, "about": about, "kind": kind, "limit": limit})

    def explain(self, id: str) -> Json:
        """Why something was refused: the number behind ``explain`` in the refusal."""
        return self.get(f"/api/explain/{quote(id, safe='')}")

    def follow(
        self, *, since: int = 0, about: str | None = None, kind: str | None = None
    ) -> Generator[Json, None, None]:
        """Events as they happen, after those numbered above ``since``, until the simulator stops."""
        connection, answer = self._open(
            "GET", _with("/api/journal/stream", {"since": since, "about": about, "kind": kind}), None, None
        )
        try:
            for line in answer:
                if line.startswith(b"data:"):
                    yield json.loads(line[len(b"data:") :])
        except (OSError, http.client.HTTPException):
            return
        finally:
            connection.close()

    # -- any call
    def get(self, path: str, query: Mapping[str, Value] | None = None, *, patience: float = PATIENCE) -> Json:
        """GET, JSON back."""
        return self._json("GET", _with(path, query or {}), None, patience)

    def post(self, path: str, body: Json | None = None) -> Json:
        """POST, JSON back."""
        return self._json("POST", path, {} if body is None else body)

    # -- inside
    def _json(self, method: str, path: str, body: Json | None = None, patience: float = PATIENCE) -> Json:
        said = self._ask(method, path, body, patience)
        found: Json = json.loads(said) if said else {}
        return found

    def _ask(self, method: str, path: str, body: Json | None = None, patience: float = PATIENCE) -> bytes:
        connection, answer = self._open(method, path, body, patience)
        try:
            return answer.read()
        except (OSError, http.client.HTTPException) as problem:
            raise self._gone(problem) from None
        finally:
            connection.close()

    def _open(
        self, method: str, path: str, body: Json | None, patience: float | None
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=patience)
        content = None if body is None else json.dumps(body).encode()
        headers = self._headers | ({} if body is None else {"Content-Type": "application/json"})
        try:
            connection.request(method, path, content, headers)
            answer = connection.getresponse()
            if answer.status < http.HTTPStatus.BAD_REQUEST:
                return connection, answer
            problem = _problem(answer)
        except (OSError, http.client.HTTPException) as trouble:
            connection.close()
            raise self._gone(trouble) from None
        connection.close()
        raise (TimedOut if answer.status == http.HTTPStatus.REQUEST_TIMEOUT else Declined)(answer.status, problem)

    def _gone(self, problem: Exception) -> NoSimulator:
        why = getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
        return NoSimulator(
            f"no simulator answers at {self.url} ({why}): start one with `mssim up`, or say where it is with --url or "
            "--ready-file"
        )


def _with(path: str, query: Mapping[str, Value]) -> str:
    """``from_`` becomes ``from``; what is None is left out."""
    said = {
        name.rstrip("_"): str(value).lower() if isinstance(value, bool) else value
        for name, value in query.items()
        if value is not None
    }
    return f"{path}?{urlencode(said)}" if said else path


def _counter(pharmacy: str | None) -> str:
    return "/api/indicators" + (f"/{quote(pharmacy, safe='')}" if pharmacy is not None else "")


def _problem(answer: http.client.HTTPResponse) -> Json:
    said = answer.read()
    try:
        found = json.loads(said)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"title": f"{answer.status} {answer.reason}"}
