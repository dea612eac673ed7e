"""The client's side of SCRAM-SHA-256, written from RFC 5802 alone, to hold the server against."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode


class ScramClient:
    """One exchange: ``first``, then ``final``, then the server's answer is checked."""

    def __init__(self, user: str, password: str, header: str = "n,,", nonce: str = "") -> None:
        self._password, self._header = password, header
        self._nonce = nonce or secrets.token_hex(12)
        self._bare = f"n={user.replace('=', '=3D').replace(',', '=2C')},r={self._nonce}"
        self.first = (header + self._bare).encode()
        self._server_signature = b""

    def final(self, server_first: bytes) -> bytes:
        """What is said to the server's first message."""
        fields = dict(part.split("=", 1) for part in server_first.decode().split(","))
        assert fields["r"].startswith(self._nonce) and len(fields["r"]) >= len(self._nonce) + 16
        assert int(fields["i"]) >= 4096
        salted = hashlib.pbkdf2_hmac("sha256", self._password.encode(), b64decode(fields["s"]), int(fields["i"]))
        without = f"c={b64encode(self._header.encode()).decode()},r={fields['r']}"
        said = f"{self._bare},{server_first.decode()},{without}".encode()
        key = hmac.new(salted, b"Client Key", "sha256").digest()
        signature = hmac.new(hashlib.sha256(key).digest(), said, "sha256").digest()
        self._server_signature = hmac.new(hmac.new(salted, b"Server Key", "sha256").digest(), said, "sha256").digest()
        proof = bytes(a ^ b for a, b in zip(key, signature, strict=True))
        return f"{without},p={b64encode(proof).decode()}".encode()

    def server_is_right(self, server_final: bytes) -> bool:
        """The server knows the password too."""
        return server_final == b"v=" + b64encode(self._server_signature)
