"""Imports go to lower levels, or stay inside one's own package; each third-party library has one home."""

from __future__ import annotations

import sys

from tests.house.sources import Import, imports, sources

LEVELS: tuple[tuple[str, ...], ...] = (
    # 0: nouns
    ("model", "clock", "mime", "scram", "xdm"),
    # 1: mutually unaware
    ("rules", "faults", "store", "directory", "pki", "sso", "wire", "journal", "config", "letters"),
    # 2: what a mail domain is, by kind
    ("domains",),
    # 3: the present state of the world
    ("space",),
    # 4: the story, in steps of its own
    ("correspondence", "notices", "signin"),
    ("routing",),
    ("outbox",),
    ("delivery", "receipts"),
    ("visit",),
    ("closing",),
    # 5: all that a person or a test may do to a running simulator
    ("controls",),
    # 6: doors, which never import each other
    ("smtp", "imap", "dns", "web", "ldap"),
    # 7: what knows everything and decides nothing
    ("app", "client", "console"),
    ("commands",),
    ("cli", "testing"),
    ("__main__",),
)
"""From the ground up. What stands on one line never imports its neighbours."""

HOMES = {
    "aiosmtpd": "smtp",
    "cryptography": "pki wire",
    "dns": "dns",
    "OpenSSL": "wire",
    "fastapi": "web",
    "fpdf": "letters",
    "lxml": "letters xdm",
    "nh3": "web",
    "pydantic": "config web",
    "pydantic_core": "config",
    "pytest": "testing",
    "sqlite3": "store",
    "starlette": "web",
    "twisted": "imap",
    "uvicorn": "web",
    "uvloop": "app",
    "yaml": "config",
    "zope": "imap",
}
"""Which package or file alone imports a library; two names where shapes are read from a file and from the wire, and
where pyOpenSSL takes keys in the form of cryptography."""

ANYWHERE = {"pyotp"}
"""One-time codes: checked where people sign in, made where a client is played."""

HEIGHT = {name: height for height, names in enumerate(LEVELS) for name in names}


def all_imports() -> list[Import]:
    return [found for source in sources() for found in imports(source)]


def test_everything_in_the_package_has_a_level() -> None:
    homeless = {source.home for source in sources()} - HEIGHT.keys() - {""}
    assert not homeless, "give these a line in LEVELS"


def test_imports_go_down() -> None:
    wrong = []
    for found in all_imports():
        first, *rest = found.name.split(".")
        if first != "simulator" or not rest or rest[0] not in HEIGHT:
            continue
        mine, other = found.source.home, rest[0]
        if mine != other and HEIGHT[other] >= HEIGHT.get(mine, 0):
            wrong.append(str(found))
    assert not wrong, "\n".join(wrong)


def test_imports_are_written_in_full() -> None:
    assert not [str(found) for found in all_imports() if found.name.startswith(".")]


def test_each_library_stays_in_its_home() -> None:
    wrong = []
    for found in all_imports():
        library = found.name.split(".")[0]
        home = HOMES.get(library)
        allowed = sys.stdlib_module_names | ANYWHERE | {"simulator", ""}
        unknown = home is None and library not in allowed
        if unknown or (home is not None and found.source.home not in home.split()):
            wrong.append(f"{found} (home: {home})")
    assert not wrong, "\n".join(wrong)
