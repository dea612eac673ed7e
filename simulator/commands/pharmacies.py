"""``mssim dispense`` and ``indicators``: what pharmacies dispense, and their counter."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from simulator.commands.connection import print_json
from simulator.commands.tables import print_facts, print_table, printable

if TYPE_CHECKING:
    from simulator.client import Client, Json

_HEADS = ("PHARMACY", "DISPENSINGS", "PATIENTS", "PROFESSIONALS", "RATE", "THRESHOLD", "DUE", "NAME")


def dispense(client: Client, options: argparse.Namespace) -> None:
    """A pharmacy dispenses to a patient."""
    given = client.dispense(options.ins, options.structure, date=options.date, reimbursed=not options.not_reimbursed)
    if options.json:
        print_json(given)
    else:
        outside = "" if given["reimbursed"] else ", not reimbursed"
        sys.stdout.write(f"{given['structure']} dispensed to {options.ins} on {given['date']}{outside}\n")


def indicators(client: Client, options: argparse.Namespace) -> None:
    """Every pharmacy's counter on a line, or one with all that makes it."""
    asked = {"since": options.since, "until": options.until}
    if options.csv:
        sys.stdout.buffer.write(client.indicators_csv(options.pharmacy, **asked))
        sys.stdout.buffer.flush()
        return
    found = client.indicators(options.pharmacy, **asked)
    if options.json:
        print_json(found)
    elif options.pharmacy is None:
        print_table(_HEADS, [_row(item) for item in found["items"]])
        sys.stdout.write(f"\n{printable(found['formula'])}\n")
    else:
        _tell(found)


def _row(item: Json) -> tuple[str, ...]:
    return (
        item["structure"], str(item["dispensings"]), str(item["with_patients"]), str(item["with_professionals"]),
        _percent(item["rate"]), _percent(item["threshold"]), f"{item['due']:g} €", item["name"],
    )


def _tell(found: Json) -> None:
    print_facts([
        ("pharmacy", f"{found['name']} ({found['structure']})"),
        ("period", found["period"]["label"]),
        ("dispensings", found["dispensings"]),
        ("with the patient", found["with_patients"]),
        ("professionals", found["with_professionals"]),
        ("messages", f"{found['messages']['patients']} with patients, {found['messages']['professionals']} between "
                     "professionals"),
        ("rate", f"{_percent(found['rate'])}, threshold {_percent(found['threshold'])}"),
        ("due", f"{found['due']:g} € of {found['amount']:g} €"),
    ])
    sys.stdout.write(f"\n{printable(found['formula'])}\n\n")
    print_table(("DATE", "INS", "PATIENT", "WHY"),
                [(line["date"], line["ins"], line["patient"], line["why"]) for line in found["lines"]])


def _percent(rate: float | None) -> str:
    return "-" if rate is None else f"{rate:g} %"
