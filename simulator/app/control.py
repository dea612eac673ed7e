"""The controls of a simulator: told what they work on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from simulator.app import identities, letters
from simulator.config.settings import Indicators
from simulator.controls.controls import Controls
from simulator.controls.formula import Formula
from simulator.controls.states import ConfiguredState
from simulator.rules.book import Book

if TYPE_CHECKING:
    from simulator.app.simulator import Simulator


def controls_of(sim: Simulator, book: Book) -> Controls:
    """Everything that may be done to ``sim``, whose parts are all made."""
    configuration = sim.configuration
    return Controls(
        space=sim.space,
        store=sim.store,
        journal=sim.journal,
        clock=sim.clock,
        outbox=sim.outbox,
        closings=sim.closings,
        authority=sim.authority,
        book=book,
        requests=lambda holder: identities.papers(holder, sim.space.operators),
        configured=lambda: ConfiguredState(configuration.mailboxes, sim.listed()),
        data=sim.data,
        structures=configuration.structures,
        quota=configuration.limits.quota,
        renew=sim.renew,
        reception=sim.reception,
        receipts=sim.receipts,
        make_document=partial(letters.document, sim.space),
        formula=_formula(configuration.indicators),
    )


def _formula(indicators: Indicators) -> Formula:
    return Formula(
        indicators.threshold,
        indicators.amount,
        indicators.numerator,
        indicators.around,
        indicators.counts,
        indicators.reimbursed_only,
        indicators.receipts,
        indicators.closings,
        indicators.period,
    )
