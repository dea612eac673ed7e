"""National identifiers: published numbers pass, broken ones say what is wrong, published test data only warn."""

from __future__ import annotations

import pytest

from simulator.model.identifiers import (
    Gravity,
    Problems,
    adeli_problems,
    finess_problems,
    has_error,
    ins_key,
    ins_problems,
    person_id,
    person_id_problems,
    rpps_problems,
    siren_problems,
    siret_problems,
    structure_id,
    structure_id_problems,
)


def gravities(problems: Problems) -> list[Gravity]:
    return [problem.gravity for problem in problems]


@pytest.mark.parametrize("rpps", ["10000001916", "10002422979", "10000005479", "10001045367", "99700991005"])
def test_an_rpps_with_its_luhn_digit_is_right(rpps: str) -> None:
    assert rpps_problems(rpps) == ()


@pytest.mark.parametrize("rpps", ["10003461033", "10003456789", "10001766123"])
def test_an_official_test_rpps_with_a_wrong_digit_only_warns(rpps: str) -> None:
    assert gravities(rpps_problems(rpps)) == [Gravity.WARNING]


@pytest.mark.parametrize("rpps", ["", "1000000191", "100000019160", "1000000191A", "１0000001916", "10000001916\n"])
def test_what_is_not_eleven_digits_is_no_rpps(rpps: str) -> None:
    assert has_error(rpps_problems(rpps))


def test_an_adeli_has_nine_digits_or_letters() -> None:
    assert adeli_problems("012600631") == ()
    assert adeli_problems("2A2600631") == ()
    assert has_error(adeli_problems("01260063"))
    assert has_error(adeli_problems("01260063a"))


@pytest.mark.parametrize("finess", ["580008803", "010000024", "010780054", "752720003", "990000010", "2A0000014"])
def test_a_finess_is_right(finess: str) -> None:
    assert finess_problems(finess) == ()


@pytest.mark.parametrize("finess", ["580008804", "0B0172805", "10B0057881"])
def test_a_finess_of_official_test_data_only_warns(finess: str) -> None:
    assert gravities(finess_problems(finess)) == [Gravity.WARNING]


@pytest.mark.parametrize("finess", ["58000880", "5800088033", "3C0000014", ""])
def test_what_is_not_a_finess_is_an_error(finess: str) -> None:
    assert has_error(finess_problems(finess))


@pytest.mark.parametrize("siret", ["26010004500012", "49940088500020", "85131528300016", "99990000400014"])
def test_a_siret_is_right_and_so_is_its_siren(siret: str) -> None:
    assert siret_problems(siret) == ()
    assert siren_problems(siret[:9]) == ()


def test_an_establishment_of_la_poste_passes_by_the_sum_of_its_digits() -> None:
    assert siret_problems("35600000049837") == ()
    assert gravities(siret_problems("35600000049838")) == [Gravity.WARNING]


def test_a_siret_with_a_wrong_digit_warns_and_a_short_one_is_an_error() -> None:
    assert gravities(siret_problems("26010004500013")) == [Gravity.WARNING]
    assert gravities(siren_problems("260100046")) == [Gravity.WARNING]
    assert has_error(siret_problems("2601000450001"))
    assert has_error(siren_problems("26010004"))


@pytest.mark.parametrize("ins", ["275126322074974", "109076322083489", "279035121518989", "277076322082910",
                                 "277010115400329", "781102A12500908", "885997512345663"])
def test_a_published_matricule_has_its_key(ins: str) -> None:
    assert ins_problems(ins) == ()


@pytest.mark.parametrize("ins", ["289057545611404", "223042545611404", "221042545611404", "276059205062865",
                                 "224027511583555", "222127505611201"])
def test_an_official_example_with_a_wrong_key_only_warns_and_says_the_right_one(ins: str) -> None:
    [problem] = ins_problems(ins)
    assert problem.gravity is Gravity.WARNING
    assert f"{ins_key(ins[:13])} was expected" in problem.what


@pytest.mark.parametrize("ins", ["", "2751263220749", "375126322074974", "2751263220749741", "781102C12500908",
                                 "78110 2A1250090", "781102a12500908"])
def test_what_has_not_the_shape_of_a_matricule_is_an_error(ins: str) -> None:
    assert has_error(ins_problems(ins))


def test_the_key_of_upper_corsica_counts_the_department_as_18() -> None:
    assert ins_key("781102B125009") == ins_key("7811018125009")
    assert ins_key("781102A125009") == ins_key("7811019125009")


def test_only_thirteen_characters_have_a_key() -> None:
    with pytest.raises(ValueError, match="13 characters"):
        ins_key("27512632207497")


def test_prefixes_tell_which_number_an_id_holds() -> None:
    assert person_id(rpps="99700991005") == "899700991005"
    assert person_id(adeli="012600631") == "0012600631"
    assert structure_id(finess="990000010") == "1990000010"
    assert structure_id(siret="99990000400014") == "399990000400014"
    for good in ("899700991005", "0012600631"):
        assert person_id_problems(good) == ()
    for good in ("1990000010", "399990000400014"):
        assert structure_id_problems(good) == ()


def test_an_unknown_prefix_is_an_error() -> None:
    assert has_error(person_id_problems("999700991005"))
    assert has_error(structure_id_problems("899700991005"))
    assert has_error(person_id_problems(""))


def test_an_id_is_made_of_exactly_one_number() -> None:
    with pytest.raises(ValueError, match="exactly one"):
        person_id()
    with pytest.raises(ValueError, match="exactly one"):
        structure_id(finess="990000010", siret="99990000400014")
