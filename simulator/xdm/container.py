"""Opening a ZIP file that may be made to harm: in memory, within bounds, and no name that leads outside (P12)."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from io import BytesIO

from simulator.xdm.archive import Entry, Problem, said

MOST_OCTETS = 100 << 20
"""Of all entries together, unpacked."""
MOST_ENTRIES = 1000
STEEPEST_RATIO = 100
"""Unpacked octets for one packed, of an entry past ``SMALL``."""
SMALL = 1 << 16
LONGEST_NAME = 255

_END = b"PK\x05\x06"
_END_SIZE = 22
_LONGEST_COMMENT = 0xFFFF
_DIRECTORY_ENTRY = b"PK\x01\x02"
_ZIP64 = 0xFFFFFFFF
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_DRIVE = re.compile(r"[A-Za-z]:")
_CHUNK = 1 << 16
_BROKEN = (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError, OSError, ValueError,
           OverflowError, MemoryError, struct.error)
"""All that the standard library's ZIP reader was seen to raise for damaged files."""


@dataclass(slots=True)
class Contents:
    """The entries that could be read, by name, in order."""

    files: dict[str, bytes] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Names and sizes."""
        return tuple(Entry(name, len(octets)) for name, octets in self.files.items())

    def wrong(self, name: str, place: str, what: str, remedy: str) -> None:
        """Note an error."""
        self.problems.append(Problem(name, place, what, remedy))


def unpack(octets: bytes) -> Contents:
    """Every entry within bounds. Never raises for what the octets are."""
    found = Contents()
    if not _directory_is_bounded(octets, found):
        return found
    try:
        with zipfile.ZipFile(BytesIO(octets)) as archive:
            _read_all(archive, found)
    except _BROKEN as problem:
        found.wrong("not-a-zip", "archive", f"is damaged: {said(problem)}", "send a whole ZIP file")
    return found


def _directory_is_bounded(octets: bytes, found: Contents) -> bool:
    """Look at the directory before the ZIP reader makes an object of each of its entries."""
    if not octets:
        found.wrong("not-a-zip", "archive", "is empty", "send a ZIP file")
        return False
    end = octets.rfind(_END, max(0, len(octets) - _END_SIZE - _LONGEST_COMMENT))
    if end < 0 or len(octets) < end + _END_SIZE:
        found.wrong("not-a-zip", "archive", "has no end of a ZIP file: it was cut off or is something else",
                    "send a whole ZIP file")
        return False
    (size,) = struct.unpack_from("<L", octets, end + 12)
    if size == _ZIP64:
        found.wrong("too-large", "archive", "uses ZIP64, which is for more than a letter carries",
                    "write an ordinary ZIP file")
        return False
    count = octets.count(_DIRECTORY_ENTRY, max(0, end - size), end)
    if count > MOST_ENTRIES:
        found.wrong("too-many-entries", "archive", f"has {count} entries, more than {MOST_ENTRIES}",
                    "send fewer documents in one archive")
        return False
    return True


def _read_all(archive: zipfile.ZipFile, found: Contents) -> None:
    room = MOST_OCTETS
    seen: set[str] = set()
    for info in archive.infolist():
        name = info.filename
        if not _name_is_safe(info, found):
            continue
        if name.casefold() in seen:
            found.wrong("duplicate-entry", name, "is there twice, and only the first counts here",
                        "give each entry a name of its own; case does not tell names apart")
            continue
        seen.add(name.casefold())
        if info.is_dir():
            continue
        octets = _read(archive, info, room, found)
        if octets is None:
            continue
        room -= len(octets)
        found.files[name] = octets
        if octets.startswith(b"PK\x03\x04"):
            found.problems.append(Problem(
                "nested-archive", name, "is an archive inside the archive and was not opened",
                "put documents directly into the archive", is_error=False))


def _name_is_safe(info: zipfile.ZipInfo, found: Contents) -> bool:
    """Both names are looked at: the ZIP reader cuts at NUL, and takes another one from an extra field."""
    wrong = _wrong_with(info.orig_filename, info) or _wrong_with(info.filename, info)
    if wrong:
        found.wrong("unsafe-name", info.orig_filename, f"{wrong} and was left out",
                    "use relative names in ISO 9660 style such as IHE_XDM/SUBSET01/DOC00001.XML")
    return not wrong


def _wrong_with(name: str, info: zipfile.ZipInfo) -> str:
    parts = name.replace("\\", "/").split("/")
    return (
        "is longer than 255 characters" if len(name) > LONGEST_NAME
        else "is empty" if not name.strip("/")
        else "leads outside of the archive" if ".." in parts or name.startswith(("/", "\\")) or _DRIVE.match(name)
        else "has a backslash" if "\\" in name
        else "has a control character" if any(ord(c) < ord(" ") or c == "\x7f" for c in name)
        else "is a symbolic link" if stat.S_ISLNK(info.external_attr >> 16)
        else ""
    )


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, room: int, found: Contents) -> bytes | None:
    """The entry, read piece by piece so that it can never take more than it may."""
    place = info.filename
    if info.flag_bits & _ENCRYPTED:
        found.wrong("encrypted", place, "is encrypted and was not read", "send archives without a password")
        return None
    if info.compress_type not in _METHODS:
        found.wrong("unknown-compression", place, f"is packed by method {info.compress_type}, which is not known here",
                    "store entries or deflate them")
        return None
    pieces: list[bytes] = []
    size = 0
    try:
        with archive.open(info) as file:
            while piece := file.read(_CHUNK):
                pieces.append(piece)
                size += len(piece)
                if size > room:
                    found.wrong("too-large", place, f"is past the {MOST_OCTETS >> 20} MiB that all entries may have",
                                "send less in one archive")
                    return None
                if size > SMALL and size > STEEPEST_RATIO * info.compress_size:
                    found.wrong("steep-ratio", place, f"unpacks to more than {STEEPEST_RATIO} times its packed size",
                                "send real documents")
                    return None
    except _BROKEN as problem:
        found.wrong("damaged-entry", place, f"cannot be read: {said(problem)}", "make the archive again")
        return None
    return b"".join(pieces)
