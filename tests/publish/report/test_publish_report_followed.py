"""A study with a panel, a watch and an assessment: its report says what their pages say."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import exitline as xl
from exitline.errors import ExitlineError
from exitline.publish.content.followed import parts_shown, watch_shown
from exitline.stats.data import parse_study
from exitline.stats.panel.report import DynamicsSection

STUDY = """
study: Three visits
lines: [2]
data: {households: homes.csv}
columns: {household: hid, welfare: y_c}
labels:
  arm: {title: Arm, values: {0: Control, 1: Programme}}
panel:
  welfare: y_{wave}
  waves: {a: First, b: Second, c: Third}
  by: arm
  compare: {arm: [1, 0]}
  parts: [rates, histories, lasting]
  watch: {clue_date: 2024-05-02, capacity: 0.2}
assessment:
  visits: visits.csv
  counts: counts.csv
  standard: china-2011-2020
  icc: 0.02
  what_if: true
"""
ASKED: dict[str, Any] = {
    "household": "hid",
    "welfare": "y_{wave}",
    "waves": ("a", "b", "c"),
    "line": 2.0,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    at = tmp_path_factory.mktemp("followed")
    rng = np.random.default_rng(7)
    homes = pd.DataFrame(np.exp(rng.normal(1, 0.6, (300, 3))), columns=["y_a", "y_b", "y_c"])
    homes.insert(0, "hid", range(300))
    homes["arm"] = [0] * 292 + [1] * 8
    homes.to_csv(at / "homes.csv", index=False)
    visits = pd.read_parquet("examples/assessment/visits.parquet")
    visits[visits["county"] == "geo_02"].to_csv(at / "visits.csv", index=False)
    counts = pd.read_csv("examples/assessment/counts.csv")
    counts[counts["county"] == "geo_02"].to_csv(at / "counts.csv", index=False)
    (at / "study.yaml").write_text(STUDY)
    return at


@pytest.fixture(scope="module")
def run(folder: Path) -> Any:
    return xl.run(folder / "study.yaml", folder / "out", language="en")


def read(page: Path) -> str:
    body = re.sub(
        r"<(style|script)[^>]*>.*?</\1>", " ", page.read_text(encoding="utf-8"), flags=re.S
    )
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def test_the_report_says_what_the_pages_say(run: Any, folder: Path) -> None:
    report = read(folder / "out/report.html")
    homes, visits, counts = (folder / f"{n}.csv" for n in ("homes", "visits", "counts"))
    moved = xl.dynamics(homes, **ASKED)
    watched = xl.watch(homes, **ASKED, capacity=0.2, clue_date=dt.date(2024, 5, 2))
    assessed = xl.assess(visits, counts=counts, icc=0.02, standard="china-2011-2020", what_if=True)
    rates = {r["measure"]: r["estimate"] for r in moved[0].records}
    assert f"{100 * rates['exit_rate(b>c)']:.1f} % left" in report
    assert f"{watched.table.num_rows} of {watched.at_risk} households" in report
    assert assessed.assessments[0].outcome in report
    assert [kind for kind in ("Movements", "Watch", "Assessment") if kind not in report] == []
    assert "what if the rule were read another way?" in report
    digests = {one["name"] for one in run.provenance["inputs"]}
    assert {"homes.csv", "visits.csv", "counts.csv"} <= digests


def test_no_code_of_a_wave_or_an_arm_reaches_a_reader(run: Any) -> None:
    parts = run.published.followed.dynamics
    assert {r["by"] for part in parts for r in part.records} == {"", "Arm"}
    assert {r["domain"] for part in parts for r in part.records} == {"", "Control"}
    measures = {r["measure"] for part in parts for r in part.records}
    assert "exit_rate(Second>Third)" in measures
    assert not any(re.search(r"[(>][abc][)>]", m) for m in measures)
    assert "exits first seen at Third or later" in " ".join(parts[2].notes)
    assert run.followed.watch.wave == "Third"


def test_few_households_are_not_told_of(run: Any) -> None:
    """Eight households of the programme: no figure of theirs, no difference from them."""
    said = [r for part in run.followed.dynamics for r in part.records]
    assert any(r["domain"] == "Programme" and r["n"] == 8 for r in said)
    shown = [r for part in run.published.followed.dynamics for r in part.records]
    assert not any(r["domain"] == "Programme" or r["difference"] for r in shown)


def test_in_a_full_count_a_small_number_hides_its_kind_of_area() -> None:
    def row(by: str, n: int, share: float) -> dict[str, Any]:
        return {"measure": "exit_rate(a>b)", "by": by, "n": n, "estimate": share,
                "difference": False}  # fmt: skip

    rates = DynamicsSection("rates", "t", (row("", 400, 0.5), row("arm", 200, 0.02)))
    whole = DynamicsSection("histories", "t", (row("", 400, 0.01),))
    shown = parts_shown([rates, whole], 10, census=True)
    assert [(r["by"], r["n"]) for part in shown for r in part.records] == [("", 400)]
    assert parts_shown([rates, whole], 10, census=False) == (rates, whole)


def test_few_of_a_kind_on_a_full_list(run: Any) -> None:
    few = run.followed.watch
    least = max(few.categories.values()) + 1
    assert watch_shown(few, least, census=True).categories == {}
    assert watch_shown(few, least, census=False) is few


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("panel: {waves: [a, b]}", "either welfare or state"),
        ("panel: {welfare: y, state: s}", "either welfare or state"),
        ("panel: {welfare: y, watch: {capacity: 1}}", "clue_date"),
        ("panel: {welfare: y, compare: {arm: [1]}}", "two values"),
        ("assessment: {visits: v.csv}", "counts"),
    ],
)
def test_keys_that_do_not_fit_are_refused_at_their_line(text: str, said: str) -> None:
    with pytest.raises(ExitlineError, match=said):
        parse_study(f"study: a\ndata: {{households: h.csv}}\n{text}\n", "s.yaml")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (("lines: [2]", "lines: [{relative: 0.6, of: median}]"), "which line"),
        (("household: hid, ", ""), "which households of the panel are the same"),
        (("  standard: china-2011-2020\n", ""), "judged by a standard"),
        (("welfare: y_{wave}", "welfare: z_{wave}"), "panel"),
    ],
)
def test_what_a_panel_lacks_is_said_with_its_key(
    folder: Path, tmp_path: Path, changed: tuple[str, str], said: str
) -> None:
    text = (folder / "study.yaml").read_text().replace(*changed)
    study = parse_study(text, folder / "changed.yaml")
    with pytest.raises(ExitlineError, match=said) as refused:
        xl.run(study, tmp_path / "out")
    assert "changed.yaml" in (refused.value.where or "")
