"""Reference files as jobs: which column is what, and how exitline spells each statistic."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.parity.wanted import Job, Wanted, values

PEERS = {"survey": "survey 4.5", "convey": "convey 1.0.1", "vardpoor": "vardpoor 0.21"}
PARTS = {"estimate": "estimate", "se": "se", "df": "df", "low": "low", "high": "high",
         "deff": "deff"}  # fmt: skip
Reader = Callable[[Path, Path], Iterator[Job]]


def every(data: Path, reference: Path) -> Iterator[tuple[str, Callable[[], Iterator[Job]]]]:
    """Every reader by name, bound to the two folders."""
    from benchmarks.parity import more, parts, tests_of_r, weights
    from benchmarks.parity import others as o

    readers = (
        estimates, o.convey, o.gender_pay_gap, o.quantiles, o.proportions, o.design_effects,
        o.variances, o.two_phases, o.vardpoor, o.replicates, o.inequality, o.schools,
        weights.calibrated,
        weights.calibrated_schools, weights.lonely_schools, weights.school_replicates,
        parts.changes, parts.conveyed_parts, tests_of_r.comparisons,
        tests_of_r.unequal_probabilities, more.albanian_replicates, more.pairs,
        more.deprivations, more.curves,
    )  # fmt: skip
    for reader in readers:
        yield reader.__name__, lambda reader=reader: reader(data, reference)


def shipped() -> Iterator[Job]:
    """Jobs on data and references that are part of the project."""
    from benchmarks.parity import others as o

    house = Path(__file__).parents[2]
    references = house / "tests" / "stats" / "estimate" / "reference"
    homes = pd.read_parquet(house / "examples" / "albania-2012" / "lival.parquet")
    homes = homes.assign(capita=(0.07527689 * homes.totcons / homes.rcons).round())
    found = rows(references / "albania_convey.csv")
    yield from o.conveyed(found, "albania", homes, "rcons", o.ALBANIA)
    yield from o.schools_in(references)


def survey(data: Path, name: str) -> pd.DataFrame:
    """A survey of the data folder."""
    return pd.read_parquet(data / "surveys" / f"{name}.parquet")


def rows(path: Path) -> list[dict[str, Any]]:
    """Lines of a reference as text; none where the file is not there."""
    if not path.exists():
        return []
    return pd.read_csv(path, keep_default_na=False, dtype=str).to_dict("records")


def label_of(line: Any) -> str:
    """How a job names a line: a number, a number with its boundary, or a relative line."""
    if line is None:
        return ""
    if isinstance(line, dict):
        own = ", own" if line.get("within") else ""
        return f"{line['share']:g} x {line['of']}{own}"
    return f"{line[0]}{line[1]}" if isinstance(line, tuple) else str(line)


def relative(label: str) -> Any:
    """A line from the label of a case: a number, or relq0.6 and relm0.5 (`<=`, as convey)."""
    found = re.fullmatch(r"rel([qm])([0-9.]+)", label)
    if found is None:
        return float(label)
    of = "median" if found[1] == "q" else "mean"
    return {"share": float(found[2]), "of": of, "boundary": "<="}


def estimates(data: Path, reference: Path) -> Iterator[Job]:
    """surveys/estimate: one file a case, designs in cases.json, exitline's own names."""
    folder = reference / "surveys" / "estimate"
    cases = json.loads((folder / "cases.json").read_text())
    for path in sorted(folder.glob("*.csv*")):
        case = path.name.partition(".")[0]
        if case not in cases:
            continue
        by_interval: dict[str, list[Wanted]] = defaultdict(list)
        for row in rows(path):
            measure, _, interval = row["measure"].partition("|")
            if measure == "threshold":
                share = relative(row["line"])
                measure, line = f"at_risk_threshold({share['share']})", ""
                if share["of"] == "mean":
                    continue  # half the mean, which is compared as the mean
            else:
                line = row["line"]
            by = row["by"].replace("+", ", ")
            found = Wanted(measure, values(row, PARTS), line, by, row["domain"])
            by_interval[interval or "logit"].append(found)
        told = cases[case]
        table = survey(data, told.get("data", case))
        for interval, wanted in by_interval.items():
            labels = dict.fromkeys(w.line for w in wanted if w.line)
            yield Job(
                case, PEERS["survey"], table, tuple(wanted), told["welfare"], told["design"],
                {label: relative(label) for label in labels},
                {"interval": interval, "deff": interval == "logit"},
            )  # fmt: skip
