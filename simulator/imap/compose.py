"""Puts the server class together from its parts, and refuses parts that promise what they do not hold."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from simulator.imap.commands.append import Append
from simulator.imap.commands.auth import Auth
from simulator.imap.commands.fetching import Fetching
from simulator.imap.commands.folders import Folders
from simulator.imap.commands.listing import Listing
from simulator.imap.commands.messages import Messages
from simulator.imap.commands.searching import Searching
from simulator.imap.commands.selecting import Selecting
from simulator.imap.extensions import EXTENSIONS, check, mixin
from simulator.imap.session import Session

BASE: tuple[type[Session], ...] = (Auth, Selecting, Listing, Folders, Append, Messages, Fetching, Searching)
"""RFC 3501; nothing here can be left out. A mixin on several of them names them in this order."""
TABLES = ("commands", "fetch_items", "fetch_sections", "search_keys", "status_items")
"""Class attributes that are merged over all parts."""


def compose(names: tuple[str, ...] | None) -> type[Session]:
    """The server with these extensions, all of them for None. Raises ValueError."""
    if names is None:
        names = tuple(EXTENSIONS)
    check(names)
    return assemble(tuple(mixin(name) for name in standing(names)))


def standing(names: tuple[str, ...]) -> tuple[str, ...]:
    """These extensions, in their order, without those that lean on one that is not among them."""
    left = tuple(name for name in EXTENSIONS if name in names)
    kept = tuple(name for name in left if set(mixin(name).needs) <= set(left))
    return kept if kept == left else standing(kept)


@lru_cache(maxsize=16)
def assemble(extensions: tuple[type[Session], ...]) -> type[Session]:
    """A class of the base and these mixins, later mixins first in line. Raises ValueError."""
    parts = (*BASE, *extensions)
    merged: dict[str, Any] = {
        table: {name: value for part in parts for name, value in part.__dict__.get(table, {}).items()}
        for table in TABLES}
    for table in ("announces", "uid_commands"):
        merged[table] = tuple(dict.fromkeys(name for part in parts for name in part.__dict__.get(table, ())))
    merged["enabling"] = frozenset(name for part in parts for name in part.__dict__.get("enabling", ()))
    server = type("ImapServer", (*reversed(extensions), *BASE), merged)
    for part in parts:
        for name in (*part.__dict__.get("commands", ()), *part.__dict__.get("uid_commands", ())):
            if name not in merged["commands"] or not callable(getattr(server, f"command_{name.lower()}", None)):
                raise ValueError(f"{part.__name__} announces {name} but nothing defines command_{name.lower()}")
    return server
