"""The catalogue: complete, unambiguous, presentable."""

from __future__ import annotations

import importlib
import pkgutil
import re
from typing import Any

import pytest

import simulator.rules
from simulator.rules.book import Breach, Rule
from simulator.rules.catalogue import CATALOGUE, as_table


def test_every_rule_of_every_file_is_in_the_catalogue() -> None:
    files = pkgutil.iter_modules(simulator.rules.__path__, "simulator.rules.")
    modules = [importlib.import_module(file.name) for file in files]
    written = {id(value) for module in modules for value in vars(module).values() if isinstance(value, Rule)}
    assert written == {id(rule) for rule in CATALOGUE}


def test_no_name_is_given_twice() -> None:
    names = [rule.name for rule in CATALOGUE]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("rule", CATALOGUE, ids=lambda rule: rule.name)
def test_a_rule_says_all_that_people_need(rule: Rule[Any]) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.name)
    assert rule.ref and rule.title and rule.french.title and rule.french.remedy
    assert rule.check.__doc__, "the obligation, in one sentence"
    assert 400 <= rule.code < 600 and re.fullmatch(rf"{rule.code // 100}\.\d\.\d+", rule.status)


@pytest.mark.parametrize("rule", CATALOGUE, ids=lambda rule: rule.name)
def test_a_refusal_fits_two_ascii_lines(rule: Rule[Any]) -> None:
    lines = rule.refusal(Breach("x" * 150)).encode().splitlines(keepends=True)
    assert len(lines) == 2 and all(len(line) <= 512 and line.isascii() for line in lines)
    assert f"[{rule.name}]".encode() in lines[0] and rule.remedy.isascii()
    assert not rule.remedy.endswith(".") and rule.remedy.encode() in lines[1]


def test_the_table_has_one_line_per_rule() -> None:
    lines = as_table().splitlines()
    assert len(lines) == 2 + len(CATALOGUE)
    assert all(line.count("|") == 7 for line in lines), "a bar in a text would break the table"
    assert "| `recipient-domain-is-listed` | ToRecipient | 550 5.7.1 | enforce |" in as_table()
