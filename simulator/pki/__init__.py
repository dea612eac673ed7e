"""The test authority, shaped like IGC-Santé: issuing, revoking and judging certificates. Home of ``cryptography``."""

from simulator.pki.authority import Authority, Entry, Status, UnknownSerial
from simulator.pki.files import AuthorityError
from simulator.pki.index import Reason
from simulator.pki.keys import KeyType
from simulator.pki.leaves import Issued
from simulator.pki.profiles import Purpose
from simulator.pki.requests import PersonRequest, Request, ServerRequest, StructureRequest

__all__ = [
    "Authority", "AuthorityError", "Entry", "Issued", "KeyType", "PersonRequest", "Purpose", "Reason", "Request",
    "ServerRequest", "Status", "StructureRequest", "UnknownSerial",
]
