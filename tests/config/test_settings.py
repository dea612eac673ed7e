"""The defaults of the machinery are the promised figures."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from simulator.config.settings import Access, Limits, Relay

MINUTE = 60


def test_limits_begin_with_the_promised_figures() -> None:
    limits = Limits()
    assert (limits.connections.total, limits.connections.per_address) == (1000, 50)
    assert (limits.times.before_login, limits.times.handshake) == (60, 10)
    assert (limits.times.smtp_idle, limits.times.imap_idle) == (5 * MINUTE, 30 * MINUTE)
    assert (limits.smtp.command_line, limits.smtp.auth_line, limits.smtp.recipients) == (4096, 12288, 200)
    assert (limits.message.held_in_all, limits.message.held_per_address) == (256 * 1024 ** 2, 128 * 1024 ** 2)
    assert (limits.message.header_block, limits.message.hops) == (256 * 1024, 50)
    assert (limits.imap.line, limits.imap.literal_before_login) == (64 * 1024, 4096)


def test_failures_and_relay_begin_with_the_promised_figures() -> None:
    assert Access().failures.per_session == 3
    assert (Access().failures.first_delay, Access().failures.longest_delay) == (1, 15)
    assert (Relay().first_retry, Relay().give_up_after) == (30, 2 * 24 * 60 * MINUTE)


def test_settings_do_not_change_once_read() -> None:
    with pytest.raises(ValidationError):
        Limits().quota = 5  # type: ignore[misc]


def test_a_group_that_holds_nothing_keeps_its_defaults() -> None:
    assert Limits.model_validate({"smtp": None, "imap": {}}) == Limits()
