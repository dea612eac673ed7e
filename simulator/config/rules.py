"""The severities that the configuration gives to rules."""

from __future__ import annotations

from collections.abc import Collection
from typing import get_args

from simulator.config.mistakes import did_you_mean, one_of, shown
from simulator.config.proofreader import Proofreader
from simulator.config.values import Severity

SEVERITIES: tuple[str, ...] = get_args(Severity)


def read_rules(proof: Proofreader, value: object, known: Collection[str], returning: Collection[str]) -> dict[str, str]:
    """Rule name to severity. An empty ``known`` takes any name; only those in ``returning`` may bounce."""
    rules: dict[str, str] = {}
    for name, severity in proof.entries(value, ("rules",)).items():
        here = ("rules", name)
        if known and not proof.reference(here, name, known, "rule"):
            continue
        fitting = [s for s in SEVERITIES if s != "bounce" or not known or name in returning]
        if isinstance(severity, str) and severity in fitting:
            rules[name] = severity
        elif severity == "bounce":
            proof.wrong(here, f"this rule returns no message that was accepted, expected {one_of(fitting)}")
        else:
            proof.wrong(here, f"{shown(severity)} is not a severity, expected {one_of(fitting)}"
                              f"{did_you_mean(str(severity), fitting)}")
    return rules
