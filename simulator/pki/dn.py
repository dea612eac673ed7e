r"""Distinguished names in the whitelist's writing: ``CN=…,OU=…,O=…,ST=…,C=FR``.

That is the order of RFC 4514 (last RDN of the certificate first), a comma without space between RDNs, ``+`` inside a
multi-valued one. Letters stay as they are (``Côte-d'Or (21)``); what could be mistaken for another attribute, and every
character that does not print, is escaped as RFC 4514 2.4 says. So two names written alike *are* alike: comparing the
strings written here is enough, and is case- and space-sensitive on purpose (the whitelist publishes the exact name).
``same`` is for a name typed by a person.
"""

from __future__ import annotations

from cryptography import x509
from cryptography.x509.oid import NameOID

Attribute = tuple[str, str]
"""Short name and value: ``("CN", "mss.example")``."""
Rdn = tuple[Attribute, ...]

_SHORT = {
    NameOID.GIVEN_NAME: "GN", NameOID.COMMON_NAME: "CN", NameOID.SURNAME: "SN", NameOID.TITLE: "title",
    NameOID.ORGANIZATIONAL_UNIT_NAME: "OU", NameOID.ORGANIZATION_NAME: "O", NameOID.LOCALITY_NAME: "L",
    NameOID.STATE_OR_PROVINCE_NAME: "ST", NameOID.COUNTRY_NAME: "C", NameOID.SERIAL_NUMBER: "serialNumber",
    NameOID.EMAIL_ADDRESS: "emailAddress", NameOID.DOMAIN_COMPONENT: "DC", NameOID.USER_ID: "UID",
}
_RANK = {short: rank for rank, short in enumerate(_SHORT.values())}
_ALIASES = {short.upper(): short for short in _SHORT.values()}
_ALIASES |= {"S": "ST", "T": "title", "GIVENNAME": "GN", "SURNAME": "SN"}
_ESCAPED = frozenset('\\,+"<>;')


def attributes(name: x509.Name) -> tuple[Rdn, ...]:
    """The name as (short name, value) pairs, in the certificate's order; an unknown type is its dotted OID.

    A set has no order of its own in DER, so the members of a multi-valued RDN are sorted: GN, CN, SN…"""
    return tuple(tuple(sorted((_pair(a) for a in rdn), key=_rank)) for rdn in name.rdns)


def write(name: x509.Name) -> str:
    """The whitelist's writing of the name."""
    return ",".join("+".join(f"{kind}={_escape(value)}" for kind, value in rdn) for rdn in reversed(attributes(name)))


def read(text: str) -> tuple[Rdn, ...]:
    """The RDNs of a written name, in the order written. Raises ValueError saying which piece is wrong."""
    return tuple(tuple(sorted(map(_attribute, _split(rdn, "+")), key=_rank)) for rdn in _split(text, ","))


def same(one: str, other: str) -> bool:
    """True when two written names mean the same: spaces around commas and the writing of types and escapes are free,
    values are compared exactly. A text that is not a name equals nothing."""
    try:
        return read(one) == read(other)
    except ValueError:
        return False


def first(name: x509.Name, short: str) -> str:
    """The value of the first attribute of that short name, or an empty string."""
    return next((value for rdn in attributes(name) for kind, value in rdn if kind == short), "")


def person(name: x509.Name) -> str:
    """The CN that stands in one RDN with a given name or surname: a person's national id; else empty."""
    for rdn in attributes(name):
        values = dict(rdn)
        if "CN" in values and ("GN" in values or "SN" in values):
            return values["CN"]
    return ""


def _pair(attribute: x509.NameAttribute[str | bytes]) -> Attribute:
    value = attribute.value
    return (_SHORT.get(attribute.oid, attribute.oid.dotted_string), value if isinstance(value, str) else value.hex())


def _rank(pair: Attribute) -> tuple[int, str, str]:
    return (_RANK.get(pair[0], len(_RANK)), *pair)


def _escape(value: str) -> str:
    written = "".join(_letter(c) for c in value)
    if value.startswith((" ", "#")):
        written = "\\" + written
    if value.endswith(" ") and len(value) > 1:
        written = written[:-1] + "\\ "
    return written


def _letter(c: str) -> str:
    if c in _ESCAPED:
        return "\\" + c
    if c.isprintable():
        return c
    return "".join(f"\\{octet:02X}" for octet in c.encode("utf-8", "surrogatepass"))


def _split(text: str, separator: str) -> list[str]:
    """Cut at separators that no backslash protects."""
    pieces, start, at = [], 0, 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == separator:
            pieces.append(text[start:at])
            start = at + 1
        at += 1
    return [*pieces, text[start:]]


def _attribute(piece: str) -> Attribute:
    kind, equals, value = piece.partition("=")
    kind = kind.strip()
    if not equals or not kind:
        raise ValueError(f"{piece!r} is not of the form TYPE=value")
    return _ALIASES.get(kind.upper(), kind), _unescape(value)


def _unescape(value: str) -> str:
    value = value.lstrip(" ")
    octets, at, solid = bytearray(), 0, 0
    while at < len(value):
        if value[at] != "\\":
            octets += value[at].encode("utf-8", "surrogatepass")
            solid = len(octets) if value[at] != " " else solid
            at += 1
            continue
        pair = value[at + 1:at + 3]
        if len(pair) == 2 and all(c in "0123456789abcdefABCDEF" for c in pair):
            octets.append(int(pair, 16))
            at += 3
        elif pair:
            octets += pair[0].encode("utf-8", "surrogatepass")
            at += 2
        else:
            raise ValueError(f"{value!r} ends in the middle of an escape")
        solid = len(octets)
    return octets[:solid].decode("utf-8")
