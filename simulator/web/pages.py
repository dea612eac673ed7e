"""The pages for people: plain HTML made here, nothing from elsewhere, no script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any
from urllib.parse import quote

from simulator.controls.controls import Controls
from simulator.web.problems import SORTS
from simulator.web.surroundings import Surroundings

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b35; }
h1, h2 { line-height: 1.2; } h2 { margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .3rem .8rem .3rem 0;
border-bottom: 1px solid #ddd; vertical-align: top; }
code { background: #f3f3f8; padding: .1rem .3rem; } .warning { border-left: 4px solid #c9191e; padding-left: 1rem; }
@media (prefers-color-scheme: dark) { body { background: #161616; color: #eee; } code { background: #2a2a2a; }
th, td { border-color: #444; } a { color: #9fc1ff; } }
.pages { list-style: none; padding: 0; display: grid; gap: 1rem; grid-template-columns:
repeat(auto-fit, minmax(15rem, 1fr)); }
.pages li { border: 1px solid #8888; border-radius: .75rem; padding: 1rem; }
.pages a { font-size: 1.2rem; font-weight: 600; }
"""


def front(surroundings: Surroundings, controls: Controls) -> str:
    """What is there, for somebody who opens the address in a browser."""
    doors = _table(("Porte", "Port"), ((f"<code>{escape(d)}</code>", str(p)) for d, p in surroundings.ports().items()))
    operators = _table(("Opérateur", "Domaines"), (
        (escape(str(operator["name"])), escape(", ".join(map(str, _list(operator["domains"])))))
        for operator in surroundings.operators()
    ))
    mailboxes = _table(("Boîte aux lettres", "Type", "Titulaire", "État"), (
        (f'<a href="/api/mailboxes/{quote(str(box.address))}">{escape(str(box.address))}</a>', escape(box.kind.value),
         escape(box.display_name), escape(box.status.value))
        for box in controls.mailboxes.list()
    ))
    return _page("fr", "Simulateur MSSanté", f"""
<h1>Simulateur MSSanté</h1>
<p class="warning">Tout est inventé ici : personnes, clés et mots de passe.
N’y faites jamais entrer de vrai courrier.</p>
<ul class="pages">
<li><a href="/mon-espace">Mon espace</a><br>Le patient partage une ordonnance, lit et répond.</li>
<li><a href="/pharmacie">Pharmacie</a><br>L’équipe lit sa boîte, répond, demande un accusé, met fin à l’échange.</li>
<li><a href="/espace-de-confiance">Espace de confiance</a><br>Opérateurs, liste blanche et voyage des messages, en
direct.</li>
</ul>
<h2>Pour les programmes</h2>
<ul>
<li><a href="/docs">Les appels de l’API</a> (<a href="/openapi.json">OpenAPI</a>)</li>
<li><a href="/api/journal">Le journal</a> · <a href="/api/messages">les messages</a> ·
<a href="/api/clock">l’horloge</a> · <a href="/api/certificates">les certificats</a></li>
<li><a href="/listeblanchemssante.xml">La liste blanche</a> · <a href="/ca.pem">l’autorité de test</a></li>
</ul>
<h2>Portes</h2>{doors}
<h2>Opérateurs</h2>{operators}
<h2>Boîtes aux lettres</h2>{mailboxes}
""")


def docs(openapi: Mapping[str, Any]) -> str:
    """Every call with its summary, and every kind of problem."""
    calls = _table(("Call", "What it does", "Answers"), (
        (f"<code>{escape(method.upper())} {escape(path)}</code>",
         f"<b>{escape(str(call['summary']))}</b><br>{escape(str(call.get('description', '')))}",
         escape(", ".join(sorted(call["responses"]))))
        for path, methods in openapi["paths"].items() for method, call in methods.items()
    ))
    problems = _table(("Problem", "Status", "Says"), (
        (f'<code id="{escape(sort.name)}">{escape(sort.name)}</code>', str(sort.status),
         f"<b>{escape(sort.title)}</b><br>{escape(str(sort.example.get('detail', '')))}") for sort in SORTS
    ))
    return _page("en", "Control API", f"""
<h1>Control API</h1>
<p>JSON in, JSON out. The whole description, with examples: <a href="/openapi.json">openapi.json</a>.</p>
{calls}
<h2>Problems</h2><p>Refusals are <code>application/problem+json</code> (RFC 9457).</p>{problems}
""")


def _page(language: str, title: str, body: str) -> str:
    return (f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
            '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/style.css">'
            f"</head><body>{body}</body></html>\n")


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Cells are HTML already."""
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
