"""Claims that were made to deceive, and inputs that were made to hang or to lead elsewhere."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exitline import api
from exitline.cli.check_claim import command as check_claim
from exitline.cli.claim import command as claim
from exitline.cli.verify import command as verify
from exitline.errors import ExitlineError
from exitline.proof.claim import (
    LedgerError,
    RowPick,
    SignatureError,
    append,
    claim_estimate,
    is_ledger,
    read_claims,
    read_head,
    sign_claim,
)

ROOT = Path(__file__).parents[3]
CASES = Path(__file__).with_name("cases")
ALBANIA = ROOT / "examples/albania-2012/lival.parquet"
FALSE = sorted(path.name for path in (CASES / "false").glob("c_*.json"))
CARRIED = sorted(path.name for path in (CASES / "carried").glob("*.json"))
KEY = CASES / "false/evil.key.pub"


def _run(command, *arguments: object) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments])


def _refused(result: Result) -> ExitlineError:
    assert result.exit_code == 1
    assert isinstance(result.exception, ExitlineError), result.exception
    return result.exception


@pytest.mark.parametrize("name", FALSE)
def test_a_false_claim_never_matches(name: str) -> None:
    result = _run(verify, CASES / "false" / name, "--data", ALBANIA, "--public-key", KEY)
    assert result.exit_code == 1
    assert result.output.startswith(("mismatch: ", "cannot verify: ")), result.output
    assert not {"\x1b", "\u202e"} & set(result.output)
    plain = _run(verify, CASES / "false" / name, "--data", ALBANIA, "--json").output
    assert not {"\x1b", "\u202e"} & set(plain)
    (found,) = json.loads(plain)
    assert found["missing"] or [f for f in found["figures"] if not f["same"]]


def test_only_verified_signatures_are_called_signed() -> None:
    ledger = CASES / "false/l_extra.jsonl"
    with pytest.raises(SignatureError, match="not by any of the keys"):
        read_claims(ledger, keys=[_key(KEY)])
    read = read_claims(ledger)
    assert all(signed.unverified for signed, _ in read)
    assert {signed.signed_by for signed, _ in read} == {()}
    result = _run(verify, ledger)
    assert "signed by: " not in result.output
    assert "a signature that was not checked names" in " ".join(result.output.split())


def test_a_second_signature_with_a_made_up_key_is_told_apart(signer, claim) -> None:
    from exitline.proof.claim import open_claim

    envelope = json.loads(sign_claim(claim, signer))
    envelope["signatures"].append({"keyid": "ab" * 32, "sig": "AAAA"})
    content = json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode()
    opened = open_claim(content, keys=[signer.public_key])
    assert opened.signed_by == (signer.public_key.keyid,)
    assert opened.unverified == ("ab" * 32,)


def _key(path: Path):
    from exitline.proof.claim import load_public

    return load_public(path)


WATCHED = """
import sys
seen = []
def hook(event, arguments):
    if event in ("open", "os.listdir", "os.scandir", "glob.glob", "socket.connect"):
        seen.append(str(arguments[0]))
sys.addaudithook(hook)
from exitline.cli import main
code = 0
for name in sys.argv[2:]:
    seen.append("== " + name)
    try:
        main(["verify", name, "--data", sys.argv[1]])
    except SystemExit as end:
        code = max(code, end.code)
print("SEEN", *seen, sep="\\n")
"""


def test_verifying_opens_nothing_but_what_is_named(tmp_path: Path) -> None:
    """Files opened and folders listed, as Python's audit hook tells them."""
    folder = Path(shutil.copytree(CASES / "carried", tmp_path / "carried"))
    (tmp_path / "secret.yaml").write_text("password: hunter2\n")
    claims = [str(folder / name) for name in CARRIED]
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-P", "-c", WATCHED, str(folder / "d.csv"), *claims],
        capture_output=True, text=True, check=True, timeout=300, cwd=tmp_path,
    )  # fmt: skip
    assert time.monotonic() - began < 200
    assert "Traceback" not in done.stderr + done.stdout
    outcomes, seen = done.stdout.split("SEEN\n")
    assert outcomes.count("cannot verify: ") + outcomes.count("mismatch: ") == len(CARRIED)
    assert "hunter2" not in outcomes
    own = ("/usr", "/etc/ssl", "/proc", sys.prefix, sys.base_prefix, str(ROOT), str(folder))
    for path in seen.splitlines():
        if path.startswith(("/etc/passwd", "/dev/", "/nonexistent")):
            pytest.fail(f"opened {path}")
        if path.startswith(str(tmp_path)):
            assert path.startswith(own), path


@pytest.fixture
def odd(tmp_path: Path) -> dict[str, Path]:
    """A pipe that nobody writes to, an endless device, a terabyte, a folder, a loop."""
    pipe, large, loop = tmp_path / "pipe", tmp_path / "large", tmp_path / "loop"
    os.mkfifo(pipe)
    large.touch()
    os.truncate(large, 10**12)
    loop.symlink_to(loop)
    return {
        "a pipe": pipe, "a device": Path("/dev/zero"), "1,000,000.0 MB": large,
        "a folder": tmp_path, "Too many levels": loop, "No such file": tmp_path / "none",
    }  # fmt: skip


@pytest.mark.parametrize("option", ["claim", "--public-key", "--since", "--data", "--study"])
def test_odd_files_are_refused_at_once(odd: dict[str, Path], option: str) -> None:
    good = CASES / "false/f6.json"
    for got, path in odd.items():
        if option == "--data" and got == "1,000,000.0 MB":
            continue  # data have no largest size
        ledger = CASES / "false/vict.jsonl"
        arguments = {
            "claim": [path], "--since": [ledger, "--since", path],
            "--public-key": [good, "--public-key", path],
            "--data": [good, "--data", path], "--study": [good, "--study", path, "--data", ALBANIA],
        }[option]  # fmt: skip
        began = time.monotonic()
        reason = _refused(_run(verify, *arguments))
        assert time.monotonic() - began < 5
        assert reason.where, (option, got)


def test_keys_and_runs_are_read_within_bounds(odd: dict[str, Path], tmp_path: Path) -> None:
    for path in odd.values():
        out = tmp_path / "c.json"
        _refused(_run(claim, path, "--measure", "mean", "--out", out))
        if path.name not in ("none",):
            run = tmp_path / f"run-{path.name}"
            run.mkdir()
            (run / "run.json").symlink_to(path)
            _refused(_run(claim, run, "--measure", "mean", "--out", out))
        assert not out.exists()


def test_odd_files_of_relations_and_sentences(odd: dict[str, Path], tmp_path: Path) -> None:
    for path in odd.values():
        for ending in (".yaml", ".txt"):
            named = tmp_path / f"as{ending}"
            named.unlink(missing_ok=True)
            named.symlink_to(path)
            _refused(_run(check_claim, named))


def test_a_path_is_a_path_and_no_pattern(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(CASES / "glob", tmp_path / "glob"))
    (folder / "bracket.csv").rename(folder / "d[1].csv")
    done = api.run(folder / "study.yaml", tmp_path / "out")
    true = done.estimates.find(measure="headcount", by="").estimate
    made = claim_estimate(tmp_path / "out", RowPick("headcount"))
    assert made.figure == f"{100 * true:.1f} %"
    file = tmp_path / "claim.json"
    file.write_bytes(sign_claim(made))
    assert _run(verify, file, "--data", folder / "d[1].csv").exit_code == 0
    (folder / "d[1].csv").rename(folder / "d*.csv")
    assert _run(verify, file, "--data", folder / "d*.csv").exit_code == 0
    assert _run(verify, file, "--data", folder / "d1.csv").exit_code == 1
    result = _run(verify, CASES / "glob/c.json", "--data", folder / "d1.csv")
    assert result.exit_code == 1


def test_two_inputs_of_one_name_are_verified(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(CASES / "same-name", tmp_path / "same"))
    api.run(folder / "two.yaml", tmp_path / "out")
    made = claim_estimate(tmp_path / "out", RowPick("headcount"))
    assert [one.name for one in made.inputs] == ["a/data.csv", "b/data.csv"]
    file = tmp_path / "claim.json"
    file.write_bytes(sign_claim(made))
    both = [folder / "a/data.csv", folder / "b/data.csv"]
    for first, second in (both, reversed(both)):
        assert _run(verify, file, "--data", first, "--data", second).exit_code == 0
    moved = tmp_path / "persons.csv"
    shutil.copy(both[1], moved)
    assert _run(verify, file, "--data", moved, "--data", both[0]).exit_code == 0
    alone = _run(verify, file, "--data", both[0])
    assert "missing: data file b/data.csv" in alone.output
    with both[1].open("a") as handle:
        handle.write("0,33,f\n")
    changed = _run(verify, file, "--data", both[0], "--data", both[1])
    assert "b/data.csv (sha256" in " ".join(changed.output.split())


def test_the_price_index_is_an_input_like_any_other(tmp_path: Path) -> None:
    study = tmp_path / "study.yaml"
    study.write_text(
        "study: Prices\ndata: {households: d.csv}\ncolumns: {welfare: y, size: size}\n"
        "design: {weight: weight}\nlines: [2500]\nyear: 2012\n"
        "prices: {cpi: cpi.csv, from: 2010, to: 2012}\n"
    )
    shutil.copy(CASES / "carried/d.csv", tmp_path / "d.csv")
    index = tmp_path / "cpi.csv"
    index.write_text("year,cpi\n2010,100\n2012,120\n")
    api.run(study, tmp_path / "out")
    made = claim_estimate(tmp_path / "out", RowPick("headcount", by=""))
    assert [one.name for one in made.inputs] == ["d.csv", "cpi.csv"]
    file = tmp_path / "claim.json"
    file.write_bytes(sign_claim(made))
    data = ("--data", tmp_path / "d.csv")
    assert _run(verify, file, *data, "--data", index).exit_code == 0
    assert "missing: data file cpi.csv" in _run(verify, file, *data).output
    index.write_text("year,cpi\n2010,100\n2012,190\n")
    changed = _run(verify, file, *data, "--data", index)
    assert changed.output.startswith("mismatch: ")
    assert "the data changed: cpi.csv has sha256" in " ".join(changed.output.split())


def test_an_older_copy_of_a_ledger_is_not_added_to(tmp_path: Path, many) -> None:
    ledger, head = tmp_path / "claims.jsonl", tmp_path / "claims.jsonl.head"
    one, two, three = (sign_claim(each) for each in many(3))
    append(ledger, [one])
    older = ledger.read_bytes()
    append(ledger, [two])
    newer, newest_head = ledger.read_bytes(), head.read_bytes()
    ledger.write_bytes(older)
    with pytest.raises(LedgerError, match="the ledger is shorter than it was"):
        append(ledger, [three])
    assert ledger.read_bytes() == older
    head.unlink()
    with pytest.raises(LedgerError, match="nobody knows whether this is the newest copy"):
        append(ledger, [three])
    kept = tmp_path / "kept"
    kept.write_bytes(newest_head)
    with pytest.raises(LedgerError, match="the ledger is shorter than it was"):
        append(ledger, [three], since=read_head(kept))
    ledger.write_bytes(newer)
    assert append(ledger, [three], since=read_head(kept)).head.size == 3
    assert head.exists()
    assert append(ledger, [three]).head.size == 3
    assert is_ledger(ledger)
