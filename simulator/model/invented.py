"""Invented identifiers for tests and demonstrations: valid keys, ranges that nobody real should hold.

That the ranges are not allocated is an assumption: RPPS beginning with 99700 (seen on test cards), FINESS and SIREN
beginning with 99 (no such department), births in commune 99999.
"""

from __future__ import annotations

import random

from simulator.model.identifiers import ins_key, luhn_digit


class Inventor:
    """Makes identifiers; the same seed makes the same ones in the same order."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)

    def rpps(self) -> str:
        """11 digits beginning with 99700."""
        return self._with_luhn("99700", 11)

    def adeli(self) -> str:
        """9 digits beginning with 99."""
        return "99" + self._digits(7)

    def finess(self) -> str:
        """9 digits beginning with 99."""
        return self._with_luhn("99", 9)

    def siren(self) -> str:
        """9 digits beginning with 9999."""
        return self._with_luhn("9999", 9)

    def siret(self) -> str:
        """14 digits: an invented SIREN and an establishment of it."""
        return self._with_luhn(self.siren() + "000", 14)

    def ins(self, *, born: tuple[int, int] | None = None, corsica: str = "") -> str:
        """15 characters beginning with 1 or 2; ``born`` is (year, month), ``corsica`` is ``2A`` or ``2B``."""
        year, month = born or (self._random.randint(1930, 2020), self._random.randint(1, 12))
        place = f"{corsica}999" if corsica else "99999"
        matricule = f"{self._random.choice('12')}{year % 100:02d}{month:02d}{place}{self._digits(3)}"
        return matricule + ins_key(matricule)

    def _with_luhn(self, beginning: str, length: int) -> str:
        digits = beginning + self._digits(length - 1 - len(beginning))
        return digits + luhn_digit(digits)

    def _digits(self, count: int) -> str:
        return "".join(self._random.choices("0123456789", k=count))
