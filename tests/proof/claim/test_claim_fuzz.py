"""Records of any shape: a claim, a ledger, a receipt, a run's record; one clear error at most."""

from __future__ import annotations

import base64
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exitline.cli.claim import command as claim
from exitline.cli.verify import command as verify
from exitline.errors import ExitlineError

CASES = Path(__file__).with_name("cases")
SEEDS = [(CASES / "false" / name).read_bytes() for name in ("f6.json", "vict.jsonl", "c_bidi.json")]
ODD = st.sampled_from(
    [None, True, -1, 10**30, 1e308, "", "\x00", "\u202e", [], {}, [[]], {"": None}, "x" * 5000]
)
RECORD = {
    "software": {"name": "exitline", "version": "0.1.0"},
    "inputs": [{"name": "d.csv", "sha256": "ab" * 32}],
    "study": {"title": "T", "digest": "ab" * 32, "text": "study: T"},
    "standard": {"name": "s", "digest": "ab" * 32},
    "about": {"year": 2012, "counted": "persons"},
}
FUZZ = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _clear(command, *arguments: object) -> None:
    """The command ends with 0, 1 or 2, and never with an error that is not the house's."""
    result = CliRunner().invoke(command, [str(one) for one in arguments])
    ended = isinstance(result.exception, (ExitlineError, SystemExit, type(None)))
    assert ended, repr(result.exception)
    assert result.exit_code in (0, 1, 2)


def _mutated(draw: st.DrawFn, value: object) -> object:
    """A JSON value with one part exchanged for something odd."""
    if isinstance(value, dict) and value and draw(st.integers(0, 4)):
        key = draw(st.sampled_from(sorted(value)))
        return {**value, key: _mutated(draw, value[key])}
    if isinstance(value, list) and value and draw(st.integers(0, 4)):
        return [_mutated(draw, value[0]), *value[1:]]
    return draw(ODD)


@FUZZ
@given(st.data())
def test_bytes_of_claims_changed_anyhow(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=8))
    file = tmp_path / "claim.json"
    file.write_bytes(bytes(content))
    _clear(verify, file)
    _clear(verify, file, "--since", file)


@FUZZ
@given(st.data())
def test_statements_of_any_shape(tmp_path: Path, data: st.DataObject) -> None:
    envelope = json.loads(SEEDS[0])
    statement = _mutated(data.draw, json.loads(base64.b64decode(envelope["payload"])))
    written = json.dumps(statement, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    envelope["payload"] = base64.b64encode(written.encode()).decode()
    changed = data.draw(st.sampled_from([envelope, _mutated(data.draw, envelope)]))
    file = tmp_path / "claim.json"
    file.write_text(json.dumps(changed, separators=(",", ":"), sort_keys=True))
    _clear(verify, file)
    predicate = statement.get("predicate") if isinstance(statement, dict) else statement
    file.write_text(json.dumps({"run": {}, "claims": [predicate]}))
    _clear(verify, file)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's folder with one estimate."""
    folder = tmp_path_factory.mktemp("run")
    row = {"measure": "mean", "line": "", "by": "", "domain": "", "estimate": 1.5, "se": 0.1,
           "ci_low": 1.3, "ci_high": 1.7, "level": 0.95, "n": 9, "population": 9.0}  # fmt: skip
    pd.DataFrame([row]).to_parquet(folder / "estimates.parquet")
    return folder


@FUZZ
@given(st.data())
def test_run_records_of_any_shape(run: Path, data: st.DataObject) -> None:
    (run / "run.json").write_text(json.dumps(_mutated(data.draw, RECORD)))
    _clear(claim, run, "--measure", "mean", "--out", run / "claim.json")


def test_result_tables_of_any_shape(run: Path, tmp_path: Path) -> None:
    frame = pd.read_parquet(run / "estimates.parquet")
    (run / "run.json").write_text(json.dumps(RECORD))
    for change in (
        frame[["measure"]], frame[["estimate"]], frame.iloc[:0], frame.assign(se="x"),
        frame.assign(estimate="x"), frame.assign(level=None), frame.assign(level="x"),
    ):  # fmt: skip
        folder = Path(shutil.copytree(run, tmp_path / "run", dirs_exist_ok=True))
        change.to_parquet(folder / "estimates.parquet")
        for column in ("estimate", "se", "n"):
            _clear(
                claim, folder, "--measure", "mean", "--column", column, "--out", folder / "c.json"
            )
