"""Certificates: issued good or faulty, revoked."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from simulator.controls.errors import Conflict, Invalid, NotFound
from simulator.model.certificate import Use, Worth
from simulator.pki.leaves import Issued
from tests.builders import DOCTOR, PATIENT, PHARMACY, SOFTWARE
from tests.controls.conftest import Ruled


def worth(it: Ruled, issued: Issued, use: Use) -> Worth:
    """What the certificate is worth when it is presented."""
    pem = issued.credentials.chain.decode("ascii")
    end = "-----END CERTIFICATE-----\n"
    chain = [ssl.PEM_cert_to_DER_cert(part + end) for part in pem.split(end) if part.strip()]
    return it.authority.judge(chain, use).worth


@pytest.mark.parametrize(("name", "use"), [("bfc", Use.SERVER), (DOCTOR, Use.CLIENT), (SOFTWARE, Use.CLIENT)])
async def test_operators_persons_and_programs_get_certificates(it: Ruled, name: str, use: Use) -> None:
    issued = await it.controls.certificates.issue(name)
    assert worth(it, issued, use) is Worth.GOOD
    assert it.controls.certificates.list()[-1].serial == issued.serial
    assert Path(issued.p12_file).exists()


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("expired", Worth.EXPIRED), ("not_yet_valid", Worth.NOT_YET_VALID), ("wrong_use", Worth.WRONG_USE),
        ("weak", Worth.WEAK),
    ],
)
@pytest.mark.parametrize(("name", "use"), [("bfc", Use.SERVER), ("bfc", Use.CLIENT), (DOCTOR, Use.CLIENT)])
async def test_a_certificate_can_be_faulty_on_purpose(
    it: Ruled, fault: str, expected: Worth, name: str, use: Use
) -> None:
    issued = await it.controls.certificates.issue(name, **{fault: True})
    assert worth(it, issued, use) is expected
    (noted,) = it.house.noted("certificate")
    assert noted["faults"] == [fault.replace("_", " ")]


async def test_who_can_have_none_is_told(it: Ruled) -> None:
    for name in (PHARMACY, PATIENT, "outside"):
        with pytest.raises(Conflict, match="has no certificate"):
            await it.controls.certificates.issue(name)
    with pytest.raises(NotFound, match="did you mean mailiz"):
        await it.controls.certificates.issue("maliz")
    with pytest.raises(Invalid, match="choose one"):
        await it.controls.certificates.issue("bfc", expired=True, not_yet_valid=True)


async def test_a_certificate_is_revoked_for_good(it: Ruled) -> None:
    issued = await it.controls.certificates.issue(DOCTOR)
    entry = await it.controls.certificates.revoke(issued.serial.upper())
    assert entry.status == "revoked"
    assert worth(it, issued, Use.CLIENT) is Worth.REVOKED
    assert (await it.controls.certificates.revoke(issued.serial)).revoked_at == entry.revoked_at
    with pytest.raises(NotFound, match=f"did you mean {issued.serial}"):
        await it.controls.certificates.revoke(issued.serial[:-1] + ("0" if issued.serial[-1] != "0" else "1"))
