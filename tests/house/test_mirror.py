"""Every source file of some size is looked at by a test, directly or through a neighbour that uses it."""

from __future__ import annotations

from tests.house.sources import ROOT, Source, imports, sources

SMALL = 40
"""Lines; a shorter file is tested with its neighbours."""
BY_NAME = "simulator.imap.extensions."
"""What stands there is imported by the name it has in EXTENSIONS; tests/imap/test_extensions.py goes through them."""


def texts_of_tests() -> dict[tuple[str, str], str]:
    """Folder inside tests/ and file name, to text."""
    tests = ROOT / "tests"
    paths = [path for path in tests.rglob("*.py") if "house" not in path.parts]
    return {(path.relative_to(tests).parts[0], path.name): path.read_text(encoding="utf-8") for path in paths}


def is_named(source: Source, texts: dict[tuple[str, str], str]) -> bool:
    """A test file is named after it, or a test names its module."""
    parent, _, name = source.module.rpartition(".")
    mirrors = any(file == f"test_{name}.py" and folder in (source.home, file) for folder, file in texts)
    mentions = (source.module, f"from {parent} import {name}", source.module.replace(".", "/"))
    return mirrors or any(mention in text for text in texts.values() for mention in mentions)


def used_at_home(source: Source) -> set[str]:
    """Modules of the same package that a file imports, themselves or names out of them."""
    names = {found.name for found in imports(source)}
    return {other.module for other in sources() if other.home == source.home
            and (other.module in names or any(name.rpartition(".")[0] == other.module for name in names))}


def test_every_source_file_is_looked_at_by_a_test() -> None:
    texts = texts_of_tests()
    by_name = {source.module: source for source in sources()}
    tested = {source.module for source in sources() if is_named(source, texts) or source.module.startswith(BY_NAME)}
    fresh = set(tested)
    while fresh:
        fresh = {used for module in fresh for used in used_at_home(by_name[module])} - tested
        tested |= fresh
    untested = [str(source) for source in sources()
                if len(source.text.splitlines()) > SMALL and source.module not in tested]
    assert not untested, "\n".join(untested)
