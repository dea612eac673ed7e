"""The whitelist, changed while running."""

from __future__ import annotations

import pytest

from simulator.controls.errors import Invalid, NotFound
from simulator.controls.whitelist import Listing
from tests.builders import dn_of
from tests.controls.conftest import Ruled

DOMAIN = "pharmacie.bfc.mssante.fr"


async def test_the_whitelist_is_looked_at(it: Ruled) -> None:
    whitelist = it.controls.whitelist
    assert whitelist.get(DOMAIN.upper()) == Listing(DOMAIN, (dn_of("bfc"),), "bfc")
    assert [each.domain for each in whitelist.all()] == sorted(it.house.space.whitelist())
    with pytest.raises(NotFound, match=f"did you mean {DOMAIN}"):
        whitelist.get("pharmacies.bfc.mssante.fr")


async def test_a_domain_is_withdrawn_and_listed_again(it: Ruled) -> None:
    whitelist = it.controls.whitelist
    whitelist.withdraw(DOMAIN)
    assert not it.house.space.lists(DOMAIN)
    with pytest.raises(NotFound):
        whitelist.withdraw(DOMAIN)
    assert whitelist.put(DOMAIN, ["CN=a,C=FR", "CN=b,C=FR"]).dns == ("CN=a,C=FR", "CN=b,C=FR")
    assert whitelist.put(DOMAIN, ["CN=c,C=FR"]).dns == ("CN=c,C=FR",)
    assert [e["action"] for e in it.house.noted("whitelist")] == ["withdrawn", "listed", "listed"]


async def test_an_operator_of_the_space_is_known_by_its_own_certificate(it: Ruled) -> None:
    with pytest.raises(Invalid, match="no operator with a certificate"):
        it.controls.whitelist.put(DOMAIN)
    issued = await it.controls.certificates.issue("bfc")
    await it.controls.certificates.issue("bfc", expired=True)
    assert it.controls.whitelist.put(DOMAIN).dns == (issued.subject,)
    with pytest.raises(Invalid, match="no operator with a certificate"):
        it.controls.whitelist.put("courriel.example")


async def test_a_domain_from_elsewhere_needs_a_certificate_subject(it: Ruled) -> None:
    assert it.controls.whitelist.put("Ailleurs.mssante.fr", ["CN=x,C=FR"]).operator is None
    with pytest.raises(Invalid, match="no operator"):
        it.controls.whitelist.put("ailleurs.mssante.fr")
    for dns in ([], [" "]):
        with pytest.raises(Invalid, match="at least one"):
            it.controls.whitelist.put("ailleurs.mssante.fr", dns)
    with pytest.raises(Invalid, match="cannot be listed"):
        it.controls.whitelist.put("no domain", ["CN=x"])
