"""``mssim letter``: a document of care out of the configuration's people, into a file or on its way."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.client import Declined, NoSimulator
from simulator.commands.connection import NO_SIMULATOR
from simulator.commands.people import NotFound, author_of, find_mailbox, find_patient, usual_author
from simulator.commands.tables import print_facts, print_table

if TYPE_CHECKING:
    from simulator.config import Configuration
    from simulator.letters import Document, Form
    from simulator.model.mailbox import Mailbox

BAD_ARGUMENTS, REFUSED = 2, 1


def letter(options: argparse.Namespace, configuration: Configuration) -> int:
    """Make it, then write it to a file or submit it. The exit status."""
    if options.kind == "list":
        return _list()
    try:
        moment = _moment(options)
        sender, document = _document(options, configuration, moment)
        form: Form = "n3" if options.structured else "n1"
        recipients = options.to or [str(find_patient(options.patient, configuration).address)]
        octets = _octets(options, document, form, sender, recipients, moment)
        if not options.send:
            return _write(options, document, octets)
        from simulator.commands.sending import send

        return send(options, configuration, sender, recipients, octets)
    except (NotFound, ValueError) as problem:
        sys.stderr.write(f"{problem}\n")
        return BAD_ARGUMENTS
    except NoSimulator as problem:
        sys.stderr.write(f"{problem}\n")
        return NO_SIMULATOR
    except Declined as problem:
        sys.stderr.write(f"{problem}\n")
        return REFUSED


def _list() -> int:
    from simulator.letters import KINDS
    from simulator.model.professions import profession_label

    rows = [(kind.name, kind.code, "pdf cda xdm eml" + (" --structured" if kind.structured else ""),
             ", ".join(map(profession_label, kind.professions)), kind.title) for kind in KINDS]
    print_table(("KIND", "LOINC", "FORMS", "WRITTEN BY", "TITLE"), rows)
    return 0


def _moment(options: argparse.Namespace) -> datetime:
    """When it is written: the day asked for, else the simulator's now for a letter that is sent, else now."""
    if options.date is not None:
        day: datetime = options.date
        return datetime.combine(day.date(), time(9, 30), UTC)
    if options.send:
        from simulator.commands.sending import simulated_now

        return simulated_now(options)
    return datetime.now(UTC).replace(microsecond=0)


def _document(options: argparse.Namespace, configuration: Configuration,
              moment: datetime) -> tuple[Mailbox, Document]:
    from simulator import letters

    kind = letters.find(options.kind)
    sender = find_mailbox(options.from_, configuration) if options.from_ else usual_author(
        kind.professions, configuration)
    person, structure = author_of(sender, configuration)
    patient = find_patient(options.patient, configuration).patient
    assert patient is not None
    return sender, letters.compose(kind, patient=patient, author=person, structure=structure, seed=options.seed,
                                   now=moment)


def _octets(options: argparse.Namespace, document: Document, form: Form, sender: Mailbox, recipients: list[str],
            moment: datetime) -> bytes:
    from simulator import letters

    match "eml" if options.send else options.form or "pdf":
        case "pdf":
            return document.pdf
        case "cda":
            return document.cda(form)
        case "xdm":
            return document.archive(form)
        case _:
            if form not in document.forms:
                raise ValueError(f"{document.kind.name} has no structured form, leave out --structured")
            chosen: letters.MailForm = "pdf" if options.send and options.form == "pdf" else form
            return letters.mail(document, sender=sender, to=recipients, date=moment, form=chosen)


def _write(options: argparse.Namespace, document: Document, octets: bytes) -> int:
    if str(options.output) == "-":
        sys.stdout.buffer.write(octets)
        sys.stdout.buffer.flush()
        return 0
    stem = document.file_name.removesuffix(".pdf")
    names = {"pdf": f"{stem}.pdf", "cda": f"{stem}.xml", "xdm": "IHE_XDM.zip", "eml": f"{stem}.eml"}
    path: Path = options.output or Path(names[options.form or "pdf"])
    try:
        path.write_bytes(octets)
    except OSError as problem:
        raise ValueError(f"{path} cannot be written ({problem.strerror}): choose another --output") from None
    print_facts([("file", path), ("size", f"{len(octets)} octets"), ("title", document.title),
                 ("code", f"{document.code} {document.label}"), ("author", document.author),
                 ("about", document.summary)])
    return 0
