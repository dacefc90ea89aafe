"""Reports to look at: a survey, an invented census with decisions, and a very large one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from exitline.api import estimate
from exitline.exits.decide.decision import overall
from exitline.exits.decide.table import Decisions, rows_of
from exitline.publish.report import OutcomeCounts, ReportInput
from exitline.rules.condition import parse
from exitline.rules.standard import Criterion, ExitRule, SourceRef, Standard, StandardFigure
from exitline.rules.standard.lines import ALWAYS, Line
from exitline.stats.data import Design, parse_study
from exitline.stats.data.checking.findings import Finding
from exitline.stats.data.money import StudyLine

NAN = float("nan")
TITLE = "Albania <script>window.hacked=1</script> & co"


@pytest.fixture(scope="session")
def albania() -> ReportInput:
    """The survey of 2012, with a title that tries to run a script."""
    homes = pd.read_parquet("examples/albania-2012/lival.parquet")
    homes["size"] = (0.07527689 * homes.totcons / homes.rcons).round()
    design = Design(weight="weight", size="size", strata="strat", psu="psu")
    found = estimate(
        homes, ["headcount", "poverty_gap", "mean", "poor_count"], welfare="rcons",
        line={"absolute": 4891, "extreme": 3047}, design=design, by=["urban", "prefectu"],
    )  # fmt: skip
    study = parse_study(
        "{study: x, year: 2012, data: {households: lival.parquet}, columns: {welfare: rcons, "
        "size: 'round(0.07527689 * totcons / rcons)'}, design: {weight: weight, strata: strat, "
        "psu: psu}, areas: [urban, prefectu]}"
    )
    unit = {"currency": "ALL", "per": "person", "period": "month", "prices": 2002}
    return ReportInput(
        replace(study, title=TITLE, outside_folder=("../other/<b>lival.parquet",)),
        found,
        lines=[
            StudyLine("absolute", 4891.0, title="Absolute line", **unit),
            StudyLine("extreme", 3047.0, title="Extreme line", verified=False, **unit),
        ],
        findings=[
            Finding("note", "heaping", "a note", "welfare", 412, "look again"),
            Finding("error", "weights", "an error <img src=x onerror=alert(1)>", "weight", 3),
        ],
        provenance={"recompute": "exitline run study.yaml", "seed": None, "engine": "duckdb",
                    "inputs": [{"name": "lival.parquet", "sha256": "ab" * 32}]},
    )  # fmt: skip


@pytest.fixture(scope="session")
def standard() -> Standard:
    """A standard with a figure that was not read at its source."""
    sources = {
        "law": SourceRef("law", "The <i>law</i>", "2020", "https://example.org/law?a=1&b=2"),
        "page": SourceRef("page", "A page", url="javascript:alert(1)", verified=False),
    }
    line = Line("basic", "Basic line", "XXX per person per year", "XXX", "year", None, "<",
                {ALWAYS: StandardFigure(2.0, "law", True)}, source="law")  # fmt: skip
    poor = parse("welfare < line('basic')")
    incidence = Criterion(
        "incidence", "Poverty <b>incidence</b>", "village", "share", parse("poor"), "persons",
        "below", {"": StandardFigure(0.03, "page", False)}, source="page",
    )  # fmt: skip
    road = Criterion("road", "A road", "village", "condition", parse("road"), source="law")
    household = ExitRule(
        "household", poor, (Criterion("income", "Income", "household", "condition",
                                      parse("NOT poor"), source="law"),),
    )  # fmt: skip
    return Standard(
        "invented", "An invented standard", "nowhere", sources=sources, lines={"basic": line},
        household=household, village=ExitRule("village", None, (incidence, road)), digest="cd" * 32,
    )  # fmt: skip


def outcomes(units: int, rng: np.random.Generator) -> list[Any]:
    """Outcomes of two criteria."""
    words = np.array(["met", "not met", "cannot tell"])
    return [rng.choice(words, units, p=p) for p in ([0.5, 0.3, 0.2], [0.8, 0.1, 0.1])]


def decisions(units: int) -> Decisions:
    """Decisions on villages as the decision room writes them, and on one household."""
    rng = np.random.default_rng(7)
    names = [f"v{i:05d}" for i in range(units)]
    parents = [f"county {i // 40}" for i in range(units)]
    names[0] = "<img src=x onerror=window.hacked=1>"
    found, value = outcomes(units, rng), rng.uniform(0, 0.1, units)
    common: dict[str, Any] = {
        "confidence": 0.95, "n": np.full(units, 40.0), "population": np.full(units, 300.0),
        "error_probability": NAN, "evidence": "sample",
    }  # fmt: skip
    said = [
        f"{100 * v:.1f} % of persons in poor households in a sample of 40 households; with 95 % "
        f"confidence anything between {60 * v:.1f} % and {170 * v:.1f} %; required: below 3 %"
        for v in value
    ]
    nothing: dict[str, Any] = {"value": NAN, "low": NAN, "high": NAN, "threshold": NAN}
    share = rows_of(
        "village", names, parents, criterion="incidence", outcome=found[0], value=value,
        low=0.6 * value, high=1.7 * value, threshold=0.03, comparison="below",
        needed=np.where(found[0] == "cannot tell", np.arange(units) % 400 + 20.0, NAN),
        reason=said, **common,
    )  # fmt: skip
    road = rows_of(
        "village", names, parents, criterion="road", outcome=found[1], comparison="", needed=NAN,
        reason=[f"A road: {'yes' if o == 'met' else 'no'}" for o in found[1]], **nothing, **common,
    )  # fmt: skip
    whole = rows_of(
        "village", names, parents, criterion="", outcome=overall(found), comparison="", needed=NAN,
        reason=["all 2 criteria are met"] * units, **nothing, **common,
    )  # fmt: skip
    one = rows_of(
        "household", ["HH-4711"], ["county 0"], criterion="", outcome="met", comparison="",
        needed=NAN, reason=["Income: yes"], **nothing,
        **{**common, "n": 1.0, "population": 1.0},
    )  # fmt: skip
    return share + road + whole + one


@pytest.fixture(scope="session")
def villages(standard: Standard) -> Callable[[int], ReportInput]:
    """A report on so many villages."""

    @cache
    def make(units: int) -> ReportInput:
        rng = np.random.default_rng(3)
        homes = pd.DataFrame({
            "welfare": rng.lognormal(1.5, 0.6, units * 8),
            "village": np.repeat([f"v{i:05d}" for i in range(units)], 8),
            "psu": np.repeat(np.arange(units * 2), 4),
        })  # fmt: skip
        found = estimate(
            homes, ["headcount", "poverty_gap", "poor_count"], welfare="welfare",
            line={"basic": 2.0}, design=Design(psu="psu"), by="village",
        )  # fmt: skip
        study = parse_study(
            "{study: Villages, data: {households: homes.parquet}, columns: {welfare: welfare}, "
            "design: {psu: psu}, areas: [village], levels: {village: village}}"
        )
        return ReportInput(
            study, found, standard=standard, decisions=decisions(units),
            households=OutcomeCounts(700.0, 200.0, 100.0),
            description=["Who is below the line is poor.",
                         ("Villages", ["Below 3 % [unverified].", "A road."])],
        )  # fmt: skip

    return make
