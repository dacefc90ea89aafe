"""The record of a draw: one JSON file with all that is needed to repeat it."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from exitline.exits.draw.sample import Draw, DrawnHousehold, DrawnVillage, DrawPlan
from exitline.exits.draw.seed import DrawError, Seed, moment
from exitline.files import whole_file
from exitline.records import RecordError, read_json
from exitline.stats.measure.draw import FrameRoles
from exitline.version import __version__

FORMAT = "exitline-draw/1"


@dataclass(frozen=True)
class Instructions:
    """What a record says was to be done."""

    plan: DrawPlan
    seed: Seed
    drawn: datetime
    roles: FrameRoles


def as_record(draw: Draw, *, ids: bool = True) -> dict[str, Any]:
    """A draw as JSON values.

    Parameters
    ----------
    draw : Draw
    ids : bool
        False leaves the households' ids and kept columns out: the keys alone still let
        everyone who holds the frame check the draw.

    Returns
    -------
    dict
    """
    plan = draw.plan
    return {
        "format": FORMAT,
        "software": f"exitline {__version__}",
        "frame": {
            "digest": draw.digest,
            "households": draw.households,
            "columns": dict(draw.roles),
        },
        "seed": {"text": draw.seed.text, "published": draw.seed.published.isoformat()},
        "drawn": draw.drawn.isoformat(),
        "hash": plan.how,
        "key": "seed|household|id, UTF-8, lower-case hex",
        "plan": {
            "stages": plan.stages,
            "take": dict(plan.take),
            "villages": plan.villages,
            "method": plan.method,
            "allocation": plan.allocation,
        },
        "villages": [_village(one) for one in draw.villages],
        "selected": [_household(one, ids=ids) for one in draw.selected],
    }


def write_record(draw: Draw, path: str | Path, *, ids: bool = True) -> None:
    """Write a draw's record, whole or not at all.

    Raises
    ------
    OutputError
        When the folder does not allow it.
    """
    with whole_file(path) as partial:
        partial.write_text(_one_row_a_line(as_record(draw, ids=ids)), encoding="utf-8")


def _one_row_a_line(record: Mapping[str, Any]) -> str:
    """JSON with every village and household on a line of its own, for people and for diff."""

    def text(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    parts = []
    for name, value in record.items():
        if isinstance(value, list):
            rows = ",\n".join(text(row) for row in value)
            parts.append(f"{text(name)}: [\n{rows}\n]" if rows else f"{text(name)}: []")
        else:
            parts.append(f"{text(name)}: {text(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def read_record(path: str | Path) -> dict[str, Any]:
    """Read a draw's record.

    Raises
    ------
    DrawError
        When it is no record of a draw.
    """
    try:
        record: dict[str, Any] = read_json(path, what="the record", shape=dict)
    except RecordError as reason:
        raise _no_record(path, reason.got or reason.what) from reason
    if record.get("format") != FORMAT:
        raise _no_record(path, "another format")
    missing = {"frame", "seed", "drawn", "hash", "plan", "villages", "selected"} - set(record)
    if missing:
        raise _no_record(path, "without " + ", ".join(sorted(missing)))
    return record


def instructions(record: Mapping[str, Any], path: str | Path = "") -> Instructions:
    """Seed, plan, time and roles of a record.

    Raises
    ------
    DrawError
        When a part of it cannot be.
    """
    try:
        plan, seed = record["plan"], record["seed"]
        columns = record["frame"]["columns"]
        kept = record["selected"][0].get("kept", {}) if record["selected"] else {}
        return Instructions(
            plan=DrawPlan(
                take={str(group): int(number) for group, number in plan["take"].items()},
                villages=plan["villages"],
                method=plan["method"],
                allocation=plan["allocation"],
                how=record["hash"],
            ),
            seed=Seed(seed["text"], moment(seed["published"], "seed.published")),
            drawn=moment(record["drawn"], "drawn"),
            roles=FrameRoles(**columns, keep=tuple(kept)),
        )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as reason:
        raise _no_record(path, f"a part that cannot be read ({type(reason).__name__})") from reason


def write_list(selected: Sequence[DrawnHousehold], path: str | Path) -> None:
    """Write the drawn households as CSV: for fieldwork, and for the assessment's weights.

    Columns: household, village, stratum, group (those that the frame has), weight,
    village_weight, and the kept columns.
    """
    kept = list(selected[0].kept) if selected else []
    with whole_file(path) as partial, partial.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        names = ["household", "village", "stratum", "group", "weight", "village_weight"]
        writer.writerow(names + kept)
        for one in selected:
            writer.writerow(
                [one.household, one.village, one.stratum, one.group, repr(one.weight),
                 repr(float(1 / one.village_probability)), *(one.kept[name] for name in kept)]
            )  # fmt: skip


def _village(one: DrawnVillage) -> dict[str, Any]:
    """A drawn village as JSON values."""
    return {
        "stratum": one.stratum,
        "village": one.village,
        "households": one.households,
        "probability": _fraction(one.probability),
    }


def _household(one: DrawnHousehold, *, ids: bool) -> dict[str, Any]:
    """A drawn household as JSON values."""
    values: dict[str, Any] = {"household": one.household} if ids else {}
    values |= {
        "village": one.village,
        "stratum": one.stratum,
        "group": one.group,
        "key": one.key,
        "probability": _fraction(one.probability),
        "weight": one.weight,
    }
    return values | ({"kept": dict(one.kept)} if ids and one.kept else {})


def _fraction(value: Fraction) -> str:
    """An exact probability."""
    return f"{value.numerator}/{value.denominator}"


def _no_record(path: str | Path, got: str) -> DrawError:
    return DrawError(
        "this is no record of a draw",
        where=str(path) or None,
        expected=f"a JSON file of the format {FORMAT}",
        got=got,
        remedy="use the file that `exitline draw --out` wrote, unchanged",
    )
