"""The source files of the simulator, parsed, for the house rules."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "simulator"


@dataclass(frozen=True, slots=True)
class Source:
    """One file."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def module(self) -> str:
        """``simulator.smtp.session``; a package is named without ``__init__``."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def home(self) -> str:
        """What stands directly in ``simulator/``: ``smtp``, ``space``; empty for the package itself."""
        return self.module.partition(".")[2].partition(".")[0]

    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module or name, fully written."""

    source: Source
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.source}:{self.line}: imports {self.name}"


@cache
def sources() -> tuple[Source, ...]:
    """Every Python file of the package."""
    return tuple(_parsed(path) for path in sorted(PACKAGE.rglob("*.py")))


def _parsed(path: Path) -> Source:
    text = path.read_text(encoding="utf-8")
    return Source(path, text, ast.parse(text, str(path)))


def imports(source: Source) -> list[Import]:
    """Every import of a file, wherever it stands; ``from a import b`` counts as ``a.b``."""
    found: list[Import] = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            found += [Import(source, node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            beginning = "." * node.level + (node.module or "")
            found += [Import(source, node.lineno, f"{beginning}.{alias.name}") for alias in node.names]
    return found
