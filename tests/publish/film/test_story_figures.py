"""Figures: recomputed from data, runs and claims; a change stops the build."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from exitline.errors import ConditionError
from exitline.proof.claim import (
    Claim,
    InputDigest,
    Query,
    Recomputed,
    Rounding,
    file_digest,
    sign_claim,
)
from exitline.publish.film import FigureChangedError, Services, StoryError, bind, load_story
from exitline.publish.film.bound.binding import changes, record_text, refuse_changes
from exitline.publish.film.bound.figures import EpisodeFigures
from exitline.publish.film.model import Story
from exitline.stats.engine.session import session


@pytest.fixture(scope="module")
def engine():
    with session() as opened:
        yield opened


def _bound(folder: Path, engine, services: Services | None = None) -> tuple[Story, EpisodeFigures]:
    story = load_story(folder)
    work = folder / "work"
    return story, bind(story.episodes[0], engine, work, services or Services())


def test_queries_give_what_pandas_gives(folder: Path, engine) -> None:
    homes = pd.read_csv(folder / "homes.csv")
    poor = homes.y < 2
    _, bound = _bound(folder, engine)
    found = {name: figure.value for name, figure in bound.figures.items()}
    assert found["homes"] == len(homes)
    assert found["poor"] == poor.sum()
    assert found["not_poor"] == (~poor).sum()
    assert found["share"] == pytest.approx((poor * homes.w).sum() / homes.w.sum(), rel=1e-12)
    by_year = poor.groupby(homes.year).mean()
    points = bound.points["by_year"].points
    assert [p.key for p in points] == list(by_year.index)
    assert [p.value for p in points] == pytest.approx(list(by_year), rel=1e-12)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            "{data: homes, sum: y * w, where: area = 'a'}",
            lambda d: (d.y * d.w)[d.area == "a"].sum(),
        ),
        ("{data: homes, mean: y}", lambda d: d.y.mean()),
        ("{data: homes, mean: y, weight: w}", lambda d: (d.y * d.w).sum() / d.w.sum()),
        ("{data: homes, distinct: year}", lambda d: d.year.nunique()),
        ("{data: homes, count: rows, where: y > 100}", lambda _: 0),
    ],
)
def test_every_step_gives_what_pandas_gives(edit, engine, query: str, expected) -> None:
    folder = edit("{data: homes, count: rows, where: y < 2}", query)
    homes = pd.read_csv(folder / "homes.csv")
    _, bound = _bound(folder, engine)
    assert bound.figures["poor"].value == pytest.approx(expected(homes), rel=1e-12)


def test_an_interval_of_a_share_is_clopper_and_pearsons(edit, engine) -> None:
    from scipy.stats import binomtest

    folder = edit(
        "{data: homes, count: rows, where: y < 2}", "{data: homes, share: y < 2, part: low}"
    )
    homes = pd.read_csv(folder / "homes.csv")
    _, bound = _bound(folder, engine)
    expected = binomtest(int((homes.y < 2).sum()), len(homes)).proportion_ci(0.95, "exact").low
    assert bound.figures["poor"].value == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("query", "kind", "said"),
    [
        ("{data: homes, count: rows, where: z < 2}", ConditionError, "z"),
        ("{data: homes, value: y, where: y < 2}", StoryError, "more than one row"),
        ("{data: homes, value: y, where: y > 100}", StoryError, "no row fits"),
        ("{data: homes, share: y + 1}", StoryError, "does not fit its formula"),
        ("{data: homes, mean: y < 1}", StoryError, "does not fit its formula"),
        ("{compute: homes / 0}", StoryError, "a figure is missing"),
        ("{compute: nobody / homes}", StoryError, "needs 'nobody'"),
        ("{data: homes, count: read_csv('x')}", None, ""),
    ],
)
def test_figures_that_cannot_be_computed_are_refused(
    edit, engine, query: str, kind: type[Exception] | None, said: str
) -> None:
    folder = edit("{data: homes, count: rows, where: y < 2}", query)
    if kind is None:  # what stands after `count` is a word for readers, never a query
        assert _bound(folder, engine)[1].figures["poor"].value == 40
        return
    with pytest.raises(kind, match=said) as caught:
        _bound(folder, engine)
    assert "one.yaml:" in str(caught.value)


def test_a_changed_input_names_scene_old_and_new_value(folder: Path, engine) -> None:
    story, bound = _bound(folder, engine)
    story.lock.write_text(record_text(story, {"one": bound}), encoding="utf-8")
    assert changes(story, {"one": bound}) == ()
    homes = (folder / "homes.csv").read_text().replace("0.5,", "9.5,", 1)
    (folder / "homes.csv").write_text(homes)
    story, after = _bound(folder, engine)
    found = changes(story, {"one": after})
    with pytest.raises(FigureChangedError) as caught:
        refuse_changes(tuple(c for c in found if c.figure == "share"), story)
    shown = str(caught.value)
    old, new = bound.figures["share"].value, after.figures["share"].value
    assert old != new
    assert f"from {old!r} to {new!r}" in shown
    assert "one, scene 2 (number)" in shown
    by_year = next(c for c in found if c.figure == "by_year")
    assert by_year.old.startswith("2018.0: ")
    assert by_year.old != by_year.new


def test_a_figure_that_was_never_recorded_stops_a_build(folder: Path, engine) -> None:
    story, bound = _bound(folder, engine)
    with pytest.raises(FigureChangedError, match="was never recorded"):
        refuse_changes(changes(story, {"one": bound}), story)


def test_the_last_digits_of_a_float_sum_are_no_change(folder: Path, engine) -> None:
    story, bound = _bound(folder, engine)
    story.lock.write_text(record_text(story, {"one": bound}), encoding="utf-8")
    lock = json.loads(story.lock.read_text("utf-8"))
    lock["episodes"]["one"]["figures"]["share"] *= 1 + 1e-14
    story.lock.write_text(json.dumps(lock), "utf-8")
    assert changes(story, {"one": bound}) == ()
    lock["episodes"]["one"]["figures"]["share"] *= 1 + 1e-6
    story.lock.write_text(json.dumps(lock), "utf-8")
    assert [c.figure for c in changes(story, {"one": bound})] == ["share"]


def test_recording_one_episode_keeps_the_record_of_the_others(folder: Path, engine) -> None:
    story, bound = _bound(folder, engine)
    story.lock.write_text('{"episodes": {"gone": {"figures": {"x": 1.0}, "points": {}}}}', "utf-8")
    story.lock.write_text(record_text(story, {"one": bound}), encoding="utf-8")
    assert set(json.loads(story.lock.read_text("utf-8"))["episodes"]) == {"one"}


def test_a_broken_record_is_refused(folder: Path, engine) -> None:
    story, bound = _bound(folder, engine)
    story.lock.write_text("{", "utf-8")
    with pytest.raises(StoryError, match="record of figures cannot be read"):
        changes(story, {"one": bound})


def _claim(folder: Path, value: str = "40.0") -> Path:
    """A claim on the small data, in a file of its own."""
    data = folder / "homes.csv"
    claim = Claim(
        statement='headcount (poor persons, share), line "2": {figure}.',
        value=value, unit="percent",
        rounding=Rounding(1, scale="100"), query=Query(measure="headcount", line="2"),
        inputs=(InputDigest(data.name, sha256=file_digest(data)),), software="exitline 0.1.0",
    )  # fmt: skip
    file = folder / "claim.json"
    file.write_bytes(sign_claim(claim) + b"\n")
    return file


def _recompute(_claim, data, _standard) -> Recomputed:
    frame = pd.read_csv(next(iter(data.values())))
    return Recomputed(float((frame.y < 2).mean()))


CLAIM = "{claim: {file: claim.json, data: homes.csv, measure: headcount, line: 2}}"


def test_a_claim_is_shown_once_it_has_been_recomputed(edit, engine) -> None:
    folder = edit("{data: homes, count: rows, where: y < 2}", CLAIM)
    _claim(folder)
    _, bound = _bound(folder, engine, Services(recompute=_recompute))
    figure = bound.figures["poor"]
    assert figure.value == 0.4
    assert figure.files == (("homes.csv", file_digest(folder / "homes.csv")),)


def test_a_claim_that_does_not_hold_is_never_shown(edit, engine) -> None:
    folder = edit("{data: homes, count: rows, where: y < 2}", CLAIM)
    _claim(folder, value="41.0")
    with pytest.raises(FigureChangedError, match="does not hold") as caught:
        _bound(folder, engine, Services(recompute=_recompute))
    assert "figure 41.0" in str(caught.value)
    assert "figure 40.0" in str(caught.value)


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        (CLAIM.replace("headcount", "gini"), "no claim fits"),
        (CLAIM.replace("data: homes.csv, ", ""), "its data are not given"),
        (CLAIM.replace("measure: headcount, line: 2", "id: 12345678"), "no claim fits"),
    ],
)
def test_claims_that_cannot_be_found_or_checked_are_refused(
    edit, engine, reference: str, said: str
) -> None:
    folder = edit("{data: homes, count: rows, where: y < 2}", reference)
    _claim(folder)
    with pytest.raises(StoryError, match=said):
        _bound(folder, engine, Services(recompute=_recompute))


RUNS = "runs:\n  run: {study: study.yaml, source: survey}\nfigures:"


def _run_study(study: Path, folder: Path) -> None:
    """A run's folder as `exitline run` leaves it."""
    folder.mkdir(parents=True)
    frame = pd.DataFrame(
        {
            "measure": ["headcount"] * 3, "line": ["2"] * 3, "by": ["", "area", "area"],
            "domain": ["", "a", "b"], "estimate": [0.4, 0.3, 0.5], "se": [0.1] * 3,
            "ci_low": [0.2, 0.1, float("nan")], "ci_high": [0.6, 0.5, float("nan")],
            "n": [40, 20, 20],
        }
    )  # fmt: skip
    frame.to_parquet(folder / "estimates.parquet")
    (folder / "study.txt").write_text(study.name)


def test_an_estimate_is_a_cell_of_a_run_that_is_made_now(edit, engine) -> None:
    edit("figures:", RUNS)
    folder = edit(
        "{data: homes, count: rows, where: y < 2}",
        "{estimate: {run: run, measure: headcount, by: area, domain: a, column: ci_high}}",
    )
    edit("{data: homes, by: year, share: y < 2, format: percent.0}",
         "{estimate: {run: run, measure: headcount, by: area}}")  # fmt: skip
    (folder / "study.yaml").write_text("study: x\n")
    _, bound = _bound(folder, engine, Services(run_study=_run_study))
    assert bound.figures["poor"].value == 0.5
    points = bound.points["by_year"].points
    assert [(p.key, p.value, p.low) for p in points] == [("a", 0.3, 0.1), ("b", 0.5, None)]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("measure: headcont", "no such estimate: measure 'headcont'"),
        ("measure: headcount, by: area", "exactly one estimate"),
        ("measure: headcount, by: area, domain: b, column: ci_low", "an estimate is missing"),
    ],
)
def test_estimates_that_are_not_there_are_refused(edit, engine, cell: str, said: str) -> None:
    edit("figures:", RUNS)
    folder = edit("{data: homes, count: rows, where: y < 2}", f"{{estimate: {{run: run, {cell}}}}}")
    (folder / "study.yaml").write_text("study: x\n")
    with pytest.raises(StoryError, match=said):
        _bound(folder, engine, Services(run_study=_run_study))


def test_a_study_that_nobody_can_run_is_refused(edit, engine) -> None:
    edit("figures:", RUNS)
    folder = edit("{data: homes, count: rows, where: y < 2}",
                  "{estimate: {run: run, measure: headcount}}")  # fmt: skip
    (folder / "study.yaml").write_text("study: x\n")
    with pytest.raises(StoryError, match="nothing here can run one"):
        _bound(folder, engine)
