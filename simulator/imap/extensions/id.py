"""ID (RFC 2971): programs introduce themselves, which is worth a line in the journal."""

from __future__ import annotations

from typing import ClassVar

from simulator.imap.arguments import Arguments, Malformed
from simulator.imap.session import Answer, Phase, Session

MOST_FIELDS = 30


class Id(Session):
    """Ours says what it is and no more."""

    commands: ClassVar[dict[str, Phase]] = {"ID": Phase.ANY}
    announces = ("ID",)
    _introduced = False

    def command_id(self, args: Arguments) -> Answer:
        """RFC 2971 3.1"""
        args.space()
        fields = self._fields(args)
        args.end()
        if fields and not self._introduced:
            self._introduced = True
            told = {name: value for name, value in fields.items() if name in ("name", "version", "vendor", "os")}
            self.note("client", "client says it is " + " ".join(told.values()), **told)
        self.send(b'* ID ("name" "mssante-simulator")\r\n')
        return b"OK Pleased to meet you"

    @staticmethod
    def _fields(args: Arguments) -> dict[str, str]:
        fields: dict[str, str] = {}
        if not args.take(b"("):
            args.nstring("a list or NIL")
            return fields
        while not args.peek(b")"):
            if fields:
                args.space()
            name = args.string("a field name").decode("utf-8", "replace").lower()[:30]
            args.space()
            fields[name] = (args.nstring() or b"").decode("utf-8", "replace")[:1024]
            if len(fields) > MOST_FIELDS:
                raise Malformed(f"at most {MOST_FIELDS} fields")
        args.expect(b")")
        return fields
