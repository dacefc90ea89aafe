"""Multidimensional poverty as measures of a study, from its file to a claim that is verified."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import exitline as xl
from exitline.cli.claim import command as claim_command
from exitline.cli.verify import command as verify_command

GLOBAL = {
    "undernourished": 3, "child_died": 3, "short_schooling": 3, "out_of_school": 3, "poor_fuel": 1,
    "poor_sanitation": 1, "no_electricity": 1, "poor_housing": 1, "few_assets": 1,
}  # fmt: skip
INDIA = ["poor_maternal_care", "poor_water", "no_account"]
MEXICO = [
    "education_lag", "no_health_care", "no_social_security", "poor_dwelling", "no_basic_services",
    "no_food_access",
]  # fmt: skip


def _homes(missing: float = 0.0) -> pd.DataFrame:
    draw = np.random.default_rng(5)
    rows = 300
    homes = pd.DataFrame({name: draw.random(rows) < 0.35 for name in (*GLOBAL, *INDIA, *MEXICO)})
    homes["safe_water"] = draw.random(rows) < 0.8
    homes["water_minutes"] = draw.integers(0, 45, rows)
    homes = homes.astype({name: "boolean" for name in homes if homes[name].dtype == bool})
    homes.loc[draw.random(rows) < missing, "undernourished"] = pd.NA
    homes["income"] = draw.uniform(1000, 9000, rows)
    homes["income_line"], homes["food_line"] = 4000.0, 2000.0
    homes["hid"], homes["ea"] = np.arange(rows), np.arange(rows) // 15
    homes["region"] = np.where(homes.ea % 2, "east", "west")
    homes["w"], homes["size"] = draw.integers(1, 9, rows), draw.integers(1, 7, rows)
    return homes


def _study(folder, standard: str, homes: pd.DataFrame, more: str = "", columns: str = "") -> str:
    homes.to_parquet(folder / "homes.parquet")
    path = folder / "study.yaml"
    path.write_text(
        f"study: Homes\nstandard: {standard}\ndata: {{households: homes.parquet}}\n"
        f"columns: {{household: hid, size: size{columns}}}\n"
        f"areas: [region]\n{more or 'design: {weight: w, psu: ea}'}\n"
    )
    return str(path)


def _score(homes: pd.DataFrame) -> pd.Series:
    """Eighteenths; water by its own condition."""
    water = ~homes.safe_water.astype(bool) | (homes.water_minutes >= 30)
    return sum(homes[name].astype(int) * part for name, part in GLOBAL.items()) + water


def test_a_study_gives_the_headline_figures_of_its_standard(tmp_path):
    homes = _homes()
    run = xl.run(_study(tmp_path, "global-mpi", homes), tmp_path / "out")
    assert {b.measure for b in run.estimates.blocks} == {"H", "A", "M0", "H(severe)"}
    score, persons = _score(homes), homes.w * homes["size"]
    for k, name in ((6, "H"), (9, "H(severe)")):
        expected = np.average(score >= k, weights=persons)
        assert run.estimates.find(measure=name, by="").estimate == pytest.approx(expected)
    M0 = np.average(score.where(score >= 6, 0) / 18, weights=persons)
    assert run.estimates.find(measure="M0", by="").estimate == pytest.approx(M0)
    found = xl.mpi(
        homes, "global-mpi", by="region", design=xl.Design(weight="w", size="size", psu="ea")
    )
    for measure in ("H", "A", "M0"):
        of_run = run.estimates.find(measure=measure, domain="east")
        of_call = found.find(measure=measure, domain="east", line="poor")
        assert (of_run.estimate, of_run.se, of_run.ci_low) == pytest.approx(
            (of_call.estimate, of_call.se, of_call.ci_low), rel=1e-12
        )
    assert found.find(measure="H", line="severe", domain="").more["k"] == 0.5
    report = (tmp_path / "out" / "report.html").read_text()
    assert "ultidimensionally poor" in report


def test_a_claim_on_an_indicator_is_verified(tmp_path):
    study = _study(tmp_path, "global-mpi", _homes(), "measures: [H, censored, contribution_share]"
                   "\ndesign: {weight: w, psu: ea}")  # fmt: skip
    run = xl.run(study, tmp_path / "out")
    assert len(run.estimates.blocks) == 21 * 2
    told = run.estimates.to_pandas()
    whole = told[(told["by"] == "") & told.measure.str.startswith("contribution_share")]
    assert whole.estimate.sum() == pytest.approx(1, rel=1e-12)
    claim = str(tmp_path / "claim.json")
    cli = CliRunner()
    made = cli.invoke(claim_command, [
        str(tmp_path / "out"), "--measure", "censored(water)", "--by", "region",
        "--domain", "east", "--out", claim,
    ])  # fmt: skip
    assert made.exit_code == 0, made.output
    told = cli.invoke(
        verify_command, [claim, "--data", str(tmp_path / "homes.parquet"), "--study", study]
    )
    assert told.exit_code == 0, told.output


def test_households_with_a_missing_indicator_are_reported(tmp_path):
    homes = _homes(missing=0.1)
    lost = homes.undernourished.isna().sum()
    run = xl.run(_study(tmp_path, "global-mpi", homes), tmp_path / "out")
    assert run.estimates.find(measure="H", by="").n == 300 - lost
    assert run.estimates.excluded["missing_indicator"] == lost
    assert any(f"missing indicator: nutrition {lost}" in note for note in run.estimates.notes)


def test_india_and_mexico(tmp_path):
    homes = _homes().rename(columns={"no_electricity": "dark"})
    india = xl.run(
        _study(tmp_path, "india-national-mpi", homes, columns=", no_electricity: dark"),
        tmp_path / "india",
    )
    heavy = {"undernourished": 14, "short_schooling": 14, "out_of_school": 14, "child_died": 7,
             "poor_maternal_care": 7}  # fmt: skip
    light = ["poor_fuel", "poor_sanitation", "poor_water", "dark", "poor_housing", "few_assets",
             "no_account"]  # fmt: skip
    score = sum(homes[n].astype(int) * p for n, p in (heavy | dict.fromkeys(light, 4)).items())
    persons = homes.w * homes["size"]
    found = india.estimates.find(measure="H", by="")
    assert found.estimate == pytest.approx(np.average(score >= 28, weights=persons))
    assert found.ci_low < found.estimate < found.ci_high

    mexico = xl.run(
        _study(tmp_path, "mexico-multidimensional", homes, columns=", welfare: income"),
        tmp_path / "mexico",
    )
    deprived = homes[MEXICO].astype(int).sum(axis=1)
    poor = (homes.income < 4000) & (deprived >= 1)
    found = {m: mexico.estimates.find(measure=m, by="").estimate for m in ("H", "A", "M0")}
    assert found["H"] == pytest.approx(np.average(poor, weights=persons))
    assert found["A"] == pytest.approx(np.average(deprived[poor] / 6, weights=persons[poor]))
    assert found["M0"] == pytest.approx(found["H"] * found["A"])
    assert {b.measure for b in mexico.estimates.blocks} == {"H", "A", "M0"}


def test_enough_income_decides_whatever_is_missing():
    """Mexico's rule tells that a person is not poor where an indicator is missing."""
    homes = _homes().rename(columns={"income": "welfare"})
    homes.loc[:99, "poor_dwelling"] = pd.NA
    indicators = xl.load_standard("mexico-multidimensional")
    found = xl.mpi(homes, indicators)
    rich = homes.welfare >= 4000
    unknown = homes.poor_dwelling.isna() & ~rich
    assert found.find(measure="H").n == (~unknown).sum()
    assert found.find(measure="uncensored", indicator="dwelling").n == 200


def test_a_full_count_hides_areas_with_few_poor(tmp_path):
    homes = _homes()
    homes.loc[homes.region == "east", list(GLOBAL)] = False
    homes.loc[homes.region == "east", "safe_water"] = True
    poor_one = homes.index[homes.region == "east"][0]
    homes.loc[poor_one, list(GLOBAL)] = True
    study = _study(tmp_path, "global-mpi", homes, "measures: [A]\ndesign: {census: true}")
    run = xl.run(study, tmp_path / "out")
    rows = pd.read_parquet(tmp_path / "out" / "estimates.parquet").set_index("domain")
    assert set(rows.measure) == {"A"}
    assert rows.release["east"] == rows.release["west"] == "suppressed"
    assert rows.release[""] == "shown"
    assert "suppressed" in str(run.published.estimates.to_pandas(reason=True).reason.tolist())


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("measures: [censored(watr)]", "did you mean 'water'"),
        ("measures: [H(sever)]", "did you mean 'severe'"),
        ("measures: [Hh]", "there is no measure 'Hh'"),
        ("measures: [headcount, H]", "'headcount' needs a welfare column"),
    ],
)
def test_what_a_study_cannot_have_is_refused_in_words(tmp_path, more, said):
    study = _study(tmp_path, "global-mpi", _homes(), more + "\ndesign: {weight: w, psu: ea}")
    with pytest.raises(xl.ExitlineError) as refused:
        xl.run(study, tmp_path / "out")
    assert said in str(refused.value)


@pytest.mark.parametrize("measure", ["H", "censored(water)"])
def test_a_table_without_indicators_has_no_such_measure(measure):
    with pytest.raises(xl.ExitlineError, match="needs weighted indicators"):
        xl.estimate(_homes(), measure)


def test_zeros_and_ones_stand_for_true_and_false_in_a_rule_file():
    homes = _homes()
    plain = homes.astype({name: float for name in homes if homes[name].dtype == "boolean"})
    one, other = (xl.mpi(d, "global-mpi").to_pandas() for d in (homes, plain))
    pd.testing.assert_frame_equal(one, other)
    plain.loc[0, "few_assets"] = 7
    with pytest.raises(xl.ExitlineError, match="'few_assets' contains more than true and false"):
        xl.mpi(plain, "global-mpi")


def test_the_example_gives_mpitbrs_figures(tmp_path):
    """From the raw files to H, A and M0: mpitbR's of hand-made deprivations, k = 33."""
    run = xl.run("examples/imaginary-country/mpi.yaml", tmp_path / "out")
    theirs = pd.read_csv(
        "tests/stats/measure/reference/mpi_imaginary_mpitbr.csv",
        dtype={"k": str},
        keep_default_na=False,
    )
    theirs = theirs[(theirs.k == "33") & theirs.measure.isin(["H", "A", "M0"])]
    assert len(theirs) == 3 * 7
    for row in theirs.to_dict("records"):
        area = {"by": "" if row["loa"] == "nat" else row["loa"]}
        area["domain"] = row["subg"] if area["by"] else ""
        found = run.estimates.find(measure=row["measure"], **area)
        assert found.estimate == pytest.approx(float(row["b"]), rel=5e-8)  # svyciprop's model
        assert found.se == pytest.approx(float(row["se"]), rel=1e-9)
