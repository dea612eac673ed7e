"""Plays a dialogue and says what was wrong with how it was received."""

from __future__ import annotations

import re
from itertools import pairwise

from fuzz.connection import KEPT, Connection
from fuzz.steps import Dialogue, Step
from fuzz.target import Target

BOUND = 15.0
"""Seconds within which every connection is answered or closed; the target is configured to be quicker."""
MOMENT = 0.1
"""Seconds for an answer before the dialogue goes on without it."""
HANDSHAKE = 3.0
_REPLY = re.compile(rb"[2345]\d\d[ -][\x20-\x7e]*\r")
_BETRAYALS = (b"Traceback (most recent", b"SERVERBUG", b"Something went wrong here")
_IMPLICIT = ("smtps", "imaps")
_GO_AHEAD = re.compile(rb"(?:^|\n)(?:220 2\.0\.0 |\w+ OK Begin TLS)[^\n]*\n\Z")
_SMTP = ("mx", "submission", "smtps")


def play(dialogue: Dialogue, target: Target, source: str = "") -> list[str]:
    """What the dialogue met with that no dialogue may meet with; empty when all was well."""
    try:
        deaf = any(step.do == "deaf" for step in dialogue.steps)
        connection = Connection(target.port(dialogue.door), source, small_window=deaf)
    except OSError as problem:
        return [f"cannot connect: {problem}"]
    try:
        return [*_walk(dialogue, target, connection), *_betrayed(dialogue.door, connection)]
    finally:
        connection.close()


def _walk(dialogue: Dialogue, target: Target, connection: Connection) -> list[str]:
    for step in (*dialogue.steps, Step("half-close")):
        match step.do:
            case "send" | "raw":
                if not _send(connection, step):
                    return [f"neither reads nor closes within {BOUND:g} s"]
            case "listen":
                connection.listen(MOMENT)
            case "secure":
                if dialogue.door not in _IMPLICIT:
                    connection.listen(MOMENT, wanted=_GO_AHEAD)
                connection.secure(target.context(dialogue.door), HANDSHAKE)
            case "deaf":
                connection.deaf = True
            case "reset":
                connection.reset()
                return []
            case "leave":
                return []
            case "half-close" | "silence":
                if step.do == "half-close":
                    connection.half_close()
                if not connection.wait_for_the_end(BOUND):
                    return [f"not closed {BOUND:g} s after {step.do}, heard {bytes(connection.heard[-200:])!r}"]
                return []
    return []


def _send(connection: Connection, step: Step) -> bool:
    give = connection.send if step.do == "send" else connection.raw
    places = (0, *step.cuts, len(step.data))
    return all(give(step.data[start:end], BOUND) for start, end in pairwise(places))


def _betrayed(door: str, connection: Connection) -> list[str]:
    heard = bytes(connection.heard)
    wrong = [f"said {word.decode()!r}" for word in _BETRAYALS if word in heard]
    if door in _SMTP and len(heard) < KEPT and not connection.muddled:
        *lines, _ = heard.partition(b"\x15\x03")[0].split(b"\n")  # before the alert of a failed handshake
        wrong += [f"said what is no SMTP reply: {line[:100]!r}" for line in lines if not _REPLY.fullmatch(line)][:1]
    return wrong
