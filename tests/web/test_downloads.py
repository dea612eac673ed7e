"""Names of files, as strangers wrote them, in a header (P11)."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from simulator.web.downloads import LONGEST_NAME, download


def name_of(name: str) -> str:
    held = download(name, "application/pdf", b"%PDF-").headers["content-disposition"]
    assert held.isascii() and held.isprintable()
    return unquote(held.removeprefix("attachment; filename*=UTF-8''"))


@pytest.mark.parametrize(("name", "saved"), [
    ("été.pdf", "été.pdf"), ("", "fichier"), ("a\r\nSet-Cookie: x=1", "aSet-Cookie: x=1"), ("\udcff\x00.pdf", ".pdf"),
    ('..\\"../x.pdf', "....x.pdf"), ("gpj\u202efdp.exe", "gpjfdp.exe"), ("\r\n", "fichier"),
])
def test_a_name_stays_one_name(name: str, saved: str) -> None:
    assert name_of(name) == saved


def test_a_long_name_is_cut_and_keeps_its_ending() -> None:
    assert name_of("é" * 50_000 + ".pdf") == "é" * LONGEST_NAME + ".pdf"
