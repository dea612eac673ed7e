"""Any octets: never an exception (P12)."""

from __future__ import annotations

import random

import pytest

from simulator.xdm.reader import open_archive, open_cda
from tests.xdm.samples import FIRST, LEVEL_1, LEVEL_3, METADATA, archive, enclosed, unzipped, zipped

WHOLE = archive(enclosed(), enclosed(LEVEL_3, "1.2.9"))
FRAGMENTS = (b"<", b">", b"&", b"&#0;", b"&x;", b'"', b"\0", b"\xff\xfe", b"<!DOCTYPE a>", b"]]>", b"^", b"|",
             b"PK\x01\x02", b"../", b"<section xmlns='urn:hl7-org:v3'>", b"\xc3", b"-1", b"9" * 40)


def mutated(octets: bytes, chance: random.Random) -> bytes:
    """A few cuts, doublings and strange pieces."""
    changing = bytearray(octets)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(changing) + 1)
        match chance.randrange(4):
            case 0:
                del changing[at:at + chance.randint(1, 40)]
            case 1:
                changing[at:at] = chance.choice(FRAGMENTS)
            case 2:
                changing[at:at] = changing[at:at + chance.randint(1, 200)]
            case _:
                if at < len(changing):
                    changing[at] = chance.randrange(256)
    return bytes(changing)


@pytest.mark.parametrize("seed", range(20))
def test_damaged_archives_raise_nothing(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(20):
        opened = open_archive(mutated(WHOLE, chance))
        assert all(str(problem) for problem in opened.problems)


@pytest.mark.parametrize("seed", range(20))
def test_damaged_documents_raise_nothing(seed: int) -> None:
    chance = random.Random(seed)
    files = unzipped(WHOLE)
    for _ in range(20):
        damaged = {**files, METADATA: mutated(files[METADATA], chance), FIRST: mutated(files[FIRST], chance)}
        opened = open_archive(zipped(damaged))
        assert opened.entries
        open_cda(mutated(LEVEL_1, chance))
