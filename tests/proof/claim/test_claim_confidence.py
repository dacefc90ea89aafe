"""A study's confidence and interval method reach every figure of its run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import exitline as xl
from exitline import api
from exitline.cli import exitline
from exitline.errors import StudyError
from exitline.proof.claim import RowPick, claim_estimate, sign_claim
from exitline.stats.data import parse_study

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Albanian study at 90 %, with beta intervals, and its run."""
    here = tmp_path_factory.mktemp("ninety")
    for name in ("study.yaml", "lival.parquet", "prefectures.geojson"):
        shutil.copy(ROOT / "examples/albania-2012" / name, here / name)
    with (here / "study.yaml").open("a", encoding="utf-8") as file:
        file.write("\nconfidence: 0.90\ninterval: beta\n")
    api.run(here / "study.yaml", here / "out")
    return here


def test_estimates_are_those_of_the_library_at_that_level(folder: Path) -> None:
    homes = pd.read_parquet(folder / "lival.parquet")
    homes = homes.assign(capita=(0.07527689 * homes.totcons / homes.rcons).round())
    design = xl.Design(weight="weight", size="capita", strata="strat", psu="psu")
    asked = {"welfare": "rcons", "line": {"absolute": 4891}, "design": design, "by": "region"}
    ours = xl.estimate(homes, "headcount", level=0.90, interval="beta", **asked).to_pandas()
    run = pd.read_parquet(folder / "out" / "estimates.parquet")
    assert set(run["level"]) == {0.90}
    keys = ["measure", "line", "by", "domain"]
    both = ours.merge(run, on=keys, suffixes=("", "_run"))
    assert len(both) == len(ours) == 5
    for name in ("ci_low", "ci_high"):
        assert both[name].to_numpy() == pytest.approx(both[f"{name}_run"].to_numpy(), rel=1e-12)
    usual = xl.estimate(homes, "headcount", **asked).to_pandas()
    assert (usual["ci_high"] > ours["ci_high"]).all()


def test_claims_carry_the_level_and_are_recomputed_at_it(folder: Path, tmp_path: Path) -> None:
    claims = json.loads((folder / "out" / "claims.json").read_text(encoding="utf-8"))
    said = json.dumps(claims)
    assert '"0.9"' in said
    assert '"0.95"' not in said
    pick = RowPick("headcount", line="absolute", by="region", domain="Tirana")
    file = tmp_path / "claim.json"
    file.write_bytes(sign_claim(claim_estimate(folder / "out", pick)))
    given = ["--data", str(folder / "lival.parquet"), "--study", str(folder / "study.yaml")]
    done = CliRunner().invoke(exitline, ["verify", str(file), *given, "--json"])
    assert json.loads(done.output)[0]["outcome"] == "match"


def test_pages_name_the_level_and_the_method(folder: Path) -> None:
    report = (folder / "out" / "report.html").read_text(encoding="utf-8")
    assert "90 % interval" in report
    assert "95 % interval" not in report
    assert "Korn and Graubard" in report
    about = json.loads((folder / "out" / "run.json").read_text(encoding="utf-8"))
    assert '"confidence": 0.9' in json.dumps(about)
    from exitline.publish.explorer.runs import read_run
    from exitline.publish.explorer.words import method_of

    method = str(method_of([read_run(folder / "out")]))
    assert "90 % confidence" in method
    assert "beta limits" in method


@pytest.mark.parametrize("key", ["confidence: 95", "confidence: 1", "confidence: 0.2",
                                 "confidence: .nan", "interval: wald"])  # fmt: skip
def test_other_values_are_refused(key: str) -> None:
    with pytest.raises(StudyError) as error:
        parse_study(f"study: a\ndata: {{households: a.csv}}\n{key}")
    assert "study.yaml:3" in str(error.value)
