"""Extensions of IMAP4rev1: one mixin each, named here. README.md beside this file is the recipe for another.

The names are known at once, the mixins are imported when a server is put together: starting stays quick.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from simulator.imap.session import Session

EXTENSIONS = {
    "LITERAL+": "literal_plus.LiteralPlus",
    "SASL-IR": "sasl_ir.SaslIr",
    "ID": "id.Id",
    "ENABLE": "enable.Enable",
    "IDLE": "idle.Idle",
    "NAMESPACE": "namespace.Namespace",
    "CHILDREN": "children.Children",
    "SPECIAL-USE": "special_use.SpecialUse",
    "LIST-EXTENDED": "list_extended.ListExtended",
    "LIST-STATUS": "list_status.ListStatus",
    "UIDPLUS": "uidplus.UidPlus",
    "MOVE": "move.Move",
    "UNSELECT": "unselect.Unselect",
    "ESEARCH": "esearch.Esearch",
    "SEARCHRES": "searchres.Searchres",
    "WITHIN": "within.Within",
    "SORT": "sort.Sort",
    "ESORT": "esort.Esort",
    "CONDSTORE": "condstore.Condstore",
    "QRESYNC": "qresync.Qresync",
    "BINARY": "binary.Binary",
    "MULTIAPPEND": "multiappend.MultiAppend",
    "UTF8=ACCEPT": "utf8_accept.Utf8Accept",
    "APPENDLIMIT": "appendlimit.AppendLimit",
    "OBJECTID": "objectid.ObjectId",
    "PREVIEW": "preview.Preview",
    "SAVEDATE": "savedate.SaveDate",
    "STATUS=SIZE": "status_size.StatusSize",
    "COMPRESS=DEFLATE": "compress.Compress",
    "QUOTA": "quota.Quota",
    "IMAP4REV2": "imap4rev2.Imap4Rev2",
}
"""What the server can offer, in the order it is announced, and the file and class of each mixin.
``ImapSettings.extensions`` chooses among these names."""
ON_REQUEST = frozenset({"UTF8=ACCEPT"})
"""Not offered unless an operator asks for them: Jakarta Mail and JavaMail enable UTF8=ACCEPT when they see it, and then
send search strings cut to one octet a character."""


def mixin(name: str) -> type[Session]:
    """The mixin of an extension. Raises KeyError for a name that is not in EXTENSIONS."""
    file, _, mixed_in = EXTENSIONS[name].partition(".")
    return cast("type[Session]", getattr(import_module(f"{__name__}.{file}"), mixed_in))


def check(names: Iterable[str]) -> None:
    """Raises ValueError for names that are not in EXTENSIONS."""
    unknown = [name for name in names if name not in EXTENSIONS]
    if unknown:
        raise ValueError(f"unknown IMAP extensions: {', '.join(unknown)}; known: {', '.join(EXTENSIONS)}")
