"""Whether closing a socket now would cut off our own last words.

A socket closed with input unread is reset, and the peer then loses answers it had not read yet (RFC 1122 4.2.2.13).
"""

from __future__ import annotations

import asyncio
import sys

if sys.platform != "win32":
    import fcntl
    import termios


def has_unread(raw: asyncio.BaseTransport) -> bool:
    """True when the kernel holds octets of the peer that nobody will read."""
    plug = raw.get_extra_info("socket")
    if sys.platform == "win32" or plug is None or plug.fileno() < 0:
        return False
    try:
        count = fcntl.ioctl(plug.fileno(), termios.FIONREAD, b"\0" * 4)
    except OSError:
        return False
    return any(count)
