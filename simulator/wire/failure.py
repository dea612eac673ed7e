"""What went wrong in TLS, in words a person understands."""

from __future__ import annotations

from OpenSSL import SSL


class TlsFailed(ConnectionError):
    """The handshake or the protected connection failed; ``reason`` is one ASCII sentence without full stop."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_NOT_TLS = "the peer sent something that is not TLS"
_SENTENCES = (
    ("http request", "the peer spoke HTTP instead of TLS"),
    ("https proxy request", "the peer spoke HTTP instead of TLS"),
    ("wrong version number", _NOT_TLS),
    ("packet length too long", _NOT_TLS),
    ("record layer failure", _NOT_TLS),
    ("unsupported protocol", "no common TLS version: 1.2 is the oldest accepted"),
    ("version too low", "no common TLS version: 1.2 is the oldest accepted"),
    ("no shared cipher", "no common cipher suite"),
    ("no suitable key share", "no common key exchange group"),
    ("peer did not return a certificate", "no client certificate was presented, and this door requires one"),
    ("certificate verify failed", "the client certificate was refused in the handshake"),
    ("unexpected eof", "the peer closed the connection without ending TLS"),
)


def in_words(error: SSL.Error) -> str:
    """The sentence for an OpenSSL error; an alert of the peer keeps OpenSSL's name for it."""
    if isinstance(error, SSL.SysCallError):
        return "the peer closed the connection without ending TLS"
    found = _reasons(error)
    for reason in found:
        for part, sentence in _SENTENCES:
            if part in reason:
                return sentence
        if "alert" in reason:
            return f"the peer gave up: {reason}"
    return f"TLS error: {found[0]}" if found else "TLS error without a reason"


def _reasons(error: SSL.Error) -> list[str]:
    """OpenSSL's reason strings, in the order of its error queue."""
    queue = error.args[0] if error.args and isinstance(error.args[0], list) else []
    return [str(entry[2]).lower() for entry in queue if entry[2]]
