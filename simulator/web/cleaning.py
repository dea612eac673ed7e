"""HTML of messages, cleaned: what a hostile letter holds is taken out before a page shows it (P11)."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape

import nh3

from simulator.mime.writing import as_html

MOST_NESTED = 256
"""Open elements, about half of what browsers take; the time of cleaning grows with the square of them."""
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
                   "track", "wbr"})
_ENDS_BY_ITSELF = frozenset({"dd", "dt", "li", "p", "td", "th", "tr"})
"""Where the next one of its kind begins; inside of drawings and formulas they do not."""
_FOREIGN = re.compile("<(svg|math)", re.IGNORECASE)

_TAGS = {
    "a", "b", "blockquote", "br", "caption", "code", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6",
    "hr", "i", "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot",
    "th", "thead", "tr", "u", "ul",
}
"""No picture: it would be fetched, and the fetching tells the sender that somebody looked. A link keeps its words only:
it would lead out of the simulator."""
_ATTRIBUTES = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
_STYLE = ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:0;overflow-wrap:anywhere}" \
    "body>:first-child{margin-top:0}table{border-collapse:collapse}" \
    "td,th{border:1px solid #bbb;padding:.2em .5em}blockquote{margin:0;padding-left:1em;border-left:3px solid #bbb}"


def clean(html: str) -> str:
    """A page that holds the words and the plain formatting of a message, and nothing else. Takes up to a quarter of a
    second for the longest HTML that is shown: not on the loop."""
    if _nests_deeply(html):
        html = as_html(_words(html))
    body = nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, clean_content_tags={"script", "style", "title", "noscript"},
        link_rel=None,
    )
    head = f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><style>{_STYLE}</style></head>'
    return f"{head}<body>{body}</body></html>"


def _nests_deeply(html: str) -> bool:
    """True when more elements may be open at a time than ``MOST_NESTED``; an end tag closes its own kind only."""
    skipped = _VOID if _FOREIGN.search(html) else _VOID | _ENDS_BY_ITSELF
    opened: Counter[str] = Counter()
    depth = 0
    for tag in _TAG.finditer(html):
        name = tag[2].lower()
        if name in skipped:
            continue
        if not tag[1]:
            opened[name] += 1
            depth += 1
        elif opened[name] > 0:
            opened[name] -= 1
            depth -= 1
        if depth > MOST_NESTED:
            return True
    return False


def _words(html: str) -> str:
    return re.sub(r"\n\s+", "\n", unescape(re.sub(r"<[^<>]*>", "\n", html)))
