"""MULTIAPPEND (RFC 3502): several messages in one APPEND, all or none."""

from simulator.imap.commands.append import Append


class MultiAppend(Append):
    """The store appends them in one commit."""

    announces = ("MULTIAPPEND",)
    most_at_once = 100
