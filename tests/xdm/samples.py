"""Documents and archives used by the tests of the archive side."""

from __future__ import annotations

import base64
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

from simulator.xdm.identity import Identity
from simulator.xdm.submission import PDF_FORMAT, Author, Enclosed, Institution, Submission
from simulator.xdm.values import Code
from simulator.xdm.writer import write_archive

METADATA = "IHE_XDM/SUBSET01/METADATA.XML"
FIRST = "IHE_XDM/SUBSET01/DOC00001.XML"
LOINC = "2.16.840.1.113883.6.1"
PATIENT = Identity("279035121518989", "1.2.250.1.213.1.4.10", "PAT-TROIS", "DOMINIQUE", "DOMINIQUE MARIE",
                   birth_date="1979-03-28", sex="F")
DOCTOR = Author("899700991039", "VIAL", "Paul", Institution("Cabinet Vial & Roux", "1990000010"))
PDF = b"%PDF-1.4 an invented document"
NOON = datetime(2026, 11, 2, 12, 30, tzinfo=UTC)

HEADER = """<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <templateId root="2.16.840.1.113883.2.8.2.1"/>
 <id root="1.2.250.1.999.1" extension="a"/>
 <code code="11488-4" codeSystem="2.16.840.1.113883.6.1" displayName="CR consultation"/>
 <title>Compte rendu  de consultation</title>
 <effectiveTime value="20261102133000+0100"/>
 <versionNumber value="2"/>
 <recordTarget><patientRole>
  <id root="1.2.250.1.999.2" extension="IPP12"/>
  <id root="1.2.250.1.213.1.4.10" extension="279035121518989"/>
  <patient>
   <name><family qualifier="BR">PAT-TROIS</family><given>DOMINIQUE MARIE</given><given qualifier="BR">DOMINIQUE</given>
    <family qualifier="CL">DURAND</family><given qualifier="CL">MARIE</given></name>
   <administrativeGenderCode code="F"/><birthTime value="19790328"/>
   <birthplace><place><addr><county>51215</county></addr></place></birthplace>
  </patient>
 </patientRole></recordTarget>
 <author><assignedAuthor>
  <assignedPerson><name><given>Paul</given><family>VIAL</family></name></assignedPerson>
  <representedOrganization><name>Cabinet Vial</name></representedOrganization>
 </assignedAuthor></author>
 <component>%s</component>
</ClinicalDocument>"""

PDF_BODY = ('<nonXMLBody><text mediaType="application/pdf" representation="B64">'
            f"{base64.b64encode(PDF).decode()}</text></nonXMLBody>")
SECTIONS = """<structuredBody>
 <component><section><title>Motif</title><text><paragraph>Toux   et fièvre.</paragraph>
  <list><item>depuis <content>3</content> jours</item><item>sans gêne</item></list></text></section></component>
 <component><section><title>Traitement</title>
  <text><table><tr><th>Médicament</th><th>Durée</th></tr><tr><td>Paracétamol</td><td>5 jours</td></tr></table></text>
  <entry><act classCode="ACT" moodCode="INT"/></entry></section></component>
</structuredBody>"""

LEVEL_1 = (HEADER % PDF_BODY).encode()
LEVEL_3 = (HEADER % SECTIONS).encode()


def enclosed(octets: bytes = LEVEL_1, unique_id: str = "1.2.250.1.999.1^a") -> Enclosed:
    """A consultation report."""
    return Enclosed(
        octets, "Compte rendu de consultation", Code("11488-4", LOINC, "CR consultation"),
        Code("10", "1.2.250.1.213.1.1.4.1", "Compte rendu"), PDF_FORMAT, unique_id, NOON, DOCTOR,
        Code("SA07", "1.2.250.1.71.4.2.4", "Cabinet individuel"),
    )


def submission(*documents: Enclosed) -> Submission:
    """One or several documents about the patient."""
    return Submission(PATIENT, DOCTOR, documents or (enclosed(),), "1.2.250.1.999.3", "1.2.250.1.999.4", NOON)


def archive(*documents: Enclosed) -> bytes:
    """As octets."""
    return write_archive(submission(*documents))


def about(patient: Identity) -> bytes:
    """An archive whose METADATA.XML tells of this patient."""
    return write_archive(replace(submission(), patient=patient))


def unzipped(octets: bytes) -> dict[str, bytes]:
    """Every entry by name."""
    with zipfile.ZipFile(BytesIO(octets)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def zipped(files: Mapping[str, bytes] | list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP file with these entries; a list may name one twice."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", method) as opened:
        for name, octets in files.items() if isinstance(files, Mapping) else files:
            opened.writestr(name, octets)
    return made.getvalue()


def changed(octets: bytes, **entries: bytes | None) -> bytes:
    """The archive with METADATA (``metadata=``) or the first document (``first=``) put in another's place; None takes
    it out."""
    files = unzipped(octets)
    for name, new in entries.items():
        entry = {"metadata": METADATA, "first": FIRST}[name]
        if new is None:
            del files[entry]
        else:
            files[entry] = new
    return zipped(files)
