"""What the header of a stored message names: people and other messages."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.mime.addresses import addresses
from simulator.mime.words import decode_raw, decode_words
from simulator.model.address import Address, AddressError


def people(value: bytes) -> list[tuple[str, Address | None]]:
    """Label and address of everybody in an address field.

    What is no address of the space is None, under its spelling where it has no label."""
    found: list[tuple[str, Address | None]] = []
    for written in addresses(value):
        if written.host is None:
            continue
        label = decode_words(written.name) if written.name else ""
        spelled = f"{decode_raw(written.local or b'')}@{decode_raw(written.host)}"
        try:
            found.append((label, Address.parse(spelled)))
        except AddressError:
            found.append((label or spelled, None))
    return found


def references(header: Mapping[bytes, bytes], most: int) -> tuple[str, ...]:
    """The last ``most`` Message-IDs of References and In-Reply-To, each once; ``header`` has values by name."""
    named = f"{decode_raw(header.get(b'references', b''))} {decode_raw(header.get(b'in-reply-to', b''))}".split()
    return tuple(dict.fromkeys(word for word in named if word.startswith("<") and word.endswith(">")))[-most:]
