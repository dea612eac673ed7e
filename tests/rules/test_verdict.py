"""The outcome of judging."""

from __future__ import annotations

from simulator.model.reply import reply
from simulator.rules.verdict import PASSED, Verdict


def test_a_verdict_refuses_only_with_a_refusing_reply() -> None:
    assert not PASSED.refused
    assert not Verdict(reply(250, "2.0.0", "Stored")).refused
    assert Verdict(reply(452, "4.2.2", "Full")).refused
    assert Verdict(reply(550, "5.7.1", "No")).refused
