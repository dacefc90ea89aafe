"""From a real study to a claim, and back: the figure computed again by the same room."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from exitline import api
from exitline.cli.verify import command as verify
from exitline.errors import ExitlineError
from exitline.proof.claim import RowPick, claim_estimate, sign_claim
from exitline.proof.claim.record import RuleRef

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def albania(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the Albanian study, its data, and its run in out/."""
    folder = tmp_path_factory.mktemp("albania")
    for name in ("study.yaml", "lival.parquet", "prefectures.geojson"):
        shutil.copy(ROOT / "examples/albania-2012" / name, folder / name)
    api.run(folder / "study.yaml", folder / "out")
    return folder


@pytest.fixture
def published(albania: Path, tmp_path: Path) -> Path:
    """The claim of the poor in Tirana, in a file."""
    pick = RowPick("headcount", line="absolute", by="region", domain="Tirana")
    file = tmp_path / "claim.json"
    file.write_bytes(sign_claim(claim_estimate(albania / "out", pick)))
    return file


def _verify(*arguments: object) -> tuple[int, dict]:
    result = CliRunner().invoke(verify, [*map(str, arguments), "--json"])
    assert result.output, result.exception
    return result.exit_code, json.loads(result.output)[0]


def test_a_claim_of_a_real_run_matches(albania: Path, published: Path) -> None:
    data, study = albania / "lival.parquet", albania / "study.yaml"
    status, found = _verify(published, "--data", data, "--study", study)
    assert (status, found["outcome"], found["notes"]) == (0, "match", [])
    assert {figure["part"] for figure in found["figures"]} == {"figure", "low", "high"}


def test_every_claim_of_the_run_matches(albania: Path) -> None:
    data, study = albania / "lival.parquet", albania / "study.yaml"
    arguments = [albania / "out/claims.json", "--data", data, "--study", study, "--json"]
    result = CliRunner().invoke(verify, [str(one) for one in arguments])
    found = json.loads(result.output)
    assert len(found) > 100
    assert {one["outcome"] for one in found} == {"match"}


def test_one_changed_household_is_noticed(albania: Path, published: Path, tmp_path: Path) -> None:
    frame = pd.read_parquet(albania / "lival.parquet")
    money = ["rcons", "totcons"]  # both, for the study derives household size from the two
    tirana = frame["region"] == "Tirana"
    frame.loc[frame[tirana]["rcons"].idxmin(), money] *= 0.99
    changed = tmp_path / "lival.parquet"
    frame.to_parquet(changed)
    status, found = _verify(published, "--data", changed, "--study", albania / "study.yaml")
    assert status == 1
    assert found["outcome"] == "cannot verify"  # one household moves no printed digit
    assert all(figure["same"] for figure in found["figures"])
    assert "the data changed" in found["notes"][0]
    frame.loc[tirana, money] *= 1000
    other = tmp_path / "none-poor.parquet"
    frame.to_parquet(other)
    _, found = _verify(published, "--data", other, "--study", albania / "study.yaml")
    assert found["outcome"] == "mismatch"
    assert found["figures"][0]["recomputed"] == "0.0"


def test_a_column_that_is_gone_is_named(albania: Path, published: Path, tmp_path: Path) -> None:
    changed = tmp_path / "lival.parquet"
    pd.read_parquet(albania / "lival.parquet").drop(columns="rcons").to_parquet(changed)
    status, found = _verify(published, "--data", changed, "--study", albania / "study.yaml")
    assert (status, found["outcome"]) == (1, "cannot verify")
    assert "rcons" in " ".join(found["missing"])


def test_a_changed_study_is_named(albania: Path, published: Path, tmp_path: Path) -> None:
    other = tmp_path / "study.yaml"
    other.write_text((albania / "study.yaml").read_text().replace("Albania 2012", "Albania"))
    data = albania / "lival.parquet"
    status, found = _verify(published, "--data", data, "--study", other)
    assert (status, found["outcome"]) == (1, "cannot verify")
    assert found["missing"][0].startswith("study file Albania 2012")
    assert any("the study changed" in note for note in found["notes"])


def test_a_claim_that_carries_its_study_needs_no_study_file(albania, tmp_path) -> None:
    claim = claim_estimate(albania / "out", RowPick("mean"))
    assert claim.study is not None
    text = (albania / "study.yaml").read_text()
    carrying = replace(claim, study=replace(claim.study, text=text))
    file = tmp_path / "claim.json"
    file.write_bytes(sign_claim(carrying))
    status, found = _verify(file, "--data", albania / "lival.parquet")
    assert (status, found["outcome"]) == (0, "match")
    altered = replace(claim.study, text=text.replace("Albania 2012", "Albania"))
    file.write_bytes(sign_claim(replace(claim, study=altered)))
    status, found = _verify(file, "--data", albania / "lival.parquet")
    assert (status, found["outcome"]) == (1, "cannot verify")


@pytest.mark.parametrize(
    "data",
    ["../../etc/passwd.csv", "/etc/passwd.csv", "{sql: SELECT 1, connection: other.sqlite}"],
)
def test_a_carried_study_never_reads_the_verifiers_other_files(albania, data) -> None:
    claim = claim_estimate(albania / "out", RowPick("mean"))
    text = f"study: A stranger's\ndata: {{households: {data}}}\n"
    stranger = replace(claim, study=RuleRef("A stranger's", "ab" * 32, text=text))
    with pytest.raises(ExitlineError, match=r"a file that was not given|asks a database"):
        api.recompute_claim(stranger, {"lival.parquet": albania / "lival.parquet"})
