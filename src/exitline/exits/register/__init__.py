"""The life of a household on and off the list, as data: procedure, events, state, duties.

May import `exits.decide`, `stats` and `rules`; provides `Log`, `load_procedure`,
events and errors.
"""

from __future__ import annotations

from exitline.exits.register.errors import (
    BackdatedError,
    EvidenceError,
    IllegalTransitionError,
    IncompleteStepError,
    IndependenceError,
    LifecycleError,
    LogDamagedError,
    ProcedureError,
    SpellError,
    UnknownHouseholdError,
)
from exitline.exits.register.event import Document, Draft, Event
from exitline.exits.register.history import History, Standing, StateSpell
from exitline.exits.register.logbook.log import Log
from exitline.exits.register.overdue import Duty, duties
from exitline.exits.register.procedures.decision import CriterionRecord, DecisionRecord
from exitline.exits.register.procedures.loading import load_procedure, shipped_procedures
from exitline.exits.register.procedures.procedure import Procedure, State, Step
from exitline.exits.register.procedures.rule import Judgement, Rule, RuleCriterion, judge

__all__ = [
    "BackdatedError",
    "CriterionRecord",
    "DecisionRecord",
    "Document",
    "Draft",
    "Duty",
    "Event",
    "EvidenceError",
    "History",
    "IllegalTransitionError",
    "IncompleteStepError",
    "IndependenceError",
    "Judgement",
    "LifecycleError",
    "Log",
    "LogDamagedError",
    "Procedure",
    "ProcedureError",
    "Rule",
    "RuleCriterion",
    "SpellError",
    "Standing",
    "State",
    "StateSpell",
    "Step",
    "UnknownHouseholdError",
    "duties",
    "judge",
    "load_procedure",
    "shipped_procedures",
]
