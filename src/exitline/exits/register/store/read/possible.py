"""What may be done next with a household, by whom, and what stands against it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from exitline.errors import ExitlineError
from exitline.exits.register.event import Document, Draft
from exitline.exits.register.history import History
from exitline.exits.register.procedures.procedure import NEW, Procedure, Step
from exitline.exits.register.steps.authority import (
    checks_carry,
    decision_carries,
    person_is_independent,
)
from exitline.exits.register.steps.completeness import role_may
from exitline.exits.register.steps.order import (
    cases_allow,
    date_is_in_order,
    needed_steps_are_there,
    waiting_is_over,
)
from exitline.exits.register.steps.request import StepRequest

_CHECKS: tuple[Callable[[StepRequest], None], ...] = (
    date_is_in_order,
    cases_allow,
    needed_steps_are_there,
    waiting_is_over,
    role_may,
    person_is_independent,
    checks_carry,
)


@dataclass(frozen=True)
class Possible:
    """A step from where a household stands.

    Parameters
    ----------
    step : StepRow
    against : tuple of ExitlineError
        What stands against it today, for this person; empty where a form can be filled in. Papers,
        reasons and evidence are asked by the form and not looked at here.
    """

    step: Step
    against: tuple[ExitlineError, ...]

    @property
    def open(self) -> bool:
        """Whether nothing stands against it."""
        return not self.against


def possible_steps(
    history: History, procedure: Procedure, person: str, roles: Sequence[str], day: date
) -> tuple[Possible, ...]:
    """Every step that starts from the household's state, with what stands against it.

    Parameters
    ----------
    history : History
    procedure : Procedure
    person : str
        Who asks.
    roles : sequence of str
        That the person holds where the household lives.
    day : date
        On which the step would be taken.

    Returns
    -------
    tuple of Possible
        In the order of the procedure.

    Examples
    --------
    >>> from exitline.exits.register import load_procedure
    >>> procedure = load_procedure("china-2016-exit", rules=False)
    >>> found = possible_steps(History("h1", ()), procedure, "li", ["county"], date(2016, 5, 1))
    >>> [(one.step.name, one.open) for one in found]
    [('identify', False), ('carry over', True)]
    """
    state = history.standing().state or NEW
    return tuple(
        Possible(step, tuple(_against(history, procedure, step, person, roles, day)))
        for step in procedure.allowed_from(state)
    )


def _against(
    history: History, procedure: Procedure, step: Step, person: str, roles: Sequence[str], day: date
) -> list[ExitlineError]:
    """What the checks of the procedure say about one step."""
    role = next((role for role in roles if role in step.by), roles[0] if roles else "")
    papers = tuple(Document(kind, "", ("",)) for kind in step.documents)
    draft = Draft(history.household, step.name, day, person, role, papers, reason="asked")
    request = StepRequest(draft, history, procedure, step, None, day, "card")
    checks = _CHECKS if step.assesses else (*_CHECKS, decision_carries)
    found = []
    for check in checks:
        try:
            check(request)
        except ExitlineError as reason:
            found.append(reason)
    return found
