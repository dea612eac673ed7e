"""The two files of an archive that are for people: INDEX.HTM and README.TXT."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from simulator.xdm import schemes
from simulator.xdm.submission import Submission


def index_page(submission: Submission, names: Sequence[str]) -> bytes:
    """XHTML Basic that names the sender and links to everything (IHE ITI TF-2 3.32.4.1.2)."""
    author = submission.author
    sender = author.institution.name if author.institution else f"{author.given_name} {author.family_name}"
    links = "\n".join(
        f'    <li><a href="{schemes.FOLDER}/{name}">{escape(document.title)}</a> '
        f"({document.created:%d/%m/%Y}, {escape(document.mime_type)})</li>"
        for name, document in zip(names, submission.documents, strict=True)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML Basic 1.1//EN" "http://www.w3.org/TR/xhtml-basic/xhtml-basic11.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="fr">
<head><title>Documents de santé transmis par {escape(sender)}</title></head>
<body>
  <h1>Documents de santé</h1>
  <p>Transmis par {escape(sender)} le {submission.submitted:%d/%m/%Y}.
  Données fictives : archive produite par un simulateur, à des fins de test.</p>
  <ul>
{links}
    <li><a href="README.TXT">README.TXT</a></li>
  </ul>
</body>
</html>
""".replace("\n", "\r\n").encode()


def readme(submission: Submission, names: Sequence[str]) -> bytes:
    """Sender, application, instructions, tree."""
    author = submission.author
    lines = [
        "EMETTEUR",
        "========",
        f"Nom : {author.given_name} {author.family_name}",
        f"Organisme : {author.institution.name if author.institution else '-'}",
        f"Adresse : {submission.address or '-'}",
        f"Téléphone : {submission.telephone or '-'}",
        "",
        "APPLICATION",
        "===========",
        f"Nom : {submission.software}",
        f"Version : {submission.software_version or '-'}",
        f"Editeur : {submission.publisher or '-'}",
        "",
        "INSTRUCTIONS",
        "============",
        "Ouvrir INDEX.HTM dans un navigateur pour atteindre chaque document.",
        "Un logiciel de santé lit METADATA.XML pour rattacher les documents au patient.",
        "Données fictives : archive produite par un simulateur, à des fins de test.",
        "",
        "ARBORESCENCE",
        "============",
        "INDEX.HTM     index des documents",
        "README.TXT    ce fichier",
        "IHE_XDM",
        "  SUBSET01",
        "    METADATA.XML    description des documents",
        *(f"    {name}    {document.title}" for name, document in zip(names, submission.documents, strict=True)),
    ]
    return "".join(f"{line}\r\n" for line in lines).encode()
