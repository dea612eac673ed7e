"""``mssim reset``, ``whitelist``, ``clock``: changing a running simulator."""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING

from simulator.commands.connection import print_json
from simulator.commands.tables import print_facts, print_table

if TYPE_CHECKING:
    from simulator.client import Client, Json

_UNITS = {"": 1.0, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


def duration(text: str) -> float:
    """Seconds of ``90``, ``30s``, ``5min``, ``4h``, ``2d`` or several of these together. For argparse."""
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*(min|[shd])?", text)
    if not re.fullmatch(r"(?:\s*\d+(?:\.\d+)?\s*(?:min|[shd])?)+\s*", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no duration, expected such as 30s, 5min, 4h or 2d")
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def reset(client: Client, options: argparse.Namespace) -> None:
    """Back to the configured state."""
    client.reset()
    _done(options, "the trust space is as configured again", {"reset": True})


def whitelist(client: Client, options: argparse.Namespace) -> None:
    """Every listed domain."""
    items = client.whitelist()
    if options.json:
        print_json({"items": items})
    else:
        print_table(
            ("DOMAIN", "OPERATOR", "CERTIFICATES"),
            [(item["domain"], item["operator"] or "", "; ".join(item["dns"])) for item in items],
        )


def whitelist_put(client: Client, options: argparse.Namespace) -> None:
    """List a domain."""
    item = client.put_on_whitelist(options.domain, options.dn)
    _done(options, f"{item['domain']} is on the whitelist: {'; '.join(item['dns'])}", item)


def whitelist_withdraw(client: Client, options: argparse.Namespace) -> None:
    """Take a domain off."""
    client.withdraw_from_whitelist(options.domain)
    _done(options, f"{options.domain} is off the whitelist", {"withdrawn": options.domain})


def clock(client: Client, options: argparse.Namespace) -> None:
    """How the clock stands."""
    _tell_clock(client.clock(), options)


def clock_advance(client: Client, options: argparse.Namespace) -> None:
    """Go forward."""
    _tell_clock(client.advance(options.duration), options)


def clock_freeze(client: Client, options: argparse.Namespace) -> None:
    """Stand still."""
    _tell_clock(client.post("/api/clock/freeze"), options)


def clock_run(client: Client, options: argparse.Namespace) -> None:
    """Flow again."""
    _tell_clock(client.post("/api/clock/run"), options)


def _tell_clock(shown: Json, options: argparse.Namespace) -> None:
    if options.json:
        print_json(shown)
        return
    days, rest = divmod(round(shown["offset"]), 86400)
    ahead = f"{days} days and {rest // 3600:02}:{rest % 3600 // 60:02}:{rest % 60:02} ahead of this machine"
    print_facts([("now", shown["now"]), ("clock", "frozen" if shown["frozen"] else "running"), ("", ahead)])


def _done(options: argparse.Namespace, sentence: str, answer: Json) -> None:
    if options.json:
        print_json(answer)
    else:
        sys.stdout.write(f"{sentence}\n")
