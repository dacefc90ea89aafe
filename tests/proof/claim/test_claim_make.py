"""Claims out of a run's folder: the right row, the right digits, nothing without a value."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from exitline.exits.decide.table import rows_of
from exitline.proof.claim import (
    ClaimError,
    Query,
    RowPick,
    claim_count,
    claim_decision,
    claim_estimate,
    claims_of_run,
    file_digest,
    read_claims,
)
from exitline.proof.claim.wording import words_of

ROWS = [
    ("headcount", "100", "", "", 0.14337, 0.009, 0.12601, 0.16098, 0.95, 6671, 756_128.98),
    ("headcount", "200", "", "", 0.34, 0.011, 0.318, 0.362, 0.95, 6671, 756_128.98),
    ("headcount", "100", "region", "Tirana", 0.0804, 0.0175, 0.0518, 0.1228, 0.95, 648, 148_457.0),
    ("headcount", "100", "region", "Nowhere", None, None, None, None, 0.95, 0, 0.0),
    ("mean", "", "", "", 10326.2874, 134.618, 10062.05, 10590.53, 0.95, 6671, 756_128.98),
    ("poor_count", "100", "", "", 74372.3, 4877.5, 64798.3, 83946.4, 0.95, 6671, 756_128.98),
    ("poverty_gap", "100", "", "", 0.029543, 0.0028, 0.0240, 0.0351, 0.95, 6671, 756_128.98),
]
COLUMNS = [
    "measure", "line", "by", "domain", "estimate", "se", "ci_low", "ci_high", "level", "n",
    "population",
]  # fmt: skip
DECISIONS = [
    ("village", "7", "12", "", "met"),
    ("village", "7", "13", "", "not met"),
    ("village", "8", "13", "", "met"),
    ("village", "8", "13", "incidence", "cannot tell"),
    ("county", "12", "", "", "cannot tell"),
]


@pytest.fixture
def run(tmp_path: Path, survey: Path) -> Path:
    """A run's folder as `exitline run` writes it."""
    folder = tmp_path / "out"
    folder.mkdir()
    pd.DataFrame(ROWS, columns=COLUMNS).to_parquet(folder / "estimates.parquet")
    pd.DataFrame(DECISIONS, columns=["level", "unit", "parent", "criterion", "outcome"]).to_parquet(
        folder / "decisions.parquet"
    )
    record = {
        "software": {"name": "exitline", "version": "0.1.0"},
        "study": {"title": "A study", "digest": "cd" * 32, "text": "study: A study\n"},
        "standard": {"name": "small", "digest": "ef" * 32},
        "inputs": [{"name": survey.name, "sha256": file_digest(survey)}],
        "seconds": {"estimating": 0.1},
        "about": {"year": 2012, "counted": "households"},
    }
    (folder / "run.json").write_text(json.dumps(record))
    return folder


def test_an_estimate_becomes_a_claim_with_its_interval(run: Path, survey: Path) -> None:
    claim = claim_estimate(run, RowPick("headcount", line="100"))
    assert (claim.value, claim.low, claim.high) == ("14.3", "12.6", "16.1")
    assert claim.sentence == (
        'headcount (poor households, share), line "100", 2012: 14.3 % (95 % interval 12.6 to 16.1).'
    )
    assert claim.query == Query(
        measure="headcount", line="100", confidence="0.95", people="households", year="2012"
    )
    assert claim.inputs[0].sha256 == file_digest(survey)
    assert (claim.standard.name, claim.study.text) == ("small", "study: A study\n")
    assert claim.software == "exitline 0.1.0"


@pytest.mark.parametrize(
    ("pick", "value"),
    [
        (RowPick("headcount", line="100", by="region", domain="Tirana"), "8.0"),
        (RowPick("mean"), "10330"),
        (RowPick("poor_count"), "74400"),
        (RowPick("poverty_gap"), "0.0295"),
    ],
)
def test_figures_carry_no_more_digits_than_their_standard_error(run, pick, value) -> None:
    assert claim_estimate(run, pick).value == value


def test_words_of_the_author_stand_apart(run: Path) -> None:
    claim = claim_estimate(run, RowPick("headcount", line="100"), remark="Poverty fell to 2.0 %.")
    assert claim.remark == "Poverty fell to 2.0 %."
    assert "2.0 %" not in claim.sentence
    assert claim.figure == "14.3 %"
    assert claim_count(run, "county", "met", remark="Nobody.").remark == "Nobody."
    assert claim_decision(run, "county", "12", remark="Soon.").remark == "Soon."


@pytest.mark.parametrize(
    ("column", "value"), [("se", "0.9"), ("n", "6671"), ("population", "756129")]
)
def test_other_columns_of_an_estimate(run: Path, column: str, value: str) -> None:
    claim = claim_estimate(run, RowPick("headcount", line="100"), column=column)
    assert (claim.value, claim.low) == (value, "")


@pytest.mark.parametrize(
    ("pick", "message"),
    [
        (RowPick("headcount"), "several values of 'line' fit"),
        (RowPick("headcuont", line="100"), "did you mean 'headcount'"),
        (RowPick("headcount", line="300"), "the run has no row with this 'line'"),
        (RowPick("headcount", line="100", by="region", domain="Tirane"), "did you mean 'Tirana'"),
        (RowPick("headcount", line="100", by="region", domain="Nowhere"), "no value in the column"),
    ],
)
def test_rows_that_are_not_there_or_without_value(run: Path, pick: RowPick, message: str) -> None:
    with pytest.raises(ClaimError) as caught:
        claim_estimate(run, pick)
    assert message in str(caught.value)


def test_decisions_are_counted_and_claimed_one_by_one(run: Path) -> None:
    count = claim_count(run, "village", "met")
    assert (count.value, count.figure) == ("2", "2 villages")
    assert claim_count(run, "county", "met").value == "0"
    assert claim_count(run, "village", "cannot tell", "incidence").value == "1"
    one = claim_decision(run, "village", "7", parent="13")
    assert (one.value, one.query.parent) == ("not met", "13")
    assert one.sentence == 'outcome of village "7" in "13", 2012: not met.'
    with pytest.raises(ClaimError, match="several units have this id"):
        claim_decision(run, "village", "7")
    with pytest.raises(ClaimError, match="no row with this 'unit'"):
        claim_decision(run, "county", "99")
    with pytest.raises(ClaimError, match="no row with this 'criterion'"):
        claim_count(run, "village", "met", "roads")
    with pytest.raises(ClaimError, match="one household"):
        claim_decision(run, "household", "h1")


def test_folders_that_are_no_run(run: Path, tmp_path: Path) -> None:
    with pytest.raises(ClaimError, match="the run has no estimates"):
        claim_estimate(tmp_path, RowPick("mean"))
    (run / "run.json").write_text("[]")
    with pytest.raises(ClaimError, match="the run's record has another form"):
        claim_estimate(run, RowPick("mean"))
    (run / "run.json").unlink()
    with pytest.raises(ClaimError, match="the run's record cannot be read"):
        claim_estimate(run, RowPick("mean"))
    (run / "estimates.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(ClaimError, match="the run has no estimates"):
        claim_estimate(run, RowPick("mean"))


def test_all_claims_of_a_run_are_read_back(survey: Path, tmp_path: Path) -> None:
    from exitline.api import estimate

    found = estimate(survey, ["headcount", "mean"], welfare="y", line=100, by="region")
    record = {
        "software": {"name": "exitline", "version": "0.1.0"},
        "inputs": [{"name": survey.name, "sha256": file_digest(survey)}],
        "standard": None,
        "study": None,
    }
    path = tmp_path / "claims.json"
    nan = float("nan")
    decided = rows_of(
        "village", ["v1", "v2", "v3"], ["c"] * 3, criterion="", outcome=["met", "not met", "met"],
        value=nan, low=nan, high=nan, threshold=nan, comparison="", confidence=nan, evidence="",
        n=nan, population=nan, needed=nan, error_probability=nan, reason="",
    )  # fmt: skip
    path.write_text(json.dumps(claims_of_run(found, decided, record), indent=2))
    claims = [signed.claim for signed, _ in read_claims(path)]
    assert len(claims) == len(found) + 3 == 9
    assert {words_of(claim.query) for claim in claims} >= {
        'headcount (poor persons, share), line "100"', 'mean (mean welfare), region "a"',
    }  # fmt: skip
    counts = {c.query.outcome: c.value for c in claims if c.query.kind == "decision count"}
    assert counts == {"met": "2", "not met": "1", "cannot tell": "0"}
