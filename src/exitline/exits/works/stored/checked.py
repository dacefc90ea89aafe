"""The steps of a register's works by their procedure, taken again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from exitline.errors import ExitlineError
from exitline.exits.register.procedures.loading import load_procedure
from exitline.exits.register.steps.drafts import draft_of
from exitline.exits.works.states import replay
from exitline.exits.works.stored.tables import kept

if TYPE_CHECKING:
    from exitline.exits.register.event import Draft
    from exitline.exits.register.store.opening import Store

_COLUMNS = ("step", "on", "actor", "role")


def unfit_works(store: Store) -> Iterator[str]:
    """Works with a step that their procedure does not allow, or a column its content has not.

    Parameters
    ----------
    store : Store
    """
    from exitline.exits.register.store.models import WorkStepRow

    with store.transaction():
        rows = WorkStepRow.objects.using(store.alias).select_related("work")
        steps = list(rows.order_by("work", "number"))
        if not steps:
            return
        procedure = load_procedure(kept(store)["procedure"])
    taken: dict[int, list[tuple[Any, Draft]]] = {}
    for one in steps:
        where = f"{one.work.path} work {one.work.key} step {one.number}"
        try:
            draft = draft_of(json.loads(one.content), where="step")
        except (ValueError, KeyError, TypeError, ExitlineError):
            yield f"{where}: its content cannot be read"
            continue
        if any(getattr(draft, name) != getattr(one, name) for name in _COLUMNS):
            yield f"{where}: columns that its content does not give"
        taken.setdefault(one.work_id, []).append((one, draft))
    found = replay([draft for pairs in taken.values() for _, draft in pairs], procedure,
                   date.today())  # fmt: skip
    for work, step, reason in found.refused:
        yield f"work {work}, step '{step}': {reason.what}"
    for pairs in taken.values():
        row, draft = pairs[-1]
        history = found.histories.get(draft.household)
        if history is not None and history.events[-1].state != row.state:
            yield f"work {row.work.key}: its state is not that of its last step"
