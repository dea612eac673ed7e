"""Every limit and choice of the IMAP doors, in one place."""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB

FOLDERS: tuple[tuple[str, str | None], ...] = (
    ("INBOX", None),
    ("Drafts", "\\Drafts"),
    ("Sent", "\\Sent"),
    ("Archive", "\\Archive"),
    ("Junk", "\\Junk"),
    ("Trash", "\\Trash"),
)
"""What a mailbox starts with: (name, special use of RFC 6154)."""


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """Octets, seconds and counts (promise P15). Anything past a limit is answered, never truncated."""

    line: int = 64 * KIB
    """Octets of one line, without its literals."""
    literal: int = 64 * KIB
    """Octets of a literal that is not an appended message."""
    early_literal: int = 4 * KIB
    """The same before sign-in."""
    literals: int = 100
    """Literals of one command."""
    command: int = MIB
    """Octets of one command, appended messages not counted."""
    append: int = 25 * MIB
    """Octets of an appended message (RFC 7889); the size that the submission door takes."""
    append_command: int = 64 * MIB
    """Octets of all messages of one APPEND."""
    nesting: int = 64
    """Levels of parentheses."""
    pattern: int = 1_000
    """Characters of a LIST pattern."""
    set_elements: int = 5_000
    """Elements of a sequence set."""
    search_keys: int = 1_000
    """Keys of one SEARCH."""
    flags: int = 50
    """Flags named in one STORE or APPEND."""
    flag_length: int = 100
    folders: int = 1_000
    """Folders of one mailbox."""
    folder_depth: int = 20
    errors: int = 20
    """BAD answers in a row before the session is closed."""
    before_login: float = 60.0
    """Seconds from connection to sign-in."""
    idle: float = 30 * 60.0
    """Seconds without a word from the client, IDLE included (RFC 9051 5.4)."""
    stalled: float = 30.0
    """Seconds that a client may leave answers unread."""
    backlog: int = 128 * KIB
    """Octets of pipelined commands that wait in memory; reading pauses above."""
    clear_is_private: bool = False
    """Let people sign in without TLS. For tests and measurements on loopback."""
    extensions: tuple[str, ...] | None = None
    """Names from ``extensions.EXTENSIONS`` to offer; None offers all."""
    folder_names: tuple[tuple[str, str | None], ...] = FOLDERS
