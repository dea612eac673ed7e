"""``config.yaml`` shows every key of every section with a comment, and every setting is read by something."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from simulator.config import configuration, settings, shapes
from tests.house.sources import ROOT, sources

SHAPES: tuple[tuple[str, type[BaseModel]], ...] = (
    ("operators", shapes.OperatorShape), ("operators", shapes.ImapShape), ("operators", shapes.DomainShape),
    ("structures", shapes.StructureShape),
    ("mailboxes", shapes.PersonShape), ("mailboxes", shapes.TeamShape), ("mailboxes", shapes.ApplicationShape),
    ("mailboxes", shapes.PracticeShape), ("mailboxes", shapes.ClosingShape),
    ("patients", shapes.PatientShape), ("patients", shapes.DispensingShape),
    ("patients", shapes.DocumentShape), ("patients", shapes.NotifyShape),
    ("whitelist", shapes.WhitelistShape), ("whitelist", shapes.ListedShape),
    ("access", settings.Access), ("access.failures", settings.Failures), ("limits", settings.Limits),
    ("limits.connections", settings.Connections), ("limits.times", settings.Times),
    ("limits.message", settings.MessageLimits), ("limits.smtp", settings.SmtpLimits),
    ("limits.imap", settings.ImapLimits), ("relay", settings.Relay),
    ("indicators", settings.Indicators), ("pki", settings.Pki), ("dns", settings.Dns),
    ("http", settings.Http),
    ("journal", settings.JournalKeeping),
)
EITHER_OR = {"finess", "siret", "rpps", "adeli", "date", "days_ago", "letter", "file"}
"""Of each pair one key stands in the file and the other in its comment, between backticks."""
LINES = (ROOT / "config.yaml").read_text(encoding="utf-8").splitlines()
KEYS = [(section, model, key) for section, model in SHAPES for key in model.model_fields]


def section_lines(section: str) -> Iterator[tuple[str, str]]:
    """Each line of a section with the line above it; ``limits.smtp`` is a group inside a section."""
    path: list[str] = []
    above = ""
    for line in LINES:
        if begun := re.match(r"( *)([a-z]+):", line):
            depth = len(begun[1]) // 2
            if depth < 2:
                path = [*path[:depth], begun[2]]
        here = ".".join(path)
        if here == section or here.startswith(f"{section}."):
            yield line, above
        above = line


def is_explained(section: str, key: str) -> bool:
    """The key stands in its section, alive or behind ``#``, with a comment behind it or above it."""
    shown = re.compile(rf"\s*(?:#\s*)?(?:- )?{key}:(.*)")
    for line, above in section_lines(section):
        found = shown.match(line)
        if found and ("# " in found[1] or above.strip().startswith("#")):
            return True
        if key in EITHER_OR and re.search(rf"# .*`{key}:", line):
            return True
    return False


def test_every_section_is_shown_under_a_heading() -> None:
    for section in configuration.SECTIONS:
        at = next(n for n, line in enumerate(LINES) if line.startswith(f"{section}:"))
        assert "#" in LINES[at] or LINES[at - 1].startswith("#"), section


def test_no_shape_is_forgotten() -> None:
    known = {model for _, model in SHAPES}
    bases = {shapes.StructureNumber, shapes.MailboxShape, settings.Settings}
    found = {value for module in (shapes, settings) for value in vars(module).values()
             if isinstance(value, type) and issubclass(value, settings.Settings)}
    assert found - bases == known


@pytest.mark.parametrize(("section", "model", "key"), KEYS, ids=[f"{m.__name__}.{k}" for _, m, k in KEYS])
def test_a_key_is_explained(section: str, model: type[BaseModel], key: str) -> None:
    assert is_explained(section, key), f"config.yaml: {section}: explain {key} ({model.__name__})"


SETTINGS = [(section, key) for section, model in SHAPES if model.__module__ == settings.__name__
            for key in model.model_fields]


@pytest.mark.parametrize(("section", "key"), SETTINGS, ids=[f"{s}.{k}" for s, k in SETTINGS])
def test_a_setting_is_read_by_something(section: str, key: str) -> None:
    group = section.rpartition(".")[2]
    read = re.compile(rf"\b(?:{group}|limits)\.{key}\b")
    own = {"simulator.config.settings", "simulator.config.shapes"}
    readers = [source for source in sources() if source.module not in own and read.search(source.text)]
    assert readers, f"{section}.{key} changes nothing"
