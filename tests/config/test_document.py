"""Reading YAML as plain text values: lines are known, and what is more than plain values is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.config.document import MAX_OCTETS, read_document
from simulator.config.mistakes import ConfigurationError

Write = Callable[[str], Path]


def complaint(path: Path) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read_document(path)
    return str(caught.value).replace(str(path), "config.yaml")


def test_every_scalar_stays_text_and_knows_its_line(write: Write) -> None:
    document = read_document(write("""
        a: off
        b:
          - 012
          - {c: 12:30, d: ~}
    """))
    assert document.value == {"a": "off", "b": ["012", {"c": "12:30", "d": None}]}
    assert document.line(("b", 1, "c")) == 4
    assert document.line(("b", 1, "c", "nothing", "below")) == 4
    assert document.line(("nowhere",)) == 1


def test_an_empty_file_holds_nothing(write: Write) -> None:
    assert read_document(write("# nothing\n")).value == {}


def test_a_key_given_twice_is_told_with_both_lines(write: Write) -> None:
    text = complaint(write("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\na: 2\n"))
    assert text == ("config.yaml:5: b.c: is given twice, expected once (first on line 3)\n"
                    "config.yaml:6: a: is given twice, expected once (first on line 1)")


def test_broken_yaml_is_told_with_its_line(write: Write) -> None:
    assert complaint(write("a: 1\nb: [1, 2\nc: 3\n")).startswith("config.yaml:3: file: is not YAML here (")


def test_two_documents_in_one_file_are_refused(write: Write) -> None:
    assert "is not YAML here" in complaint(write("a: 1\n---\nb: 2\n"))


@pytest.mark.parametrize("text", [
    "a: &x [1]\nb: *x\n",
    "a: &x {c: 1}\nb: {<<: *x}\n",
    "a: &a [*a]\n",
])
def test_aliases_are_refused(write: Write, text: str) -> None:
    assert "file: has the alias" in complaint(write(text))


def test_an_unfolding_bomb_ends_at_once(write: Write) -> None:
    rows = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert "config.yaml:2: file: has the alias *a0, expected the value itself" in complaint(write("\n".join(rows)))


@pytest.mark.parametrize("value", ["!!python/object/apply:os.system [id]", "!!binary aGVsbG8=", "!mine x", "!!set {a}"])
def test_tags_are_refused(write: Write, value: str) -> None:
    assert "config.yaml:1: a: has the tag or form" in complaint(write(f"a: {value}\n"))


def test_deep_nesting_is_refused(write: Write) -> None:
    assert "nested too deeply" in complaint(write("a: " + "[" * 40 + "]" * 40))
    assert "nested too deeply" in complaint(write("a: " + "[" * 100_000))
    assert "nested too deeply" in complaint(write("\n".join("  " * n + "a:" for n in range(50))))


def test_a_key_that_is_a_list_is_refused(write: Write) -> None:
    assert "has a key that is not plain text" in complaint(write("? [a, b]\n: 1\n"))


def test_a_file_too_large_is_refused(write: Write) -> None:
    assert f"is too large, expected at most {MAX_OCTETS} octets" in complaint(write("#" * (MAX_OCTETS + 1)))


def test_octets_that_are_no_text_are_told_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(b"a: 1\nb: \xff\n")
    assert complaint(path) == "config.yaml:2: file: holds octets that are not text, expected UTF-8"


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_document(tmp_path)
