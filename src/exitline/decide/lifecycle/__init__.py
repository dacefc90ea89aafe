"""The life of a household on and off the list, as data: procedure, events, state, duties."""

from __future__ import annotations

from exitline.decide.lifecycle.decision import CriterionRecord, DecisionRecord
from exitline.decide.lifecycle.errors import (
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
from exitline.decide.lifecycle.event import Document, Draft, Event
from exitline.decide.lifecycle.history import History, Standing, StateSpell
from exitline.decide.lifecycle.loading import load_procedure, shipped_procedures
from exitline.decide.lifecycle.log import Log
from exitline.decide.lifecycle.overdue import Duty, duties
from exitline.decide.lifecycle.procedure import Procedure, State, Step
from exitline.decide.lifecycle.rule import Judgement, Rule, RuleCriterion, judge
from exitline.decide.lifecycle.spells import SpellFaults, check_spells, spell_faults

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
    "SpellFaults",
    "Standing",
    "State",
    "StateSpell",
    "Step",
    "UnknownHouseholdError",
    "check_spells",
    "duties",
    "judge",
    "load_procedure",
    "shipped_procedures",
    "spell_faults",
]
