"""Letters in a Maildir, as the programs that mirror a mailbox keep them."""

from __future__ import annotations

import shutil
from pathlib import Path


def letter(folder: Path, message_id: str) -> Path:
    """The file of a letter."""
    for part in ("cur", "new"):
        for path in sorted((folder / part).iterdir()) if (folder / part).is_dir() else ():
            if message_id.encode() in path.read_bytes():
                return path
    raise FileNotFoundError(f"{message_id} is not in {folder}")


def flag(path: Path) -> None:
    """Flagged and seen; what stands before the flags stays."""
    path.rename(path.parent.parent / "cur" / f"{path.name.partition(':')[0]}:2,FS")


def move(path: Path, folder: Path) -> None:
    """To another folder, under a name that carries no UID of the first."""
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    path.rename(folder / "cur" / f"{path.name.partition(',')[0]}.moved:2,S")


def create(folder: Path) -> None:
    """An empty one."""
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True)


def deliverer(folder: Path) -> Path:
    """A program that puts what it reads into the folder."""
    create(folder)
    script = folder.with_suffix(".sh")
    script.write_text(f'#!/bin/sh\nexec cat > "$(mktemp -p {folder}/new)"\n', encoding="utf-8")
    script.chmod(0o700)
    return script


def delete(folder: Path) -> None:
    """With all it holds."""
    shutil.rmtree(folder)
