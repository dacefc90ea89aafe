"""Whom to visit, drawn from a register, and what the visits found: watch lists and assessments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.errors import ArgumentError

if TYPE_CHECKING:
    from exitline.api.deciding.assessing import Assessed
    from exitline.api.deciding.drawing import FrameDigest
    from exitline.exits.watch.watchlist import WatchList

_ID = "row of the register"


def watch(
    database: str, days: Sequence[date], *, welfare: str, line: float,
    predictors: Sequence[str] = (), capacity: float = 0.1, area: str = "", by: str = "",
    keep: bool = True,
) -> tuple[WatchList, int | None]:  # fmt: skip
    """Rank the households at risk of falling back, from their cards on several days.

    Parameters
    ----------
    database : str
    days : sequence of date
        In their order; each is a wave: the live table as of that day.
    welfare : str
        The fact of the cards that is welfare.
    line : number
        Poor is below it.
    predictors : sequence of str
        Facts for the model.
    capacity : float
        Visits: a share of those at risk, or their number.
    area : str
        Path; everything by default.
    by : str
        Who is answerable.
    keep : bool
        Put the list into the register: each household is to be visited by its day.

    Returns
    -------
    tuple of (WatchList, int or None)
        The list, and its number in the register.

    Raises
    ------
    StoreError
        When there is no register of this release at the address, or no such area in it.
    ArgumentError
        For fewer than two days, or days out of order.
    DataError, MeasureError
        As in `exitline.watch`.
    """
    from exitline import api
    from exitline.exits.register.store import opening

    if len(set(days)) < 2 or list(days) != sorted(days):
        raise ArgumentError("a watch needs at least two days, the earlier first.")
    store = opening.open_store(database)
    seen = store.within(area) if area else store
    from exitline.exits.register.store.read.live import ID, live_table
    from exitline.exits.register.store.visits.asked import WATCH, AskedVisit, ask_for_visits

    waves = [live_table(seen, day, ids=True).rename_columns({ID: _ID}) for day in days]
    found = api.watch(
        waves, household=_ID, welfare=welfare, waves=tuple(day.isoformat() for day in days),
        line=line, clue_date=date.today(), predictors=predictors, capacity=capacity,
    )  # fmt: skip
    if not keep or not found.table.num_rows:
        return found, None
    rows = found.table.to_pylist()
    visits = [
        AskedVisit(int(one["household"]), int(one["rank"]), one["due_date"],
                   f"{one['category']}: {one['reason']}", {"risk": one["risk"]})
        for one in rows
    ]  # fmt: skip
    record = {"days": [day.isoformat() for day in days], "welfare": welfare, "line": line,
              "ranked by": str(found.ranked_by), "at risk": found.at_risk}  # fmt: skip
    title = f"Watch of {days[-1].isoformat()}"
    return found, ask_for_visits(seen, WATCH, title, by, visits, record).pk


def frame(database: str, *, area: str = "") -> Any:
    """The households of a register as the frame of a sample: household, county, village, group.

    Parameters
    ----------
    database : str
    area : str
        Path; everything by default.

    Returns
    -------
    pyarrow.Table
        `household` is the row's id in the register, as text.

    Raises
    ------
    StoreError
        When there is no register of this release at the address, or no such area in it.
    """
    import pyarrow as pa

    from exitline.exits.register.store import opening

    store = opening.open_store(database)
    from exitline.exits.register.store.visits.asked import groups_of

    groups = groups_of(store.within(area) if area else store)
    ids = sorted(groups)
    return pa.table({
        "household": [str(one) for one in ids], "county": [groups[one][0] for one in ids],
        "village": [groups[one][1] for one in ids], "group": [groups[one][2] for one in ids],
    })  # fmt: skip


def frame_digest(database: str, *, villages: int | None = None, area: str = "") -> FrameDigest:
    """The digest of the frame, to be published before the seed is known.

    Parameters
    ----------
    database : str
    villages : int, optional
        As `draw` will be told: a draw in two stages has villages in its frame.
    area : str

    Raises
    ------
    StoreError
        When there is no register of this release at the address, or no such area in it.
    DataError, DrawError
        As in `exitline.frame_digest`.
    """
    from exitline import api

    households = frame(database, area=area)
    return api.frame_digest(households, **_roles(households, villages))


def _roles(households: Any, villages: int | None) -> dict[str, Any]:
    """Columns of the frame by their role; counties are strata where there are several."""
    several = len(set(households["county"].to_pylist())) > 1
    return {"group": "group", "stratum": "county" if several else None,
            "village": None if villages is None else "village"}  # fmt: skip


def draw(
    database: str, *, due: date, seed: str, published: str, take: int | Mapping[str, int],
    villages: int | None = None, drawn: str | None = None, out: str | Path | None = None,
    area: str = "", by: str = "", keep: bool = True,
) -> tuple[Any, int | None]:  # fmt: skip
    """Draw a sample for an assessment from the register, in public, and ask for its visits.

    Parameters
    ----------
    database : str
    due : date
        By when the visits are to be made.
    seed, published, take, villages, drawn, out
        As in `exitline.draw`.
    area, by, keep
        As in `watch`.

    Returns
    -------
    tuple of (Drawn, int or None)
        What was drawn, and the list's number in the register.

    Raises
    ------
    StoreError
        When there is no register of this release at the address.
    ArgumentError, DataError, DrawError
        As in `exitline.draw`.
    """
    from exitline import api
    from exitline.exits.register.store import opening

    households = frame(database, area=area)
    made = api.draw(
        households, **_roles(households, villages), seed=seed, published=published, take=take,
        villages=villages, drawn=drawn, out=out,
    )  # fmt: skip
    if not keep:
        return made, None
    store = opening.open_store(database)
    from exitline.exits.register.store.visits.asked import ASSESSMENT, AskedVisit, ask_for_visits

    homes = dict(zip(households["household"].to_pylist(), households["village"].to_pylist(),
                        strict=True))  # fmt: skip
    asked = [
        AskedVisit(
            int(one.household), rank, due, "", {
                "group": one.group, "weight": one.weight, "stratum": one.stratum,
                "village": homes[one.household],
                "village_weight": None if villages is None else float(1 / one.village_probability),
            },
        )
        for rank, one in enumerate(made.draw.selected, 1)
    ]  # fmt: skip
    record = {"draw": made.record()}
    title = f"Assessment drawn on {made.draw.drawn.date().isoformat()}"
    within = store.within(area) if area else store
    return made, ask_for_visits(within, ASSESSMENT, title, by, asked, record).pk


def visits(database: str) -> list[dict[str, Any]]:
    """Lists of households to visit that the register keeps, and how many visits were made.

    Raises
    ------
    StoreError
        When there is no register of this release at the address.
    """
    from exitline.exits.register.store import opening

    store = opening.open_store(database)
    from exitline.exits.register.store.visits.asked import visit_lists

    return visit_lists(store)


def assess(
    database: str, number: int, *, standard: str, counts: str | Path | None = None,
    area_class: str = "", readings: Mapping[str, str] | None = None, icc: float = 0.05,
) -> tuple[Assessed, int]:  # fmt: skip
    """Judge counties by the visits of an assessment that was drawn from the register.

    Parameters
    ----------
    database : str
    number : int
        Of the list.
    standard : str
        Whose county rule decides.
    counts : path, optional
        Counts of every county; those of the register unless given.
    area_class : str
        For standards whose thresholds depend on it: that of the register's counties.
    readings, icc
        As in `exitline.assess`.

    Returns
    -------
    tuple of (Assessed, int)
        And how many visits nobody has made: they count for nothing.

    Raises
    ------
    StoreError
        When there is no register of this release at the address, or the list has another purpose.
    AssessmentError, DataError, RuleFileError
        As in `exitline.assess`.
    """
    import pyarrow as pa

    from exitline import api
    from exitline.exits.register.store import opening

    store = opening.open_store(database)
    from exitline.exits.register.store.visits.asked import results_of

    found = results_of(store, number)
    seen = pa.Table.from_pylist(list(found.visits))
    if not any(one["village_weight"] for one in found.visits):
        seen = seen.drop_columns(["village_weight"])
    for name in ("error", "approves"):
        column = seen[name].cast(pa.float64())
        seen = seen.set_column(seen.column_names.index(name), name, column)
    known: Any = (
        str(counts)
        if counts
        else pa.Table.from_pylist([one | {"area_class": area_class} for one in found.counts])
    )
    judged = api.assess(seen, counts=known, standard=standard, readings=readings, icc=icc)
    return judged, found.waiting
