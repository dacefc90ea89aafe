"""A sample drawn in public: the frame's digest, the draw, the same draw again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from exitline.errors import ArgumentError
from exitline.stats.data.readers.declaring import choose

if TYPE_CHECKING:
    from exitline.exits.draw.check import Check
    from exitline.exits.draw.sample import Draw, DrawPlan
    from exitline.exits.draw.seed import Seed
    from exitline.stats.engine.base import Engine
    from exitline.stats.measure.draw import FrameRoles, Hash


@dataclass(frozen=True)
class Drawn:
    """A sample, and what was handed out.

    Attributes
    ----------
    draw : Draw
        `selected` are the households with their weights, `digest` is the frame's.
    lists : int
        Lists of visits written for assessors.
    ids : bool
        Whether the record names the households.
    """

    draw: Draw
    lists: int = 0
    ids: bool = True

    def record(self) -> dict[str, Any]:
        """The record of the draw, as `check_draw` takes it."""
        from exitline.exits.draw.record import as_record

        return dict(as_record(self.draw, ids=self.ids))


@dataclass(frozen=True)
class FrameDigest:
    """What to publish before the seed is known: the digest and the number of households."""

    digest: str
    households: int


def draw(
    frame: Any,
    *,
    seed: str,
    published: str | datetime,
    take: int | Mapping[str, int],
    drawn: str | datetime | None = None,
    household: str = "household",
    village: str | None = None,
    stratum: str | None = None,
    group: str | None = None,
    villages: int | None = None,
    method: Literal["systematic", "poisson", "equal"] = "systematic",
    allocation: Literal["proportional", "equal", "square root"] = "proportional",
    hash: Hash = "sha256",
    out: str | Path | None = None,
    keys_only: bool = False,
    list: str | Path | None = None,
    assessors: Any = None,
    township: str = "township",
    identified_by: Sequence[str] = (),
    reinterview: float = 0.0,
    assignments: str | Path | None = None,
    engine: str | Engine = "duckdb",
) -> Drawn:
    """Draw a sample that anyone can draw again, from a frame of households.

    Parameters
    ----------
    frame : path, table, or Source
        One row for each household.
    seed, published : str, and str or datetime
        The published text, and when it was published (with its time zone).
    take : int, or mapping of group to int
        Households to draw: in each village, or in all.
    drawn : str or datetime, optional
        When the draw is made; now unless given.
    household, village, stratum, group : str
        Columns; with `village` in two stages.
    villages : int, optional
        Villages to draw.
    method : {"systematic", "poisson", "equal"}
        Villages in proportion to size, or with equal chances.
    allocation : {"proportional", "equal", "square root"}
        Over strata.
    hash : {"sha256", "md5"}
    out, list : path, optional
        Where the record (JSON) and the drawn households with weights (CSV) are written.
    keys_only : bool
        Leave ids out of the record.
    assessors : path, table or Source, optional
        Columns assessor, township, capacity.
    township, identified_by : str and sequence of str
        Columns of the frame, for the assessors.
    reinterview : float
        Share that a second assessor interviews blind.
    assignments : path, optional
        Folder for the assessors' lists.
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    Drawn

    Raises
    ------
    ArgumentError, DataError, DrawError
        When the frame, the seed or the numbers do not allow a draw.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> frame = pd.DataFrame({"household": [f"h{i}" for i in range(50)]})
    >>> found = xl.draw(frame, seed="lottery 12 34", published="2026-12-01T20:00:00+08:00",
    ...                 drawn="2026-12-02T09:00:00+08:00", take=10)
    >>> len(found.draw.selected), xl.check_draw(frame, found.record()).match
    (10, True)
    """
    from exitline.exits.draw.frame import open_frame
    from exitline.exits.draw.sample import draw_sample
    from exitline.exits.draw.seed import now
    from exitline.stats.engine.session import session

    roles = _roles(household, village, stratum, group, _kept(assessors, township, identified_by))
    plan, source = _plan(take, villages, village, method, allocation, hash), _seed(seed, published)
    if assessors is not None and not assignments:
        said = choose("assessors= needs assignments=", "--assessors needs --assignments")
        raise ArgumentError(f"{said}, a folder for the lists.")
    moment = _moment(drawn, "drawn") if drawn else now()
    with session(engine) as running:
        made = draw_sample(open_frame(running, frame, roles), plan, source, moment)
    lists = 0
    if assessors is not None:
        lists = _hand_out(made, assessors, township, identified_by, reinterview, str(assignments))
    _write(made, out, list, ids=not keys_only)
    return Drawn(made, lists, not keys_only)


def frame_digest(
    frame: Any,
    *,
    household: str = "household",
    village: str | None = None,
    stratum: str | None = None,
    group: str | None = None,
    keep: Sequence[str] = (),
    engine: str | Engine = "duckdb",
) -> FrameDigest:
    """The digest of a frame, to be published before the seed is known.

    Parameters
    ----------
    frame, household, village, stratum, group, engine
        As in `exitline.draw`.
    keep : sequence of str
        Further columns that assessors need.

    Returns
    -------
    FrameDigest

    Raises
    ------
    DataError, DrawError
        When the frame lacks a column, or names a household twice or not at all.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> xl.frame_digest(pd.DataFrame({"household": ["a", "b"]})).households
    2
    """
    from exitline.exits.draw.frame import open_frame
    from exitline.stats.engine.session import session

    with session(engine) as running:
        opened = open_frame(running, frame, _roles(household, village, stratum, group, tuple(keep)))
        return FrameDigest(opened.digest(), opened.households)


def check_draw(
    frame: Any, check: str | Path | Mapping[str, Any], *, engine: str | Engine = "duckdb"
) -> Check:
    """Draw again by a record, and compare everything.

    Parameters
    ----------
    frame : path, table, or Source
    check : path, or mapping
        The record of a draw.
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    Check
        `match`, and the `differences` in words.

    Raises
    ------
    DrawError, DataError
        When the record or the frame cannot be read; a draw that differs is told, not raised.

    Examples
    --------
    >>> import exitline as xl
    >>> xl.check_draw("examples/assessment/frame.parquet", "examples/assessment/draw.json").match
    True
    """
    from exitline.exits.draw.check import check_draw as checked
    from exitline.exits.draw.record import read_record
    from exitline.stats.engine.session import session

    record = check if isinstance(check, Mapping) else read_record(check)
    with session(engine) as running:
        return checked(record, running, frame)


def _kept(assessors: Any, township: str, identified_by: Sequence[str]) -> tuple[str, ...]:
    """Further columns of the frame, where there are assessors."""
    return () if assessors is None else (township, *identified_by)


def _roles(
    household: str, village: str | None, stratum: str | None, group: str | None,
    keep: tuple[str, ...],
) -> FrameRoles:  # fmt: skip
    """Which column plays which role."""
    from exitline.stats.measure.draw import FrameRoles

    return FrameRoles(household, village, stratum, group, keep)


def _plan(
    take: int | Mapping[str, int], villages: int | None, village: str | None, method: Any,
    allocation: Any, how: Any,
) -> DrawPlan:  # fmt: skip
    """Whom to draw, and how."""
    from exitline.exits.draw.sample import DrawPlan

    wanted = {"": take} if isinstance(take, int) else dict(take)
    if not wanted:
        said = choose("take={'exited': 10}, or take=10", "--take exited=10, or --take 10")
        raise ArgumentError(f"say whom to draw: {said} for anyone.")
    if (villages is None) != (village is None):
        said = choose("village= (a column) and villages=", "--village (a column) and --villages")
        raise ArgumentError(f"{said} (a number) go together.")
    return DrawPlan(wanted, villages, method, allocation, how)


def _seed(seed: str, published: str | datetime) -> Seed:
    """The public seed."""
    from exitline.exits.draw.seed import Seed

    if not seed or not published:
        said = choose("seed= and published=", "--seed and --published")
        raise ArgumentError(f"a draw needs {said}.")
    return Seed(seed, _moment(published, "published"))


def _moment(given: str | datetime, name: str) -> datetime:
    """A moment from its text."""
    from exitline.exits.draw.seed import moment

    return given if isinstance(given, datetime) else moment(given, choose(name, f"--{name}"))


def _hand_out(
    made: Draw, assessors: Any, township: str, identified_by: Sequence[str], reinterview: float,
    folder: str,
) -> int:  # fmt: skip
    """Assign assessors and write their lists."""
    from exitline.api.runs.opening import read_rows
    from exitline.exits.draw.assign import assign_twice
    from exitline.exits.draw.visitors import assessors_from, visits_from, write_assignments

    people = assessors_from(read_rows(assessors, ("assessor", "township")))
    visits = visits_from(made.selected, township, identified_by)
    found = assign_twice(visits, people, made.seed, reinterview)
    return write_assignments(found, made.selected, made.seed, folder)


def _write(made: Draw, out: str | Path | None, listing: str | Path | None, *, ids: bool) -> None:
    """The record and the list, where they are asked for."""
    from exitline.exits.draw.record import write_list, write_record

    for path in (out, listing):
        if path:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
    if out:
        write_record(made, out, ids=ids)
    if listing:
        write_list(made.selected, listing)
