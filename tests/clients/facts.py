"""What a client is told, and how it tells what it did. Other languages read the same JSON and write the same lines."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ABILITIES = (
    "submit-starttls",
    "submit-tls",
    "imap-starttls",
    "fetch",
    "flag",
    "move",
    "search",
    "idle",
    "folders",
    "special-use",
    "password",
    "code",
    "certificate",
    "external",
)
"""In the order of the table in docs/clients.md, which says what each means."""


@dataclass(frozen=True)
class Proof:
    """Somebody who signs in. Paths are absolute; what an account does not have is empty."""

    address: str
    user: str
    """User name to type: the address, or ``ORG-address*member-address``."""
    member: str = ""
    """For a team: whose account it is (SASL authentication identity; ``address`` is the authorization identity)."""
    password: str = ""
    password_and_code: str = ""
    """The one-time code was made when the client started: good for half a minute at least."""
    certificate: str = ""
    key: str = ""
    p12: str = ""
    p12_password: str = ""


@dataclass(frozen=True)
class Facts:
    """Everything that a client needs to know. Written as JSON with these names."""

    host: str
    ports: dict[str, int]
    ca_file: str
    folder: str
    """Empty folder for configuration and mail; what ``fetch`` reads is left here as ``fetched.eml``."""
    person: Proof
    team: Proof
    application: Proof
    to: str
    """To whom everything is sent."""
    starttls_subject: str
    tls_subject: str
    text: str
    attachment: str
    """Path of the file to attach."""
    letter_id: str
    """Message-ID of the letter in the person's INBOX to fetch, to flag, and to find by ``word`` in its subject."""
    move_id: str
    """Message-ID of the letter in the person's INBOX to move to ``archive``."""
    word: str
    """Beyond ASCII."""
    archive: str
    new_folder: str
    """To create; its name is beyond ASCII."""
    old_folder: str
    """To delete; it exists and is empty."""
    special: str = "Archive Drafts Junk Sent Trash"
    """Folders with a special use (RFC 6154), as ``special-use`` tells them: a sorted list."""

    @classmethod
    def read(cls, path: str) -> Facts:
        """From the file named on the command line."""
        told = json.loads(Path(path).read_text(encoding="utf-8"))
        for name in ("person", "team", "application"):
            told[name] = Proof(**told[name])
        return cls(**told)

    def port(self, door: str) -> int:
        """Port of a door."""
        return self.ports[door]

    def path(self, name: str) -> Path:
        """A file in the client's folder."""
        return Path(self.folder) / name


@dataclass
class Report:
    """What a client did; printed as its last line."""

    version: str
    done: dict[str, object] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def of(self, *abilities: str) -> Iterator[None]:
        """The body shows these abilities, or its exception says why not."""
        try:
            yield
        except Exception:
            self.failed |= dict.fromkeys(abilities, traceback.format_exc())
        else:
            self.done |= {ability: self.done.get(ability, True) for ability in abilities}

    @staticmethod
    def idling() -> None:
        """Tell the test that the client waits: a letter will come."""
        print(json.dumps({"at": "idle"}), flush=True)

    def tell(self) -> None:
        """The last line."""
        print(json.dumps({"version": self.version, "done": self.done, "failed": self.failed}), flush=True)


def given() -> Facts:
    """The facts of this run: the file named last."""
    return Facts.read(sys.argv[-1])
