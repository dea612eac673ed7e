"""The pytest plugin, as a suite outside the project meets it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.testing import Space
from tests.testing.conftest import QUIET, Suite

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.sockets

TALK = '''
import pytest

@pytest.mark.parametrize("number", range({tests}))
def test_{name}(mssante{kind}, number):
    space, mine = mssante{kind}, f"{name}-{{number}}"
    space.doctor("vial").sends(to="tilleuls", subject=mine)
    assert space.pharmacy("tilleuls").wait_for(subject_is=mine).subject == mine
    assert [letter.subject for letter in space.pharmacy("tilleuls").letters()] == [mine]
    assert space.refusals() == []
'''


class Inside:
    """Runs pytest in this process, which has loaded the simulator already."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.folder = pytester.path
        pytester.makeini("[pytest]\nfilterwarnings = error\n")

    def add(self, name: str, text: str) -> None:
        """One more file."""
        (self.folder / name).write_text(text)

    def run(self, *arguments: str) -> tuple[dict[str, int], str]:
        """Outcomes, and what was printed."""
        result = self.pytester.runpytest_inprocess(*QUIET, *arguments)
        return result.parseoutcomes(), result.stdout.str()


@pytest.fixture
def inside(pytester: pytest.Pytester, mssante: Space) -> Inside:
    """An empty suite. The space is asked for so that all of the simulator is loaded, and stays so, when it runs."""
    assert mssante.refusals() == []
    return Inside(pytester)


def test_a_suite_that_does_not_use_it_does_not_pay_for_it(suite: Suite) -> None:
    suite.add("test_it.py", '''
import sys

def test_nothing():
    homes = ("simulator", "cryptography", "twisted", "pydantic")
    loaded = [name for name in sys.modules if name.partition(".")[0] in homes]
    assert sorted(loaded) == ["simulator", "simulator.testing", "simulator.testing.plugin"]
''')
    done = suite.run()
    assert done.returncode == 0, done.stdout
    assert "warning" not in done.stdout


def test_many_workers_do_not_hear_each_other(suite: Suite) -> None:
    suite.add("test_shared.py", TALK.format(name="shared", kind="", tests=8))
    suite.add("test_own.py", TALK.format(name="own", kind="_space", tests=8))
    # Four workers need not load every plugin that happens to be installed.
    only = ("-p", "xdist", "-p", "simulator.testing.plugin")
    done = suite.run(*only, "-n", "4", "--mssante-log", "space.jsonl", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    assert done.returncode == 0, done.stdout
    assert "16 passed" in done.stdout
    events = [json.loads(line) for line in (suite.folder / "space.jsonl").read_text().splitlines()]
    relayed = [event["test"] for event in events if event["kind"] == "relayed"]
    assert sorted(relayed) == sorted(f"test_{n}.py::test_{n}[{i}]" for n in ("own", "shared") for i in range(8))


def test_it_can_be_left_out(inside: Inside) -> None:
    inside.add("test_it.py", "def test_it(mssante):\n    assert True\n")
    outcomes, told = inside.run("-p", "no:mssante")
    assert outcomes == {"errors": 1}
    assert "fixture 'mssante' not found" in told


def test_its_options_are_explained(inside: Inside) -> None:
    told = inside.pytester.runpytest_inprocess(*QUIET, "--help").stdout.str()
    for word in ("MSSanté trust space", "--mssante-config=FILE", "--mssante-log=FILE", "mssante_config"):
        assert word in told


def test_a_failure_comes_with_the_story(inside: Inside) -> None:
    inside.add("test_it.py", '''
import pytest

@pytest.fixture
def broken(mssante_space):
    mssante_space.doctor("vial").sends(to="tilleuls", subject="Avant la panne")
    raise ValueError("the fixture fails")

def test_one(mssante):
    mssante.doctor("vial").sends(to="x@gmail.com")

def test_two(broken):
    pass

def test_three(mssante):
    pass
''')
    outcomes, told = inside.run()
    assert outcomes == {"failed": 1, "passed": 1, "errors": 1}
    assert told.count("- MSSanté story -") == 2
    assert "x refused at submission: paul.vial@medecin.mssante.fr to x@gmail.com" in told
    assert "> mailiz took a message from paul.vial@medecin.mssante.fr to pharmacie.des.tilleuls@" in told


def test_what_one_test_leaves_another_does_not_find(inside: Inside) -> None:
    inside.add("test_it.py", '''
import pytest

@pytest.mark.parametrize("number", [1, 2])
def test_it(mssante, number):
    assert mssante.events() == []
    assert mssante.pharmacy("tilleuls").letters() == []
    mssante.doctor("vial").sends(to="tilleuls", subject="Un désordre")
    mssante.do(lambda: mssante.controls.whitelist.withdraw("medecin.mssante.fr"))
    mssante.advance(days=1)
''')
    assert inside.run()[0] == {"passed": 2}


@pytest.mark.parametrize("by", ["option", "setting"])
def test_the_configuration_can_be_chosen(inside: Inside, default_config: Path, by: str) -> None:
    inside.add("space.yaml", default_config.read_text().replace("vial-medecin", "autre-secret"))
    inside.add("test_it.py", 'def test_it(mssante):\n    assert mssante.imap("vial").password == "autre-secret"\n')
    if by == "setting":
        inside.add("tox.ini", "[pytest]\nmssante_config = space.yaml\n")
    assert inside.run(*(["--mssante-config", "space.yaml"] if by == "option" else []))[0] == {"passed": 1}


def test_a_mistake_in_the_configuration_is_told_with_its_line(inside: Inside) -> None:
    inside.add("space.yaml", "version: 1\noperatrs: {}\n")
    inside.add("test_it.py", "def test_it(mssante):\n    pass\n")
    outcomes, told = inside.run("--mssante-config", "space.yaml")
    assert outcomes == {"errors": 1}
    assert "space.yaml:2: operatrs: " in told
    assert "did you mean 'operators'?" in told


def test_importing_the_plugin_loads_nothing_heavy() -> None:
    heavy = "'simulator.app', 'simulator.config', 'cryptography', 'twisted', 'yaml', 'smtplib', 'imaplib'"
    code = f"import sys, simulator.testing.plugin; sys.exit(' '.join(n for n in ({heavy}) if n in sys.modules) or 0)"
    done = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_package_gives_what_is_asked_for_and_nothing_else() -> None:
    import simulator.testing as package

    assert [getattr(package, name).__name__ for name in package.__all__] == package.__all__
    with pytest.raises(AttributeError, match="Spaec"):
        package.Spaec  # noqa: B018
