"""Sockets and TLS for every door and for the relay client: one layer, pyOpenSSL over memory buffers.

Doors receive an ``asyncio.Transport`` (``Channel``) that can change to TLS in mid-connection; see ``channel``.
"""

from simulator.wire.channel import Channel
from simulator.wire.client import Stream, dial
from simulator.wire.contexts import ClientTls, ServerTls
from simulator.wire.failure import TlsFailed
from simulator.wire.listener import Gate, Listener
from simulator.wire.owner import Patience
from simulator.wire.room import Room, Share

__all__ = [
    "Channel", "ClientTls", "Gate", "Listener", "Patience", "Room", "ServerTls", "Share", "Stream", "TlsFailed", "dial",
]
