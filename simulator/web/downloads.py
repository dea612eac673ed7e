"""Bytes that came from strangers, sent to a browser: saved as a file, or shown where that is harmless."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

SHOWN = frozenset({"application/pdf", "image/jpeg", "image/png"})
"""Types that a page may show in place (mssante-rules 3.5); every other one is only saved."""
LONGEST_NAME = 200
"""Characters of a file name, its ending apart."""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; object-src 'self'; frame-ancestors 'self'"


def download(name: str, type: str, content: bytes, *, inline: bool = False) -> Response:
    """The file; ``inline`` is heeded for the types that are harmless to show."""
    shown = inline and type in SHOWN
    disposition = "inline" if shown else "attachment"
    plain = "".join(c for c in name if c.isprintable() and c not in "/\\\"")
    stem, dot, end = plain.rpartition(".")
    short = plain if len(plain) <= LONGEST_NAME else f"{stem[:LONGEST_NAME]}{dot}{end[:20]}"
    headers = {
        "content-disposition": f"{disposition}; filename*=UTF-8''{quote(short or 'fichier', safe='')}",
        "content-security-policy": _POLICY if shown else f"{_POLICY}; sandbox",
        "x-frame-options": "SAMEORIGIN",
    }
    return Response(content, media_type=type if shown else "application/octet-stream", headers=headers)


def frame(html: str) -> Response:
    """Cleaned HTML of a message, for a sandboxed frame of our own pages: it runs nothing and fetches nothing (P11)."""
    headers = {
        "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
        "x-frame-options": "SAMEORIGIN",
    }
    return Response(html, media_type="text/html; charset=utf-8", headers=headers)
