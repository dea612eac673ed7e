"""Rules on the connection between operators, and on sending before one has been recognised."""

from __future__ import annotations

from typing import Any

from simulator.model.certificate import NO_CERTIFICATE, Worth
from simulator.rules.book import Breach, Rule, rule
from simulator.rules.facts import FromSender

_TO_OPERATOR = (
    "present, in the TLS handshake, the server certificate that the authority of this space issued to your operator"
)


@rule(
    FromSender,
    ref="ECO.1.0.1, ECO.1.1.1 [C2]; operators: mssante-rules 1.2 [I]",
    title="Mail travels only inside TLS",
    remedy="send STARTTLS, complete the handshake, say EHLO again, then MAIL",
    fr=("Le courrier ne circule que dans une session chiffrée", "Envoyer STARTTLS avant MAIL."),
    reply=(530, "5.7.0"),
)
def session_is_encrypted(f: FromSender) -> Breach | None:
    """No message is taken in clear, from a client or from another operator; what is made inside does not travel."""
    return Breach("STARTTLS must come first") if f.tls is None and not f.is_inside else None


@rule(
    FromSender,
    ref="mssante-rules 1.2 [I]: the whitelist binds domains to certificates",
    title="An operator presents its certificate",
    remedy=_TO_OPERATOR,
    fr=(
        "L'opérateur émetteur présente son certificat",
        "Configurer le certificat IGC-Santé de l'opérateur côté client.",
    ),
    reply=(550, "5.7.1"),
)
def peer_presents_a_certificate(f: FromSender) -> Breach | None:
    """Between operators, both sides of the handshake prove who they are."""
    if f.is_transfer and f.tls is not None and not f.tls.peer.presented:
        return Breach("No client certificate was presented")
    return None


@rule(
    FromSender,
    ref="mssante-rules 1.2 [I]; ECO.1.1.5, ECO.1.1.6 [C2] for the other side",
    title="The operator's certificate is good",
    remedy="use a current, unrevoked certificate with its whole chain, from the authority of this space",
    fr=(
        "Le certificat de l'opérateur est valide",
        "Utiliser un certificat en cours de validité, non révoqué, avec sa chaîne.",
    ),
    reply=(550, "5.7.1"),
)
def peer_certificate_is_good(f: FromSender) -> Breach | None:
    """A certificate that is expired, revoked, too weak or from elsewhere proves nothing."""
    if not f.is_transfer or f.tls is None:
        return None
    peer = f.tls.peer
    if peer.worth in (Worth.GOOD, Worth.NONE):
        return None
    return Breach(f"The client certificate is refused: {peer.worth}" + (f" ({peer.reason})" if peer.reason else ""))


@rule(
    FromSender,
    ref="F1; contract: sign-in",
    title="Only a signed-in client submits",
    remedy="sign in with AUTH first; EHLO lists the mechanisms",
    fr=("Seul un client authentifié dépose un message", "S'authentifier (AUTH) avant MAIL."),
    reply=(530, "5.7.0"),
)
def client_is_signed_in(f: FromSender) -> Breach | None:
    """The submission doors take mail only from a recognised login."""
    return Breach("Authentication required") if not f.is_transfer and f.identity is None else None


@rule(
    FromSender,
    ref="F1, F21; mssante-rules 1.3 [C]",
    title="Mail comes only from whitelisted domains",
    remedy="have the domain added to the whitelist, or write from a mailbox of the trust space",
    fr=(
        "L'expéditeur appartient à un domaine de la liste blanche",
        "Écrire depuis une messagerie sécurisée de santé : les messageries ordinaires ne sont pas admises.",
    ),
    reply=(550, "5.7.1"),
)
def sender_domain_is_listed(f: FromSender) -> Breach | None:
    """Nobody outside the trust space gets in (the null sender of a notice has no domain)."""
    if f.sender is None or f.space.lists(f.sender.domain):
        return None
    return Breach(f"{f.sender.domain} is not on the whitelist of the trust space")


@rule(
    FromSender,
    ref="mssante-rules 1.2 [I]: domain-to-DN pairs of the whitelist [C]",
    title="The peer operator serves the sender's domain",
    remedy="deliver from the operator whose certificate the whitelist gives for this domain",
    fr=(
        "L'opérateur émetteur est celui du domaine de l'expéditeur",
        "Émettre depuis l'opérateur dont le certificat figure dans la liste blanche pour ce domaine.",
    ),
    reply=(550, "5.7.1"),
)
def sender_belongs_to_the_peer(f: FromSender) -> Breach | None:
    """The DN of the peer's certificate must be one that the whitelist gives for the sender's domain."""
    if not f.is_transfer:
        return None
    dn = (f.tls.peer if f.tls is not None else NO_CERTIFICATE).subject
    if f.sender is None:
        return None if f.space.is_listed_dn(dn) else Breach(f"{dn or 'This peer'} is not on the whitelist")
    if dn in f.space.listed_dns(f.sender.domain):
        return None
    return Breach(f"The whitelist does not give {dn or 'this peer'} for {f.sender.domain}")


RULES: tuple[Rule[Any], ...] = (
    session_is_encrypted,
    peer_presents_a_certificate,
    peer_certificate_is_good,
    client_is_signed_in,
    sender_domain_is_listed,
    sender_belongs_to_the_peer,
)
