"""What a rule is, and how a moment is judged.

Rules look at facts and know no sockets. They report; the configuration decides what follows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from simulator.model.address import Address
from simulator.model.reply import Reply, reply
from simulator.rules.facts import Moment
from simulator.rules.verdict import PASSED, Finding, Severity, Verdict

M = TypeVar("M", bound=Moment)


@dataclass(frozen=True, slots=True)
class Breach:
    """What is wrong in this case. ``remedy`` replaces the rule's own when the case allows a better one."""

    what: str
    """One ASCII sentence without a final stop; it is shown to the peer."""
    remedy: str = ""
    recipients: tuple[Address, ...] = ()
    """Whom alone it concerns, when a moment has several recipients."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """How a message that breaks the rule comes back, when it was accepted first."""

    subject: str
    cause: str
    """The cause label in English, without a final stop."""
    cause_fr: str


@dataclass(frozen=True, slots=True)
class French:
    """The same for people: the console, bounces and explanations are in French."""

    title: str
    remedy: str

    @property
    def told(self) -> str:
        """Both, for whoever was refused."""
        return f"{self.title}. {self.remedy}"


@dataclass(frozen=True, slots=True)
class Rule(Generic[M]):
    """One requirement as a function of the facts of one moment."""

    name: str
    moment: type[M]
    check: Callable[[M], Breach | None]
    ref: str
    """Published requirement with its certainty tag ([C], [C2], [I]…), a founding fact F1-F25, or ``ours:`` and why."""
    title: str
    remedy: str
    french: French
    code: int
    status: str
    severity: Severity
    bounce: Bounce | None = None
    """None: the rule refuses, and cannot return what it accepted."""

    def refusal(self, breach: Breach) -> Reply:
        """Two lines for the peer: what is wrong and which rule says so, then the remedy."""
        return reply(self.code, self.status, f"{breach.what} [{self.name}]", f"Remedy: {breach.remedy or self.remedy}")


def rule(
    moment: type[M],
    *,
    ref: str,
    title: str,
    remedy: str,
    fr: tuple[str, str],
    reply: tuple[int, str],
    severity: Severity = Severity.ENFORCE,
    bounce: Bounce | None = None,
) -> Callable[[Callable[[M], Breach | None]], Rule[M]]:
    """Make a rule of a function; its name with dashes is the stable handle. ``fr`` is (title, remedy) in French.

    A rule with ``bounce`` may be given the severity of that name: its moment knows recipients.
    """

    def made(check: Callable[[M], Breach | None]) -> Rule[M]:
        code, status = reply
        name = check.__name__.replace("_", "-")
        return Rule(name, moment, check, ref, title, remedy, French(*fr), code, status, severity, bounce)

    return made


class Book:
    """The rules in force, ready to judge."""

    def __init__(self, rules: Iterable[Rule[Moment]], severities: Mapping[str, Severity] | None = None) -> None:
        """``severities`` overrides by rule name. KeyError: an unknown name. ValueError: a bounce that cannot be."""
        self.rules: dict[str, Rule[Moment]] = {r.name: r for r in rules}
        self.severities: dict[str, Severity] = {r.name: r.severity for r in self.rules.values()}
        for name, severity in (severities or {}).items():
            if name not in self.rules:
                raise KeyError(name)
            if severity is Severity.BOUNCE and self.rules[name].bounce is None:
                raise ValueError(f"{name} cannot return a message")
            self.severities[name] = severity
        self._by_moment: dict[type[Moment], tuple[tuple[Rule[Moment], Severity], ...]] = {}

    def judge(self, facts: Moment) -> Verdict:
        """Run the rules of this moment in the order of the catalogue, up to the first enforced breach.

        Later rules lean on what earlier ones established, so the first refusal is also the most useful one. What goes
        back goes back once; a later rule may still refuse it.
        """
        findings: tuple[Finding, ...] = ()
        goes_back = False
        for candidate, severity in self._of(type(facts)):
            if goes_back and severity is Severity.BOUNCE:
                continue
            breach = candidate.check(facts)
            if breach is None:
                continue
            remedy = breach.remedy or candidate.remedy
            findings += (
                Finding(candidate.name, severity, breach.what, remedy, candidate.ref, breach.recipients),
            )
            if severity is Severity.ENFORCE:
                return Verdict(candidate.refusal(breach), findings)
            goes_back |= severity is Severity.BOUNCE
        return Verdict(None, findings) if findings else PASSED

    def _of(self, moment: type[Moment]) -> Sequence[tuple[Rule[Moment], Severity]]:
        known = self._by_moment.get(moment)
        if known is None:
            known = tuple(
                (r, self.severities[r.name])
                for r in self.rules.values()
                if r.moment is moment and self.severities[r.name] is not Severity.OFF
            )
            self._by_moment[moment] = known
        return known
