"""LIST patterns without regular expressions and without backtracking.

The pattern is an automaton whose states are the bits of one integer, so a name costs one step per
character whatever the pattern (twisted and others hang on ``*a*a*a*a*b``).
"""

from __future__ import annotations


class Pattern:
    """``*`` matches anything, ``%`` anything but the separator; INBOX in any case (RFC 3501 6.3.8)."""

    def __init__(self, text: str, separator: str = "/") -> None:
        self._separator = separator
        self._exact = _Automaton(text)
        head, tail = text[:5], text[5:]
        folded = "INBOX" + tail if head.upper() == "INBOX" else text
        self._below_inbox = self._exact if folded == text else _Automaton(folded)
        self._inbox = _Automaton(text.upper())

    def matches(self, name: str) -> bool:
        """True when the whole name fits."""
        if name == "INBOX":
            return self._inbox.accepts(name, self._separator)
        if name.startswith("INBOX" + self._separator) and self._below_inbox.accepts(name, self._separator):
            return True
        return self._exact.accepts(name, self._separator)


class _Automaton:
    def __init__(self, text: str) -> None:
        tokens = _merged(text)
        self._final = 1 << len(tokens)
        self._literal: dict[str, int] = {}
        self._star = self._percent = 0
        for place, token in enumerate(tokens):
            bit = 1 << place
            if token == "*":
                self._star |= bit
            elif token == "%":
                self._percent |= bit
            else:
                self._literal[token] = self._literal.get(token, 0) | bit
        self._wild = self._star | self._percent

    def accepts(self, name: str, separator: str) -> bool:
        states = 1 | ((1 & self._wild) << 1)
        for character in name:
            stay = self._star if character == separator else self._wild
            states = ((states & self._literal.get(character, 0)) << 1) | (states & stay)
            states |= (states & self._wild) << 1
            if not states:
                return False
        return bool(states & self._final)


def _merged(text: str) -> list[str]:
    """Neighbouring wildcards are one, so that one shift follows all empty moves."""
    tokens: list[str] = []
    for character in text:
        if tokens and character in "*%" and tokens[-1] in "*%":
            tokens[-1] = "*" if "*" in (character, tokens[-1]) else "%"
        else:
            tokens.append(character)
    return tokens
