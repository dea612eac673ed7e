"""Answers that say no: RFC 9457 problem documents with a sentence that helps, each kind known by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Sort:
    """A kind of problem, as the documentation tells it."""

    name: str
    status: int
    title: str
    example: Mapping[str, object] = field(default_factory=dict)
    """``detail`` and whatever this kind adds."""


SORTS: tuple[Sort, ...] = (
    Sort("bad-request", 400, "The request cannot be read", {"detail": "The body is not JSON: Expecting value."}),
    Sort("token-needed", 401, "The token is missing or wrong",
         {"detail": "Calls under /api/ need the header Authorization: Bearer, with the token of the configuration."}),
    Sort("signed-out", 401, "Nobody is signed in", {"detail": "Nobody is signed in here, or the session is over."}),
    Sort("cross-site", 403, "Another site asks for a change",
         {"detail": "The request comes from http://evil.example; only pages of this server may change anything."}),
    Sort("refused", 403, "A rule of the trust space forbids it",
         {"detail": "paul.vial@medecin.mssante.fr has not written to this patient.",
          "remedy": "Wait for the professional's first message; only a pharmacy may be written to first.",
          "rule": "professional-starts-the-exchange", "explain": "/api/explain/42",
          "french": "Seul un professionnel peut initier l'échange. Attendre le premier message du professionnel."}),
    Sort("not-found", 404, "There is no such thing",
         {"detail": "There is no mailbox paul.vil@medecin.mssante.fr.",
          "remedy": "Did you mean paul.vial@medecin.mssante.fr?"}),
    Sort("wrong-method", 405, "This cannot be done here", {"detail": "/api/clock takes GET, not PATCH."}),
    Sort("timed-out", 408, "It did not happen in time",
         {"detail": "0 of 1 messages came within 10 s.",
          "seen": [{"id": "12.3", "mailbox": "paul.vial@medecin.mssante.fr", "subject": "Re: Bonjour"}],
          "nearest": {"id": "12.3", "why": "the subject is Re: Bonjour, not Bonjour"}}),
    Sort("conflict", 409, "It does not fit the present state",
         {"detail": "paul.vial@medecin.mssante.fr exists already.", "remedy": "Choose another address."}),
    Sort("arrived", 409, "A message arrived after all",
         {"detail": "Message 12.3 (Bonjour) arrived.",
          "message": {"id": "12.3", "mailbox": "paul.vial@medecin.mssante.fr", "subject": "Bonjour"}}),
    Sort("too-large", 413, "The body is too large", {"detail": "A body may have 31457280 octets at most."}),
    Sort("not-json", 415, "Only JSON is read here", {"detail": "Send the body as Content-Type: application/json."}),
    Sort("wrong-host", 421, "This server does not go by that name",
         {"detail": "evil.example is no name of this server; it answers to localhost and 127.0.0.1."}),
    Sort("invalid", 422, "A value does not fit",
         {"detail": "query limit: Input should be less than or equal to 500.",
          "errors": [{"where": "query limit", "what": "Input should be less than or equal to 500"}]}),
    Sort("bug", 500, "The simulator made a mistake",
         {"detail": "Look for the last event of kind error in the journal."}),
    Sort("stopping", 503, "The simulator is stopping", {"detail": "The simulator stops; nothing more will happen."}),
    Sort("store", 503, "The store cannot do it now", {"detail": "The disk is full."}),
)
BY_NAME = {sort.name: sort for sort in SORTS}
EVERYWHERE = ("wrong-host",)
"""Any call may end so."""


class Problem(HTTPException):
    """A refusal on its way out. ``detail`` is one sentence; ``more`` adds members to the document."""

    def __init__(self, name: str, detail: str, *, headers: Mapping[str, str] | None = None, remedy: str = "",
                 more: Mapping[str, object] | None = None) -> None:
        self.sort = BY_NAME[name]
        self.more = {"remedy": remedy, **(more or {})}
        super().__init__(self.sort.status, detail, dict(headers or {}))

    def response(self) -> JSONResponse:
        """The answer to send."""
        body = document(self.sort, self.detail, self.more)
        return JSONResponse(body, self.status_code, self.headers, media_type=MEDIA_TYPE)


def document(sort: Sort, detail: str, more: Mapping[str, object]) -> dict[str, object]:
    """The problem as JSON; members that say nothing are left out. ``type`` leads to the page that explains it."""
    said = {name: value for name, value in more.items() if value not in (None, "", [], ())}
    return {"type": f"/docs#{sort.name}", "title": sort.title, "status": sort.status, "detail": detail, **said}


def documented(*names: str) -> dict[int | str, dict[str, object]]:
    """What a call declares about its refusals, for OpenAPI."""
    told: dict[int | str, dict[str, object]] = {}
    for sort in (BY_NAME[name] for name in (*names, *EVERYWHERE)):
        answer = told.setdefault(sort.status, {"description": sort.title, "content": {MEDIA_TYPE: {
            "schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}}})
        if sort.title not in str(answer["description"]):
            answer["description"] = f"{answer['description']}, or: {sort.title}"
        _examples(answer)[sort.name] = {"value": _shown(sort)}
    return told


def _shown(sort: Sort) -> dict[str, object]:
    more = {name: value for name, value in sort.example.items() if name != "detail"}
    return document(sort, str(sort.example["detail"]), more)


def _examples(answer: dict[str, object]) -> dict[str, object]:
    content = answer["content"]
    assert isinstance(content, dict)
    examples: dict[str, object] = content[MEDIA_TYPE]["examples"]
    return examples


SCHEMA: dict[str, object] = {
    "title": "Problem",
    "description": "What went wrong, as RFC 9457 writes it.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "description": "Leads to the explanation of the kind."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for people."},
        "remedy": {"type": "string", "description": "What to do about it."},
        "errors": {"type": "array", "items": {"type": "object", "properties": {
            "where": {"type": "string"}, "what": {"type": "string"}}}},
        "seen": {"type": "array", "items": {"type": "object"}, "description": "What came instead."},
        "nearest": {"type": "object", "description": "The message that came closest, and why it is not the one."},
        "message": {"type": "object", "description": "What arrived although nothing was to come."},
        "rule": {"type": "string", "description": "Name of the rule that forbids it."},
        "explain": {"type": "string", "format": "uri-reference", "description": "Where it is explained."},
        "french": {"type": "string", "description": "What a page tells the person."},
        "refusals": {"type": "array", "items": {"type": "object"}, "description": "What was refused meanwhile."},
    },
}
