"""HTML of messages, cleaned: what a hostile letter holds is taken out before a page shows it (P11)."""

from __future__ import annotations

import re
from html import unescape

import nh3

from simulator.mime.writing import as_html
from simulator.web.nesting import nests_deeply

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
    """A page that holds the words and the plain formatting of a message, and nothing else. Takes up to a second
    for the longest HTML that is shown: not on the loop."""
    if nests_deeply(html):
        html = as_html(_words(html))
    body = nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, clean_content_tags={"script", "style", "title", "noscript"},
        link_rel=None,
    )
    head = f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><style>{_STYLE}</style></head>'
    return f"{head}<body>{body}</body></html>"


def _words(html: str) -> str:
    return re.sub(r"\n\s+", "\n", unescape(re.sub(r"<[^<>]*>", "\n", html)))
