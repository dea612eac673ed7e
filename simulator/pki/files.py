"""How the authority's folder is written: whole files or nothing, and errors that name the remedy."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


class AuthorityError(Exception):
    """The authority's folder cannot be used. The text names the file and what to do about it."""

    def __init__(self, file: Path, problem: str, remedy: str) -> None:
        super().__init__(f"{file}: {problem}; {remedy}")
        self.file = file


def start_over(folder: Path) -> str:
    """The remedy for anything damaged: every certificate here is made again by the next start."""
    return f"restore it, or remove the folder {folder} to have a new authority made (which clients must then trust)"


def write_whole(path: Path, data: bytes, *, secret: bool = False, sync: bool = False) -> None:
    """Put ``data`` at ``path`` so that a reader or a crash sees the old file or the new one, never a part.

    A secret file is readable by its owner only from the moment it exists. Raises OSError, leaving no debris."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if secret else 0o644)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            if sync:
                os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def read_whole(path: Path, folder: Path) -> bytes:
    """The file's bytes. Raises AuthorityError when it is missing or cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise AuthorityError(path, f"cannot be read ({error.strerror})", start_over(folder)) from error
