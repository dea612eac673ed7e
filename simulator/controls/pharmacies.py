"""The pharmacies of the space, by every name that people use for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulator.controls.errors import Invalid, NotFound, nearest
from simulator.controls.structures import known_structures
from simulator.model.mailbox import Mailbox, Structure
from simulator.space import TrustSpace


class Pharmacies:
    """Structures whose sector is that of an officine."""

    def __init__(self, space: TrustSpace, structures: Mapping[str, Structure]) -> None:
        """``structures`` are those of the configuration by name; mailboxes opened later may bring others."""
        self._space = space
        self._structures = structures

    def all(self) -> Sequence[Structure]:
        """Every pharmacy, those of the configuration first."""
        return tuple(structure for structure in self._known().values() if structure.is_pharmacy)

    def get(self, name: str) -> Structure:
        """By the address of one of its mailboxes, its name in the configuration, its national id or its FINESS or SIRET
        number. Raises NotFound, and Invalid for what is no pharmacy."""
        wanted = name.strip().lower()
        known = self._known()
        box = self._space.mailboxes.get(wanted)
        found = box.structure if box is not None else next(
            (s for s in known.values() if wanted in (s.id.lower(), s.national_id, s.national_id[1:])), None)
        if box is None and found is None:
            names = [*(s.id for s in self.all()), *(str(box.address) for s in self.all() for box in self.mailboxes(s))]
            raise NotFound(f"there is no pharmacy {name[:320]}", nearest(name, names))
        if found is None or not found.is_pharmacy:
            pharmacies = ", ".join(s.id for s in self.all())
            raise Invalid(f"{name} is no pharmacy", f"these are: {pharmacies}" if pharmacies else "there is none here")
        return found

    def mailboxes(self, structure: Structure) -> Sequence[Mailbox]:
        """Those of the structure and of the people who work there."""
        return tuple(box for box in self._space.mailboxes.values()
                     if box.structure is not None and box.structure.id == structure.id)

    def _known(self) -> dict[str, Structure]:
        return known_structures(self._space, self._structures)
