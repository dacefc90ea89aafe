"""The three commands: what they print, write and return."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from exitline.cli.check_claim import command as check_claim
from exitline.cli.claim import command as claim
from exitline.cli.verify import command as verify
from exitline.proof.claim import Claim, Recomputed, RuleRef, file_digest, read_ledger

ROOT = Path(__file__).parents[3]


@pytest.fixture
def out(tmp_path: Path, survey: Path) -> Path:
    """A run's folder with one estimate: half of the households are poor."""
    folder = tmp_path / "out"
    folder.mkdir()
    row = {
        "measure": "headcount", "line": "100", "by": "", "domain": "", "estimate": 0.5,
        "se": 0.1, "ci_low": 0.4, "ci_high": 0.6, "level": 0.95, "n": 7, "population": 12.0,
    }  # fmt: skip
    pd.DataFrame([row]).to_parquet(folder / "estimates.parquet")
    decided = {"level": "county", "unit": "12", "parent": "", "criterion": "", "outcome": "met"}
    pd.DataFrame([decided]).to_parquet(folder / "decisions.parquet")
    record = {
        "software": {"name": "exitline", "version": "0.1.0"},
        "inputs": [{"name": survey.name, "sha256": file_digest(survey)}],
    }
    (folder / "run.json").write_text(json.dumps(record))
    return folder


@pytest.fixture
def recomputing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The recomputation behind `verify`: the weighted share, with pandas."""

    def recompute(claim: Claim, data, *, standard=None, study=None) -> Recomputed:  # noqa: ARG001
        frame = pd.read_parquet(data["survey.parquet"])
        poor = frame["w"][frame["y"] < float(claim.query.line)].sum()
        share = float(poor / frame["w"].sum())
        return Recomputed(share, share - 0.1, share + 0.1, se=0.1, level=0.95)

    monkeypatch.setattr("exitline.api.claims.recompute.recompute_claim", recompute)


def _run(command, *arguments: object, expect: int = 0, **more) -> Result:
    result = CliRunner().invoke(command, [str(one) for one in arguments], **more)
    assert result.exit_code == expect, (result.output, result.exception)
    return result


@pytest.mark.usefixtures("recomputing")
def test_key_claim_ledger_and_verification(out, survey, tmp_path) -> None:
    key, ledger, file = tmp_path / "office.key", tmp_path / "claims.jsonl", tmp_path / "claim.json"
    _run(claim, "--new-key", key)
    made = _run(
        claim, out, "--measure", "headcount", "--remark", "Half of the poor are \u202eposh.",
        "--ledger", ledger, "--key", key, "--out", file,
    )  # fmt: skip
    assert 'headcount (poor persons, share), line "100"' in made.output
    assert "50 % (95 % interval 40 to 60)" in " ".join(made.output.split())
    assert "Half of the poor are \\u202eposh." in made.output
    _run(claim, out, "--level", "county", "--outcome", "met", "--ledger", ledger, "--key", key)
    assert read_ledger(ledger).head.size == 2

    public = f"{key}.pub"
    whole = _run(verify, ledger, "--public-key", public)
    assert "The ledger is whole: 2 claims" in whole.output
    assert ", checked" in whole.output
    _run(verify, ledger, "--since", file, "--public-key", public)
    answer = _run(verify, file, "--data", survey, "--public-key", public)
    assert 'match: headcount (poor persons, share), line "100": 50 %' in answer.output
    assert "not checked: Half of the poor are \\u202eposh." in " ".join(answer.output.split())
    assert "entry 1 of a ledger of 1 claim\n" in answer.output

    frame = pd.read_parquet(survey)
    frame.loc[3, "y"] = 10.0
    frame.to_parquet(survey)
    answer = _run(verify, file, "--data", survey, "--json", expect=1)
    (plain,) = json.loads(answer.output)
    assert plain["outcome"] == "mismatch"
    assert (plain["figures"][0]["claimed"], plain["figures"][0]["recomputed"]) == ("50", "75")
    assert not plain["signatures_checked"]


@pytest.mark.usefixtures("recomputing")
def test_verification_without_data_says_what_is_missing(out, tmp_path) -> None:
    file = tmp_path / "claim.json"
    _run(claim, out, "--measure", "headcount", "--out", file)
    answer = _run(verify, file, expect=1)
    assert "cannot verify" in answer.output
    assert "missing: data file survey.parquet" in answer.output
    assert "signed by: nobody" in answer.output


@pytest.mark.usefixtures("recomputing")
def test_rows_are_bound_on_request(out, survey, tmp_path) -> None:
    file = tmp_path / "claim.json"
    _run(claim, out, "--measure", "headcount", "--out", file, "--rows", survey)
    pd.read_parquet(survey).iloc[::-1].to_parquet(survey)
    answer = _run(verify, file, "--data", survey)
    assert "another file with the same rows" in " ".join(answer.output.split())
    refused = _run(claim, out, "--measure", "headcount", "--out", file, "--rows", survey, expect=1)
    assert "not one of the claim's inputs" in str(refused.exception)


@pytest.mark.usefixtures("recomputing")
def test_every_entry_of_a_ledger_can_be_verified(out, survey, tmp_path) -> None:
    ledger = tmp_path / "claims.jsonl"
    for column in ("estimate", "n"):
        _run(claim, out, "--measure", "headcount", "--column", column, "--ledger", ledger)
    answer = _run(verify, ledger, "--data", survey, expect=1)
    assert "1 of 2 claims match" in answer.output
    _run(verify, ledger, "--data", survey, "--entry", 1)
    _run(verify, ledger, "--data", survey, "--entry", 3, expect=2)


def test_passphrase_from_the_environment_or_asked_for(out, tmp_path, monkeypatch) -> None:
    key, file = tmp_path / "office.key", tmp_path / "claim.json"
    _run(claim, "--new-key", key, "--encrypt", input="four words\nfour words\n")
    assert b"ENCRYPTED" in key.read_bytes()
    _run(claim, out, "--measure", "headcount", "--out", file, "--key", key, input="four words\n")
    monkeypatch.setenv("EXITLINE_PASSPHRASE", "other words")
    refused = _run(claim, out, "--measure", "headcount", "--out", file, "--key", key, expect=1)
    assert "cannot be opened" in str(refused.exception)
    assert "words" not in str(refused.exception)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["out"],
        ["out", "--measure", "headcount"],
        ["out", "--out", "c.json"],
        ["out", "--measure", "headcount", "--level", "county", "--out", "c.json"],
        ["out", "--level", "county", "--out", "c.json"],
        ["out", "--level", "county", "--outcome", "met", "--unit", "1", "--out", "c.json"],
        ["out", "--level", "household", "--unit", "h1", "--out", "c.json"],
    ],
)
def test_wrong_usage_of_claim(arguments: list[str]) -> None:
    _run(claim, *arguments, expect=2)


def test_json_of_claim_and_key(out, tmp_path) -> None:
    key = json.loads(_run(claim, "--new-key", tmp_path / "k", "--json").output)
    assert len(key["key_id"]) == 64
    made = _run(
        claim, out, "--level", "county", "--unit", "12", "--ledger", tmp_path / "l.jsonl", "--json"
    )
    plain = json.loads(made.output)
    assert (plain["sentence"], plain["entry"], plain["signed_by"]) == (
        'outcome of county "12": met.',
        1,
        [],
    )
    assert plain["claim"]["value"] == "met"


def test_a_failed_claim_writes_nothing(out, tmp_path) -> None:
    file, ledger = tmp_path / "claim.json", tmp_path / "l.jsonl"
    _run(claim, out, "--measure", "gini", "--out", file, "--ledger", ledger, expect=1)
    assert not file.exists()
    assert not ledger.exists()


def test_since_is_for_ledgers(out, tmp_path) -> None:
    file = tmp_path / "claim.json"
    _run(claim, out, "--measure", "headcount", "--out", file)
    _run(verify, file, "--since", file, expect=2)


@pytest.mark.usefixtures("recomputing")
def test_a_standard_is_handed_on(out, survey, tmp_path) -> None:
    record = json.loads((out / "run.json").read_text())
    record["standard"] = {"name": "no-such-standard", "digest": "ab" * 32}
    (out / "run.json").write_text(json.dumps(record))
    file = tmp_path / "claim.json"
    _run(claim, out, "--measure", "headcount", "--out", file)
    answer = _run(verify, file, "--data", survey, expect=1)
    assert "missing: rule file no-such-standard" in answer.output
    assert RuleRef("no-such-standard", "ab" * 32).name in answer.output


def test_check_claim_on_a_file_of_relations(tmp_path) -> None:
    shipped = ROOT / "examples/claims/dongxiang-2020.yaml"
    found = _run(check_claim, shipped)
    assert "12,933 / 2,567 = 5.04" in found.output
    assert "no independent source confirms the figures" in found.output
    plain = json.loads(_run(check_claim, shipped, "--json").output)
    assert (plain["consistent"], plain["confirmed"]) == (True, False)
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(
        "statement: 10 of 2,076 households (0.41 %)\n"
        'figures: {part: 10, whole: "2,076", rate: {value: 0.41, unit: percent}}\n'
        "relations: [share: {part: part, whole: whole, is: rate}]\n"
    )
    assert "not consistent" in _run(check_claim, wrong, expect=1).output
    assert "there is no such file" in str(_run(check_claim, "none.yaml", expect=1).exception)


def test_the_documented_file_of_relations_is_read(tmp_path) -> None:
    page = (ROOT / "docs/commands/check-claim.md").read_text()
    path = tmp_path / "claim.yaml"
    path.write_text(page.split("```yaml\n")[1].split("```")[0])
    plain = json.loads(_run(check_claim, path, "--json").output)
    assert [one["outcome"] for one in plain["findings"]] == ["consistent"] * 3


@pytest.mark.parametrize("command", [claim, verify, check_claim])
def test_help_ends_with_examples(command) -> None:
    text = _run(command, "--help").output
    assert "Examples:" in text
    assert "exitline " + command.name in text
