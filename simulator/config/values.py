"""The small things that values of the configuration are made of: sizes, durations, host names, secrets.

Each annotated type says in its description what was expected, for the sentence that tells a mistake.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

_SIZE = re.compile(r"([0-9]+) ?(B|KiB|MiB|GiB)?")
_OCTETS = {None: 1, "B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(ms|s|min|h|d)")
_SECONDS = {"ms": 0.001, "s": 1, "min": 60, "h": 3600, "d": 86400}
_DEPARTMENT = re.compile(r"[^\W\d_][^,=+<>#;\"\\()]* \((?:[0-9]{2,3}|2[AB])\)")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
_FOLDER = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff*%/]+(?:/[^\x00-\x1f\x7f-\x9f\ud800-\udfff*%/]+)*")
_DN_PART = re.compile(r"[^,=+<>#;\"\\\x00-\x1f]+")


def octets(value: object) -> object:
    """``10 MiB`` becomes 10485760; a number stands for octets."""
    if not isinstance(value, str):
        return value
    if (read := _SIZE.fullmatch(value)) is None:
        raise ValueError(f"{value!r} is not a size, expected a size such as 10 MiB, 512 KiB or a number of octets")
    return int(read[1]) * _OCTETS[read[2]]


def seconds(value: object) -> object:
    """``5 min`` becomes 300.0; in a file the unit must be written."""
    if not isinstance(value, str):
        return value
    if (read := _DURATION.fullmatch(value)) is None:
        raise ValueError(f"{value!r} is not a duration, expected a duration such as 500 ms, 30 s, 5 min, 4 h or 2 d")
    return float(read[1]) * _SECONDS[read[2]]


def _host(value: str) -> str:
    name = value.lower()
    if len(name) > 253 or not _HOST.fullmatch(name):
        raise ValueError(f"{value!r} is not a host name, expected one such as mx.bfc.mssante.fr")
    return name


def _department(value: str) -> str:
    if not _DEPARTMENT.fullmatch(value):
        raise ValueError(f"{value!r} is not a department, expected its name and number, such as Doubs (25)")
    return value


def _folder(value: str) -> str:
    if not _FOLDER.fullmatch(value) or len(value) > 200 or value.upper() == "INBOX":
        raise ValueError(f"{value!r} cannot be the name of a folder, expected text without * and %, / between levels")
    return value


def _dn_part(value: str) -> str:
    if not _DN_PART.fullmatch(value):
        raise ValueError(f"{value!r} cannot stand in a certificate, expected text without , = + < > # ; \" \\")
    return value


def _base32(value: str) -> str:
    secret = value.replace(" ", "").rstrip("=").upper()
    try:
        size = len(base64.b32decode(secret + "=" * (-len(secret) % 8)))
    except binascii.Error:
        size = 0
    # RFC 4226 4 (R6) asks for 128 bits; 112 are the least that our library takes.
    if size < 14:
        raise ValueError("the secret cannot be read, expected 24 or more characters of Base32 (A to Z, 2 to 7)")
    return secret


Text = Annotated[str, Field(min_length=1, description="some text")]
DnText = Annotated[str, AfterValidator(_dn_part), Field(description="some text without , = + < > # ; \" \\")]
FolderName = Annotated[str, AfterValidator(_folder), Field(description="the name of a folder")]
Number = Annotated[str, Field(min_length=1, description="a national number")]
Host = Annotated[str, AfterValidator(_host), Field(description="a host name such as mx.bfc.mssante.fr")]
Department = Annotated[str, AfterValidator(_department), Field(description="a department such as Doubs (25)")]
Password = Annotated[str, Field(min_length=1, description="a password that is not empty")]
Base32 = Annotated[str, AfterValidator(_base32), Field(description="a secret in Base32")]
Size = Annotated[int, BeforeValidator(octets), Field(ge=1, description="a size such as 10 MiB")]
Duration = Annotated[float, BeforeValidator(seconds), Field(ge=0, description="a duration such as 30 s")]
Count = Annotated[int, Field(ge=1, description="a whole number, 1 or more")]
Port = Annotated[int, Field(ge=0, le=65535, description="a port, 0 for any free one")]
AddressText = Annotated[str, Field(min_length=3, description="the address of a mailbox")]
Door = Literal["mx", "submission", "smtps", "imap", "imaps"]
Severity = Literal["enforce", "bounce", "warn", "off"]
