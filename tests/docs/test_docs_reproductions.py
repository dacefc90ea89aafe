"""Every command of docs/reproductions.md runs, and gives the figures of its table."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exitline.cli import call

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reproductions.md").read_text()
CHINA, WORLD, INDIA = "China, 1981 to 2019", "2,188 Gini coefficients", "Rural India, 1983"
ALBANIA, WATER, COUNTIES = (
    "Albania, 2012",
    "Rural water points",
    "The 832 poverty counties of China",
)
SCHOOLS, VISITS = "California's schools", "How many visits without an error"


def _sections() -> dict[str, str]:
    """The text under each heading."""
    parts = re.split(r"^## (.*)$", PAGE, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _commands(text: str) -> list[list[str]]:
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [shlex.split(line[2:])[1:] for block in blocks for line in block.splitlines()]


SECTIONS = _sections()


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory) -> dict[str, Any]:
    """What each command prints, as JSON; what each block of Python leaves; by heading."""
    import contextlib
    import io
    import os

    before = Path.cwd()
    folder = tmp_path_factory.mktemp("reproductions")
    for name in ("examples", "tests"):
        (folder / name).symlink_to(ROOT / name)
    os.chdir(folder)
    found: dict[str, Any] = {}
    names: dict[str, Any] = {}
    try:
        for heading, text in SECTIONS.items():
            printed = []
            for command in _commands(text):
                said = io.StringIO()
                with contextlib.redirect_stdout(said):
                    assert call(command) == 0, command
                printed.append(json.loads(said.getvalue()))
            for block in re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
                exec(compile(block, heading, "exec"), names)
            found[heading] = printed
    finally:
        os.chdir(before)
    return {**found, "python": names}


def _row(rows: list[dict[str, Any]], **wanted: Any) -> dict[str, Any]:
    chosen = [r for r in rows if all(r[k] == v for k, v in wanted.items())]
    assert len(chosen) == 1, (wanted, len(chosen))
    return chosen[0]


def _of(heading: str, at: int = 0, take: str = "estimate", **wanted: Any) -> Callable[[Any], float]:
    """The figure of one row of what a command printed."""

    def found(outcomes: Any) -> float:
        printed = outcomes[heading][at]
        rows = printed["estimates"] if isinstance(printed, dict) else printed
        return float(_row(rows, **wanted)[take])

    return found


def _left(name: str, take: str = "estimate", **wanted: Any) -> Callable[[Any], float]:
    """The figure of an estimate that a block of Python left."""
    return lambda outcomes: float(getattr(outcomes["python"][name].find(**wanted), take))


def _meals(outcomes: Any, take: str) -> float:
    """Of the coefficient of meals in the model that a block of Python left."""
    table = outcomes["python"]["model"].to_pandas().set_index("term")
    return float(table.loc["meals", take])


FIGURES: dict[str, Callable[[Any], float]] = {
    "World Bank: China, rural 1999, below 2.15 dollars": _of(CHINA, domain="1999, rural"),
    "World Bank: China 2002, below 2.15 dollars": _of(CHINA, domain="2002, national"),
    "World Bank: China 2019, below 2.15 dollars": _of(CHINA, domain="2019, national"),
    "World Bank: China 2016, Gini": _of(CHINA, 1, domain="2016, national"),
    "World Bank: India, rural 1983, Gini": _of(WORLD, domain="IND, 1983, rural, consumption"),
    "Datt 1998: rural India 1983, headcount": _of(INDIA, measure="headcount"),
    "Datt 1998: rural India 1983, poverty gap": _of(INDIA, measure="poverty_gap"),
    "Datt 1998: rural India 1983, squared poverty gap": _of(INDIA, measure="severity"),
    "Murray et al. 2024: new water points that work": _of(WATER, domain="new"),
    "Murray et al. 2024: older water points that work": _of(WATER, domain="old"),
    "survey: California's schools, stratified, mean API": _of(SCHOOLS),
    "survey: its standard error": _of(SCHOOLS, take="se"),
    "survey: one-stage clusters, total enrolment": _of(SCHOOLS, 1),
    "survey: its standard error, clusters": _of(SCHOOLS, 1, take="se"),
    "survey: two-stage clusters, mean API": _of(SCHOOLS, 2),
    "survey: its standard error, two stages": _of(SCHOOLS, 2, take="se"),
    "survey: jackknife, standard error of the mean API": _left("jackknife", "se", measure="mean"),
    "survey: post-stratified, mean API": _left("api", measure="mean"),
    "survey: its standard error, post-stratified": _left("api", "se", measure="mean"),
    "survey: regression of the API, coefficient of meals": lambda o: _meals(o, "estimate"),
    "survey: its standard error, regression": lambda o: _meals(o, "se"),
    "survey: school-wide growth by type of school, F": lambda o: o["python"]["test"].value,
    "survey: its p": lambda o: o["python"]["test"].p,
    "survey: post-stratified, total enrolment": _left("enrolment", measure="total"),
    "AICPA: sample to assert below 2 % with no error": lambda outcomes: outcomes[VISITS][0]["plan"][
        "sample"
    ]["households"],
    **{
        f"State Council of China: counties that left the list in {year}": _of(
            COUNTIES, domain=str(year)
        )
        for year in (2016, 2020)
    },
    **{
        f"INSTAT: Albania 2012, {said}": _of(
            ALBANIA, measure="headcount", line=line, by=by, domain=domain
        )
        for said, line, by, domain in (
            ("poor", "absolute", "", ""),
            ("poor, towns", "absolute", "urban", "Urban"),
            ("poor, villages", "absolute", "urban", "Rural"),
            ("extremely poor, towns", "extreme", "urban", "Urban"),
            ("extremely poor, villages", "extreme", "urban", "Rural"),
        )
    },
    **{
        f"Alkire and Foster: worked example, {m}": _left("counted", measure=m)
        for m in ("H", "A", "M0")
    },
}
CELLS = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in PAGE.splitlines()]
ROWS = {cells[0]: cells[1:] for cells in CELLS if len(cells) == 4 and ":" in cells[0]}
ROWS = {label: cells for label, cells in ROWS.items() if not label.startswith("---")}


def test_every_row_has_its_figure():
    assert set(ROWS) == set(FIGURES)
    assert len({label.split(":")[0] for label in ROWS}) >= 7


@pytest.mark.parametrize("label", FIGURES)
def test_a_published_figure(outcomes, label):
    """Ours, and its distance from the official one, as the table writes them."""
    official, ours, difference = ROWS[label]
    value = FIGURES[label](outcomes)
    value *= 100 if official.endswith("%") else 1
    digits = len(official.removesuffix(" %").partition(".")[2])
    assert ours.removesuffix(" %") == f"{value:.{digits}f}"
    distance = float(ours.removesuffix(" %")) - float(official.removesuffix(" %"))
    assert float(difference) == pytest.approx(distance, abs=1e-9)


def test_2188_gini_coefficients(outcomes):
    """What the example says of them: mean, largest and exact ones."""
    rows = outcomes[WORLD][0]
    off = [abs(row["difference"]) for row in rows]
    assert len(off) == 2188
    assert sum(off) / len(off) == pytest.approx(0.0008, abs=5e-5)
    assert max(off) == pytest.approx(0.0094, abs=5e-5)
    assert sum(d < 4e-5 for d in off) >= 158
    assert sum(d < 1e-9 for d in off) > 130


def test_all_counties_left(outcomes):
    counts = [int(r["estimate"]) for r in outcomes[COUNTIES][0] if r["domain"]]
    assert counts == [28, 125, 283, 344, 52]
