"""The layout of each family, as observed in IGC-Santé."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID, ObjectIdentifier

from simulator.pki import Authority, PersonRequest, Request, ServerRequest
from simulator.pki.branches import is_real
from simulator.pki.requests import subject
from tests.pki.matrix import PERSON, SERVER, STRUCTURE, by_hand, named


def leaf_and_issuer(authority: Authority, request: Request) -> tuple[x509.Certificate, x509.Certificate]:
    leaf, issuer = x509.load_pem_x509_certificates(authority.issue(request).chain_file.read_bytes())
    return leaf, issuer


def short(names: x509.Name) -> list[list[str]]:
    return [sorted(a.rfc4514_attribute_name for a in rdn) for rdn in names.rdns]


def usages(leaf: x509.Certificate) -> list[str]:
    found = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    return [oid.dotted_string.rpartition(".")[2] for oid in found]


@pytest.mark.parametrize("request_", [SERVER, STRUCTURE, PERSON], ids=["server", "structure", "person"])
def test_what_every_leaf_has(authority: Authority, request_: Request) -> None:
    leaf, issuer = leaf_and_issuer(authority, request_)
    extensions = leaf.extensions
    basic = extensions.get_extension_for_class(x509.BasicConstraints)
    usage = extensions.get_extension_for_class(x509.KeyUsage)
    assert (basic.critical, basic.value.ca, usage.critical, usage.value.digital_signature) == (True, False, True, True)
    assert not usage.value.key_cert_sign
    assert leaf.serial_number.bit_length() == 127
    own = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    assert extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier == own
    assert extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    kind = extensions.get_extension_for_oid(ObjectIdentifier("1.2.250.1.71.1.2.5")).value
    assert isinstance(kind, x509.UnrecognizedExtension)
    assert kind.value == b"\x04\x01\x83"
    assert round((leaf.not_valid_after_utc - leaf.not_valid_before_utc).days / 365) == 3


def test_addresses_of_lists_lead_nowhere_real(authority: Authority) -> None:
    leaf, _ = leaf_and_issuer(authority, STRUCTURE)
    points = leaf.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    urls = [name.value for point in points for name in point.full_name or []]
    assert urls[0] == "http://igc-sante.simulateur.invalid/CRL/ACI-EL-ORG-TEST.crl"
    access = leaf.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert [a.access_method for a in access] == [AuthorityInformationAccessOID.CA_ISSUERS]
    for url in [*urls, *(a.access_location.value for a in access)]:
        assert url.split("/")[2].endswith(".simulateur.invalid")
    assert {"/CRL/ACI-EL-ORG-TEST.crl", "/AC%20TEST/ACI-EL-ORG-TEST.cer"} <= set(authority.publications())


def test_a_structure_is_an_auth_cli_certificate(authority: Authority) -> None:
    leaf, issuer = leaf_and_issuer(authority, STRUCTURE)
    assert short(leaf.subject) == [["C"], ["ST"], ["O"], ["OU"], ["CN"]]
    assert usages(leaf) == ["2"]
    policies = leaf.extensions.get_extension_for_class(x509.CertificatePolicies).value
    assert [p.policy_identifier.dotted_string for p in policies] == ["1.2.250.1.213.1.7.2.1.1.1.1"]
    with pytest.raises(x509.ExtensionNotFound):
        leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert "ORGANISATIONS" in issuer.subject.rfc4514_string()


def test_a_server_serves_and_calls(authority: Authority) -> None:
    leaf, issuer = leaf_and_issuer(authority, SERVER)
    assert usages(leaf) == ["1", "2"]
    assert leaf.extensions.get_extension_for_class(x509.KeyUsage).value.key_encipherment
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == list(SERVER.dns_names)
    assert [str(a) for a in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1"]
    assert "ORGANISATIONS" in issuer.subject.rfc4514_string()
    (department,) = leaf.subject.get_attributes_for_oid(NameOID.STATE_OR_PROVINCE_NAME)
    assert "Côte-d'Or (21)".encode() in leaf.subject.public_bytes()
    assert department.value == "Côte-d'Or (21)"


def test_a_person_has_given_name_id_and_surname_in_one_rdn(authority: Authority) -> None:
    leaf, issuer = leaf_and_issuer(authority, PERSON)
    rdns = [{a.oid: a.value for a in rdn} for rdn in leaf.subject.rdns]
    assert rdns == [{NameOID.COUNTRY_NAME: "FR"}, {NameOID.TITLE: "Pharmacien"}, {
        NameOID.GIVEN_NAME: "Zoé", NameOID.COMMON_NAME: "899700991005", NameOID.SURNAME: "FONTAINE"}]
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.RFC822Name) == [PERSON.email]
    profession = leaf.extensions.get_extension_for_oid(ObjectIdentifier("1.2.250.1.71.1.2.7")).value
    assert isinstance(profession, x509.UnrecognizedExtension)
    assert profession.value == b"\x13\x0221"
    assert usages(leaf) == ["2"]
    assert "PERSONNES" in issuer.subject.rfc4514_string()


def test_every_authority_shouts_that_it_is_a_test(authority: Authority) -> None:
    for pem in authority.authorities:
        certificate = x509.load_pem_x509_certificate(pem)
        (common_name,) = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        assert str(common_name.value).startswith("TEST SIMULATEUR ")
        assert "ASIP" not in certificate.subject.rfc4514_string()
        assert not is_real(certificate)
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
        assert (basic.critical, basic.value.ca, usage.critical) == (True, True, True)
        assert usage.value.key_cert_sign
        assert usage.value.crl_sign
        assert not usage.value.digital_signature
    assert authority.ca_file.read_bytes() == b"".join(authority.authorities)
    loaded = [x509.load_pem_x509_certificate(pem).subject.public_bytes() for pem in authority.authorities]
    assert authority.ca_names == tuple(loaded)


@pytest.mark.parametrize(("common_name", "real"), [
    ("AC RACINE IGC-SANTE ELEMENTAIRE", True), ("TEST AC IGC-SANTE ELEMENTAIRE ORGANISATIONS", True),
    ("TEST SIMULATEUR AC IGC-SANTE ELEMENTAIRE", False), ("LGO", False)])
def test_the_real_authority_is_recognised_by_name(common_name: str, real: bool) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    made = x509.load_der_x509_certificate(by_hand(common_name, "x", key, key))
    assert made.subject == named(common_name)
    assert is_real(made) is real


@pytest.mark.parametrize("bad", [
    ServerRequest("x" * 65, (), (), "O", "1990000010", "Paris (75)"),
    ServerRequest("", (), (), "O", "1990000010", "Paris (75)"),
    ServerRequest("x", (), (), "asip-sante", "1990000010", "Paris (75)"),
    PersonRequest("A", "B", "8" * 65, "21", "Pharmacien", "a@b.test")], ids=["long", "empty", "real", "long id"])
def test_an_impossible_request_is_refused(bad: Request) -> None:
    with pytest.raises(ValueError):
        subject(bad)


def test_a_long_organization_is_cut_as_the_real_one_does() -> None:
    name = "ETABLISSEMENT PUBLIC DE SANTE DE LA VILLE LUMIERE"
    made = subject(ServerRequest("x", (), (), name, "1990000010", "Paris (75)"))
    (organization,) = made.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    assert organization.value == "ETABLISSEMENT PUBLIC DE SANTE DE LA VILL"
