"""Rules on signing in, the same for sending (AUTH) and reading (LOGIN, AUTHENTICATE)."""

from __future__ import annotations

from typing import Any

from simulator.model.mailbox import Factor, Kind, Status
from simulator.rules.book import Breach, Rule, rule
from simulator.rules.facts import SigningIn


@rule(
    SigningIn,
    ref="ECO.1.2.1 [C2]: TLS, then SASL; RFC 4954 4",
    title="Credentials travel only inside TLS",
    remedy="STARTTLS first, or use the implicit TLS port; change the password that was just shown in clear",
    fr=(
        "Aucun mot de passe avant le chiffrement",
        "Activer STARTTLS ou le port TLS implicite, puis changer le mot de passe.",
    ),
    reply=(538, "5.7.11"),
)
def credentials_travel_inside_tls(f: SigningIn) -> Breach | None:
    """A password said in clear is never looked at; one that is typed in a page of the operator does not travel."""
    return Breach("Encryption is required before signing in") if f.tls is None and not f.is_inside else None


@rule(
    SigningIn,
    ref="F6, F1; RFC 4954 6",
    title="The proofs fit an account",
    remedy="check address and password; a one-time code stands behind the password; a certificate is the holder's",
    fr=(
        "Les preuves fournies correspondent à un compte",
        "Vérifier l'adresse, le mot de passe, le code à usage unique ou le certificat.",
    ),
    reply=(535, "5.7.8"),
)
def proofs_fit_an_account(f: SigningIn) -> Breach | None:
    """Unknown account and wrong proof get the same answer."""
    return None if f.account is not None and f.proven else Breach("The credentials are not right")


@rule(
    SigningIn,
    ref="F6",
    title="An organisational mailbox is used through its members' accounts",
    remedy="sign in with your own account as ORG-address*your-address, or give the ORG address as SASL authzid",
    fr=(
        "Une BAL organisationnelle s'ouvre par le compte nominatif d'un membre",
        "Se connecter avec son propre compte : adresse-ORG*adresse-personnelle.",
    ),
    reply=(535, "5.7.8"),
)
def account_may_use_the_mailbox(f: SigningIn) -> Breach | None:
    """A person opens their own mailbox, or one whose team they belong to."""
    if f.mailbox is None or f.account is None:
        return Breach("The credentials are not right")
    if f.account.address.key == f.mailbox.address.key:
        if f.mailbox.kind is Kind.ORG:
            return Breach("An organisational mailbox has no password of its own")
        return None
    if f.mailbox.kind in (Kind.ORG, Kind.CAB) and f.account.address in f.mailbox.members:
        return None
    return Breach(
        "This account is not a member of that mailbox", "ask the person responsible for the mailbox to add the account"
    )


@rule(
    SigningIn,
    ref="F6",
    title="An organisational mailbox needs two factors",
    remedy="append the six digits of the one-time code to the password, or also present the member's certificate",
    fr=(
        "Une BAL organisationnelle exige deux facteurs d'authentification",
        "Ajouter le code à six chiffres à la suite du mot de passe, ou présenter aussi le certificat du membre.",
    ),
    reply=(534, "5.7.9"),
)
def organisation_needs_two_factors(f: SigningIn) -> Breach | None:
    """A password alone, or a certificate alone, does not open a team's mailbox."""
    if f.mailbox is None or f.mailbox.kind is not Kind.ORG or Factor.TOKEN in f.proven or len(f.proven) > 1:
        return None
    return Breach("One factor is not enough for an organisational mailbox")


@rule(
    SigningIn,
    ref="contract: access.second_factor_for_persons; ours: some operators demand it",
    title="A person gives two factors where asked",
    remedy="append the six digits of the one-time code to the password, or present the client certificate as well",
    fr=(
        "Deux facteurs pour une BAL personnelle, si l'opérateur l'exige",
        "Ajouter le code à six chiffres ou le certificat.",
    ),
    reply=(534, "5.7.9"),
)
def person_gives_two_factors_where_asked(f: SigningIn) -> Breach | None:
    """Active only with ``access.second_factor_for_persons``."""
    if not f.second_factor_for_persons or f.mailbox is None or f.mailbox.kind is not Kind.PER:
        return None
    if Factor.TOKEN in f.proven or len(f.proven) > 1:
        return None
    return Breach("One factor is not enough for this mailbox")


@rule(
    SigningIn,
    ref="mssante-rules 2.1, BAL APP [C2]",
    title="An application signs in with the structure's certificate",
    remedy="use AUTH EXTERNAL with the ORG AUTH_CLI certificate of the structure",
    fr=(
        "Une BAL applicative s'authentifie par le certificat de la structure",
        "Utiliser SASL EXTERNAL avec le certificat ORG AUTH_CLI.",
    ),
    reply=(535, "5.7.8"),
)
def application_signs_in_by_certificate(f: SigningIn) -> Breach | None:
    """Software has no password."""
    if f.mailbox is None or f.mailbox.kind is not Kind.APP or Factor.CERTIFICATE in f.proven:
        return None
    return Breach("An application mailbox opens only with its structure's certificate")


@rule(
    SigningIn,
    ref="mssante-rules 1.5 [C]: suspension is a state of a BAL",
    title="A suspended or closed mailbox does not open",
    remedy="have the mailbox opened again by its operator; a patient withdraws the objection",
    fr=(
        "Une BAL suspendue ou fermée ne s'ouvre pas",
        "Demander la réouverture à l'opérateur ; un patient revient sur son opposition.",
    ),
    reply=(535, "5.7.13"),
)
def mailbox_may_be_used(f: SigningIn) -> Breach | None:
    """Said only to those who gave the right proofs."""
    for box in (f.account, f.mailbox):
        if box is not None and box.status is not Status.OPEN:
            return Breach(f"The mailbox {box.address} is {box.status}")
    return None


RULES: tuple[Rule[Any], ...] = (
    credentials_travel_inside_tls,
    proofs_fit_an_account,
    account_may_use_the_mailbox,
    application_signs_in_by_certificate,
    organisation_needs_two_factors,
    person_gives_two_factors_where_asked,
    mailbox_may_be_used,
)
