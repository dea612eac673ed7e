"""The whitelist as the real space publishes it: ``listeblanchemssante.xml`` (mssante-rules 1.3 [C])."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from simulator.controls.whitelist import Listing
from simulator.web.surroundings import Surroundings

NAMESPACE = "https://listeblanche.mssante.fr/schema"
MEDIA_TYPE = "application/xml"


class WhitelistPaper:
    """Prints the list; remembers since when each entry is as it is."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._since: dict[str, tuple[tuple[str, ...], datetime]] = {}

    def printed(self, listings: Iterable[Listing], now: datetime) -> bytes:
        """UTF-8 XML 1.0. A domain with several certificates stands there once for each, as in the real list."""
        root = Element("ListeBlancheMSSante", xmlns=NAMESPACE)
        SubElement(root, "DateDeGeneration").text = _written(now)
        domains = SubElement(root, "ListeDomaines")
        for listing in listings:
            self._add(domains, listing, now)
        printed: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
        return printed

    def _add(self, domains: Element, listing: Listing, now: datetime) -> None:
        known = self._since.get(listing.domain)
        if known is None or known[0] != listing.dns:
            known = self._since[listing.domain] = (listing.dns, now)
        about = self._surroundings.published(listing.domain)
        for dn in listing.dns:
            entry = SubElement(domains, "Domaine")
            for name, value in (
                ("Nom", listing.domain),
                ("Description", about.description),
                ("DNCertificatOperateur", dn),
                ("ResponsableContact", about.contact),
                ("SupportContact", about.contact),
                ("DateMAJ", _written(known[1])),
            ):
                SubElement(entry, name).text = _carried(value)


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _carried(text: str) -> str:
    """The text without what XML 1.0 cannot carry."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)
