"""Archives IHE_XDM.zip: documents about one patient with their description, as bytes in and values out.

``open_archive(octets)`` reads whatever it is given and tells what is wrong with it; ``write_archive(submission)`` makes
one. Nothing here touches a file, the network or the clock. Source: ECO.2.1.1 and 2.1.2 [C2]; IHE ITI XDM; ebRIM 3.0.
"""

from simulator.xdm.archive import Archive, Cda, Document, Entry, Problem, Section
from simulator.xdm.identity import Identity
from simulator.xdm.reader import open_archive, open_cda
from simulator.xdm.submission import Author, Enclosed, Institution, Submission
from simulator.xdm.values import Code
from simulator.xdm.writer import write_archive

__all__ = [
    "Archive", "Author", "Cda", "Code", "Document", "Enclosed", "Entry", "Identity", "Institution", "Problem",
    "Section", "Submission", "open_archive", "open_cda", "write_archive",
]
