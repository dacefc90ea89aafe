"""A draft checked against a household's history under a procedure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from exitline.exits.register.errors import LifecycleError
from exitline.exits.register.event import Draft
from exitline.exits.register.history import History
from exitline.exits.register.procedures.decision import DecisionRecord
from exitline.exits.register.procedures.procedure import Procedure, Step

E = TypeVar("E", bound=LifecycleError)


@dataclass(frozen=True)
class StepRequest:
    """A draft checked against a household's history under a procedure.

    Parameters
    ----------
    draft : Draft
    history : History
        Of the draft's household; without events when it is not known.
    procedure : Procedure
    step : Step
        The procedure's step that the draft names.
    decision : DecisionRecord or None
        Derived from the draft's evidence, for steps that assess.
    recorded : date
        Today, for the log.
    where : str
        Where the draft stands in what was handed in, for messages.
    """

    draft: Draft
    history: History
    procedure: Procedure
    step: Step
    decision: DecisionRecord | None
    recorded: date
    where: str

    @property
    def case(self) -> str | None:
        """The case among whose events earlier steps are looked up."""
        return self.step.case

    def refused(self, error: type[E], what: str, *, expected: str, got: str, remedy: str) -> E:
        """The error for a step that cannot be taken, to be raised by the caller."""
        where = f"{self.where}, step '{self.step.name}'"
        return error(what, where=where, expected=expected, got=got, remedy=remedy)
