"""For test suites: a trust space per test or per session, through pytest or by hand.

``Space`` and the errors of its verbs can be imported from here; they load the simulator only when they are asked for,
because pytest imports this package in every suite where the simulator is installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.testing.boxes import Box
    from simulator.testing.failures import Arrived, NoSuchName, NotArrived, Refused
    from simulator.testing.letters import Letter
    from simulator.testing.patients import PatientBox
    from simulator.testing.quarters import Quarters
    from simulator.testing.space import Space

__all__ = ["Arrived", "Box", "Letter", "NoSuchName", "NotArrived", "PatientBox", "Quarters", "Refused", "Space"]

_HOMES = {
    "Arrived": "failures",
    "Box": "boxes",
    "Letter": "letters",
    "NoSuchName": "failures",
    "NotArrived": "failures",
    "PatientBox": "patients",
    "Quarters": "quarters",
    "Refused": "failures",
    "Space": "space",
}


def __getattr__(name: str) -> object:
    """Import what is asked for, at that moment."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
