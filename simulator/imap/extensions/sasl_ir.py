"""SASL-IR (RFC 4959): the first response rides on AUTHENTICATE."""

from simulator.imap.commands.auth import Auth


class SaslIr(Auth):
    """``AUTHENTICATE PLAIN AGF…``"""

    announces = ("SASL-IR",)
    initial_response = True
