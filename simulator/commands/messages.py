"""``mssim ls``, ``show``, ``wait``: the messages of a running simulator."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from simulator.commands.connection import print_json
from simulator.commands.tables import MESSAGE_HEADS, clock_time, message_row, print_facts, print_table, printable

if TYPE_CHECKING:
    from simulator.client import Client, Value


def conditions(options: argparse.Namespace) -> dict[str, Value]:
    """Which messages are meant."""
    return {
        "mailbox": options.mailbox,
        "folder": options.folder,
        "from_": options.from_,
        "to": options.to,
        "subject": options.subject,
        "text": options.text,
        "attachment": options.attachment,
        "unseen": True if options.unseen else None,
        "after": options.after,
    }


def ls(client: Client, options: argparse.Namespace) -> None:
    """A line for each message that fits."""
    page = client.messages(**conditions(options), limit=options.limit)
    if options.json:
        print_json(page)
        return
    print_table(MESSAGE_HEADS, [message_row(message) for message in page["items"]])
    if len(page["items"]) == options.limit:
        sys.stdout.write(f"perhaps more: --after {page['cursor']}\n")


def wait(client: Client, options: argparse.Namespace) -> None:
    """Return when the messages are there."""
    found = client.wait(count=options.count, timeout=options.timeout, **conditions(options))
    if options.json:
        print_json({"items": found})
    else:
        print_table(MESSAGE_HEADS, [message_row(message) for message in found])


def show(client: Client, options: argparse.Namespace) -> None:
    """One message, decoded or as it is stored."""
    if options.raw:
        sys.stdout.buffer.write(client.raw(options.id))
        sys.stdout.buffer.flush()
        return
    message = client.message(options.id)
    if options.json:
        print_json(message)
        return
    attachments = [f"{a['name'] or 'unnamed'} ({a['type']}, {a['size']} octets)" for a in message["attachments"]]
    print_facts([
        ("mailbox", f"{message['mailbox']}, {message['folder']}"),
        ("received", clock_time(message["received"])),
        ("from", message["from"]),
        ("to", ", ".join(message["to"])),
        ("cc", ", ".join(message["cc"])),
        ("subject", message["subject"]),
        ("flags", " ".join(message["flags"])),
        ("message-id", message["message_id"]),
        *(("attachment", attachment) for attachment in attachments),
    ])
    sys.stdout.write("\n" + printable(message["text"]).rstrip("\n") + "\n")
