"""The severities that the configuration gives to rules."""

from __future__ import annotations

from collections.abc import Collection
from typing import get_args

from simulator.config.mistakes import did_you_mean, one_of, shown
from simulator.config.proofreader import Proofreader
from simulator.config.values import Severity

SEVERITIES: tuple[str, ...] = get_args(Severity)


def read_rules(proof: Proofreader, value: object, known: Collection[str]) -> dict[str, str]:
    """Rule name to severity. An empty ``known`` takes any name."""
    rules: dict[str, str] = {}
    for name, severity in proof.entries(value, ("rules",)).items():
        here = ("rules", name)
        if known and not proof.reference(here, name, known, "rule"):
            continue
        if isinstance(severity, str) and severity in SEVERITIES:
            rules[name] = severity
        else:
            proof.wrong(here, f"{shown(severity)} is not a severity, expected {one_of(SEVERITIES)}"
                              f"{did_you_mean(str(severity), SEVERITIES)}")
    return rules
