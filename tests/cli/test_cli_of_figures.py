"""`exitline tabulate`, `glm`, `change` and `mpi` say what the functions of the same name give."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import exitline as xl
from exitline.cli import call

DESIGN = ["--weight", "w", "--size", "n", "--psu", "p"]


@pytest.fixture(scope="module")
def homes(tmp_path_factory) -> str:
    """Forty households of eight villages, in a file."""
    rng = np.random.default_rng(5)
    number = np.arange(40)
    table = pd.DataFrame({
        "y": rng.lognormal(3, 0.6, 40).round(2), "y2": rng.lognormal(3.2, 0.6, 40).round(2),
        "n": rng.integers(1, 7, 40), "w": 2.5, "p": number // 5,
        "region": np.where(number < 20, "north", "south"), "roof": rng.choice(list("ab"), 40),
        "school": rng.integers(0, 2, 40), "water": rng.integers(0, 2, 40),
        "food": rng.integers(0, 2, 40),
    })  # fmt: skip
    path = tmp_path_factory.mktemp("homes") / "homes.csv"
    table.to_csv(path, index=False)
    return str(path)


@pytest.fixture
def design() -> xl.Design:
    """The same design in a notebook."""
    return xl.Design(weight="w", size="n", psu="p")


def said(capsys, *given: str):
    """What a command prints as JSON."""
    assert call([*given, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def same(records, table: pd.DataFrame, *columns: str):
    """Whether columns are those of a table."""
    assert len(records) == len(table) > 0
    for column in columns:
        found = [np.nan if r[column] is None else r[column] for r in records]
        np.testing.assert_allclose(found, table[column].astype(float), rtol=1e-12)


def test_tabulate(homes, design, capsys):
    found = said(capsys, "tabulate", homes, "region", "roof", *DESIGN)
    table = xl.tabulate(homes, "region", "roof", design=design)
    same(found["table"], table.to_pandas(), "estimate", "se", "ci_low", "ci_high", "n")
    assert found["test"]["p"] == pytest.approx(table.test().p, rel=1e-12)
    assert call(["tabulate", homes, "region", "roof", *DESIGN]) == 0
    text = capsys.readouterr().out
    assert "Shares of each region" in text
    assert "independence, F" in text
    share = table.to_pandas("row")["estimate"][0]
    assert f"{100 * share:.1f}" in text


def test_tabulate_of_one_column_and_one_value(homes, capsys):
    assert call(["tabulate", homes, "roof", "--share", "count", "--unit", "households"]) == 0
    text = capsys.readouterr().out
    assert "Numbers of households" in text
    assert "independence" not in text
    assert call(["tabulate", homes, "roof", "w", *DESIGN]) == 0
    assert "no test" in capsys.readouterr().out


def test_glm(homes, design, capsys):
    given = ["glm", homes, "school ~ n + region", "--family", "logit", "--wald", "region"]
    found = said(capsys, *given, "--exponentiated", *DESIGN)
    model = xl.glm("school ~ n + region", homes, design, family="logit")
    table = model.to_pandas(exponentiated=True)
    same(found["coefficients"], table, "estimate", "se", "ci_low", "ci_high", "p")
    assert found["tests"]["region"]["p"] == pytest.approx(model.wald("region").p, rel=1e-12)
    assert call([*given, *DESIGN]) == 0
    text = capsys.readouterr().out
    assert f"{model.estimate[1]:.4g}" in text
    assert "region: F = " in text


def test_change(homes, design, capsys):
    given = ["change", homes, homes, "--welfare", "y", "--welfare-after", "y2", "--line", "18",
             "--line-after", "21", "--years", "4", "--by", "region", *DESIGN]  # fmt: skip
    found = said(capsys, *given)
    waves = [
        xl.estimate(homes, "headcount", welfare=y, line={"z": z}, design=design, by="region")
        for y, z in (("y", 18), ("y2", 21))
    ]
    table = xl.change(*waves, years=4)
    same(found, table.to_pandas(), "before", "after", "estimate", "se", "p")
    assert table.shared == 8
    assert call(given) == 0
    text = capsys.readouterr().out
    assert "Change, annual" in text
    assert "points" in text
    apart = said(capsys, *given, "--independent")
    assert apart[0]["se"] != pytest.approx(found[0]["se"], rel=1e-6)


def test_change_within_one_file_by_conditions(homes, design, capsys):
    given = ["--welfare", "y", "--line", "18", *DESIGN]
    found = said(capsys, "change", homes, homes, "--where", "region = 'north'",
                 "--where-after", "region = 'south'", "--independent", *given)  # fmt: skip
    waves = [
        xl.estimate(
            homes, "headcount", welfare="y", line=18, design=design, where=f"region = '{r}'"
        )
        for r in ("north", "south")
    ]
    same(found, xl.change(*waves, shared=False).to_pandas(), "estimate", "se", "df")


def test_mpi_by_dimensions_indicators_and_conditions(homes, design, capsys):
    nested = said(capsys, "mpi", homes, "--dimension", "health=food,water",
                  "--dimension", "education=school", "--k", "1/2", *DESIGN)  # fmt: skip
    wanted = {"health": ["food", "water"], "education": ["school"]}
    columns = ("estimate", "se", "ci_low", "ci_high")
    same(nested, xl.mpi(homes, wanted, k="1/2", design=design).to_pandas(), *columns)
    mixed = said(capsys, "mpi", homes, "--indicator", "school=1/2", "--indicator",
                 "money=1/2: y < 18", "--k", "1/2", "--k", "1", "--by", "region", "--band",
                 "severe=1", "--measure", "M0", "--measure", "severe", *DESIGN)  # fmt: skip
    given = {"school": "1/2", "money": ("y < 18", "1/2")}
    found = xl.mpi(
        homes, given, k=["1/2", "1"], design=design, by="region", measures=["M0", "severe"],
        bands={"severe": ("1", None)},
    )  # fmt: skip
    same(mixed, found.to_pandas(), *columns)
    assert call(["mpi", homes, "--indicator", "school=1", "--k", "1", *DESIGN]) == 0
    assert "Multidimensional poverty" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "about"),
    [
        ([], "in one way"),
        (["--indicator", "school"], "NAME="),
        (["--indicator", "school=much"], "not a number"),
        (["--indicator", "school=1:"], "no condition"),
        (["--indicator", "school=1", "--indicator", "school=2"], "twice"),
        (["--indicator", "school=1", "--standard", "global-mpi"], "in one way"),
        (["--indicator", "school=1", "--band", "severe=much"], "not a number"),
    ],
)
def test_mpi_refuses_what_it_cannot_read(given, about, homes, capsys):
    assert call(["mpi", homes, *given]) == 2
    assert about in " ".join(capsys.readouterr().err.split())


def test_change_wants_a_line_for_each_line(homes, capsys):
    given = ["change", homes, homes, "--welfare", "y", "--line", "18", "--line-after", "20",
             "--line-after", "21"]  # fmt: skip
    assert call(given) == 2
    assert "--line-after" in capsys.readouterr().err


@pytest.mark.parametrize(
    "given",
    [
        ("tabulate", "region", "roof"),
        ("glm", "y ~ y2"),
        ("change", "--measure", "mean", "--welfare", "y", "--welfare-after", "y2"),
        ("mpi", "--indicator", "school=1/2", "--indicator", "water=1/2", "--k", "1/2"),
    ],
    ids=lambda given: given[0],
)
def test_figures_are_saved_and_drawn(homes, capsys, tmp_path, given):
    name, *more = given
    both = [homes, homes] if name == "change" else [homes]
    paths = [tmp_path / "out.csv", tmp_path / "out.svg"]
    found = said(
        capsys, name, *both, *more, *DESIGN, "--save", str(paths[0]), "--save", str(paths[1])
    )
    records = found if isinstance(found, list) else found.get("table", found.get("coefficients"))
    same(records, pd.read_csv(paths[0]), "estimate", "se")
    assert "<svg" in paths[1].read_text()
    assert call([name, *both, *more, *DESIGN, "--save", str(tmp_path / "out.pdf")]) == 2
    assert "should end in one of" in capsys.readouterr().err
