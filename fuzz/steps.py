"""A dialogue as data: what one client does on one connection, step by step, fixed before it begins."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from typing import Literal

Deed = Literal["send", "listen", "secure", "raw", "deaf", "half-close", "reset", "leave", "silence"]
ENDS: frozenset[Deed] = frozenset({"half-close", "reset", "leave", "silence"})
"""Deeds after which nothing more is done."""
SHOWN = 160
"""Octets of one step that are printed for people; the file holds all of them."""


@dataclass(frozen=True, slots=True)
class Step:
    """One deed.

    ``send`` writes, inside TLS when it is on; ``raw`` writes beneath TLS; ``listen`` waits a moment for an answer;
    ``secure`` makes the TLS handshake; ``deaf`` stops reading. The rest are ends: half-close and wait for the other
    side, reset, close, or fall silent and wait to be sent away.
    """

    do: Deed
    data: bytes = b""
    cuts: tuple[int, ...] = ()
    """Where the octets are cut into several writes."""

    def __str__(self) -> str:
        if not self.data:
            return self.do
        shown = repr(self.data[:SHOWN])[1:]
        more = f" … {len(self.data)} octets" if len(self.data) > SHOWN else ""
        cut = f" cut at {list(self.cuts[:10])}" if self.cuts else ""
        return f"{self.do} {shown}{more}{cut}"


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Everything one client does at one door."""

    door: str
    steps: tuple[Step, ...]
    name: str = ""
    """Where it comes from: ``smtp/1/42`` is the 42nd of seed 1."""

    def doing(self, steps: tuple[Step, ...]) -> Dialogue:
        """The same with other steps."""
        return replace(self, steps=steps)

    def to_json(self) -> str:
        """For ``--replay``."""
        steps = [{"do": s.do, "data": base64.b64encode(s.data).decode(), "cuts": s.cuts} for s in self.steps]
        return json.dumps({"name": self.name, "door": self.door, "steps": steps}, indent=1)

    @staticmethod
    def from_json(text: str) -> Dialogue:
        """What ``to_json`` wrote."""
        said = json.loads(text)
        steps = (Step(s["do"], base64.b64decode(s["data"]), tuple(s["cuts"])) for s in said["steps"])
        return Dialogue(said["door"], tuple(steps), said["name"])

    def __str__(self) -> str:
        lines = (f"  {number:3} {step}" for number, step in enumerate(self.steps, 1))
        return "\n".join((f"{self.name} at {self.door}:", *lines))


def conversation(door: str, script: str, name: str = "") -> Dialogue:
    """A dialogue from lines: each is sent with CRLF and an answer is awaited.

    ``<secure>`` and the other deeds between angle brackets are done; a line that ends in ``\\`` leaves with the next
    one; ``\\r``, ``\\n``, ``\\0`` and ``\\xNN`` are octets.
    """
    steps = [Step("listen")]
    held = b""
    for line in script.strip().splitlines():
        words = line.strip()
        if words.startswith("<") and words.endswith(">") and words[1:-1] in ("secure", "deaf", *ENDS):
            steps.append(Step(words[1:-1]))  # type: ignore[arg-type]  # just looked
            continue
        goes_on = words.endswith("\\")
        held += words.removesuffix("\\").encode().decode("unicode_escape").encode("latin-1") + b"\r\n"
        if not goes_on:
            steps += [Step("send", held), Step("listen")]
            held = b""
    return Dialogue(door, tuple(steps), name)
