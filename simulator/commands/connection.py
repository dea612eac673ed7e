"""Finding the running simulator, and turning what it answers into an exit status."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.client import Client, TimedOut

NO_SIMULATOR = 4

Command = Callable[["Client", argparse.Namespace], None]


def place() -> argparse.ArgumentParser:
    """The options by which every command finds its simulator."""
    options = argparse.ArgumentParser(add_help=False)
    where = options.add_mutually_exclusive_group()
    where.add_argument("--url", help="where its http door is (default: http://127.0.0.1:10080)")
    where.add_argument("--ready-file", type=Path, help="the file that `mssim up --ready-file` wrote")
    options.add_argument("--token", help="the token of the configuration, where it asks for one")
    options.add_argument("--json", action="store_true", help="the answer for programs")
    return options


def client_of(options: argparse.Namespace) -> Client:
    """The simulator that the options of ``place`` mean. Raises NoSimulator."""
    from simulator.client import Client

    if options.ready_file is not None:
        return Client.from_ready_file(options.ready_file, token=options.token)
    return Client(*filter(None, [options.url]), token=options.token)


def running(command: Command) -> Callable[[argparse.Namespace], int]:
    """The command as the command line calls it: options in, exit status out."""

    def run(options: argparse.Namespace) -> int:
        from simulator.client import Declined, NoSimulator, TimedOut

        try:
            command(client_of(options), options)
        except NoSimulator as problem:
            sys.stderr.write(f"{problem}\n")
            return NO_SIMULATOR
        except Declined as problem:
            if options.json:
                print_json(problem.problem)
            sys.stderr.write(f"{problem}\n")
            if isinstance(problem, TimedOut):
                _tell_what_came(problem)
            return 1
        except KeyboardInterrupt:
            return 0
        return 0

    return run


def print_json(answer: object) -> None:
    """On one line."""
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _tell_what_came(problem: TimedOut) -> None:
    if problem.nearest is not None:
        sys.stderr.write(f"  nearest: {problem.nearest.get('id')}: {problem.nearest.get('why')}\n")
    for message in problem.seen:
        sys.stderr.write(f"  seen: {message['id']} {message['subject']!r} from {message['from']}\n")
