"""Reads from a message what rules may know of it: header fields only, bounded, never raising."""

from __future__ import annotations

from simulator.mime.addresses import addresses
from simulator.mime.content import parameters
from simulator.mime.headers import Field, fields
from simulator.mime.words import decode_words
from simulator.model.address import Address, AddressError
from simulator.rules.facts import Letter

_WANTED = frozenset(
    {
        b"from",
        b"sender",
        b"reply-to",
        b"subject",
        b"message-id",
        b"x-mss-mes",
        b"x-mss-codecda",
        b"x-mss-ins",
        b"received",
        b"disposition-notification-to",
        b"content-type",
    }
)
_ONCE = (b"from", b"message-id", b"reply-to", b"sender", b"subject")


def header_end(body: bytes) -> int:
    """Offset behind the last header line: where the empty line starts, or the end of a message without body."""
    if body.startswith(b"\r\n"):
        return 0
    end = body.find(b"\r\n\r\n")
    return len(body) if end < 0 else end + 2


def read_letter(body: bytes, header_limit: int = 256 * 1024) -> Letter:
    """The header fields that rules look at, within ``header_limit`` octets. What cannot be read is told as defects."""
    end = header_end(body)
    defects: list[str] = []
    if end > header_limit:
        defects.append(f"The header has more than {header_limit // 1024} KiB")
    found: dict[bytes, list[Field]] = {}
    for field in fields(body[: min(end, header_limit)], _WANTED):
        found.setdefault(field.name, []).append(field)
    for name in _ONCE:
        if name in found and len(found[name]) > 1:
            defects.append(f"The header has {len(found[name])} {_shown(name)} fields")

    def text(name: bytes) -> str:
        return found[name][0].value.decode("utf-8", "replace") if name in found else ""

    def named(name: bytes) -> tuple[Address, ...]:
        return _addresses(name, found[name][0].value, defects) if name in found else ()

    senders = named(b"sender")
    return Letter(
        size=len(body),
        from_=named(b"from"),
        sender=senders[0] if senders else None,
        reply_to=named(b"reply-to"),
        subject=decode_words(found[b"subject"][0].text) if b"subject" in found else "",
        message_id=text(b"message-id"),
        mss_mes=text(b"x-mss-mes"),
        mss_codecda=text(b"x-mss-codecda"),
        mss_ins=text(b"x-mss-ins"),
        hops=len(found.get(b"received", ())),
        receipt_to=text(b"disposition-notification-to"),
        report=_report(found[b"content-type"][0].value) if b"content-type" in found else "",
        defects=tuple(defects),
    )


def _report(content_type: bytes) -> str:
    """The report-type; empty for what is no report."""
    if not content_type.lower().startswith(b"multipart/report"):
        return ""
    return dict(parameters(content_type)).get(b"report-type", b"").lower().decode("ascii", "replace")


def _addresses(name: bytes, value: bytes, defects: list[str]) -> tuple[Address, ...]:
    """The addresses of one field, groups opened; what is no address of the space is a defect."""
    read: list[Address] = []
    before = len(defects)
    for written in addresses(value):
        if written.host is None:
            continue
        if b"%b@%b" % (written.local or b"", written.host) not in value:
            # Blanks or quotes inside: we would read one address, the next reader perhaps another.
            defects.append(f"The {_shown(name)} field cannot be read: the address is not written in one piece")
            continue
        try:
            read.append(Address.parse(f"{_utf8(written.local)}@{_utf8(written.host)}"))
        except AddressError as problem:
            defects.append(f"The {_shown(name)} field cannot be read: {problem}")
    if value and not read and len(defects) == before:
        defects.append(f"The {_shown(name)} field cannot be read: it names nobody")
    return tuple(read)


def _utf8(part: bytes | None) -> str:
    return (part or b"").decode("utf-8", "replace")


def _shown(name: bytes) -> str:
    return name.decode("ascii").title()
