"""What somebody has to do: open duties of their roles in their area, longest overdue first.

What may be done next with a household, by whom, and what stands against it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

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
from exitline.exits.register.store.models import AreaRow, HouseholdRow, ObjectionRow
from exitline.exits.register.store.opening import Store
from exitline.exits.register.store.read.states import states_now
from exitline.exits.register.store.together import Together, columns_of, rows_of, together


@dataclass(frozen=True)
class Task:
    """One open duty.

    Parameters
    ----------
    household, area, path : str
        Id; name and path of the village.
    state : str
        Of the household.
    name, role : str
    due : date
    days_late : int
        0 when in time.
    """

    household: str
    area: str
    path: str
    state: str
    name: str
    role: str
    due: date
    days_late: int


def desk(
    store: Store, role: str, day: date, *, most: int = 50, after: int = 0
) -> tuple[tuple[Task, ...], tuple[ObjectionRow, ...]]:
    """The open duties of a role, and the objections that nobody has taken up, at one moment.

    Parameters
    ----------
    role : str
    day : date
        Today.
    most, after : int
        How many duties, and how many to leave out before them.

    Returns
    -------
    tuple of (tuple of Task, tuple of ObjectionRow)
        The objections with their household, the longest waiting first, 20 at most.
    """
    within, bounds = store.scope.sql("o")
    wide = store.postgres and sum(states_now(store).values()) > WIDE
    with store.transaction(), together(store) as sent:
        asked = _ask_tasks(sent, role, most, after, wide=wide)
        came_in = sent.ask(_CAME_IN.format(within=within), bounds)
    joined = rows_of(ObjectionRow, came_in, store.alias, household=HouseholdRow, area=AreaRow)
    for one in joined:
        one.household.area = one.area
    return _tasks(asked, day), tuple(joined)


WIDE = 5_000
"""Households of an area from which on its duties are read in the order of their days."""
_TASKS = (
    "SELECT h.key, a.name, d.path, h.state, d.name, d.role, d.due FROM"
    " (SELECT * FROM register_duty d WHERE {within} AND d.done IS NULL AND d.gone IS NULL"
    " AND (d.role = %s) ORDER BY d.due, d.path, d.id) d JOIN {household} ON h.id = d.household_id"
    " JOIN register_area a ON a.id = h.area_id ORDER BY d.due, d.path, d.id LIMIT %s OFFSET %s"
)
_ONE_BY_ONE = (  # as many households as the page has rows are looked up, and no more
    "LATERAL (SELECT * FROM register_household i WHERE i.id = d.household_id AND i.gone = ''"
    " OFFSET 0) h"
)
_SORTING = "SELECT set_config('enable_sort', %s, true)"
_CAME_IN = (
    f"SELECT {columns_of(ObjectionRow, 'o')}, {columns_of(HouseholdRow, 'h')},"
    f" {columns_of(AreaRow, 'a')} FROM register_objection o"
    " JOIN register_household h ON h.id = o.household_id JOIN register_area a ON a.id = h.area_id"
    " WHERE {within} AND o.taken_up_id IS NULL ORDER BY o.received LIMIT 20"
)


def _ask_tasks(sent: Together, role: str, most: int, after: int, *, wide: bool) -> Any:
    """Ask for the open duties of a role, longest overdue first.

    In a village they are found by path and sorted. In a county they are read in the order of
    their days from the role's own index until the page is full: PostgreSQL takes row-level
    security for a narrow range, and would sort all of them.
    """
    within, bounds = sent.store.scope.sql("d")
    given = (*bounds, role, most, after)
    if not sent.store.postgres:
        household = "(SELECT * FROM register_household WHERE gone = '') h"
        return sent.ask(_TASKS.format(within=within, household=household), given)
    query = _TASKS.format(within=within, household=_ONE_BY_ONE)
    if not wide:
        return sent.ask(query, given)
    sent.ask(_SORTING, ("off",))
    asked = sent.ask(query + " -- by day", given)
    sent.ask(_SORTING, ("on",))
    return asked


def _tasks(asked: Any, day: date) -> tuple[Task, ...]:
    """Open duties with the days that they are late."""
    return tuple(
        Task(key, area, path, state, name, role, due, max(0, (day - due).days))
        for key, area, path, state, name, role, due in asked.fetchall()
    )


def households(
    store: Store, *, state: str = "", text: str = "", most: int = 50, after: int = 0
) -> tuple[HouseholdRow, ...]:
    """Households inside the scope by village, some of them.

    Parameters
    ----------
    state : str
        Only those that stand in it now.
    text : str
        The beginning of an id.
    """
    rows = store.scope.of(HouseholdRow.objects.using(store.alias)).filter(gone="")
    if state:
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(key__startswith=text)
    with store.transaction():
        return tuple(rows.prefetch_related("area").order_by("path", "key")[after : after + most])


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
