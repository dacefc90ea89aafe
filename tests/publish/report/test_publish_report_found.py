"""Pages of single findings: what they say is what was found, and nobody is named unasked."""

from __future__ import annotations

import datetime as dt
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import exitline as xl
from exitline.cli import main
from exitline.words.texts import languages

VISITS = "examples/assessment/visits.parquet"
COUNTS = "examples/assessment/counts.csv"
PANEL = {
    "household": "id_hh", "welfare": "ctotal_pcmonth_{wave}", "waves": ("bsl", "end", "fup"),
    "line": 730 / 12,
}  # fmt: skip
GRADUATION = "examples/pakistan-graduation/graduation.parquet"


def text_of(path: Path) -> str:
    """What is read of a page."""
    page = path.read_text(encoding="utf-8")
    body = re.sub(r"<(style|script)[^>]*>.*?</\1>", " ", page, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


@pytest.fixture(scope="module")
def assessed() -> Any:
    visits = pd.read_parquet(VISITS)
    return xl.assess(
        visits[visits["county"] == "geo_02"], counts=COUNTS, standard="china-2011-2020",
        readings={"missed-denominator": "surveyed-unregistered"}, what_if=True,
    )  # fmt: skip


def _counted() -> Any:
    """Several counties in which everyone was visited."""
    return xl.assess(
        VISITS, counts=COUNTS, standard="china-2011-2020", full_count=True,
        readings={"missed-denominator": "surveyed-unregistered"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def watched() -> Any:
    return xl.watch(GRADUATION, **PANEL, clue_date=dt.date(2024, 5, 2))


@pytest.fixture(scope="module")
def findings(assessed: Any, watched: Any) -> dict[str, Any]:
    rng = np.random.default_rng(3)
    rows = pd.DataFrame({"y": np.floor(rng.lognormal(8.4, 0.4, 600)),
                         "county": rng.choice(["A", "B<b>"], 600)})  # fmt: skip
    return {
        "assessed": assessed, "counted": _counted(), "watched": watched,
        "moved": xl.dynamics(GRADUATION, **PANEL, parts=("rates", "survival")),
        "planned": xl.plan(true_rate=0.01), "staged": xl.plan(true_rate=0.005, kind="curtailed"),
        "mirrored": xl.plan(standard="china-2011-2020", rate="recognition", true_rate=0.95),
        "budget": xl.plan_counties("examples/assessment/counties.csv", budget=60_000),
        "screened": xl.screen(rows, value="y", by="county"), "targeted": _targeted(),
    }  # fmt: skip


def _targeted() -> list[Any]:
    """Two methods: their errors, their curves, and what budgets leave."""
    homes = pd.read_parquet("examples/imaginary-country/hld_sample_wb_2023.parquet")
    asked = {"welfare": "pc_exp", "line": 1500,
             "design": xl.Design(weight="hhweight", size="hhsize", psu="ea")}  # fmt: skip
    methods = {"crowded": "rooms - hhsize", "small": "hhsize"}
    return [
        xl.target.evaluate(homes, methods, quota=[0.2, 0.4, 0.6], **asked),
        xl.target.evaluate(homes, {"crowded": "rooms - hhsize"}, quota=0.4, tables=["budget"],
                           budgets=[0.5, 1.0, 1.5], **asked),
    ]  # fmt: skip


def test_every_finding_has_a_page_in_every_language(findings: dict[str, Any], tmp_path: Path):
    english: dict[str, str] = {}
    for name, found in findings.items():
        for code in sorted(languages(), key=lambda c: c != "en"):
            page = xl.page(found, tmp_path / f"{name}.html", language=code)
            text = text_of(page)
            english.setdefault(name, text)
            assert f'lang="{code}"' in page.read_text(encoding="utf-8")
            assert "nan" not in text.lower().split(), (name, code)
            if code != "en":
                kept = [s for s in _sentences(english[name]) if s in text]
                assert kept == [], (name, code)


def _sentences(text: str) -> list[str]:
    """Sentences of five words or more, which another language does not share."""
    parts = re.split(r"(?<=[.?])\s", text)
    return [p for p in parts if len(re.findall(r"[A-Za-z]{3,}", p)) >= 5]


def test_flows_add_up_and_are_those_that_were_found(findings: dict[str, Any]):
    from exitline.publish.report.findings.moved import dynamics_page
    from exitline.words.catalogue import ENGLISH

    records = {r["measure"]: r for r in findings["moved"][0].records}
    page = dynamics_page(findings["moved"], ENGLISH)
    flows = page.sections[0]
    for waves in ("bsl>end", "end>fup"):
        shares = [records[f"share_{a}_{b}({waves})"]["estimate"]
                  for a in ("poor", "out") for b in ("poor", "out")]  # fmt: skip
        assert sum(shares) == pytest.approx(1.0)
    exits = records["exit_rate(end>fup)"]["estimate"]
    assert f"{100 * exits:.1f}" in page.answer
    assert "18.4" in flows.drawing
    assert "15.9–21.1" in flows.drawing
    drawn = [float(h) for h in re.findall(r'class="f-poor"[^>]*height="([\d.]+)"', flows.drawing)]
    poor = 100 * sum(records[f"share_poor_{b}(bsl>end)"]["estimate"] for b in ("poor", "out"))
    assert drawn[0] == pytest.approx(poor, abs=1e-3)


def test_lines_of_targeting_go_through_the_figures(findings: dict[str, Any]):
    from exitline.publish.report.findings.targeted import targeting_page
    from exitline.words.catalogue import ENGLISH

    found, left = findings["targeted"]
    page = targeting_page([found, left], ENGLISH)
    best = min(("crowded", "small"),
               key=lambda name: found.find(name, "exclusion_error", 0.2).estimate)  # fmt: skip
    error = found.find(best, "exclusion_error", 0.2)
    assert page.answer.startswith(f"'{best}' leaves out {100 * error.estimate:.0f}"[:-1])
    by = {one.key: one for one in page.sections}
    assert set(by) == {"errors", "roc", "precision-recall", "budget"}
    poor, others = (found.find("small", f"{w}poor_coverage", 0.4).estimate for w in ("", "non"))
    assert f"L{100 * others:.2f} {100 - 100 * poor:.2f}L" in by["roc"].drawing
    kept = left.find("crowded", "gap_left", 0.4, "budget 1").estimate
    assert f"L{100 / 1.5:.2f} {100 - 100 * kept:.2f}L" in by["budget"].drawing
    assert by["budget"].drawing.count("k-line") == 4  # two lines, and their names


def test_a_watch_names_nobody_unless_asked(watched: Any, tmp_path: Path):
    ids = [str(one) for one in watched.table.column("household").to_pylist()]
    kept = text_of(xl.page(watched, tmp_path / "a.html"))
    named = text_of(xl.page(watched, tmp_path / "b.html", named=3))
    assert not [one for one in ids if re.search(rf"\b{re.escape(one)}\b", kept)]
    assert "not for release" not in kept
    assert "It names no household" in kept
    assert all(re.search(rf"\b{re.escape(one)}\b", named) for one in ids[:3])
    assert not re.search(rf"\b{re.escape(ids[3])}\b", named)
    assert "not for release" in named
    assert "It names no household" not in named


def test_an_assessment_says_its_outcomes_and_what_if(assessed: Any, tmp_path: Path):
    counted = _counted()
    met = sum(one.outcome == "met" for one in counted.assessments)
    several = text_of(xl.page(counted, tmp_path / "b.html"))
    assert f"{met} of {len(counted.assessments)} counties meet the rule" in several
    text = text_of(xl.page(assessed, tmp_path / "a.html"))
    assert assessed.assessments[0].outcome == "cannot tell"
    assert "Answer cannot tell yet because of:" in text
    for _, answers, _ in assessed.answers:
        for answer in answers:
            assert answer.variant.label in text
    settled = [j.error_probability for a in assessed.assessments for j in a.judgements
               if j.outcome != "cannot tell"]  # fmt: skip
    assert max(settled) < 0.05
    assert f"probability of {100 * max(settled):.1f} % where the rate is" in text.replace(
        "\xa0", " "
    )


def test_the_curve_of_a_plan_meets_its_table(findings: dict[str, Any]):
    from exitline.api.deciding.pages import _made
    from exitline.words.catalogue import ENGLISH

    for name in ("planned", "mirrored"):
        plan = findings[name]
        drawn = _made(plan, ENGLISH, "", 0).sections[0].drawing
        first = re.search(r'class="o-met" d="M([\d.]+) [\d.]+L([^Z]+)Z', drawn)
        assert first is not None
        points = [tuple(map(float, p.split())) for p in first[2].split("L")]
        rates = [p.rate for p in plan.curve]
        low, high = (0.0, 0.04) if name == "planned" else (0.8, 1.0)
        for point in plan.curve:
            if not low <= point.rate <= high:
                continue
            x = 100 * (point.rate - low) / (high - low)
            near = min(points, key=lambda p: abs(p[0] - x))
            share = near[1] if name == "mirrored" else 100 - near[1]
            assert share == pytest.approx(100 * point.met, abs=6), (name, rates)


def test_commands_write_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    page = tmp_path / "plan.html"
    with pytest.raises(SystemExit) as ended:
        main(["plan", "--true-rate", "0.005", "--language", "fr", "--page", str(page)])
    assert not ended.value.code
    assert 'lang="fr"' in page.read_text(encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["plan", "--true-rate", "0.005", "--page", str(tmp_path / "plan.pdf")])
    assert ended.value.code == 2
    assert ".html" in capsys.readouterr().err


def test_something_else_has_no_page(tmp_path: Path):
    with pytest.raises(xl.ExitlineError, match="no page"):
        xl.page(42, tmp_path / "a.html")  # type: ignore[arg-type]
    assert not (tmp_path / "a.html").exists()


def test_an_index_is_told_in_the_words_of_its_standard(tmp_path: Path):
    run = xl.run("examples/imaginary-country/mpi.yaml", out=tmp_path / "out")
    text = text_of(tmp_path / "out" / "report.html")
    parts = {e.measure: e.estimate for e in run.estimates
             if e.measure.startswith("contribution_share") and not e.by}  # fmt: skip
    assert sum(parts.values()) == pytest.approx(1.0)
    section = text.split("What poverty is made of")[1].split("Where households stand")[0]
    for one in run.standard.indicators.values():
        assert one.label in section
        assert f"{100 * parts[f'contribution_share({one.name})']:.1f}" in section
        assert f"deprived in {one.name}, share" not in text
    assert "‘Nobody of 12 or more has 6 years of schooling’ makes up the largest part" in section
    about = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))["about"]
    assert "‘No electricity’" in about["measures"]["censored(electricity)"]["label"]
