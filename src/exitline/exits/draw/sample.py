"""Drawing households, in one or two stages, from published seed and published frame."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from types import MappingProxyType
from typing import Any, get_args

from exitline.errors import nearest
from exitline.exits.draw.allocate import Allocation, allocate
from exitline.exits.draw.frame import DrawFrame
from exitline.exits.draw.seed import DrawError, Seed
from exitline.exits.draw.villages import Method, Village, VillageDraw, draw_villages
from exitline.stats.measure import draw as expressions
from exitline.stats.measure.draw import Hash


@dataclass(frozen=True)
class DrawPlan:
    """How the sample is drawn.

    Parameters
    ----------
    take : mapping of group to int
        Households to draw. In two stages: in every drawn village; in one stage: in all.
        The group "" stands for everyone, where the frame has no groups.
    villages : int or None
        Villages to draw; None draws households in one stage.
    method : {"systematic", "poisson", "equal"}
        How villages are drawn, see `exitline.exits.draw.villages.draw_villages`.
    allocation : {"proportional", "equal", "square root"}
        How villages (or households, in one stage) are divided over strata.
    how : {"sha256", "md5"}
        The hash.

    Raises
    ------
    DrawError
        When a number is out of range.

    Examples
    --------
    >>> DrawPlan(take={"exited": 10, "unregistered": 10}, villages=30).stages
    2
    """

    take: Mapping[str, int]
    villages: int | None = None
    method: Method = "systematic"
    allocation: Allocation = "proportional"
    how: Hash = "sha256"

    def __post_init__(self) -> None:
        object.__setattr__(self, "take", MappingProxyType(dict(self.take)))
        bad = not self.take or any(number < 1 for number in self.take.values())
        if bad or (self.villages is not None and self.villages < 1):
            raise DrawError(
                "the plan draws nobody",
                expected="at least one household of at least one group, and at least one village",
                got=f"take {dict(self.take)}, villages {self.villages}",
                remedy="leave out a group that is not to be drawn",
            )

        for name, allowed in (("method", Method), ("allocation", Allocation), ("how", Hash)):
            if getattr(self, name) not in get_args(allowed):
                raise DrawError(
                    "the plan asks for something that is not known",
                    where=f"plan.{name}",
                    expected="one of " + ", ".join(get_args(allowed)),
                    got=repr(getattr(self, name)),
                    remedy=nearest(str(getattr(self, name)), get_args(allowed)) or "choose one",
                )

    @property
    def stages(self) -> int:
        """One or two."""
        return 1 if self.villages is None else 2


@dataclass(frozen=True)
class DrawnVillage:
    """A drawn village: its stratum, households in the frame, inclusion probability."""

    stratum: str
    village: str
    households: int
    probability: Fraction


@dataclass(frozen=True)
class DrawnHousehold:
    """A drawn household.

    Attributes
    ----------
    household, village, stratum, group : str
    key : str
        Its keyed hash.
    probability : Fraction
        Inclusion probability over all stages; the weight is its inverse.
    village_probability : Fraction
        That of its village; 1 in one stage.
    kept : mapping of column to text
        Further columns of the frame.
    """

    household: str
    village: str
    stratum: str
    group: str
    key: str
    probability: Fraction
    village_probability: Fraction
    kept: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def weight(self) -> float:
        """1 / probability."""
        return float(1 / self.probability)


@dataclass(frozen=True)
class Draw:
    """A draw with everything that is needed to repeat it.

    Attributes
    ----------
    plan : DrawPlan
    seed : Seed
    drawn : datetime
    digest : str
        Of the frame.
    households : int
        In the frame.
    roles : mapping of role to column
    villages : tuple of DrawnVillage
        Empty in one stage.
    selected : tuple of DrawnHousehold
        By stratum, village, group, key.
    """

    plan: DrawPlan
    seed: Seed
    drawn: datetime
    digest: str
    households: int
    roles: Mapping[str, str]
    villages: tuple[DrawnVillage, ...]
    selected: tuple[DrawnHousehold, ...]


@dataclass(frozen=True)
class _Take:
    """What one cell gives: so many of so many, in a village drawn with a probability."""

    number: int
    of: int
    village: Fraction

    @property
    def probability(self) -> Fraction:
        """Over both stages."""
        return self.village * Fraction(self.number, self.of)


def draw_sample(frame: DrawFrame, plan: DrawPlan, seed: Seed, drawn: datetime) -> Draw:
    """Draw a sample that anyone can draw again.

    Households of a cell (village and group, or stratum and group in one stage) are put in
    the order of their keyed hashes, and the first ones are taken: simple random sampling
    without replacement, to whoever could not know the seed. A cell with fewer households
    than are asked for gives all of them.

    Parameters
    ----------
    frame : DrawFrame
    plan : DrawPlan
    seed : Seed
        Published before `drawn`.
    drawn : datetime
        When the draw is made.

    Returns
    -------
    Draw

    Raises
    ------
    DrawError
        When the seed was published after the draw, or the frame lacks what the plan needs.

    Examples
    --------
    >>> import pandas as pd
    >>> from datetime import UTC, datetime
    >>> from exitline.exits.draw.frame import open_frame
    >>> from exitline.stats.engine.session import session
    >>> homes = pd.DataFrame({"household": range(100), "village": [i // 10 for i in range(100)]})
    >>> seed = Seed("lottery 4 8 15 16", datetime(2026, 12, 1, tzinfo=UTC))
    >>> with session() as engine:
    ...     frame = open_frame(engine, homes, expressions.FrameRoles(village="village"))
    ...     draw = draw_sample(frame, DrawPlan({"": 2}, villages=3), seed,
    ...                        datetime(2026, 12, 2, tzinfo=UTC))
    >>> len(draw.villages), len(draw.selected), draw.selected[0].weight
    (3, 6, 16.666666666666668)
    """
    seed.refuse_late(drawn)
    _refuse_roles(frame, plan)
    villages = _villages(frame, plan, seed) if plan.stages == 2 else ()
    takes = _takes_by_village(frame, plan, villages) if villages else {}
    if plan.stages == 1:
        takes = _takes_by_stratum(frame, plan)
    return Draw(
        plan=plan, seed=seed, drawn=drawn, digest=frame.digest(), households=frame.households,
        roles=MappingProxyType(frame.roles.named()), villages=villages,
        selected=_selected(frame, plan, seed, takes),
    )  # fmt: skip


def _refuse_roles(frame: DrawFrame, plan: DrawPlan) -> None:
    """The frame has villages and groups where the plan refers to them."""
    groups = {cell.group for cell in frame.cells}
    unknown = sorted(set(plan.take) - groups)
    if unknown or (plan.stages == 2 and frame.roles.village is None):
        raise DrawError(
            "the frame lacks what the plan draws",
            expected="a column of villages for two stages, and the groups "
            + ", ".join(repr(group) for group in plan.take),
            got=f"groups {', '.join(repr(g) for g in sorted(groups)[:8])}"
            + ("" if frame.roles.village else ", no column of villages"),
            remedy="name the columns of village and group",
        )


def _villages(frame: DrawFrame, plan: DrawPlan, seed: Seed) -> tuple[DrawnVillage, ...]:
    """Villages drawn in every stratum, sized by the households of the groups to be drawn."""
    sizes: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for cell in frame.cells:
        if cell.group in plan.take:
            sizes[cell.stratum][cell.village] += cell.households
    strata = sorted(sizes)
    counts = [len(sizes[stratum]) for stratum in strata]
    measures = [sum(sizes[stratum].values()) for stratum in strata]
    numbers = _divide(plan, counts if plan.method == "equal" else measures, counts)
    found: list[DrawnVillage] = []
    for stratum, number in zip(strata, numbers, strict=True):
        frame_villages = [Village(name, size) for name, size in sizes[stratum].items()]
        drawn = draw_villages(frame_villages, number, seed, stratum, plan.method)
        found += [_drawn_village(stratum, one) for one in drawn]
    return tuple(found)


def _divide(plan: DrawPlan, measures: list[int], available: list[int]) -> list[int]:
    """Villages to draw in each stratum: by their number, or by the households in them."""
    total = plan.villages or 0
    if len(available) == 1:
        return [total]
    return [int(n) for n in allocate(total, measures, plan.allocation, most=available)]


def _drawn_village(stratum: str, drawn: VillageDraw) -> DrawnVillage:
    return DrawnVillage(stratum, drawn.village.name, drawn.village.size, drawn.probability)


def _takes_by_village(
    frame: DrawFrame, plan: DrawPlan, villages: tuple[DrawnVillage, ...]
) -> dict[tuple[str, str], _Take]:
    """What every group of every drawn village gives."""
    chances = {drawn.village: drawn.probability for drawn in villages}
    return {
        (cell.village, cell.group): _Take(
            min(plan.take[cell.group], cell.households), cell.households, chances[cell.village]
        )
        for cell in frame.cells
        if cell.village in chances and cell.group in plan.take
    }


def _takes_by_stratum(frame: DrawFrame, plan: DrawPlan) -> dict[tuple[str, str], _Take]:
    """What every group of every stratum gives, in one stage."""
    sizes: dict[tuple[str, str], int] = defaultdict(int)
    for cell in frame.cells:
        sizes[cell.stratum, cell.group] += cell.households
    takes: dict[tuple[str, str], _Take] = {}
    for group, number in plan.take.items():
        strata = sorted(stratum for stratum, g in sizes if g == group)
        counts = [sizes[stratum, group] for stratum in strata]
        numbers = allocate(number, counts, plan.allocation)
        for stratum, n, of in zip(strata, numbers, counts, strict=True):
            if n:
                takes[stratum, group] = _Take(int(n), of, Fraction(1))
    return takes


def _selected(
    frame: DrawFrame, plan: DrawPlan, seed: Seed, takes: Mapping[tuple[str, str], _Take]
) -> tuple[DrawnHousehold, ...]:
    """The households with the smallest keys in every cell."""
    import pyarrow as pa

    from exitline.stats.data.scannable import Source

    if not takes:
        return ()
    place = "village" if plan.stages == 2 else "stratum"
    roles = frame.roles.named()
    by = tuple(role for role in (place, "group") if role in roles)
    columns: dict[str, Any] = {
        f"cell_{role}": [cell[0 if role == place else 1] for cell in takes] for role in by
    }
    columns["take"] = pa.array([take.number for take in takes.values()], pa.int64())
    known = frame.engine.attach(Source(kind="arrow", table=pa.table(columns)), "takes")
    rows = frame.engine.run(
        expressions.smallest(frame.table, known, frame.roles, by, seed.text, plan.how)
    )
    found = [_household(row, takes, place, frame.roles.keep) for row in rows.to_pylist()]
    return tuple(sorted(found, key=lambda h: (h.stratum, h.village, h.group, h.key, h.household)))


def _household(
    row: Mapping[str, Any],
    takes: Mapping[tuple[str, str], _Take],
    place: str,
    keep: tuple[str, ...],
) -> DrawnHousehold:
    """A drawn row with its probabilities."""
    take = takes[row.get(place, ""), row.get("group", "")]
    return DrawnHousehold(
        household=row["household"], village=row.get("village", ""),
        stratum=row.get("stratum", ""), group=row.get("group", ""), key=row["key"],
        probability=take.probability, village_probability=take.village,
        kept={name: row[f"keep_{i}"] for i, name in enumerate(keep)},
    )  # fmt: skip
