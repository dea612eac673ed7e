"""Sizes, durations and other small values."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from simulator.config.values import Base32, Department, DnText, Duration, Host, Size


def taken(shape: Any, value: object) -> object:
    return TypeAdapter(shape).validate_python(value)


@pytest.mark.parametrize(("text", "octets"), [("10 MiB", 10485760), ("10MiB", 10485760), ("1 GiB", 2**30), ("512", 512),
                                              ("1000 B", 1000), ("64 KiB", 65536)])
def test_a_size_is_in_octets(text: str, octets: int) -> None:
    assert taken(Size, text) == octets


@pytest.mark.parametrize("text", ["10 MB", "ten", "", "-1", "1.5 MiB", "0", "10 MiB!"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        taken(Size, text)


@pytest.mark.parametrize(("text", "seconds"), [("30 s", 30.0), ("5 min", 300.0), ("2 d", 172800.0), ("4h", 14400.0),
                                               ("500 ms", 0.5), ("0 s", 0.0), ("1.5 s", 1.5)])
def test_a_duration_is_in_seconds(text: str, seconds: float) -> None:
    assert taken(Duration, text) == seconds


@pytest.mark.parametrize("text", ["30", "5 minutes", "", "-1 s", "s", "1 m"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        taken(Duration, text)


@pytest.mark.parametrize("text", ["Doubs (25)", "Corse-du-Sud (2A)", "Guadeloupe (971)", "Côtes-d'Armor (22)"])
def test_a_department_has_name_and_number(text: str) -> None:
    assert taken(Department, text) == text


@pytest.mark.parametrize("text", ["Doubs", "25", "Doubs (5)", "(25)", "Doubs,C=US (25)"])
def test_what_is_no_department_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        taken(Department, text)


def test_a_host_name_is_kept_in_lower_case() -> None:
    assert taken(Host, "MX.Bfc.mssante.fr") == "mx.bfc.mssante.fr"
    for wrong in ("mx", "mx..fr", "-a.fr", "a b.fr", "127.0.0.1", "é.fr", "a.fr.", f"{'a' * 64}.fr"):
        with pytest.raises(ValidationError):
            taken(Host, wrong)


def test_a_name_in_a_certificate_has_no_separators() -> None:
    assert taken(DnText, "GCS NORMAND'E-SANTE") == "GCS NORMAND'E-SANTE"
    for wrong in ("", "A, B", "A=B", "A\nB"):
        with pytest.raises(ValidationError):
            taken(DnText, wrong)


def test_a_secret_in_base32_may_be_written_in_groups() -> None:
    assert taken(Base32, "test isab elle 2345 test 2345") == "TESTISABELLE2345TEST2345"
    for wrong in ("", "TEST", "0189018901890189", "ABC"):
        with pytest.raises(ValidationError):
            taken(Base32, wrong)
