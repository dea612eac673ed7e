"""Holds the document against shapes and collects what is wrong, each mistake with its line and key."""

from __future__ import annotations

import re
import types
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from simulator.config.document import Document
from simulator.config.mistakes import ConfigurationError, KeyPath, Mistake, did_you_mean, one_of, shown, written
from simulator.model.identifiers import Problems

S = TypeVar("S", bound=BaseModel)

_SECRET_KEYS = frozenset({"password", "totp"})
_PLAIN_EXPECTATIONS = {
    "model_type": "keys with values", "dict_type": "keys with values", "model_attributes_type": "keys with values",
    "tuple_type": "a list", "list_type": "a list", "string_type": "some text",
    "bool_parsing": "true or false", "bool_type": "true or false",
    "int_parsing": "a whole number", "int_type": "a whole number", "int_parsing_size": "a smaller number",
    "float_parsing": "a number", "float_type": "a number", "finite_number": "a number",
}


class Proofreader:
    """Reads parts of one document. Nothing raises until ``finish``, so that all mistakes are told together."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._mistakes: list[Mistake] = []
        self._warnings: list[Mistake] = []

    def wrong(self, path: KeyPath, what: str) -> None:
        """Note a mistake; ``what`` says what is wrong, then what was expected."""
        self._mistakes.append(self._at(path, what))

    def warn(self, path: KeyPath, what: str) -> None:
        """Note something odd that does not stop the simulator."""
        self._warnings.append(self._at(path, what))

    def _at(self, path: KeyPath, what: str) -> Mistake:
        return Mistake(self._document.file, self._document.line(path), written(path), what)

    def finish(self) -> tuple[str, ...]:
        """The warnings in the order of the file. Raises ConfigurationError when there were mistakes."""
        if self._mistakes:
            raise ConfigurationError(self._mistakes)
        return tuple(str(warning) for warning in sorted(self._warnings, key=lambda w: w.line))

    def sections(self, known: Sequence[str]) -> dict[str, object]:
        """The top of the file, with unknown keys noted and left out."""
        top = self._document.value
        if not isinstance(top, dict):
            self.wrong((), f"holds no keys, expected some of {one_of(known)}")
            return {}
        for key in top:
            if key not in known:
                self.wrong((key,), f"unknown key, expected {one_of(known)}{did_you_mean(key, known)}")
        return {key: value for key, value in top.items() if key in known}

    def entries(self, value: object, path: KeyPath) -> dict[str, object]:
        """A mapping of names to anything; an empty one when the key is absent, empty or no mapping."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.wrong(path, f"{shown(value)} is wrong, expected names with what belongs to each")
            return {}
        return value

    def read(self, shape: type[S], value: object, path: KeyPath) -> S | None:
        """The value as its shape, or None after noting everything that does not fit."""
        try:
            return shape.model_validate(value)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                keys = tuple(step for step in detail["loc"] if step != "[key]")
                self.wrong((*path, *keys), _sentence(shape, keys, detail))
            return None

    def reference(self, path: KeyPath, name: str, known: Collection[str], noun: str) -> bool:
        """True when the name is known; else a mistake with the nearest spelling."""
        if name in known:
            return True
        if known:
            self.wrong(path, f"there is no {noun} {shown(name)}, expected one of those declared"
                             f"{did_you_mean(name, sorted(known))}")
        else:
            self.wrong(path, f"there is no {noun} {shown(name)}, expected it to be declared")
        return False

    def identifier(self, path: KeyPath, number: str, problems: Problems) -> None:
        """Note what is wrong with a national number: errors as mistakes, wrong check digits as warnings."""
        for problem in problems:
            note = self.wrong if problem.is_error else self.warn
            note(path, f"{number} {problem.what}")


def _sentence(shape: type[BaseModel], keys: KeyPath, detail: ErrorDetails) -> str:
    """What pydantic found, in the words of the house."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        known = list(_keys(_place(shape, keys[:-1])))
        return f"unknown key, expected {one_of(known)}{did_you_mean(str(keys[-1]), known)}"
    expected = _expected(_place(shape, keys), kind)
    if kind == "missing":
        return f"missing, expected {expected}"
    if kind == "value_error":
        return str(context["error"])
    value = "the value" if keys and keys[-1] in _SECRET_KEYS else shown(detail["input"])
    if detail["input"] is None:
        return f"has no value, expected {expected}"
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", str(context["expected"]))
        return f"{value} is not known here, expected {one_of(words)}{did_you_mean(str(detail['input']), words)}"
    if isinstance(detail["input"], Mapping | list):
        value = "a group of values"
    return f"{value} is wrong, expected {expected}"


@dataclass(frozen=True, slots=True)
class _Place:
    """What belongs at a path inside a shape: its type, and how its field describes it."""

    annotation: Any
    description: str | None = None


def _expected(place: _Place | None, kind: str) -> str:
    if place is not None and place.description:
        return place.description
    if place is not None and kind == "missing":
        words = [word for word in get_args(place.annotation) if isinstance(word, str)]
        return one_of(words) if words else "a value"
    return _PLAIN_EXPECTATIONS.get(kind, "another value")


def _keys(place: _Place | None) -> Collection[str]:
    return place.annotation.model_fields if place is not None and _is_shape(place.annotation) else ()


def _place(shape: type[BaseModel], keys: KeyPath) -> _Place | None:
    """Where a path leads to: through the fields of shapes, to the values of mappings and the items of lists."""
    place = _Place(shape)
    for key in keys:
        if _is_shape(place.annotation):
            field = place.annotation.model_fields.get(str(key))
            if field is None:
                return None
            place = _Place(_without_none(field.annotation), field.description)
        else:
            inner = [a for a in get_args(place.annotation) if a is not Ellipsis]
            if not inner:
                return None
            place = _described(inner[-1])
    return place


def _described(annotation: Any) -> _Place:
    """``Annotated[int, …, Field(description="a port")]`` taken apart."""
    if get_origin(annotation) is not Annotated:
        return _Place(annotation)
    bare, *details = get_args(annotation)
    return _Place(bare, next((d.description for d in details if isinstance(d, FieldInfo)), None))


def _is_shape(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, types.UnionType):
        return next((a for a in get_args(annotation) if a is not type(None)), None)
    return annotation
