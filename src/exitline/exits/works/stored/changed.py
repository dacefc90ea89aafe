"""A work entered, or corrected, by those who may: linked into its chain with who, when and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from exitline.exits.register.event import Document, Draft
from exitline.exits.works.errors import WorksError
from exitline.exits.works.records.declared import TABLES
from exitline.exits.works.records.typed import parted, typed
from exitline.exits.works.stored.chained import append, facts_content, known_of
from exitline.exits.works.stored.steps import possible_work_steps, take_work_step
from exitline.exits.works.stored.tables import CORRECTED, kept, procedure_in

if TYPE_CHECKING:
    from exitline.exits.register.procedures.procedure import Step
    from exitline.exits.register.store.opening import Store

WRITTEN = tuple(c.name for c in TABLES["works"].columns if c.name not in ("work", "state"))
"""Columns of a work that a form asks for."""
ANOTHER = "let somebody do it who has such a role"
OVER = ("accepted", "in use", "failed", "retired")
"""States in which a work is as it was built: it is repaired, not corrected."""


def entering_step(store: Store, role: str) -> Step | None:
    """The step by which a role may enter a new work; None where it may not.

    Parameters
    ----------
    store : Store
    role : str
    """
    found = possible_work_steps(procedure_in(store, kept(store)), "new", role)
    return found[0] if found else None


def may_correct(store: Store, state: str, role: str) -> bool:
    """Whether a role may correct what is known of a work: it takes the next step, not yet over.

    Parameters
    ----------
    store : Store
    state, role : str
    """
    procedure = procedure_in(store, kept(store))
    return state not in OVER and bool(possible_work_steps(procedure, state, role))


def enter_work(
    store: Store, key: str, said: Mapping[str, str], *, actor: str, role: str, on: date,
    documents: tuple[str, ...] = (),
) -> str:  # fmt: skip
    """Enter a work, with its first step.

    Parameters
    ----------
    store : Store
    key : str
        Its id, new in the register.
    said : mapping of str to str
        By column of the table of works, as typed in.
    actor, role : str
        Who enters it; the role takes the step.
    on : date
    documents : tuple of str
        Kinds of documents that are at hand.

    Returns
    -------
    str
        Where it stands.

    Raises
    ------
    WorksError, LifecycleError
        For cells that are not what they should be, an id that is there, villages that may not
        be seen, a role that may not, documents that lack.
    """
    from exitline.exits.register.store.models import WorkRow

    with store.transaction():
        step = entering_step(store, role)
        if step is None:
            raise WorksError(
                "this role may not propose a work", where=role, got=role,
                expected="a role that the procedure lets do it", remedy=ANOTHER,
            )  # fmt: skip
        if not key.strip() or WorkRow.objects.using(store.alias).filter(key=key.strip()).exists():
            raise WorksError(
                "this id cannot be given to a work", where="work", got=repr(key[:60]),
                expected="an id that no work has", remedy="give another id",
            )  # fmt: skip
        facts = _typed(key, said)
        work = WorkRow(
            key=key.strip(), path=_path(store, facts), kind=facts.pop("kind"),
            criterion=facts.pop("criterion", ""), facts=facts,
        )  # fmt: skip
        work.save(using=store.alias, force_insert=True)
        content = facts_content(work, known_of(work), on=on, actor=actor, role=role, parts=())
        append(store, work, content, date.today())
        papers = tuple(map(Document, documents))
        return take_work_step(store, Draft(work.key, step.name, on, actor, role, documents=papers))


def correct_work(
    store: Store, key: str, said: Mapping[str, str], *, actor: str, role: str, reason: str
) -> tuple[str, ...]:  # fmt: skip
    """Correct what is known of a work.

    Parameters
    ----------
    store : Store
    key : str
    said : mapping of str to str
        Columns that are to say something else; "" takes one away.
    actor, role, reason : str

    Returns
    -------
    tuple of str
        The columns that changed.

    Raises
    ------
    WorksError
        As in `enter_work`, for a work that is built, and without a reason.
    """
    from exitline.exits.register.store.models import WorkRow

    with store.transaction():
        rows = store.scope.of(WorkRow.objects.using(store.alias))
        work = rows.select_for_update().filter(key=key).first()
        if work is None:
            raise WorksError("there is no such work", expected="one that is there and may be seen",
                             got=repr(key[:60]), remedy="look at the list of works")  # fmt: skip
        if not may_correct(store, work.state, role):
            raise WorksError(
                f"this role may not correct a work that is '{work.state}'", where=role, got=role,
                expected="a role that the procedure lets do it", remedy=ANOTHER,
            )  # fmt: skip
        if not reason.strip():
            raise WorksError("a correction without a reason", where="reason", expected="why",
                             got="nothing", remedy="say why")  # fmt: skip
        before = known_of(work)
        after = _typed(key, {name: str(before.get(name, "")) for name in WRITTEN} | dict(said))
        path = _path(store, after)
        changed = {name: after.get(name) for name in (*WRITTEN, *before)
                   if name in WRITTEN and after.get(name) != before.get(name)
                   and (after.get(name) or before.get(name))}  # fmt: skip
        if not changed:
            return ()
        kept_facts = {k: v for k, v in before.items() if k not in WRITTEN} | after
        work.kind, work.criterion = kept_facts.pop("kind"), kept_facts.pop("criterion", "")
        work.facts, work.path = kept_facts, path
        work.save(using=store.alias, update_fields=("kind", "criterion", "facts", "path"))
        changed = {name: "" if name == "criterion" and value is None else value
                   for name, value in changed.items()}  # fmt: skip
        content = facts_content(work, changed, step=CORRECTED, on=date.today(), actor=actor,
                                role=role, reason=reason.strip())  # fmt: skip
        append(store, work, content, date.today())
    return tuple(changed)


def _typed(key: str, said: Mapping[str, str]) -> dict[str, Any]:
    """Cells as the table of works declares them; those without a value left out."""
    import pyarrow as pa

    from exitline.exits.works.stored.taking import facts_of

    cells = {"work": key.strip()} | {k: v.strip() for k, v in said.items() if k in WRITTEN}
    table = pa.table({name: [value or None] for name, value in cells.items()})
    row = typed(TABLES["works"], table, where="form").to_dict("records")[0]
    return facts_of(row, ("work", "state"))


def _path(store: Store, facts: Mapping[str, Any]) -> str:
    """The area of a work: that of its first village; all of its villages may be seen."""
    import pandas as pd

    from exitline.exits.works.stored.taking import paths_of

    named = parted(pd.Series([str(facts.get("villages", ""))])).tolist()
    if not named:
        raise WorksError("a work for no village", where="villages", expected="its village",
                         got="none", remedy="name the village that it is for")  # fmt: skip
    return paths_of(store, named)[named[0]]
