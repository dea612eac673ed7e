"""Who is meant on the command line: mailboxes and patients of the configuration."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.config import Configuration
    from simulator.model.mailbox import Mailbox, Person, Structure


class NotFound(Exception):
    """Nobody in the configuration is called so. The message says who is there."""


def find_mailbox(name: str, configuration: Configuration) -> Mailbox:
    """By address, or by its local part. Raises NotFound."""
    wanted = name.casefold()
    for mailbox in configuration.mailboxes:
        if wanted in (str(mailbox.address).casefold(), mailbox.address.local.casefold()):
            return mailbox
    raise NotFound(f"{name} is no mailbox of the configuration; there are "
                   f"{', '.join(str(mailbox.address) for mailbox in configuration.mailboxes)}")


def find_patient(name: str | None, configuration: Configuration) -> Mailbox:
    """By INS, address or family name; the first one for None. Raises NotFound."""
    patients = [mailbox for mailbox in configuration.mailboxes if mailbox.patient is not None]
    for mailbox in patients:
        patient = mailbox.patient
        names = (patient.ins, str(mailbox.address), patient.family_name) if patient else ()
        if name is None or _plain(name) in map(_plain, names):
            return mailbox
    listed = ", ".join(f"{mailbox.patient.ins} ({mailbox.display_name})" for mailbox in patients if mailbox.patient)
    raise NotFound(f"{name or 'nobody'} is no patient of the configuration; there are {listed or 'none'}")


def usual_author(professions: Sequence[str], configuration: Configuration) -> Mailbox:
    """The first person of one of these professions. Raises NotFound."""
    for profession in professions:
        for mailbox in configuration.mailboxes:
            if mailbox.owner is not None and mailbox.owner.profession == profession:
                return mailbox
    raise NotFound("nobody of the configuration writes such a document; say who with --from")


def author_of(sender: Mailbox, configuration: Configuration) -> tuple[Person, Structure | None]:
    """Who signs what a mailbox sends: its holder, or the person in charge of a team. Raises NotFound."""
    if sender.owner is not None:
        return sender.owner, sender.structure
    signs = sender.responsible or (sender.members[0] if sender.members else None)
    for mailbox in configuration.mailboxes:
        if signs is not None and mailbox.address.key == signs.key and mailbox.owner is not None:
            return mailbox.owner, sender.structure
    raise NotFound(f"{sender.address} is no professional's mailbox; say who writes with --from")


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
