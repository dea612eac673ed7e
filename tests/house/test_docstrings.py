"""Every module, public class and public function says what it is."""

from __future__ import annotations

import ast

from tests.house.sources import sources


def test_every_module_says_what_it_holds() -> None:
    silent = [str(source) for source in sources() if source.text.strip() and not ast.get_docstring(source.tree)]
    assert not silent, "\n".join(silent)


def test_every_public_class_and_function_says_what_it_is() -> None:
    silent = [
        f"{source}:{node.lineno}: {node.name}"
        for source in sources() for node in source.tree.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert not silent, "\n".join(silent)
