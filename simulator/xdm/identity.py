"""Who a document is about: the INS matricule with its authority, and the traits that go with it."""

from __future__ import annotations

from dataclasses import dataclass

INS_AUTHORITIES = {
    "1.2.250.1.213.1.4.8": "INS-NIR",
    "1.2.250.1.213.1.4.9": "INS-NIA",
    "1.2.250.1.213.1.4.10": "INS-NIR (test)",
    "1.2.250.1.213.1.4.11": "INS-NIR (demonstration)",
}
"""OIDs that make a matricule an INS. Source: FR Core, slices of fr-core-patient-ins [C]."""

NSS_AUTHORITIES = {"1.2.250.1.213.1.4.13", "1.2.250.1.213.1.4.14"}
"""OIDs of the same number as a social security number, which is no INS. Source: FR Core from 2.2.0 [C]."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A patient as a document tells; what it does not tell is empty."""

    matricule: str = ""
    """15 characters with the key, or 13 where the writer left it out."""
    authority: str = ""
    """OID of who gave the matricule."""
    birth_name: str = ""
    first_name: str = ""
    """The first of the given names at birth."""
    given_names: str = ""
    """All given names at birth, with spaces between."""
    used_name: str = ""
    used_first_name: str = ""
    birth_date: str = ""
    """ISO, ``1975-12-31``; as it was written where it is no date."""
    sex: str = ""
    """``F``, ``M`` or ``U``."""
    birth_place: str = ""
    """INSEE code of the commune, 5 characters."""

    @property
    def is_ins(self) -> bool:
        """The matricule comes from an authority that gives INS."""
        return bool(self.matricule) and self.authority in INS_AUTHORITIES

    @property
    def qualified(self) -> bool:
        """What X-MSS-INS says ``O`` to: an INS with birth name, first given name, birth date and sex (ECO.2.4.2)."""
        return self.is_ins and all((self.birth_name, self.first_name, self.birth_date, self.sex in ("F", "M")))

    @property
    def full_name(self) -> str:
        """First name, then the used name or the name at birth."""
        return f"{self.used_first_name or self.first_name} {self.used_name or self.birth_name}".strip()


NOBODY = Identity()
