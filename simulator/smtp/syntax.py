"""Arguments of MAIL and RCPT: the path between angle brackets and the parameters behind it (RFC 5321 4.1.2).

Every function gives what it read, or the Reply that refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from simulator.model.address import Address, AddressError
from simulator.model.reply import Reply, reply
from simulator.smtp import replies

Options = Mapping[str, str]
"""Parameters: names in upper case, values as they were sent, ``""`` for a name alone."""

NO_OPTIONS: Final[Options] = MappingProxyType({})

# Spaces behind the colon are not in the grammar, but common.
_FROM: Final = re.compile(r"FROM: *<([^<>]*)>(?: +(\S.*))?", re.IGNORECASE)
_TO: Final = re.compile(r"TO: *<([^<>]*)>(?: +(\S.*))?", re.IGNORECASE)
_ROUTE: Final = re.compile(r"@[^@,:]+(?:,@[^@,:]+)*:")
_PARAMETER: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(?:=([^\x00-\x20=\x7f]+))?")

# Encoded octets are kept printable: the decoded text is written into notifications (RFC 3461 4).
_XCHAR: Final = r"[!-*,-<>-~]|\+(?:[2-6][0-9A-F]|7[0-9A-E])"
_EVENT: Final = r"(?:SUCCESS|FAILURE|DELAY)"

_MAIL_VALUES: Final[Mapping[str, re.Pattern[str]]] = {
    "SIZE": re.compile(r"[0-9]{1,20}"),  # RFC 1870
    "BODY": re.compile(r"7BIT|8BITMIME", re.IGNORECASE),  # RFC 6152
    "SMTPUTF8": re.compile(""),  # RFC 6531
    "RET": re.compile(r"FULL|HDRS", re.IGNORECASE),  # RFC 3461 4.3
    "ENVID": re.compile(rf"(?=.{{1,100}}\Z)(?:{_XCHAR})+"),  # RFC 3461 4.4
    "AUTH": re.compile(rf"(?=.{{1,500}}\Z)(?:<>|(?:{_XCHAR})+)"),  # RFC 4954 5
    "REQUIRETLS": re.compile(""),  # RFC 8689 2
}


def _without(*names: str) -> Mapping[str, re.Pattern[str]]:
    return {name: value for name, value in _MAIL_VALUES.items() if name not in names}


_MAIL_VALUES_BY_PLACE: Final = {
    (True, True): _MAIL_VALUES,
    (True, False): _without("REQUIRETLS"),
    (False, True): _without("AUTH"),
    (False, False): _without("AUTH", "REQUIRETLS"),
}
"""By whether the door offers AUTH, and whether TLS is in use."""
_RCPT_VALUES: Final[Mapping[str, re.Pattern[str]]] = {
    "NOTIFY": re.compile(rf"NEVER|{_EVENT}(?:,{_EVENT})*", re.IGNORECASE),  # RFC 3461 4.1
    "ORCPT": re.compile(rf"(?=.{{1,500}}\Z)[A-Za-z0-9-]+;(?:{_XCHAR}|[^\x00-\x7f])+"),  # RFC 3461 4.2, RFC 6533 3
}

MAIL_EXTRA: Final = sum(map(len, (
    " SIZE=" + "9" * 20, " BODY=8BITMIME", " SMTPUTF8", " RET=FULL", " ENVID=" + "x" * 100, " AUTH=" + "x" * 500,
    " REQUIRETLS")))
"""Octets that the parameters add to the longest MAIL command."""
RCPT_EXTRA: Final = sum(map(len, (" NOTIFY=SUCCESS,FAILURE,DELAY", " ORCPT=" + "x" * 500)))
"""Octets that the parameters add to the longest RCPT command."""

_NOT_FOR_RECIPIENTS: Final[Mapping[str, Reply]] = {"": replies.NO_RECIPIENT, "postmaster": replies.NO_POSTMASTER}


def read_mail(
        argument: str, *, extended: bool, may_sign_in: bool, secure: bool) -> tuple[Address | None, Options] | Reply:
    """What follows ``MAIL``. ``extended`` after EHLO; AUTH goes with doors that offer it, REQUIRETLS with TLS."""
    found = _FROM.fullmatch(argument)
    if found is None:
        return replies.MAIL_SYNTAX
    options = _options(found[2], _MAIL_VALUES_BY_PLACE[may_sign_in, secure], extended)
    if isinstance(options, Reply):
        return options
    if not argument.isascii() and "SMTPUTF8" not in options:
        return replies.UTF8_NOT_DECLARED
    address = _read_path(found[1], "5.1.7") if found[1] else None
    return address if isinstance(address, Reply) else (address, options)


def read_rcpt(argument: str, *, extended: bool, utf8: bool) -> tuple[Address, Options] | Reply:
    """What follows ``RCPT``. ``utf8`` when MAIL carried SMTPUTF8."""
    found = _TO.fullmatch(argument)
    if found is None:
        return replies.RCPT_SYNTAX
    options = _options(found[2], _RCPT_VALUES, extended)
    if isinstance(options, Reply):
        return options
    if not utf8 and not argument.isascii():
        return replies.UTF8_NOT_DECLARED
    if found[1].lower() in _NOT_FOR_RECIPIENTS:
        return _NOT_FOR_RECIPIENTS[found[1].lower()]
    address = _read_path(found[1], "5.1.3")
    return address if isinstance(address, Reply) else (address, options)


def _read_path(path: str, status: str) -> Address | Reply:
    try:
        return Address.parse(_without_route(path))
    except AddressError as error:
        words = str(error)
        return reply(553, status, words[:1].upper() + words[1:])


def _without_route(path: str) -> str:
    """A source route is read and ignored (RFC 5321 appendix C)."""
    if path[0] != "@":
        return path
    route = _ROUTE.match(path)
    return path[route.end():] if route else path


def _options(words: str | None, values: Mapping[str, re.Pattern[str]], extended: bool) -> Options | Reply:
    if not words:
        return NO_OPTIONS
    options: dict[str, str] = {}
    for word in words.split():
        found = _PARAMETER.fullmatch(word)
        if found is None:
            return reply(501, "5.5.4", "A parameter is written NAME or NAME=value")
        name, value = found[1].upper(), found[2] or ""
        if not extended or name not in values:
            return reply(555, "5.5.4", f"Parameter {name[:40]} is not known here")
        if name in options:
            return replies.PARAMETER_TWICE
        if not values[name].fullmatch(value) or (name == "NOTIFY" and _repeats(value)):
            return reply(501, "5.5.4", f"The value of {name} is not one it can have")
        options[name] = value
    return options


def _repeats(value: str) -> bool:
    events = value.upper().split(",")
    return len(set(events)) < len(events)
