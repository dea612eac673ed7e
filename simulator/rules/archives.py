"""Rules on health documents in a message: the archive, and the header that tells of it.

Real operators do not look inside; these rules observe, for the report on the software that wrote the message.
"""

from __future__ import annotations

import re
from typing import Any

from simulator.rules.book import Breach, Rule, rule
from simulator.rules.facts import WithMessage
from simulator.rules.verdict import Severity

_SUBJECT = re.compile(
    r"(?:\[Annule et remplace\] ?)?XDM/1\.0/DDM\+(?:.{1,40}|\d+ documents) [A-Z][A-Z' -]* [!-~][ -~]*?"
    r"(?: \d{2}/\d{2}/\d{4})?"
)
"""Label of at most 40 characters, NOM in capitals, given name without accents, perhaps the date of birth."""


@rule(
    WithMessage,
    ref="ECO.2.1.1, ECO.2.1.2 [C2]; IHE XDM",
    title="An archive of health documents can be read",
    remedy="check size, hash, patientId and file names of METADATA.XML against what the archive holds",
    fr=("L'archive de documents de santé est lisible", "Vérifier METADATA.XML : tailles, empreintes, patientId, noms."),
    reply=(550, "5.6.0"),
    severity=Severity.WARN,
)
def enclosed_archive_is_sound(f: WithMessage) -> Breach | None:
    """``IHE_XDM.zip`` opens, describes what it holds, and is about one patient."""
    for archive in f.archives or ():
        for problem in archive.problems:
            if problem.is_error:
                return Breach(f"IHE_XDM.zip, {problem.place}: {problem.what}", problem.remedy)
    return None


@rule(
    WithMessage,
    ref="ECO.2.1.3 [C2]; IG-COUR [C]",
    title="The subject announces the archive",
    remedy="write XDM/1.0/DDM+<label, up to 40 characters> <NOM> <Prenom>[ <DD/MM/YYYY>], without accents in the names",
    fr=(
        "L'objet annonce l'archive",
        "Écrire XDM/1.0/DDM+<libellé, 40 caractères au plus> <NOM> <Prenom>[ <JJ/MM/AAAA>], noms sans accents.",
    ),
    reply=(550, "5.6.0"),
    severity=Severity.WARN,
)
def subject_announces_the_archive(f: WithMessage) -> Breach | None:
    """Gateways sort by this prefix, and programs hide it from people."""
    if not f.archives or _SUBJECT.fullmatch(f.letter.subject):
        return None
    return Breach(f"The subject {f.letter.subject[:80]!r} does not announce the archive")


@rule(
    WithMessage,
    ref="ECO.2.4.1 [C2]",
    title="X-MSS-CODECDA names the documents",
    remedy="write the code of every CDA of the archive in X-MSS-CODECDA, with commas between; no field without a CDA",
    fr=(
        "X-MSS-CODECDA nomme les documents",
        "Écrire dans X-MSS-CODECDA le code de chaque CDA de l'archive, séparés par des virgules.",
    ),
    reply=(550, "5.6.0"),
    severity=Severity.WARN,
)
def codecda_names_the_documents(f: WithMessage) -> Breach | None:
    """The same codes, in any order."""
    said = [code.strip() for code in f.letter.mss_codecda.split(",") if code.strip()]
    held = [cda.code.code for archive in f.archives or () for cda in archive.cdas]
    if sorted(said) == sorted(held) or _cannot_tell(f):
        return None
    told = ",".join(said)[:80] or "nothing"
    return Breach(f"X-MSS-CODECDA says {told}, the documents are {','.join(held) or 'none'}")


@rule(
    WithMessage,
    ref="ECO.2.4.2 [C2]",
    title="X-MSS-INS tells whether the INS is qualified",
    remedy="write X-MSS-INS: O when every CDA carries a qualified INS, N when one does not; no field without a CDA",
    fr=(
        "X-MSS-INS dit si l'INS est qualifiée",
        "Écrire X-MSS-INS: O si chaque CDA porte une INS qualifiée, N sinon.",
    ),
    reply=(550, "5.6.0"),
    severity=Severity.WARN,
)
def mss_ins_tells_whether_it_is_qualified(f: WithMessage) -> Breach | None:
    """Qualified: matricule, authority, birth name, first given name, date of birth and sex."""
    said = f.letter.mss_ins.strip()
    cdas = [cda for archive in f.archives or () for cda in archive.cdas]
    qualified = all(archive.ins_is_qualified for archive in f.archives or () if archive.cdas)
    true = ("O" if qualified else "N") if cdas else ""
    if said == true or _cannot_tell(f):
        return None
    return Breach(f"X-MSS-INS says {said[:20] or 'nothing'}, the documents say {true or 'nothing'}")


@rule(
    WithMessage,
    ref="mssante-rules 2.8, 6 [I]: another patient would receive somebody's record",
    title="A patient receives documents about themselves only",
    remedy="compare the matricule of the recipient with the patientId of METADATA.XML before sending",
    fr=(
        "Un patient ne reçoit que des documents qui le concernent",
        "Comparer le matricule du destinataire au patientId de METADATA.XML avant l'envoi.",
    ),
    reply=(550, "5.7.1"),
    severity=Severity.WARN,
)
def documents_are_about_the_patient_addressed(f: WithMessage) -> Breach | None:
    """The matricule in the address is the one of the archive."""
    about = {archive.patient.matricule for archive in f.archives or () if archive.patient is not None} - {""}
    for recipient in f.recipients:
        if about and f.space.domain_kind(recipient.domain) == "patient" and recipient.local.upper() not in about:
            return Breach(f"The documents are about {', '.join(sorted(about))}, not about {recipient.local}")
    return None


def _cannot_tell(f: WithMessage) -> bool:
    """Nobody looked; or an archive cannot be read, which is another rule's finding."""
    return f.archives is None or any(not archive.documents for archive in f.archives)


RULES: tuple[Rule[Any], ...] = (
    enclosed_archive_is_sound,
    subject_announces_the_archive,
    codecda_names_the_documents,
    mss_ins_tells_whether_it_is_qualified,
    documents_are_about_the_patient_addressed,
)
