"""The case families: every rule is shown kept and broken, and each situation ends as its file says."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from simulator.rules.catalogue import CATALOGUE
from tests.cases.situations import CASES, Case, CaseFile, Expected, all_cases, outcome

RULES = [rule.name for rule in CATALOGUE]


@pytest.mark.parametrize("file", all_cases(), ids=lambda file: file.id)
async def test_a_situation_ends_as_its_file_says(file: CaseFile) -> None:
    case = file.read()
    played = await outcome(case)
    verdict, expect = played.verdict, case.expect
    if not isinstance(expect, Expected):
        assert expect == "accepted"
        assert not verdict.refused, verdict.reply
        assert file.rule not in played.remarked + played.returned
    elif expect.remark:
        assert not verdict.refused, verdict.reply
        assert expect.remark in played.remarked
    elif expect.bounce:
        assert not verdict.refused, verdict.reply
        assert set(played.returned) == {expect.bounce}
        told = [re.findall(rb"\r\nStatus: (\S+)", notice) for notice in played.notices]
        assert told == ([[expect.status.encode()]] if expect.status else [])
    else:
        assert verdict.reply is not None, "it was accepted"
        assert f"{verdict.reply.code} {verdict.reply.status}" == expect.reply
        assert verdict.findings[-1].rule == expect.rule


@pytest.fixture(scope="module")
def families() -> dict[str, list[Case]]:
    """The cases by rule."""
    found: dict[str, list[Case]] = defaultdict(list)
    for file in all_cases():
        found[file.rule].append(file.read())
    return found


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_passing_and_a_breaking_case(rule: str, families: dict[str, list[Case]]) -> None:
    assert any(case.passes for case in families[rule]), f"add a passing case to fixtures/cases/{rule}"
    assert any(case.breaks(rule) for case in families[rule]), f"add a breaking case to fixtures/cases/{rule}"


def test_every_folder_of_cases_names_a_rule() -> None:
    assert not {path.name for path in CASES.iterdir() if path.is_dir()} - set(RULES)


def test_a_case_that_refuses_stands_in_the_folder_of_its_rule(families: dict[str, list[Case]]) -> None:
    strangers = [case.why for rule, cases in families.items() for case in cases
                 if not case.passes and not case.breaks(rule)]
    assert not strangers
