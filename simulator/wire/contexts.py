"""TLS settings of the doors and of the relay client. OpenSSL contexts are made once per identity.

A client certificate is asked for and never demanded by OpenSSL: what it is worth becomes a fact after the
handshake, resumed or not, and rules judge it. A strict door refuses inside the handshake instead.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from hashlib import sha256

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from OpenSSL import SSL, crypto

from simulator.model.certificate import Credentials, Judge, TlsFacts, Use
from simulator.wire import hello
from simulator.wire.engine import Engine
from simulator.wire.failure import TlsFailed

SUITES = b":".join((
    b"ECDHE-ECDSA-AES256-GCM-SHA384", b"ECDHE-RSA-AES256-GCM-SHA384",
    b"ECDHE-ECDSA-AES128-GCM-SHA256", b"ECDHE-RSA-AES128-GCM-SHA256",
    b"ECDHE-ECDSA-AES256-SHA384", b"ECDHE-RSA-AES256-SHA384",
    b"ECDHE-ECDSA-AES128-SHA256", b"ECDHE-RSA-AES128-SHA256",
))
"""TLS 1.2: the four suites of requirement ECO.1.1.3 and their ECDSA twins, all with forward secrecy."""
SUITES_1_3 = b"TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256"

_LEVEL = b"@SECLEVEL=1:"
# A weak client key must reach the judge and be told so, rather than die as a bare alert at level 2.
_SESSION_SECONDS = 7_200
_CHAINS_KEPT = 4_096
_SESSIONS_KEPT = 256
_PEM_END = b"-----END CERTIFICATE-----"


class ServerTls:
    """The identities of the doors: the host's, and the operators' by server name.

    ``operators`` maps a lower-case server name to (operator name, credentials). ``client_authorities`` are DER
    certificates whose names are sent with the request: Java and .NET choose their certificate from that list.
    Raises ValueError for a key or chain that cannot be used.
    """

    def __init__(self, host: Credentials, operators: Mapping[str, tuple[str, Credentials]], judge: Judge,
                 client_authorities: Sequence[bytes]) -> None:
        self._judge = judge
        self._chains = _Chains()
        authorities = [_certificate(der, crypto.FILETYPE_ASN1) for der in client_authorities]
        made: dict[tuple[str, Credentials], SSL.Context] = {}
        self._host = self._context("", host, authorities)
        self._by_name: dict[str, tuple[str, SSL.Context]] = {}
        for name, identity in operators.items():
            if identity not in made:
                made[identity] = self._context(*identity, authorities)
            self._by_name[name.lower()] = (identity[0], made[identity])

    def engine(self, *, strict: bool = False) -> Engine:
        """A fresh server side. ``strict``: a bad or missing client certificate fails the handshake."""

        def start(received: bytes) -> SSL.Connection | None:
            name = hello.server_name(received)
            if name is None:
                return None
            connection = SSL.Connection(self._identity(name)[1])
            connection.set_app_data(self)  # keeps the contexts' callbacks alive as long as the connection
            if strict:
                connection.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, _StrictWalk(self._judge))
            connection.set_accept_state()
            return connection

        def finish(connection: SSL.Connection) -> TlsFacts:
            facts = self._facts(connection)
            if strict and not facts.peer.is_good:
                raise TlsFailed(f"the client certificate was refused: {facts.peer.reason}")
            return facts

        return Engine(start, finish)

    def _context(self, operator: str, credentials: Credentials, authorities: Sequence[crypto.X509]) -> SSL.Context:
        context = _bare_context(SSL.TLS_SERVER_METHOD, credentials)
        context.set_session_cache_mode(SSL.SESS_CACHE_SERVER)
        context.set_session_id(sha256(operator.encode() + b"\0" + credentials.chain).digest())
        context.set_timeout(_SESSION_SECONDS)
        for authority in authorities:
            context.add_client_ca(authority.to_cryptography())
        context.set_tlsext_servername_callback(self._choose)
        return context

    def _identity(self, name: str) -> tuple[str | None, SSL.Context]:
        return self._by_name.get(name, (None, self._host))

    def _choose(self, connection: SSL.Connection) -> None:
        """OpenSSL's own reading of the server name has the last word."""
        context = self._identity(_asked(connection) or "")[1]
        if connection.get_context() is not context:
            connection.set_context(context)

    def _facts(self, connection: SSL.Connection) -> TlsFacts:
        name = _asked(connection)
        resumed = _was_resumed(connection)
        chain = self._chains.whole(_presented(connection), resumed)
        return TlsFacts(version=connection.get_protocol_version_name(), cipher=connection.get_cipher_name() or "",
                        server_name=name, operator=self._identity(name or "")[0],
                        peer=self._judge(chain, Use.CLIENT), resumed=resumed)


class ClientTls:
    """The relay's side: presents ``credentials``, records what the server's certificate is worth.

    The caller decides on ``TlsFacts.peer``, the name included. Sessions are kept per (host, port, server name).
    """

    def __init__(self, credentials: Credentials, judge: Judge) -> None:
        self._judge = judge
        self._context = _bare_context(SSL.TLS_CLIENT_METHOD, credentials)
        self._sessions: OrderedDict[tuple[str, int, str], SSL.Session] = OrderedDict()

    def engine(self, host: str, port: int, server_name: str) -> Engine:
        """A fresh client side towards ``host:port``, asking for ``server_name`` ("" or an IP address: no SNI)."""
        key = (host, port, server_name)

        def start(_received: bytes) -> SSL.Connection:
            connection = SSL.Connection(self._context)
            connection.set_app_data(self)
            if server_name and not _is_address(server_name):
                connection.set_tlsext_host_name(server_name.encode("ascii"))
            if key in self._sessions:
                connection.set_session(self._sessions[key])
            connection.set_connect_state()
            return connection

        def finish(connection: SSL.Connection) -> TlsFacts:
            return TlsFacts(version=connection.get_protocol_version_name(), cipher=connection.get_cipher_name() or "",
                            server_name=server_name.lower() or None, operator=None,
                            peer=self._judge(_presented(connection), Use.SERVER), resumed=_was_resumed(connection))

        def retire(connection: SSL.Connection) -> None:
            session = connection.get_session()
            if session is not None:
                self._sessions[key] = session
                self._sessions.move_to_end(key)
                while len(self._sessions) > _SESSIONS_KEPT:
                    self._sessions.popitem(last=False)

        return Engine(start, finish, retire)


class _Chains:
    """The chains seen in full handshakes, by leaf: a ticket brings back the leaf alone.

    Without the intermediates a resumed session would be judged as of an unknown authority. Revocation and
    dates are still judged anew, on the certificates themselves.
    """

    def __init__(self) -> None:
        self._by_leaf: OrderedDict[bytes, tuple[bytes, ...]] = OrderedDict()

    def whole(self, presented: tuple[bytes, ...], resumed: bool) -> tuple[bytes, ...]:
        if not presented:
            return presented
        if resumed:
            return self._by_leaf.get(presented[0], presented) if len(presented) == 1 else presented
        self._by_leaf[presented[0]] = presented
        self._by_leaf.move_to_end(presented[0])
        while len(self._by_leaf) > _CHAINS_KEPT:
            self._by_leaf.popitem(last=False)
        return presented


class _StrictWalk:
    """A verify callback that judges the whole chain once OpenSSL has walked it down to the leaf."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._seen: dict[int, bytes] = {}

    def __call__(self, _connection: SSL.Connection, certificate: crypto.X509, _error: int, depth: int,
                 walked: int) -> bool:
        self._seen[depth] = crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate)
        if depth > 0 or not walked:
            return True
        return self._judge([der for _, der in sorted(self._seen.items())], Use.CLIENT).is_good


def _accept_anyone(_connection: SSL.Connection, _certificate: crypto.X509, _error: int, _depth: int,
                   _walked: int) -> bool:
    return True


def _bare_context(method: int, credentials: Credentials) -> SSL.Context:
    """Protocol versions, suites and the identity: what both sides have in common."""
    context = SSL.Context(method)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    context.set_options(SSL.OP_NO_COMPRESSION | SSL.OP_NO_RENEGOTIATION | SSL.OP_CIPHER_SERVER_PREFERENCE)
    context.set_mode(SSL.MODE_RELEASE_BUFFERS)
    context.set_cipher_list(_LEVEL + SUITES)
    context.set_tls13_ciphersuites(SUITES_1_3)
    context.set_verify(SSL.VERIFY_PEER, _accept_anyone)
    try:
        leaf, *rest = [_certificate(part + _PEM_END, crypto.FILETYPE_PEM)
                       for part in credentials.chain.split(_PEM_END)[:-1]]
        context.use_certificate(leaf.to_cryptography())
        for link in rest:
            context.add_extra_chain_cert(link.to_cryptography())
        # Our own key: whether its primes are prime was known when it was made, and costs 30 ms to ask again.
        key = load_pem_private_key(credentials.key, None, unsafe_skip_rsa_key_validation=True)
        context.use_privatekey(key)  # type: ignore[arg-type]  # typed as if every kind of key could stand here
        context.check_privatekey()
    except (SSL.Error, crypto.Error, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError("the certificate chain and private key cannot be used together") from error
    return context


def _certificate(data: bytes, kind: int) -> crypto.X509:
    return crypto.load_certificate(kind, data)


def _asked(connection: SSL.Connection) -> str | None:
    name = connection.get_servername()
    return name.decode("ascii", "replace").lower() if name else None


def _presented(connection: SSL.Connection) -> tuple[bytes, ...]:
    """The peer's chain in DER, leaf first. OpenSSL leaves the leaf out of the chain on the server side."""
    leaf = connection.get_peer_certificate()
    if leaf is None:
        return ()
    first = crypto.dump_certificate(crypto.FILETYPE_ASN1, leaf)
    others = (crypto.dump_certificate(crypto.FILETYPE_ASN1, c) for c in connection.get_peer_cert_chain() or ())
    return (first, *(der for der in others if der != first))


def _was_resumed(connection: SSL.Connection) -> bool:
    # pyOpenSSL has no public way to ask; the binding it stands on has.
    return bool(SSL._lib.SSL_session_reused(connection._ssl))  # type: ignore[attr-defined]


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
