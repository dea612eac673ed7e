"""The command ``mssim``: reads its arguments, calls what does the work, gives the exit status.

0 done · 1 refused or failed · 2 bad configuration or arguments · 3 a port is in use · 4 no simulator answers
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from simulator import __version__
from simulator.commands.arguments import add_code, add_letter, add_running

if TYPE_CHECKING:
    from simulator.config import Configuration

BAD_CONFIGURATION = 2
PORT_IN_USE = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = _parser().parse_args(arguments)
    # Looking through every installed package for plugins of pydantic takes longer than reading the configuration.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        status: int = options.run(options)
    except BrokenPipeError:
        return 1
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mssim", description="A local copy of the MSSanté trust space, for testing only."
    )
    parser.add_argument("--version", action="version", version=f"mssante-simulator {__version__}")
    commands = parser.add_subparsers(required=True, metavar="command")
    place = argparse.ArgumentParser(add_help=False)
    place.add_argument(
        "--config", type=Path, default=Path("config.yaml"), help="the trust space (default: config.yaml)"
    )
    place.add_argument(
        "--data", type=Path, help="where mail, keys and journal are kept (default: .mssim beside the configuration)"
    )

    up = commands.add_parser("up", parents=[place], help="start the trust space in the foreground")
    up.add_argument("--ephemeral", action="store_true", help="keep nothing: work in a temporary folder")
    up.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    up.add_argument(
        "--port-base", type=int, default=10000, help="added to each standard port; 0: any free ports (default: 10000)"
    )
    up.add_argument("--ready-file", type=Path, help="written once every door accepts connections, removed at exit")
    up.add_argument(
        "--log-format", choices=("story", "json"), default="story", help="what happens, for people or for programs"
    )
    up.set_defaults(run=_up)

    check = commands.add_parser("check", parents=[place], help="check the configuration and say what is wrong with it")
    check.set_defaults(run=_check)
    rules = commands.add_parser("rules", help="print the catalogue of rules as a table")
    rules.set_defaults(run=_rules)
    demo = commands.add_parser("demo", parents=[place], help="play a pharmacy's morning and tell its story")
    demo.set_defaults(run=_demo)
    _add_certs(commands, place)
    add_running(commands)
    add_letter(commands, place, _letter)
    add_code(commands, place, _code)
    return parser


def _add_certs(commands: argparse._SubParsersAction[argparse.ArgumentParser], place: argparse.ArgumentParser) -> None:
    certs = commands.add_parser("certs", help="make, issue, list and revoke certificates")
    verbs = certs.add_subparsers(required=True, metavar="verb")
    make = verbs.add_parser(
        "make", parents=[place], help="make the authority and every certificate of the configuration"
    )
    make.set_defaults(run=_certs_make)
    issue = verbs.add_parser("issue", parents=[place], help="issue a fresh certificate for an operator or an account")
    issue.add_argument("name", help="an operator's name, or the address of a PER or APP mailbox")
    issue.set_defaults(run=_certs_issue)
    listing = verbs.add_parser("list", parents=[place], help="list every certificate that was issued")
    listing.set_defaults(run=_certs_list)
    revoke = verbs.add_parser("revoke", parents=[place], help="revoke a certificate; holds from the next handshake")
    revoke.add_argument("serial", help="serial number, in hexadecimal, as `mssim certs list` prints it")
    revoke.set_defaults(run=_certs_revoke)


def _up(options: argparse.Namespace) -> int:
    gc.disable()  # until everything is loaded, see run._settle_in
    try:
        return _run(options)
    finally:
        gc.enable()


def _run(options: argparse.Namespace) -> int:
    from simulator.app.run import run_until_stopped

    configuration = _load(options.config)
    if configuration is None:
        return BAD_CONFIGURATION
    return run_until_stopped(
        configuration,
        data=None if options.ephemeral else _data(options),
        host=options.host,
        port_base=options.port_base,
        ready_file=options.ready_file,
        log_format=options.log_format,
    )


def _check(options: argparse.Namespace) -> int:
    configuration = _load(options.config)
    if configuration is None:
        return BAD_CONFIGURATION
    sys.stdout.write(
        f"{options.config}: {len(configuration.operators)} operators, {len(configuration.mailboxes)} mailboxes\n"
    )
    for warning in configuration.warnings:
        sys.stdout.write(f"warning: {warning}\n")
    return 0


def _rules(_: argparse.Namespace) -> int:
    from simulator.rules.catalogue import as_table

    sys.stdout.write(as_table() + "\n")
    return 0


def _demo(options: argparse.Namespace) -> int:
    from simulator.app.demo import play

    configuration = _load(options.config)
    return BAD_CONFIGURATION if configuration is None else play(configuration)


def _code(options: argparse.Namespace) -> int:
    from simulator.commands.codes import code

    configuration = _load(options.config)
    return BAD_CONFIGURATION if configuration is None else code(options, configuration)


def _letter(options: argparse.Namespace) -> int:
    from simulator.commands.letters import letter

    configuration = _load(options.config)
    return BAD_CONFIGURATION if configuration is None else letter(options, configuration)


def _certs_make(options: argparse.Namespace) -> int:
    from simulator.app import certificates

    configuration = _load(options.config)
    return BAD_CONFIGURATION if configuration is None else certificates.make(configuration, _data(options))


def _certs_issue(options: argparse.Namespace) -> int:
    from simulator.app import certificates

    configuration = _load(options.config)
    return (
        BAD_CONFIGURATION if configuration is None else certificates.issue(configuration, _data(options), options.name)
    )


def _certs_list(options: argparse.Namespace) -> int:
    from simulator.app import certificates

    return certificates.show(_data(options))


def _certs_revoke(options: argparse.Namespace) -> int:
    from simulator.app import certificates

    return certificates.revoke(_data(options), options.serial)


def _data(options: argparse.Namespace) -> Path:
    chosen: Path | None = options.data
    folder: Path = options.config.parent / ".mssim"
    return chosen if chosen is not None else folder


def _load(path: Path) -> Configuration | None:
    """The configuration, or None after its mistakes were written to standard error."""
    from simulator.config import ConfigurationError, load
    from simulator.domains.kinds import KINDS
    from simulator.imap.extensions import EXTENSIONS
    from simulator.rules.catalogue import CATALOGUE

    try:
        return load(
            path,
            today=datetime.now(UTC).date(),
            known_rules=[rule.name for rule in CATALOGUE],
            returning_rules=[rule.name for rule in CATALOGUE if rule.bounce is not None],
            domain_kinds={kind.name: kind.mailbox_kinds for kind in KINDS},
            imap_extensions=list(EXTENSIONS),
        )
    except ConfigurationError as mistakes:
        sys.stderr.write(f"{mistakes}\n")
        return None
