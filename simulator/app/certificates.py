"""``mssim certs``: the authority of a data folder, from the command line, beside a running simulator or without one."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from simulator.app import identities
from simulator.config import Configuration
from simulator.pki.authority import Authority, UnknownSerial
from simulator.pki.files import AuthorityError
from simulator.pki.keys import KeyType
from simulator.pki.leaves import Issued


def make(configuration: Configuration, data: Path) -> int:
    """Make what is missing, and say where the authority to trust is."""
    authority = _open(data, KeyType(configuration.pki.key))
    if authority is None:
        return 1
    operators = {operator.name: operator for operator in configuration.operators}
    issued = authority.ensure_all(identities.wanted(operators, configuration.mailboxes))
    sys.stdout.write(f"{len(issued)} certificates are ready; programs trust them through {authority.ca_file}\n")
    return 0


def issue(configuration: Configuration, data: Path, name: str) -> int:
    """A fresh certificate for an operator or an account of the configuration; the older one stays valid."""
    operators = {operator.name: operator for operator in configuration.operators}
    wanted = identities.wanted(operators, configuration.mailboxes)
    slot = next((s for s in (f"operator:{name}", f"account:{name.lower()}") if s in wanted), None)
    if slot is None:
        known = ", ".join(sorted(s.partition(":")[2] for s in wanted if ":" in s))
        sys.stderr.write(f"{name}: nobody of that name has a certificate; known are {known}\n")
        return 1
    authority = _open(data, KeyType(configuration.pki.key))
    if authority is None:
        return 1
    _print(authority.issue(wanted[slot], slot=slot))
    return 0


def show(data: Path) -> int:
    """Every certificate issued, a line each."""
    authority = _open(data, create=False)
    if authority is None:
        return 1
    for entry in authority.listed():
        until = f"{entry.not_after:%Y-%m-%d}"
        sys.stdout.write(
            f"{entry.serial}  {entry.status:<13}  {until}  {entry.kind:<9}  {entry.slot:<52}  {entry.subject}\n"
        )
    return 0


def revoke(data: Path, serial: str) -> int:
    """Revoke; a running simulator refuses the certificate from the next handshake."""
    authority = _open(data, create=False)
    if authority is None:
        return 1
    try:
        entry = authority.revoke(serial)
    except UnknownSerial as problem:
        sys.stderr.write(f"{problem}; `mssim certs list` prints the serials\n")
        return 1
    sys.stdout.write(f"revoked {entry.serial}  {entry.subject}\n")
    return 0


def _open(data: Path, key_type: KeyType = KeyType.RSA_2048, *, create: bool = True) -> Authority | None:
    folder = data / "pki"
    if not create and not folder.exists():
        sys.stderr.write(f"{folder}: there is no authority yet; `mssim up` or `mssim certs make` makes one\n")
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return Authority.open(folder, lambda: datetime.now(UTC), key_type)
    except AuthorityError as problem:
        sys.stderr.write(f"{problem}\n")
        return None


def _print(issued: Issued) -> None:
    sys.stdout.write(
        f"serial    {issued.serial}\nsubject   {issued.subject}\nchain     {issued.chain_file}\n"
        f"key       {issued.key_file}\npkcs12    {issued.p12_file}  (password: {issued.p12_password})\n"
    )
