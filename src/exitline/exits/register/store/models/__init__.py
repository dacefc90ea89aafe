"""The nouns of the register as tables. Their names are the words of docs and messages."""

from __future__ import annotations

from exitline.exits.register.store.models.audited import (
    Chain,
    DailyHead,
    KeptText,
    Setting,
    ViewLog,
)
from exitline.exits.register.store.models.cards import (
    Card,
    Helper,
    IncomeLine,
    Measure,
    Submission,
    Visit,
)
from exitline.exits.register.store.models.households import (
    Batch,
    Change,
    Household,
    Identifier,
    Member,
)
from exitline.exits.register.store.models.places import Area, Assignment, Office
from exitline.exits.register.store.models.quality import Finding, Pair
from exitline.exits.register.store.models.steps import (
    Case,
    Document,
    Duty,
    Notice,
    Objection,
    Standing,
    Step,
)

__all__ = [
    "Area", "Assignment", "Batch", "Card", "Case", "Chain", "Change", "DailyHead", "Document",
    "Duty", "Finding", "Helper", "Household", "Identifier", "IncomeLine", "KeptText", "Measure",
    "Member", "Notice", "Objection", "Office", "Pair", "Setting", "Standing", "Step",
    "Submission", "ViewLog", "Visit",
]  # fmt: skip
