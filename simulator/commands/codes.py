"""``mssim code``: the one-time code of an account, by the simulated clock, for people without an authenticator."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from simulator.client import Declined, NoSimulator
from simulator.commands.people import NotFound, find_mailbox

if TYPE_CHECKING:
    from simulator.config import Configuration

BAD_ARGUMENTS = 2


def code(options: argparse.Namespace, configuration: Configuration) -> int:
    """Print the six digits that hold now; without a running simulator, by the machine's clock. The exit status."""
    import pyotp

    from simulator.commands.sending import simulated_now

    try:
        account = find_mailbox(options.account, configuration)
    except NotFound as problem:
        sys.stderr.write(f"{problem}\n")
        return BAD_ARGUMENTS
    if not account.secrets.totp:
        sys.stderr.write(f"{account.address} has no one-time codes (totp in the configuration)\n")
        return BAD_ARGUMENTS
    try:
        now = simulated_now(options)
    except (NoSimulator, Declined):
        now = datetime.now(UTC)
    sys.stdout.write(f"{pyotp.TOTP(account.secrets.totp).at(now)}\n")
    return 0
