"""``mssim journal`` and ``explain``: what happened in a running simulator, and why something was refused."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from simulator.commands.connection import print_json
from simulator.commands.tables import clock_time, print_facts, printable

if TYPE_CHECKING:
    from simulator.client import Client, Json

PAGE = 1000


def journal(client: Client, options: argparse.Namespace) -> None:
    """Events, oldest first; with ``--follow`` those to come as well."""
    since = options.since
    while True:
        page = client.journal(since=since, about=options.about, kind=options.kind, limit=PAGE)
        for event in page["items"]:
            _tell(event, options)
        since = page["cursor"]
        if len(page["items"]) < PAGE:
            break
    if options.follow:
        for event in client.follow(since=since, about=options.about, kind=options.kind):
            _tell(event, options)


def explain(client: Client, options: argparse.Namespace) -> None:
    """Rule, source, facts and remedy."""
    told = client.explain(options.id)
    if options.json:
        print_json(told)
        return
    print_facts([
        ("what", told["what"]),
        ("when", clock_time(told["at"])),
        ("rule", told["rule"]),
        ("", told["title_en"]),
        ("", told["title_fr"]),
        ("source", told["ref"]),
        ("certainty", told["certainty"]),
        ("reply", told["reply"]),
        ("remedy", told["remedy_en"]),
        ("", told["remedy_fr"]),
    ])
    facts = [(name, ", ".join(value) if isinstance(value, list) else value) for name, value in told["facts"].items()]
    if facts:
        sys.stdout.write("\n")
        print_facts(facts)


def _tell(event: Json, options: argparse.Namespace) -> None:
    if options.json:
        print_json(event)
        return
    story = printable(event.get("story") or event["kind"])
    sys.stdout.write(f"{event['seq']:>6}  {clock_time(event['at'])}  {story}\n")
    sys.stdout.flush()
