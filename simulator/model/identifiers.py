"""National identifiers of persons, structures and patients: their shapes, their keys, what is wrong with one.

A wrong shape is an error. A wrong check digit is a warning: published test data break the Luhn digit of RPPS and FINESS
numbers and the key of INS matricules, and must still be usable. Whoever is strict refuses warnings too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Gravity(StrEnum):
    """How bad a problem is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an identifier; ``what`` continues a sentence that begins with the identifier."""

    gravity: Gravity
    what: str

    @property
    def is_error(self) -> bool:
        """True when the text cannot be such an identifier at all."""
        return self.gravity is Gravity.ERROR


Problems = tuple[Problem, ...]

_RPPS = re.compile(r"[0-9]{11}")
_ADELI = re.compile(r"[0-9A-Z]{9}")
_FINESS = re.compile(r"(?:[0-9]{2}|2[AB])[0-9]{7}")
_FINESS_OF_TEST_CARDS = re.compile(r"[0-9AB]{9,10}")
_SIREN = re.compile(r"[0-9]{9}")
_SIRET = re.compile(r"[0-9]{14}")
_MATRICULE = re.compile(r"[1278][0-9]{4}(?:[0-9]{2}|2[AB])[0-9]{6}")
_INS = re.compile(rf"{_MATRICULE.pattern}[0-9]{{2}}")
_LA_POSTE = "356000000"


def luhn_digit(digits: str) -> str:
    """The digit to append so that the whole passes the Luhn check (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def passes_luhn(digits: str) -> bool:
    """True when the last digit is the Luhn digit of those before it."""
    return luhn_digit(digits[:-1]) == digits[-1]


def ins_key(matricule: str) -> str:
    """The two digits after the 13 characters of an INS matricule: 97 - (number mod 97).

    For Corsica the department counts as 19 (2A) or 18 (2B). Raises ValueError for characters of another shape.
    """
    if not _MATRICULE.fullmatch(matricule):
        raise ValueError(f"{matricule!r} is not the 13 characters of a matricule")
    number = matricule[:5] + matricule[5:7].replace("2A", "19").replace("2B", "18") + matricule[7:]
    return f"{97 - int(number) % 97:02d}"


def rpps_problems(text: str) -> Problems:
    """RPPS or RPPS+: 11 digits, the last one Luhn's."""
    if not _RPPS.fullmatch(text):
        return _error("is not an RPPS number, expected 11 digits")
    return () if passes_luhn(text) else _warning("has a wrong check digit for an RPPS number")


def adeli_problems(text: str) -> Problems:
    """ADELI: 9 digits or capital letters; no check digit can be relied on."""
    return () if _ADELI.fullmatch(text) else _error("is not an ADELI number, expected 9 digits or capital letters")


def finess_problems(text: str) -> Problems:
    """FINESS: 9 characters beginning with the department; Luhn's digit, except for Corsica and test cards.

    The numbers of official test cards (``0B0172805``, ``10B0057881``) have letters elsewhere and up to 10 characters.
    """
    if _FINESS.fullmatch(text):
        if text.isdigit() and not passes_luhn(text):
            return _warning("has a wrong check digit for a FINESS number")
        return ()
    if _FINESS_OF_TEST_CARDS.fullmatch(text) and not text.isdigit():
        return _warning("has the shape of a test card's FINESS number, not of an allocated one")
    return _error("is not a FINESS number, expected 9 digits (2A or 2B may begin it)")


def siren_problems(text: str) -> Problems:
    """SIREN: 9 digits, the last one Luhn's."""
    if not _SIREN.fullmatch(text):
        return _error("is not a SIREN number, expected 9 digits")
    return () if passes_luhn(text) else _warning("has a wrong check digit for a SIREN number")


def siret_problems(text: str) -> Problems:
    """SIRET: 14 digits, a SIREN then 5 more, Luhn over all.

    Establishments of La Poste outgrew Luhn: theirs pass when the sum of the digits is a multiple of 5.
    """
    if not _SIRET.fullmatch(text):
        return _error("is not a SIRET number, expected 14 digits")
    if passes_luhn(text) or (text.startswith(_LA_POSTE) and sum(map(int, text)) % 5 == 0):
        return ()
    return _warning("has a wrong check digit for a SIRET number")


def ins_problems(text: str) -> Problems:
    """INS matricule with its key, 15 characters; begins with 1 or 2 (NIR), 7 or 8 (NIA)."""
    if not _INS.fullmatch(text):
        return _error("is not an INS matricule with its key, expected 15 characters: 13 beginning with 1, 2, 7 or 8, "
                      "then the key")
    expected = ins_key(text[:13])
    return () if text[13:] == expected else _warning(f"has the key {text[13:]} where {expected} was expected")


def person_id_problems(text: str) -> Problems:
    """National id of a person (TRE_G08): 8 + RPPS or 0 + ADELI."""
    match text[:1]:
        case "8":
            return rpps_problems(text[1:])
        case "0":
            return adeli_problems(text[1:])
        case _:
            return _error("is not the national id of a person, expected 8 + RPPS or 0 + ADELI")


def structure_id_problems(text: str) -> Problems:
    """National id of a structure (TRE_G07): 1 + FINESS or 3 + SIRET."""
    match text[:1]:
        case "1":
            return finess_problems(text[1:])
        case "3":
            return siret_problems(text[1:])
        case _:
            return _error("is not the national id of a structure, expected 1 + FINESS or 3 + SIRET")


def person_id(*, rpps: str | None = None, adeli: str | None = None) -> str:
    """The prefixed id (TRE_G08) of exactly one of the two numbers, which is taken as it is."""
    return _prefixed({"8": rpps, "0": adeli})


def structure_id(*, finess: str | None = None, siret: str | None = None) -> str:
    """The prefixed id (TRE_G07) of exactly one of the two numbers, which is taken as it is."""
    return _prefixed({"1": finess, "3": siret})


def has_error(problems: Sequence[Problem]) -> bool:
    """True when at least one problem is more than a warning."""
    return any(problem.is_error for problem in problems)


def _prefixed(numbers: dict[str, str | None]) -> str:
    given = [prefix + number for prefix, number in numbers.items() if number]
    if len(given) != 1:
        raise ValueError("exactly one number makes an id")
    return given[0]


def _error(what: str) -> Problems:
    return (Problem(Gravity.ERROR, what),)


def _warning(what: str) -> Problems:
    return (Problem(Gravity.WARNING, what),)
