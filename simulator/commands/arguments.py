"""What may be written behind ``mssim`` for a running simulator."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from simulator.commands import messages, patients, pharmacies, space, story
from simulator.commands.connection import place, running

Commands = argparse._SubParsersAction  # the only name argparse has for what add_subparsers() gives


def add_running(commands: Commands[argparse.ArgumentParser]) -> None:
    """``ls``, ``show``, ``wait``, ``patient``, ``reset``, ``whitelist``, ``clock``, ``dispense``, ``indicators``,
    ``explain``, ``journal``."""
    where = place()
    _add_messages(commands, where)
    _add_patients(commands, where)
    _add_space(commands, where)
    _add_pharmacies(commands, where)
    _add_story(commands, where)


def _add_messages(commands: Commands[argparse.ArgumentParser], where: argparse.ArgumentParser) -> None:
    which = _conditions()
    ls = commands.add_parser("ls", parents=[which, where], help="list messages of a running simulator")
    ls.add_argument("--limit", type=int, default=50, help="how many at most (default: 50)")
    ls.set_defaults(run=running(messages.ls))
    show = commands.add_parser("show", parents=[where], help="show a message of a running simulator")
    show.add_argument("id", help="as `mssim ls` tells it, such as 12.3")
    show.add_argument("--raw", action="store_true", help="its bytes as they are stored")
    show.set_defaults(run=running(messages.show))
    wait = commands.add_parser("wait", parents=[which, where], help="wait for messages; status 1 when they do not come")
    wait.add_argument("--count", type=int, default=1, help="how many must be there (default: 1)")
    wait.add_argument("--timeout", type=space.duration, default=10.0, help="how long, such as 30s (default: 10s)")
    wait.set_defaults(run=running(messages.wait))


def _add_patients(commands: Commands[argparse.ArgumentParser], where: argparse.ArgumentParser) -> None:
    patient = commands.add_parser("patient", help="act as a patient of a running simulator (Mon espace santé)")
    verbs = patient.add_subparsers(required=True, metavar="verb")
    who = argparse.ArgumentParser(add_help=False)
    who.add_argument("ins", help="the patient's INS matricule, or address")
    what = argparse.ArgumentParser(add_help=False)
    what.add_argument("--document", action="append", metavar="ID", help="a document of the space, repeated for several")
    what.add_argument("--file", action="append", type=patients.readable, help="another file, repeated for several")
    what.add_argument("--subject", help="instead of the prefilled one")
    what.add_argument("--body", help="instead of the prefilled text")
    what.add_argument("--caregiver", metavar="NAME", help="who writes in the patient's place")

    verbs.add_parser("ls", parents=[where], help="list the patients").set_defaults(run=running(patients.ls))
    documents = verbs.add_parser("documents", parents=[who, where], help="list the documents of the space")
    documents.set_defaults(run=running(patients.documents))
    add = verbs.add_parser("add", parents=[who, where], help="put a file in the space")
    add.add_argument("file", type=patients.readable)
    add.add_argument("--title", help="instead of the file's name")
    add.set_defaults(run=running(patients.add))
    pharmacies = verbs.add_parser("pharmacies", parents=[who, where], help="who is offered, and why others are not")
    pharmacies.set_defaults(run=running(patients.pharmacies))
    send = verbs.add_parser("send", parents=[who, what, where], help="the three steps: documents, pharmacy, message")
    send.add_argument("--to", required=True, metavar="ADDRESS", help="a pharmacy that is offered, or whoever wrote")
    send.set_defaults(run=running(patients.send))
    messages = verbs.add_parser("messages", parents=[who, where], help="list the messages of the space")
    messages.set_defaults(run=running(patients.messages))
    opened = verbs.add_parser("open", parents=[who, where], help="open a message, which sends the receipt asked for")
    opened.add_argument("message", help="as `mssim patient messages` tells it, or its Message-ID")
    opened.set_defaults(run=running(patients.open_message))
    reply = verbs.add_parser("reply", parents=[who, what, where], help="answer a message")
    reply.add_argument("message", help="as `mssim patient messages` tells it, or its Message-ID")
    reply.add_argument("--all", action="store_true", help="the other professionals too, who wrote as well")
    reply.set_defaults(run=running(patients.send))
    save = verbs.add_parser("save", parents=[who, where], help="keep an attached file among the documents")
    save.add_argument("message", help="as `mssim patient messages` tells it")
    save.add_argument("place", type=int, help="which file, from 0")
    save.add_argument("--inside", type=int, metavar="N", help="of an archive: which document, from 0")
    save.set_defaults(run=running(patients.save))


def _conditions() -> argparse.ArgumentParser:
    which = argparse.ArgumentParser(add_help=False)
    which.add_argument("mailbox", nargs="?", help="address of the mailbox (default: every one)")
    which.add_argument("--folder", help="name of the folder (default: every one; INBOX when waiting)")
    which.add_argument("--from", dest="from_", metavar="FROM", help="part of the From field")
    which.add_argument("--to", help="part of the To or Cc fields")
    which.add_argument("--subject", help="part of the subject")
    which.add_argument("--text", help="part of the text")
    which.add_argument("--attachment", metavar="NAME", help="part of an attachment's name")
    which.add_argument("--unseen", action="store_true", help="only those that nobody has read")
    which.add_argument("--after", metavar="ID", help="only what came after this message")
    return which


def _add_space(commands: Commands[argparse.ArgumentParser], where: argparse.ArgumentParser) -> None:
    reset = commands.add_parser("reset", parents=[where], help="put a running simulator back to its configured state")
    reset.set_defaults(run=running(space.reset))

    whitelist = commands.add_parser("whitelist", help="show or change the whitelist of a running simulator")
    verbs = whitelist.add_subparsers(required=True, metavar="verb")
    ls = verbs.add_parser("ls", parents=[where], help="list the domains")
    ls.set_defaults(run=running(space.whitelist))
    put = verbs.add_parser("put", parents=[where], help="put a domain on it")
    put.add_argument("domain")
    put.add_argument("--dn", action="append", help="DN of its operator's certificate, repeated for several; the "
                     "operator's own when absent")
    put.set_defaults(run=running(space.whitelist_put))
    withdraw = verbs.add_parser("withdraw", parents=[where], help="take a domain off it")
    withdraw.add_argument("domain")
    withdraw.set_defaults(run=running(space.whitelist_withdraw))

    clock = commands.add_parser("clock", help="show or move the clock of a running simulator")
    moves = clock.add_subparsers(required=True, metavar="verb")
    shown = moves.add_parser("show", parents=[where], help="the simulated time")
    shown.set_defaults(run=running(space.clock))
    advance = moves.add_parser("advance", parents=[where], help="go forward, and handle the mail that becomes due")
    advance.add_argument("duration", type=space.duration, help="such as 30s, 5min, 4h or 2d")
    advance.set_defaults(run=running(space.clock_advance))
    freeze = moves.add_parser("freeze", parents=[where], help="stand still")
    freeze.set_defaults(run=running(space.clock_freeze))
    run = moves.add_parser("run", parents=[where], help="flow again")
    run.set_defaults(run=running(space.clock_run))


def _add_pharmacies(commands: Commands[argparse.ArgumentParser], where: argparse.ArgumentParser) -> None:
    pharmacy = "its name in the configuration, its national number, or the address of one of its mailboxes"
    dispense = commands.add_parser("dispense", parents=[where], help="a pharmacy dispenses to a patient")
    dispense.add_argument("ins", help="the patient's INS matricule")
    dispense.add_argument("structure", help=f"the pharmacy: {pharmacy}")
    dispense.add_argument("--date", metavar="DAY", help="an earlier day, such as 2026-10-02 (default: today)")
    dispense.add_argument("--not-reimbursed", action="store_true", help="outside the reimbursement history")
    dispense.set_defaults(run=running(pharmacies.dispense))
    counter = commands.add_parser("indicators", parents=[where], help="the pharmacies' counter (picto argent, 5 %%)")
    counter.add_argument("pharmacy", nargs="?", help=f"{pharmacy} (default: every pharmacy)")
    counter.add_argument("--since", metavar="DAY", help="first day (default: the period of the configuration)")
    counter.add_argument("--until", metavar="DAY", help="last day")
    counter.add_argument("--csv", action="store_true", help="a sheet: a row for each dispensing, or for each pharmacy")
    counter.set_defaults(run=running(pharmacies.indicators))


def _add_story(commands: Commands[argparse.ArgumentParser], where: argparse.ArgumentParser) -> None:
    explain = commands.add_parser("explain", parents=[where], help="why a running simulator refused something")
    explain.add_argument("id", help="the number behind `explain` in the refusal")
    explain.set_defaults(run=running(story.explain))
    journal = commands.add_parser("journal", parents=[where], help="tell what happened in a running simulator")
    journal.add_argument("--since", type=int, default=0, metavar="NUMBER", help="only events after this one")
    journal.add_argument("--about", help="only events that name this: an address, a domain, a rule, a Message-ID")
    journal.add_argument("--kind", help="only events of this kind, such as refusal")
    journal.add_argument("--follow", action="store_true", help="go on with what happens, until Ctrl-C")
    journal.set_defaults(run=running(story.journal))


def add_letter(commands: Commands[argparse.ArgumentParser], configured: argparse.ArgumentParser,
               run: Callable[[argparse.Namespace], int]) -> None:
    """``letter``, which needs a running simulator only to send."""
    letter = commands.add_parser("letter", parents=[configured, place()],
                                 help="make a prescription, a report… as a file, or send it")
    letter.add_argument("kind", help="prescription, dispensing, consultation…; `list` lists them")
    letter.add_argument("--patient", help="INS, address or family name (default: the first one of the configuration)")
    letter.add_argument("--from", dest="from_", metavar="ADDRESS", help="who writes (default: one whose trade it is)")
    letter.add_argument("--to", action="append", default=[], metavar="ADDRESS",
                        help="to whom, repeated for several (default: the patient)")
    letter.add_argument("--seed", type=int, default=1, help="another number, another story (default: 1)")
    letter.add_argument("--date", type=datetime.fromisoformat, metavar="YYYY-MM-DD",
                        help="day of writing (default: today)")
    letter.add_argument("--form", choices=("pdf", "cda", "xdm", "eml"),
                        help="the document, in a CDA, in an archive, or the whole letter (default: pdf, and the whole "
                             "letter with --send); `--send --form pdf` sends no archive")
    letter.add_argument("--structured", action="store_true", help="CDA with sections and entries, where possible")
    where = letter.add_mutually_exclusive_group()
    where.add_argument("--output", type=Path, metavar="FILE",
                       help="where to (default: its own name); - is standard output")
    where.add_argument("--send", action="store_true", help="submit it to a running simulator")
    letter.set_defaults(run=run)


def add_code(commands: Commands[argparse.ArgumentParser], configured: argparse.ArgumentParser,
             run: Callable[[argparse.Namespace], int]) -> None:
    """``code``, which asks a running simulator for its clock."""
    code = commands.add_parser("code", parents=[configured, place()], help="the one-time code of an account, now")
    code.add_argument("account", help="address, or its part before the @")
    code.set_defaults(run=run)
