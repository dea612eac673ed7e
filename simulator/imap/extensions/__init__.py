"""Extensions of IMAP4rev1: one mixin each, named here. README.md beside this file is the recipe for another."""

from __future__ import annotations

from simulator.imap.extensions.appendlimit import AppendLimit
from simulator.imap.extensions.binary import Binary
from simulator.imap.extensions.children import Children
from simulator.imap.extensions.compress import Compress
from simulator.imap.extensions.condstore import Condstore
from simulator.imap.extensions.enable import Enable
from simulator.imap.extensions.esearch import Esearch
from simulator.imap.extensions.esort import Esort
from simulator.imap.extensions.id import Id
from simulator.imap.extensions.idle import Idle
from simulator.imap.extensions.imap4rev2 import Imap4Rev2
from simulator.imap.extensions.list_extended import ListExtended
from simulator.imap.extensions.list_status import ListStatus
from simulator.imap.extensions.literal_plus import LiteralPlus
from simulator.imap.extensions.move import Move
from simulator.imap.extensions.multiappend import MultiAppend
from simulator.imap.extensions.namespace import Namespace
from simulator.imap.extensions.objectid import ObjectId
from simulator.imap.extensions.preview import Preview
from simulator.imap.extensions.qresync import Qresync
from simulator.imap.extensions.quota import Quota
from simulator.imap.extensions.sasl_ir import SaslIr
from simulator.imap.extensions.searchres import Searchres
from simulator.imap.extensions.sort import Sort
from simulator.imap.extensions.special_use import SpecialUse
from simulator.imap.extensions.status_size import StatusSize
from simulator.imap.extensions.uidplus import UidPlus
from simulator.imap.extensions.unselect import Unselect
from simulator.imap.extensions.utf8_accept import Utf8Accept
from simulator.imap.extensions.within import Within
from simulator.imap.session import Session

EXTENSIONS: dict[str, type[Session]] = {
    "LITERAL+": LiteralPlus,
    "SASL-IR": SaslIr,
    "ID": Id,
    "ENABLE": Enable,
    "IDLE": Idle,
    "NAMESPACE": Namespace,
    "CHILDREN": Children,
    "SPECIAL-USE": SpecialUse,
    "LIST-EXTENDED": ListExtended,
    "LIST-STATUS": ListStatus,
    "UIDPLUS": UidPlus,
    "MOVE": Move,
    "UNSELECT": Unselect,
    "ESEARCH": Esearch,
    "SEARCHRES": Searchres,
    "WITHIN": Within,
    "SORT": Sort,
    "ESORT": Esort,
    "CONDSTORE": Condstore,
    "QRESYNC": Qresync,
    "BINARY": Binary,
    "MULTIAPPEND": MultiAppend,
    "UTF8=ACCEPT": Utf8Accept,
    "APPENDLIMIT": AppendLimit,
    "OBJECTID": ObjectId,
    "PREVIEW": Preview,
    "STATUS=SIZE": StatusSize,
    "COMPRESS=DEFLATE": Compress,
    "QUOTA": Quota,
    "IMAP4REV2": Imap4Rev2,
}
"""What the server can offer, in the order it is announced. ``ImapSettings.extensions`` chooses among these names."""
ON_REQUEST = frozenset({"UTF8=ACCEPT"})
"""Not offered unless an operator asks for them: Jakarta Mail and JavaMail enable UTF8=ACCEPT when they see it, and then
send search strings cut to one octet a character."""
