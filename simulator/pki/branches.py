"""The places of the test authority: its root, its two branches, their names and the addresses they publish at.

Shaped like the Élémentaire branch of IGC-Santé, but TEST and SIMULATEUR stand in every name and the organization is
never ASIP-SANTE, so that nobody can take one for the other.
"""

from __future__ import annotations

from enum import Enum
from urllib.parse import quote

from cryptography import x509
from cryptography.x509.oid import NameOID

WEB = "http://igc-sante.simulateur.invalid"
_LDAP = "ldap://annuaire-igc.simulateur.invalid"
_ORGANIZATION = "SIMULATEUR MSSANTE"
_OPERATOR_UNIT = "0002 999900004"
"""ICD 0002 (SIREN) and a test SIREN."""
_UNIT = "IGC-SANTE TEST SIMULATEUR"


class Branch(Enum):
    """One authority. The value is the file name IGC-Santé's scheme gives it."""

    ROOT = "ACR-EL-TEST"
    ORGANISATIONS = "ACI-EL-ORG-TEST"
    PERSONS = "ACI-EL-PP-TEST"

    @property
    def subject(self) -> x509.Name:
        """C, O, OU (operator), OU (authority), CN."""
        return x509.Name([
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _ORGANIZATION),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, _OPERATOR_UNIT),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, _UNIT),
            x509.NameAttribute(NameOID.COMMON_NAME, _COMMON_NAMES[self]),
        ])

    @property
    def crl_path(self) -> str:
        """Below WEB."""
        return f"/CRL/{self.value}.crl"

    @property
    def certificate_path(self) -> str:
        """Below WEB, as written in a URL."""
        return f"/AC%20TEST/{self.value}.cer"

    @property
    def crl_urls(self) -> tuple[str, str]:
        """HTTP first, then LDAP, as in IGC-Santé's certificates."""
        units = [f"cn={quote(_COMMON_NAMES[self])}", f"ou={quote(_UNIT)}", f"ou={quote(_OPERATOR_UNIT)}"]
        entry = ",".join([*units, f"o={quote(_ORGANIZATION)}", "c=FR"])
        return WEB + self.crl_path, f"{_LDAP}/{entry}?certificaterevocationlist;binary?base?objectClass=pkiCA"


_COMMON_NAMES = {
    Branch.ROOT: "TEST SIMULATEUR AC RACINE IGC-SANTE ELEMENTAIRE",
    Branch.ORGANISATIONS: "TEST SIMULATEUR AC IGC-SANTE ELEMENTAIRE ORGANISATIONS",
    Branch.PERSONS: "TEST SIMULATEUR AC IGC-SANTE ELEMENTAIRE PERSONNES",
}
INTERMEDIATES = (Branch.ORGANISATIONS, Branch.PERSONS)
CHAIN_PATH = "/AC/Chaine_de_certification-IGC-Sante.p7b"
CPS = f"{WEB}/PC%20TEST"


def is_real(certificate: x509.Certificate) -> bool:
    """True for an authority or a leaf of the real IGC-Santé, production or test: it must never enter a simulator."""
    for name in (certificate.subject, certificate.issuer):
        for attribute in name:
            value = str(attribute.value).upper()
            if attribute.oid == NameOID.ORGANIZATION_NAME and value.strip() == "ASIP-SANTE":
                return True
            if attribute.oid == NameOID.COMMON_NAME and "IGC-SANTE" in value and "SIMULATEUR" not in value:
                return True
    return False
