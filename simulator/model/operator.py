"""Mail operators and the domains they serve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Domain:
    """A mail domain. ``kind`` names one of the kinds of ``simulator.domains``."""

    name: str
    kind: str
    operator: str
    listed: bool = True
    """On the whitelist when the space starts; a state of the space afterwards."""
    description: str = ""
    message_limit: int | None = None
    """Octets of the largest message that its mailboxes take; None: whatever the operator takes."""


FOLDER_USES = ("Drafts", "Sent", "Archive", "Junk", "Trash")
"""Folders of a new mailbox beside INBOX: what each is for, and its name unless the operator has another."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Runs doors for its domains and holds a server identity."""

    name: str
    organization: str
    structure_id: str
    """OU of its certificate: 1 + FINESS or 3 + SIRET."""
    department: str
    """ST of its certificate, ``Doubs (25)``."""
    mx_host: str
    """Host where other operators deliver; CN of its certificate."""
    client_host: str
    """Host named to mail programs (SRV records)."""
    message_limit: int
    """Octets of the largest message taken."""
    domains: tuple[Domain, ...]
    listen: Mapping[str, int] = field(default_factory=dict)
    """Doors of its own: door name to port, 0 for any free one."""
    imap_without: frozenset[str] = frozenset()
    """IMAP extensions that its server lacks, in capitals."""
    imap_also: frozenset[str] = frozenset()
    """IMAP extensions that its server offers although most do not, in capitals."""
    folder_names: Mapping[str, str] = field(default_factory=dict)
    """Names of its own for some of FOLDER_USES."""

    @property
    def folders(self) -> tuple[tuple[str, str | None], ...]:
        """What a new mailbox holds: (name, special use of RFC 6154)."""
        return (("INBOX", None), *((self.folder_names.get(use, use), f"\\{use}") for use in FOLDER_USES))
