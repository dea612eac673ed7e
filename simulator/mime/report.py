"""Reports in ``multipart/report`` (RFC 6522): words for people, fields for programs, and the message they are about."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from quopri import encodestring


def encode_report(
    *, host: str, at: datetime, kind: str, header: Sequence[str], text: str, fields: Sequence[str], returned: bytes,
    whole: bool = False,
) -> bytes:
    """The whole message, CRLF lines, ready to be stored or relayed with the null sender.

    ``host`` speaks, ``kind`` is the report-type, ``header`` has the lines from From to Auto-Submitted. ``returned`` is
    the header of the message in question, or (``whole``) that message."""
    boundary = f"=_report_{secrets.token_hex(12)}"
    date = format_datetime(at.astimezone(UTC))
    eight_bit = [] if returned.isascii() else ["Content-Transfer-Encoding: 8bit"]
    lines = [
        # Like every letter it names its transfer, so that a second copy after a lost answer is known as one.
        f"Received: by {host} (mssante-simulator) id {secrets.token_hex(8)};",
        f"\t{date}",
        f"Date: {date}",
        *header,
        "MIME-Version: 1.0",
        *eight_bit,
        f'Content-Type: multipart/report; report-type={kind}; boundary="{boundary}"',
        "",
        f"--{boundary}",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        encodestring(text.encode()).decode("ascii").replace("\n", "\r\n"),
        f"--{boundary}",
        f"Content-Type: message/{kind}",
        "",
        *fields,
        "",
        f"--{boundary}",
        f"Content-Type: {'message/rfc822' if whole else 'text/rfc822-headers'}",
        *eight_bit,
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + returned + f"\r\n--{boundary}--\r\n".encode()
