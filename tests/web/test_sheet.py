"""Tables for spreadsheets."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from simulator.web.sheet import Cell, sheet


def rows(*cells: Cell) -> list[list[str]]:
    """As a reader of CSV finds them."""
    text = sheet(["a"] * len(cells), [cells]).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def test_the_form_is_the_one_that_french_spreadsheets_open() -> None:
    table = sheet(["Été", "b"], [["é", 1], [date(2026, 11, 2), None]])
    assert table == b"\xef\xbb\xbf\xc3\x89t\xc3\xa9;b\r\n\xc3\xa9;1\r\n2026-11-02;\r\n"


@pytest.mark.parametrize(("cell", "told"), [
    (33.333, "33,33"), (5.0, "5"), (1_000_000.0, "1000000"), (0.5, "0,50"), (-3, "-3"), (True, "oui"), (False, "non"),
    ("a;b", "a;b"), ('"', '"'), ("a\r\nb", "a\r\nb"), ("\0x", "x"), ("\udcff", "?"),
])
def test_a_cell_comes_back_as_it_was_meant(cell: Cell, told: str) -> None:
    assert rows(cell)[1] == [told]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "   +"])
def test_what_somebody_wrote_is_never_a_formula(start: str) -> None:
    written = f'{start}HYPERLINK("http://x")'
    assert rows(written)[1] == [f"'{written}"]
