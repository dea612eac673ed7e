"""A patient's mailbox with Mon espace santé around it: documents, pharmacies, the three steps, opening."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Unpack

from simulator.controls.errors import Refused as Forbidden
from simulator.controls.patients.conversations import Conversation
from simulator.controls.patients.documents import Document
from simulator.controls.patients.opening import Opened
from simulator.controls.patients.patients import Patients
from simulator.controls.patients.pharmacies import Pharmacy
from simulator.testing import waiting
from simulator.testing.boxes import Box
from simulator.testing.failures import Refused

if TYPE_CHECKING:
    from simulator.controls.patients.journey import Sent


class PatientBox(Box):
    """One patient. What a program at the submission door does (``sends``) works too."""

    @property
    def ins(self) -> str:
        """The matricule."""
        patient = self.mailbox.patient
        assert patient is not None
        return patient.ins

    @property
    def documents(self) -> Sequence[Document]:
        """The section Documents, newest act first; ``id`` is what ``shares`` takes."""
        return self._space.do(lambda: self._all.documents.list(self.ins))

    @property
    def pharmacies(self) -> Sequence[Pharmacy]:
        """Every pharmacy: ``offered``, and the French ``reason``."""
        return self._space.do(lambda: self._all.pharmacies.list(self.ins))

    @property
    def conversations(self) -> Sequence[Conversation]:
        """Threads, the newest first, with what may still be answered."""
        return self._space.do(lambda: self._all.conversations.list(self.ins))

    def shares(self, *, to: str | Box, documents: Sequence[str] = (), subject: str | None = None,
               text: str | None = None, caregiver: str | None = None) -> Sent:
        """The three steps. Raises Refused, which tells the rule."""
        address = self._space.address(to)
        return self._leaves(lambda: self._all.journey.send(
            self.ins, to=address, documents=documents, subject=subject, body=text, caregiver=caregiver))

    def replies(self, text: str, *, subject: str = "", to_all: bool = False) -> Sent:
        """Answer the newest message with that part of a subject. Raises Refused, NotArrived."""
        found = self._newest({"subject": subject})
        return self._leaves(lambda: self._all.journey.send(
            self.ins, in_reply_to=found, body=text, reply_all=to_all))

    def opens(self, **wanted: Unpack[waiting.Wanted]) -> Opened:
        """Wait for a message that fits, and open it: a receipt goes out when one was asked. Raises NotArrived."""
        found = self._newest(wanted)
        return self._space.do(lambda: self._all.opening.open(self.ins, found))

    # -- inside
    @property
    def _all(self) -> Patients:
        return self._space.controls.patients

    def _newest(self, wanted: waiting.Wanted) -> str:
        query = waiting.query(self._space, self.address, wanted)
        waiting.wait_for(self._space, query, 1, waiting.TIMEOUT)
        return waiting.look(self._space, query)[-1].id

    def _leaves(self, writing: Callable[[], Awaitable[Sent]]) -> Sent:
        since = self._space.newest_event()
        try:
            return self._space.do(writing)
        except Forbidden as refusal:
            answer = f"{refusal.what} [{refusal.rule}]"
            raise Refused(f"the message of {self.address} was refused", 550, answer,
                          self._space.refusals(since=since)) from None
