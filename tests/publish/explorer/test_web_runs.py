"""From a run's folder to what is shown: every figure as claimed, and as in the run's tables."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path

import pandas as pd
import pytest

from exitline.api import run
from exitline.api.exploring import build
from exitline.publish.explorer.errors import ExplorerError
from exitline.publish.explorer.model import SHOWN, SUPPRESSED, Explorer
from exitline.publish.explorer.runs import read_run

ALBANIA = "examples/albania-2012/study.yaml"
CENSUS = "examples/imaginary-country/census.yaml"
SAMPLE = "examples/imaginary-country/sample.yaml"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Three finished runs."""
    base = tmp_path_factory.mktemp("runs")
    studies = {"albania": ALBANIA, "census": CENSUS, "sample": SAMPLE}
    for name, study in studies.items():
        run(study, base / name)
    return {name: base / name for name in studies}


@pytest.fixture
def copied(folders: dict[str, Path], tmp_path: Path) -> Path:
    """A run that a test may spoil."""
    return Path(shutil.copytree(folders["albania"], tmp_path / "out"))


def cells(shown: Explorer) -> pd.DataFrame:
    """All figures in one table."""
    rows = [
        (shown.series[f.series].key, shown.levels[a.level].key if a.level >= 0 else "", a.key,
         c.value, c.low, c.high, c.text, c.interval, c.status, c.claim)
        for f in shown.figures for c in f.cells for a in [shown.areas[c.area]]
    ]  # fmt: skip
    names = ["key", "by", "domain", "value", "low", "high", "text", "interval", "status", "claim"]
    return pd.DataFrame(rows, columns=names)


def test_albania_is_shown_as_it_was_estimated(folders):
    shown = cells(build([folders["albania"]]))
    run_ = pd.read_parquet(folders["albania"] / "estimates.parquet")
    run_["key"] = run_["measure"] + "@" + run_["line"]
    both = shown.merge(run_, on=["key", "by", "domain"], validate="one_to_one")
    assert len(both) == len(run_) == len(shown)
    share = both["key"].str.startswith("headcount")
    assert ((100 * both["estimate"] - both["value"]).abs()[share] <= 0.05 + 1e-9).all()
    assert ((100 * both["ci_low"] - both["low"]).abs()[share] <= 0.05 + 1e-9).all()
    first = shown.iloc[0]
    assert (first["text"], first["interval"]) == ("14.3\xa0%", "12.6–16.1")
    assert (shown["status"] == SHOWN).all()


def test_every_figure_names_a_claim_that_can_be_found(folders):
    from exitline.proof.claim import read_claims

    known = {s.claim_id: s.claim for s, _ in read_claims(folders["albania"] / "claims.json")}
    for row in cells(build([folders["albania"]])).itertuples():
        (found,) = [claim for key, claim in known.items() if key.startswith(row.claim)]
        assert float(found.value) == row.value


def test_the_census_has_provinces_of_districts_of_villages(folders):
    shown = build([folders["census"]])
    index = {level.key: i for i, level in enumerate(shown.levels)}
    assert shown.levels[index["geo2"]].within == index["geo1"]
    assert shown.levels[index["ea"]].within == index["geo2"]
    households = pd.read_parquet("examples/imaginary-country/hld_pop_wb_2023.parquet")
    truth = households.drop_duplicates("ea").astype({"ea": str}).set_index("ea")["geo2"]
    villages = [a for a in shown.areas if a.level == index["ea"]]
    assert {a.key: shown.areas[a.within].key for a in villages} == truth.to_dict()
    counties = households.drop_duplicates("geo2").set_index("geo2")["geo1"].to_dict()
    assert {a.key: shown.areas[a.within].key for a in shown.areas if a.level == index["geo2"]} == (
        counties
    )


def test_decisions_are_those_of_the_run_and_say_the_same(folders):
    shown = build([folders["census"]])
    decided = pd.read_parquet(folders["census"] / "decisions.parquet")
    templates = shown.templates
    compared = 0
    for level, one in zip(("county", "village"), shown.decisions, strict=True):
        for asked, row in zip(one.criteria, one.judged, strict=True):
            of = decided[(decided["level"] == level) & (decided["criterion"] == asked.key)]
            of = of.set_index("unit")
            for area, judged in zip(one.areas, row, strict=True):
                truth = of.loc[shown.areas[area].key]
                assert ("met", "not met", "cannot tell")[judged.outcome] == truth["outcome"]
                if not judged.hidden:
                    number, *parts = judged.reason
                    said = re.sub(r"\{(\d+)\}", lambda m, p=parts: p[int(m[1])],
                                  str(templates[number]))  # fmt: skip
                    assert said == truth["reason"]
                    compared += 1
    assert compared > 300


def test_villages_of_the_same_name_in_two_counties_stay_apart(tmp_path):
    homes = pd.read_parquet("examples/imaginary-country/hld_pop_wb_2023.parquet")
    homes["ea"] = homes.groupby("geo2")["ea"].rank("dense").astype(int).astype(str)  # "1", "2" ...
    homes.to_parquet(tmp_path / "hld_pop_wb_2023.parquet")
    for name in ("census.yaml", "standard.yaml"):
        shutil.copy(f"examples/imaginary-country/{name}", tmp_path / name)
    run(tmp_path / "census.yaml", tmp_path / "out")
    shown = build([tmp_path / "out"])
    villages = [a for a in shown.areas if shown.levels[a.level].key == "ea" and a.level >= 0]
    assert len(villages) == len({a.key for a in villages}) == 133
    assert all(a.key.startswith(shown.areas[a.within].key) for a in villages if ", " in a.key)
    decided = next(d for d in shown.decisions if len(d.areas) == 133)
    assert decided.counts[0] == (73, 59, 1)
    outcomes = [j.outcome for j in decided.judged[0]]
    assert [outcomes.count(o) for o in range(3)] == [73, 59, 1]


def test_counts_speak_of_all_units_where_only_some_are_listed(folders, monkeypatch):
    from exitline.publish.explorer import from_runs

    monkeypatch.setattr(from_runs, "MOST_UNITS", 40)
    shown = build([folders["census"]])
    villages = next(d for d in shown.decisions if len(d.areas) == 40)
    assert villages.counts[0] == (73, 59, 1)
    assert sorted({j.outcome for j in villages.judged[0]}) == [1, 2]  # met ones come last
    assert any("40 of 133" in str(text) for _, text in shown.method)


def test_small_counts_of_the_census_are_hidden_everywhere(folders):
    shown = build([folders["census"]])
    run_ = pd.read_parquet(folders["census"] / "estimates.parquet")
    poor = run_[run_["measure"] == "household_headcount"]
    number = (poor["estimate"] * poor["population"]).round()
    small = set(poor["domain"][(number > 0) & (number < 10)])
    assert small
    hidden = cells(shown)
    for domain in small:
        of = hidden[hidden["domain"] == domain]
        assert (of["status"] == SUPPRESSED).all()
        assert of["value"].isna().all()
        assert (of["text"] == "").all()
    text = json.dumps(shown.payload(), ensure_ascii=False)
    assert shown.suppressed > len(small)
    assert "household_decisions" not in text


def test_thin_areas_of_a_sample_say_why_they_have_no_interval(folders):
    shown = build([folders["sample"]])
    lacking = [c for f in shown.figures for c in f.cells if c.status == 3]
    assert lacking
    assert all(c.low is None and c.reason for c in lacking)


def test_suppression_can_be_set_and_is_told(folders):
    hidden = build([folders["census"]])
    assert build([folders["census"]], min_count=0).suppressed == hidden.suppressed > 0
    assert build([folders["census"]], min_count=30).suppressed > hidden.suppressed


def test_a_run_that_hides_nothing_says_so(tmp_path):
    run(CENSUS, tmp_path / "out", min_count=0)
    none = build([tmp_path / "out"])
    assert none.suppressed == 0
    assert "switched suppression off" in str(none.disclosure)
    assert build([tmp_path / "out"], min_count=10).suppressed > 0


def test_several_years_are_ordered_and_must_differ(folders, tmp_path):
    earlier = Path(shutil.copytree(folders["albania"], tmp_path / "2008"))
    record = json.loads((earlier / "run.json").read_text())
    record["about"]["year"] = 2008
    (earlier / "run.json").write_text(json.dumps(record))
    shown = build([folders["albania"], earlier])
    assert shown.years == ("2008", "2012")
    assert {f.year for f in shown.figures} == {0, 1}
    with pytest.raises(ExplorerError, match="two runs are of the same year: 2012"):
        build([folders["albania"], folders["albania"]])


def test_a_changed_estimate_is_refused_with_both_values(copied):
    table = pd.read_parquet(copied / "estimates.parquet")
    table.loc[0, "estimate"] += 0.01
    table.to_parquet(copied / "estimates.parquet")
    with pytest.raises(ExplorerError) as caught:
        read_run(copied)
    assert caught.value.expected == "14.3 (claims.json)"
    assert caught.value.got == "15.3 (estimates.parquet)"
    assert "headcount" in caught.value.where


def test_a_changed_decision_is_refused(folders, tmp_path):
    folder = Path(shutil.copytree(folders["census"], tmp_path / "out"))
    table = pd.read_parquet(folder / "decisions.parquet")
    row = table.index[(table["criterion"] == "") & (table["outcome"] == "not met")][0]
    table.loc[row, "outcome"] = "met"
    table.to_parquet(folder / "decisions.parquet")
    with pytest.raises(ExplorerError, match="not what its claim says"):
        read_run(folder)


def test_a_study_recomputes_every_figure_and_finds_what_changed(copied):
    again = build([copied], study=ALBANIA)
    assert "All of them were computed again" in str(again.verify.words)
    claims = json.loads((copied / "claims.json").read_text())
    first = claims["claims"][0]
    assert first["value"] == "14.3"
    first["value"] = "13.3"
    (copied / "claims.json").write_text(json.dumps(claims))
    table = pd.read_parquet(copied / "estimates.parquet")
    table.loc[0, "estimate"] = 0.133
    table.to_parquet(copied / "estimates.parquet")
    build([copied])  # a lie told twice is consistent ...
    with pytest.raises(ExplorerError) as caught:
        build([copied], study=ALBANIA)  # ... until somebody computes
    assert "13.3" in caught.value.expected
    assert "14.3" in caught.value.got


@pytest.mark.parametrize("gone", ["run.json", "estimates.parquet", "areas.parquet"])
def test_a_folder_that_is_no_run_is_refused(copied, gone):
    (copied / gone).unlink()
    with pytest.raises(ExplorerError, match="not the folder of a run"):
        build([copied])


def test_a_run_of_an_older_version_is_refused(copied):
    record = json.loads((copied / "run.json").read_text())
    del record["about"]
    (copied / "run.json").write_text(json.dumps(record))
    with pytest.raises(ExplorerError, match="cannot be read") as caught:
        build([copied])
    assert "run the study" in caught.value.remedy


def test_the_payload_is_plain_json(folders):
    for name in folders:
        payload = build([folders[name]]).payload()
        assert json.loads(json.dumps(payload, allow_nan=False)) == payload
        assert payload["figures"][0]["area"][0] == 0


def test_how_many_intervals_miss_is_said_for_their_level():
    from dataclasses import replace

    from exitline.publish.explorer.words import method_of

    found = build(["examples/albania-2012/explorer.yaml"])
    assert any("about one in 20 misses" in str(text) for _, text in found.method)
    with tempfile.TemporaryDirectory() as work:
        run(ALBANIA, Path(work) / "out")
        folder = read_run(Path(work) / "out")
    lower = replace(folder, estimates=[row | {"level": 0.9} for row in folder.estimates])
    assert "one in 10 misses" in str(method_of([lower]))
