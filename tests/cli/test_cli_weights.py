"""`exitline calibrate` and `exitline replicates`: what they write, print and refuse."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import exitline as xl
from exitline.cli import call
from exitline.errors import ExitlineError

DATA = "tests/stats/weighting/reference/apiclus1.csv"


@pytest.fixture
def totals(tmp_path):
    """A table of totals."""
    path = tmp_path / "totals.csv"
    path.write_text("margin,level,total\nstype,E,4421\nstype,H,755\nstype,M,1018\n")
    return path


def test_calibrate_writes_and_prints(totals, tmp_path, capsys):
    out = tmp_path / "new" / "a.csv"
    given = ["calibrate", DATA, str(totals), "--weight", "pw", "--out", str(out)]
    assert call(given) == 0
    said = capsys.readouterr().out
    assert "4,421" in said
    assert "183 rows" in said
    written = pd.read_csv(out)
    assert written.groupby("stype")["calibrated_weight"].sum()["H"] == pytest.approx(755)
    assert call([*given, "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["rows"] == 183
    assert [t["reached"] for t in record["totals"]] == pytest.approx([4421, 755, 1018])


@pytest.mark.parametrize(
    ("more", "status", "said"),
    [
        (["--method", "logit"], 1, "needs bounds"),
        (["--method", "logit", "--bounds", "0.99", "1.01"], 1, "no weights with factors"),
        (["--bounds", "0.5"], 2, "2 arguments"),
        (["--weight", "nothing"], 1, "no column 'nothing'"),
        (["--out", DATA], 2, "the data themselves"),
        (["--out", "a.xyz"], 1, "kind of file"),
        (["--count", "persons"], 1, "design.size"),
        (["--within", "nothing"], 1, "no column 'nothing'"),
    ],
)
def test_calibrate_refuses_in_words(totals, more, status, said, capsys):
    base = ["calibrate", DATA, str(totals)]
    assert call([*base, *(() if "--weight" in more else ("--weight", "pw")), *more]) == status
    shown = capsys.readouterr().err
    assert said in " ".join(shown.split())
    assert "Traceback" not in shown


def test_replicates_give_the_options_of_estimate(tmp_path, capsys):
    out = tmp_path / "r.parquet"
    given = ["replicates", DATA, "--weight", "pw", "--psu", "dnum", "--kind", "JK1"]
    assert call([*given, "--out", str(out)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    options = said.split("exitline estimate: ")[1].split(" 183 rows")[0].replace("'", "").split()
    assert len(pd.read_parquet(out).filter(regex="^rw").columns) == 15
    asked = ["--measure", "mean", "--welfare", "api00", "--weight", "pw", "--json"]
    assert call(["estimate", str(out), *asked, *options]) == 0
    se = json.loads(capsys.readouterr().out)[0]["se"]
    assert se == pytest.approx(26.594161357710597, rel=1e-9)  # R survey 4.5: clus1_nofpc;JK1
    assert call([*given, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] is None


@pytest.mark.parametrize(
    ("more", "status", "said"),
    [
        (["--kind", "Fay"], 1, "rho"),
        (["--kind", "BRR"], 1, "pairs of clusters"),
        (["--replicates", "9"], 1, "cannot be chosen"),
        (["--kind", "jack"], 2, "is not one of"),
        (["--strata", "nothing"], 1, "no column 'nothing'"),
        (["--out", DATA], 2, "the data themselves"),
    ],
)
def test_replicates_refuse_in_words(more, status, said, capsys):
    assert call(["replicates", DATA, "--weight", "pw", "--psu", "dnum", *more]) == status
    assert said in " ".join(capsys.readouterr().err.split())


def test_estimate_takes_the_totals_that_weights_were_calibrated_to(totals, tmp_path, capsys):
    out = tmp_path / "a.parquet"
    given = ["calibrate", DATA, str(totals), "--weight", "pw", "--method", "poststratify"]
    assert call([*given, "--out", str(out)]) == 0
    capsys.readouterr()
    asked = ["estimate", str(out), "--measure", "mean", "--welfare", "api00", "--psu", "dnum",
             "--fpc", "fpc", "--json"]  # fmt: skip
    calibrated = ["--weight", "calibrated_weight", "--calibrated-to", str(totals)]
    assert call([*asked, *calibrated, "--base-weight", "pw"]) == 0
    se = json.loads(capsys.readouterr().out)[0]["se"]
    assert se == pytest.approx(23.920486445090386, rel=1e-9)  # R survey 4.5: clus1;post
    study = tmp_path / "study.yaml"
    study.write_text(
        "{study: a, data: {households: a.parquet}, columns: {household: snum, welfare: api00}, "
        "design: {weight: calibrated_weight, psu: dnum, fpc: fpc, base_weight: pw, "
        f"calibrated_to: {totals}}}, measures: [mean]}}"
    )
    assert xl.run(study).estimates.find().se == pytest.approx(se, rel=1e-12)
    study.write_text(study.read_text().replace(f", calibrated_to: {totals}", ""))
    with pytest.raises(ExitlineError, match="no calibration"):
        xl.run(study)
    assert call([*asked, "--weight", "pw", "--base-weight", "pw"]) == 2
    assert "go together" in capsys.readouterr().err
    assert call([*asked, "--weight", "pw", "--calibrated-to", str(totals)]) == 1
    assert "do not add up" in capsys.readouterr().err
