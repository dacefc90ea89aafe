"""What has to be done on works by which day: clocks of cases, yearly inspections, notices."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from exitline.errors import unknown
from exitline.exits.register.overdue import duties
from exitline.exits.works.errors import WorksError
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    from collections.abc import Mapping

    from exitline.exits.register.history import History
    from exitline.exits.register.procedures.procedure import Procedure, Step
    from exitline.exits.works.records.folder import WorksRecords

DUE = ("work", "state", "duty", "role", "due", "status", "days_late")
POSTED, TO_POST = "posted", "to be posted"


@dataclass(frozen=True)
class WorksDuties(ShownResult):
    """What is to be done.

    Attributes
    ----------
    table : pandas.DataFrame
        Columns work, state, duty, role (who is answerable), due, status (due, overdue, done, done
        late), days_late.
    notes : tuple of str
    """

    table: pd.DataFrame
    notes: tuple[str, ...] = ()

    def to_pandas(self) -> pd.DataFrame:
        """A row for each duty, the longest overdue first."""
        return self.table


@dataclass(frozen=True)
class WorkNotice:
    """A notice of a work, before entry or after completion.

    Attributes
    ----------
    work : str
    document : str
        The notice, as the procedure names it.
    step : str
        The step by which it is posted.
    status : {"to be posted", "posted"}
    posted : date or None
    until : date or None
        The day from which on the next step may be taken; objections before it.
    shown : mapping of str to value
        What a village is told of the work, by column.
    villages : tuple of str
    """

    work: str
    document: str
    step: str
    status: str
    posted: date | None
    until: date | None
    shown: Mapping[str, Any] = field(default_factory=dict)
    villages: tuple[str, ...] = ()


def due_of(
    histories: Mapping[str, History], procedure: Procedure, day: date, role: str | None = None,
    *, done: bool = False,
) -> pd.DataFrame:  # fmt: skip
    """Duties of works on a day.

    Parameters
    ----------
    histories : mapping of str to History
    procedure : Procedure
    day : date
    role : str, optional
        Only those that it is answerable for.
    done : bool
        Also those that are done.

    Returns
    -------
    pandas.DataFrame
        As `WorksDuties.table`.

    Raises
    ------
    WorksError
        For a role that the procedure does not know.
    """
    if role is not None and role not in procedure.roles:
        raise unknown("role", role, tuple(procedure.roles), error=WorksError, where="role")
    rows = [
        (work, history.standing(day).state, one.name, one.role, one.due, one.status, one.days_late)
        for work, history in histories.items()
        for one in duties(history, lambda _: procedure, day)
        if (done or one.done is None) and role in (None, one.role)
    ]
    table = pd.DataFrame(rows, columns=list(DUE))
    return table.sort_values(["days_late", "due", "work"], ascending=[False, True, True],
                             ignore_index=True, kind="stable")  # fmt: skip


def notices_of(records: WorksRecords) -> tuple[WorkNotice, ...]:
    """Notices that are to be posted, and those that were.

    Parameters
    ----------
    records : WorksRecords

    Returns
    -------
    tuple of WorkNotice
        A notice is a document that must not show everything (`never_shows` of the procedure).
    """
    procedure, found = records.procedure, []
    if procedure is None:
        return ()
    public = {name for name, one in procedure.documents.items() if one.never_shows}
    steps = [(step, name) for step in procedure.steps.values() for name in step.documents
             if name in public]  # fmt: skip
    rows = {row["work"]: row for row in records["works"].to_dict("records")}
    for work, history in records.steps.histories.items():
        state = history.standing(records.as_of).state
        for step, document in steps:
            posted = [one.on for one in history.events
                      if one.step == step.name and one.on <= records.as_of]  # fmt: skip
            if not posted and state not in step.start:
                continue
            found.append(_notice(records, rows[work], procedure, step, document, posted))
    return tuple(sorted(found, key=lambda one: (one.status != TO_POST, one.work)))


def _notice(
    records: WorksRecords, row: Mapping[Any, Any], procedure: Procedure, step: Step, document: str,
    posted: list[date],
) -> WorkNotice:  # fmt: skip
    """One notice with what it tells."""
    waits = [one.days for other in procedure.steps.values() for one in other.waits
             if one.step == step.name]  # fmt: skip
    last = posted[-1] if posted else None
    until = last + timedelta(days=max(waits)) if last is not None and waits else None
    status = TO_POST if last is None else POSTED
    villages = tuple(one.strip() for one in str(row["villages"]).split(";") if one.strip())
    return WorkNotice(row["work"], document, step.name, status, last, until,
                      _told(records, row, villages, built=not waits), villages)  # fmt: skip


TOLD = ("title", "kind", "criterion", "villages", "cost", "by", "began", "planned_end",
        "beneficiaries")  # fmt: skip
BUILT = ("paid", "ended")


def _told(
    records: WorksRecords, row: Mapping[Any, Any], villages: tuple[str, ...], *, built: bool
) -> dict[str, Any]:
    """What a village is told: declared columns alone, never further ones or a keeper's name."""
    names = records["villages"].set_index("village")["name"]
    funds = records["funds"]
    own = funds[funds["work"] == row["work"]].groupby("source")["amount"].sum()
    keys = records.keys.criteria.get(row["criterion"])
    found = {name: row[name] for name in (*TOLD, *(BUILT if built else ()))}
    found["villages"] = "; ".join(names.get(one, "") or one for one in villages)
    if keys is not None and keys.label:
        found["criterion"] = keys.label
    found["funds"] = "; ".join(f"{source}: {amount:,.0f}" for source, amount in own.items())
    plain = {}
    for name, value in found.items():
        if value is None or value is pd.NaT or value != value or value == "":
            continue
        plain[name] = value.date().isoformat() if isinstance(value, pd.Timestamp) else value
    return plain
