"""How deeply the elements of a hostile letter nest, without parsing it: never less than a browser would find.

Cleaning takes time and memory by the number of open elements, for each further one. A small letter cannot matter. In a
large one an end tag counts only where a parser must agree that it ends the innermost element; where tags are odd, none
counts any more.
"""

from __future__ import annotations

import re

MOST_NESTED = 256
"""Open elements, about half of what browsers take."""
MOST_FORMATTING = 16
"""Open elements of the kind that every later paragraph repeats."""
_FEW = 1000
"""Start tags that cannot matter, however they nest."""
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
                   "track", "wbr"})
_ENDS_BY_ITSELF = frozenset({"dd", "dt", "li", "p", "tbody", "td", "tfoot", "th", "thead", "tr"})
"""Where the next one of its kind begins, and with the block around it."""
_BLOCKS = frozenset({"blockquote", "body", "div", "dl", "html", "ol", "table", "ul"}) | _ENDS_BY_ITSELF
_FORMATTING = frozenset({"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt",
                         "u"})
_MOST_ATTRIBUTES = 64
"""A tag with more is odd: it is not followed to its end."""
_NAME = r"([a-zA-Z][a-zA-Z0-9:_-]*)"
_ATTRIBUTE = r"""\s+[a-zA-Z_][\w:.-]*(?:\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=`/]+))?"""
_TAG = re.compile(
    rf"<{_NAME}(?:{_ATTRIBUTE}){{0,{_MOST_ATTRIBUTES}}}\s*/?>|</{_NAME}\s*>"
    r"|<!--(?!-?>)(?:(?!--!?>)[^<])*-->|<[!?][^<>-][^<>]*>"
    r"|(<)[a-zA-Z/!?]", re.ASCII)
_START = re.compile("<[a-zA-Z]")
_FOREIGN = re.compile("<(?:svg|math)", re.IGNORECASE)
"""Drawings and formulas have rules of their own."""


def nests_deeply(html: str) -> bool:
    """True when more elements may be open at a time than a letter has."""
    if sum(1 for _ in _START.finditer(html)) <= _FEW:
        return False
    is_plain = _FOREIGN.search(html) is None
    opened: list[str] = []
    formatting = 0
    for tag in _TAG.finditer(html):
        begun, ended = (tag[1] or "").lower(), (tag[2] or "").lower()
        if tag[3]:
            is_plain = False
        elif is_plain and (ended or begun in _ENDS_BY_ITSELF):
            formatting -= _close(opened, ended or begun)
        if tag[3] and _START.match(html, tag.start()):
            opened.append("")
            formatting += 1
        elif begun and begun not in _VOID:
            opened.append(begun)
            formatting += begun in _FORMATTING
        if len(opened) > MOST_NESTED or formatting > MOST_FORMATTING:
            return True
    return False


def _close(opened: list[str], name: str) -> bool:
    """End the innermost element when it is of this name, a block also with what ends by itself inside of it; True when
    that was formatting."""
    place = len(opened) - 1
    while name in _BLOCKS and place >= 0 and opened[place] in _ENDS_BY_ITSELF and opened[place] != name:
        place -= 1
    if place < 0 or opened[place] != name:
        return False
    del opened[place:]
    return name in _FORMATTING
