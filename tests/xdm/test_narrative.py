"""Narrative blocks as people would read them aloud."""

from __future__ import annotations

import pytest

from simulator.xdm.narrative import plain_text
from simulator.xdm.xml import parse


@pytest.mark.parametrize(("inside", "said"), [
    ("just text", "just text"),
    ("one<br/>two", "one\ntwo"),
    ("<paragraph>a</paragraph>\n <paragraph>b</paragraph>", "a\nb"),
    ("a <content ID='x'>b<sup>2</sup></content> c", "a b2 c"),
    ("<list><item><caption>t</caption>u</item></list>", "-\nt\nu"),
    ("<table><thead><tr><th>A</th><th>B</th></tr></thead><tr><td>1</td><td/></tr></table>", "A | B\n1 |"),
    ("  \n ", ""),
    ("<!-- x -->y", "y"),
])
def test_blocks_break_lines_and_cells_are_kept_apart(inside: str, said: str) -> None:
    assert plain_text(parse(f"<text>{inside}</text>".encode())).replace("| \n", "|\n").rstrip() == said


def test_no_block_is_no_text() -> None:
    assert plain_text(None) == ""
