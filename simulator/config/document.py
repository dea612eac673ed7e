"""A YAML file read as plain text values, with the line of every key.

Every scalar stays the text that was written: ``off`` is no boolean, ``012600631`` no octal number, ``12:30`` no number
of seconds. What a text means is decided by the shape it must fit. Aliases and tags are refused, so a file can neither
unfold without end nor name a Python object (P13).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from simulator.config.mistakes import ConfigurationError, KeyPath, Mistake, shown, written

MAX_OCTETS = 2 * 1024 * 1024
MAX_DEPTH = 12
_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in
                        ("str", "int", "float", "bool", "null", "timestamp", "map", "seq", "value"))
_NULL_TAG = "tag:yaml.org,2002:null"
# libyaml's parser reads the default file in a tenth of the time of the one in Python.
_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


@dataclass(frozen=True, slots=True)
class Document:
    """The file as ``dict``, ``list``, ``str`` and ``None``."""

    file: Path
    value: object
    lines: dict[KeyPath, int]

    def line(self, path: KeyPath) -> int:
        """The line of a key, or of the nearest key above it that is written in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_document(file: Path) -> Document:
    """Read the file. Raises ConfigurationError when it is not there, too large, not UTF-8 or not plain YAML."""
    try:
        with file.open("rb") as opened:
            octets = opened.read(MAX_OCTETS + 1)
    except OSError as error:
        raise _error(file, 1, f"cannot be read ({error.strerror}), expected a configuration in YAML") from None
    if len(octets) > MAX_OCTETS:
        raise _error(file, 1, f"is too large, expected at most {MAX_OCTETS} octets")
    try:
        text = octets.decode("utf-8-sig")
        _refuse_depth_and_aliases(file, text)
        root = yaml.compose(text, Loader=_LOADER)
    except UnicodeDecodeError as error:
        line = octets[: error.start].count(b"\n") + 1
        raise _error(file, line, "holds octets that are not text, expected UTF-8") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise _error(file, line, f"is not YAML here ({error.problem}), expected keys, values and lists") from None
    except yaml.YAMLError:
        raise _error(file, 1, "is not YAML, expected keys, values and lists") from None
    return _Unfolding(file).document(root)


def _refuse_depth_and_aliases(file: Path, text: str) -> None:
    """Look at the flat events first: composing a thousand levels ends the whole process in libyaml's binding."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.AliasEvent):
            raise _error(file, line, f"has the alias *{event.anchor}, expected the value itself")
        if depth > MAX_DEPTH:
            raise _error(file, line, f"is nested too deeply, expected at most {MAX_DEPTH} levels")


def _error(file: Path, line: int, what: str) -> ConfigurationError:
    return ConfigurationError([Mistake(file, line, "file", what)])


class _Unfolding:
    """Turns YAML's nodes into plain values, noting lines and mistakes on the way."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lines: dict[KeyPath, int] = {}
        self._mistakes: list[Mistake] = []

    def document(self, root: yaml.Node | None) -> Document:
        value = {} if root is None else self._value(root, ())
        if self._mistakes:
            raise ConfigurationError(self._mistakes)
        return Document(self._file, value, self._lines)

    def _value(self, node: yaml.Node, path: KeyPath) -> object:
        self._lines.setdefault(path, node.start_mark.line + 1)
        if node.tag not in _PLAIN_TAGS:
            self._wrong(node, path, f"has the tag or form {shown(node.tag)}, expected a plain value")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*path, place)) for place, item in enumerate(node.value)]
        return None if node.tag == _NULL_TAG else str(node.value)

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, object]:
        mapping: dict[str, object] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag not in _PLAIN_TAGS:
                self._wrong(key_node, path, "has a key that is not plain text, expected a word")
                continue
            key = str(key_node.value)
            here = (*path, key)
            if key in mapping:
                first = self._lines[here]
                self._wrong(key_node, here, f"is given twice, expected once (first on line {first})")
                continue
            self._lines[here] = key_node.start_mark.line + 1
            mapping[key] = self._value(value_node, here)
        return mapping

    def _wrong(self, node: yaml.Node, path: KeyPath, what: str) -> None:
        self._mistakes.append(Mistake(self._file, node.start_mark.line + 1, written(path), what))
