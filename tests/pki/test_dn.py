"""The whitelist's writing of names, there and back."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID, ObjectIdentifier

from simulator.pki import dn

LISTED = "CN=mss.enovacom.fr,OU=344368557300034,O=ENOVACOM,ST=Bouches-du-Rhône (13),C=FR"


def name(*pairs: tuple[ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in pairs])


def test_a_name_is_written_last_rdn_first_without_spaces_after_commas() -> None:
    written = dn.write(name(
        (NameOID.COUNTRY_NAME, "FR"), (NameOID.STATE_OR_PROVINCE_NAME, "Bouches-du-Rhône (13)"),
        (NameOID.ORGANIZATION_NAME, "ENOVACOM"), (NameOID.ORGANIZATIONAL_UNIT_NAME, "344368557300034"),
        (NameOID.COMMON_NAME, "mss.enovacom.fr")))
    assert written == LISTED


@pytest.mark.parametrize("value", [
    "GCS NORMAND'E-SANTE", "a,b", "a+b", 'say "x"', "back\\slash", "<a;b>", " before", "after ", "  both  ", "#hash",
    "=", "line\nbreak", "nul\x00", "right\u202eleft", "é🏥", " ",
])
def test_any_value_survives_writing_and_reading(value: str) -> None:
    original = name((NameOID.ORGANIZATION_NAME, value), (NameOID.COMMON_NAME, "x"))
    written = dn.write(original)
    assert written.isprintable()
    assert dn.read(written) == tuple(reversed(dn.attributes(original))) == ((("CN", "x"),), (("O", value),))


def test_a_set_is_written_in_one_order_whatever_its_encoding() -> None:
    def person(given: str, family: str) -> x509.Name:
        return x509.Name([x509.RelativeDistinguishedName([
            x509.NameAttribute(NameOID.SURNAME, family), x509.NameAttribute(NameOID.COMMON_NAME, "899700991013"),
            x509.NameAttribute(NameOID.GIVEN_NAME, given)])])
    for given, family in (("A", "LONGNAME-LONGNAME"), ("Long-Long-Long-Name", "B")):
        decoded = person(given, family)
        assert dn.write(decoded) == f"GN={given}+CN=899700991013+SN={family}"
        assert dn.person(decoded) == "899700991013"


def test_names_typed_by_people_are_compared_kindly_but_values_exactly() -> None:
    assert dn.same(LISTED, "cn=mss.enovacom.fr, OU = 344368557300034, O=ENOVACOM, S=Bouches-du-Rhône (13), c=FR")
    assert dn.same("O=a\\2Cb", "O=a\\,b")
    assert not dn.same(LISTED, LISTED.replace("ENOVACOM", "Enovacom"))
    assert not dn.same(LISTED, ",".join(reversed(LISTED.split(","))))


@pytest.mark.parametrize("text", ["", "CN", "=x", "CN=a,", "CN=a\\", "CN=\\FF"])
def test_a_text_that_is_no_name_is_refused_and_equals_nothing(text: str) -> None:
    with pytest.raises(ValueError):
        dn.read(text)
    assert not dn.same(text, text)


def test_an_unknown_type_is_its_number() -> None:
    assert dn.write(name((ObjectIdentifier("1.2.3.4"), "x"))) == "1.2.3.4=x"
