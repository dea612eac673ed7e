"""Making an archive: the same submission gives the same octets."""

from __future__ import annotations

import zipfile
from datetime import UTC
from io import BytesIO

from simulator.xdm import schemes
from simulator.xdm.describing import write_metadata
from simulator.xdm.pages import index_page, readme
from simulator.xdm.submission import Submission

_PLAIN_FILE = 0o100644 << 16
_EXTENSIONS = {"text/xml": "XML", "application/pdf": "PDF", "text/plain": "TXT", "image/jpeg": "JPG"}


def write_archive(submission: Submission) -> bytes:
    """``IHE_XDM.zip`` with INDEX.HTM, README.TXT and IHE_XDM/SUBSET01. Raises ValueError without documents."""
    if not submission.documents:
        raise ValueError("an archive holds at least one document")
    names = file_names(submission)
    files = [
        ("INDEX.HTM", index_page(submission, names)),
        ("README.TXT", readme(submission, names)),
        (f"{schemes.FOLDER}/{schemes.METADATA}", write_metadata(submission, names)),
        *((f"{schemes.FOLDER}/{name}", document.octets)
          for name, document in zip(names, submission.documents, strict=True)),
    ]
    made = BytesIO()
    moment = submission.submitted.astimezone(UTC).timetuple()[:6]
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in files:
            info = zipfile.ZipInfo(name, moment)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = _PLAIN_FILE
            archive.writestr(info, octets)
    return made.getvalue()


def file_names(submission: Submission) -> list[str]:
    """``DOC00001.XML`` and so on: eight characters and three, in capitals (ISO 9660)."""
    return [f"DOC{number:05}.{_EXTENSIONS.get(document.mime_type, 'BIN')}"
            for number, document in enumerate(submission.documents, 1)]
