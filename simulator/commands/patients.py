"""``mssim patient``: what a patient does in Mon espace santé, on a running simulator."""

from __future__ import annotations

import argparse
import base64
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.commands.connection import print_json
from simulator.commands.tables import clock_time, print_facts, print_table, printable

if TYPE_CHECKING:
    from simulator.client import Client, Json


def readable(text: str) -> Path:
    """An existing file. For argparse."""
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {text}")
    return path


def ls(client: Client, options: argparse.Namespace) -> None:
    """Every patient."""
    items = client.patients()
    rows = [(p["ins"], p["name"], p["state"], str(p["unread"]), p["birth_date"]) for p in items]
    _tell(options, {"items": items}, ("INS", "NAME", "STATE", "UNREAD", "BORN"), rows)


def documents(client: Client, options: argparse.Namespace) -> None:
    """The section Documents."""
    items = client.patient_documents(options.ins)
    rows = [(d["id"], d["date"], str(d["size"]), d["author"], d["name"], d["title"]) for d in items]
    _tell(options, {"items": items}, ("ID", "DATE", "OCTETS", "AUTHOR", "FILE", "TITLE"), rows)


def add(client: Client, options: argparse.Namespace) -> None:
    """Put a file there."""
    added = client.post(f"{_space(options)}/documents", {
        "name": options.file.name, "content": _base64(options.file), "title": options.title or ""})
    _said(options, f"{added['title']} is document {added['id']}", added)


def pharmacies(client: Client, options: argparse.Namespace) -> None:
    """Who is offered, and why the others are not."""
    items = client.patient_pharmacies(options.ins)
    rows = [("*" if p["offered"] else "", p["name"], p["mailbox"] or "", p["reason"]) for p in items]
    _tell(options, {"items": items}, ("", "PHARMACY", "MAILBOX", "WHY"), rows)


def send(client: Client, options: argparse.Namespace) -> None:
    """The three steps in one command, or an answer."""
    body: Json = {"documents": options.document or [], "reply_all": getattr(options, "all", False)}
    body["files"] = [{"name": file.name, "content": _base64(file)} for file in options.file or ()]
    body |= {name: value for name in ("to", "subject", "body", "caregiver")
             if (value := getattr(options, name, None)) is not None}
    if getattr(options, "message", None) is not None:
        body["in_reply_to"] = options.message
    sent = client.write_as_patient(options.ins, **body)
    reminder = f"\n{sent['reminder']}" if sent["reminder"] else ""
    _said(options, f"{sent['subject']!r} left for {', '.join(sent['to'])} as {sent['message_id']}{reminder}", sent)


def messages(client: Client, options: argparse.Namespace) -> None:
    """Conversations, message by message."""
    items = client.get(f"{_space(options)}/conversations")["items"]
    rows = [_row(message) for conversation in items for message in conversation["messages"]]
    _tell(options, {"items": items}, ("ID", "", "DATE", "WHO", "ANSWER", "SUBJECT"), rows)


def open_message(client: Client, options: argparse.Namespace) -> None:
    """Open one: this is what sends the receipt."""
    message = client.open_as_patient(options.ins, options.message)
    if options.json:
        print_json(message)
        return
    files = [f"{f['place']}: {f['name'] or 'unnamed'} ({f['type']}, {f['size']} octets)" for f in message["files"]]
    print_facts([
        ("from", f"{message['author']} <{message['address']}>"),
        ("date", message["at"]),
        ("subject", message["subject"]),
        ("receipt", f"sent to {message['receipt_to']}" if message["receipt_to"] else ""),
        ("answer", message["why_not"]),
        *(("file", file) for file in files),
    ])
    sys.stdout.write("\n" + printable(message["text"]).rstrip("\n") + "\n")


def save(client: Client, options: argparse.Namespace) -> None:
    """Keep an attached file in Documents."""
    inside = {} if options.inside is None else {"document": options.inside}
    kept = client.post(f"{_space(options)}/messages/{options.message}/files/{options.place}/save", inside)
    _said(options, f"{kept['title']} is document {kept['id']}", kept)


def _row(message: Json) -> tuple[str, ...]:
    from datetime import datetime

    at = clock_time(datetime.fromisoformat(message["at"]).timestamp())
    mark = "" if message["opened"] or not message["incoming"] else "*"
    answer = "yes" if message["can_answer"] else "no" if message["incoming"] else ""
    who = message["author"] if message["incoming"] else f"to {', '.join(message['to'])}"
    return message["id"], mark, at, who, answer, message["subject"]


def _space(options: argparse.Namespace) -> str:
    from urllib.parse import quote

    return f"/api/patients/{quote(options.ins, safe='')}"


def _base64(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode("ascii")


def _tell(options: argparse.Namespace, answer: Json, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    if options.json:
        print_json(answer)
    else:
        print_table(heads, rows)


def _said(options: argparse.Namespace, sentence: str, answer: Json) -> None:
    if options.json:
        print_json(answer)
    else:
        sys.stdout.write(f"{printable(sentence)}\n")
