# ruff: noqa: E501 - a table of commands, a line each
"""Every command, each of its inputs spoiled in every way: a clear message, never a fault.

`EXITLINE_ALL=1` tries the whole product; without it a fixed part is tried.
"""

from __future__ import annotations

import gzip
import os
import random
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from exitline.cli import call
from exitline.files import OutputError, whole_file
from exitline.folders import whole_folder

SHARE = 1 if os.environ.get("EXITLINE_ALL") else 6
STUDY = """
study: Spoiled
standard: albania-2012
year: 2012
period: month
data: {households: homes.csv}
columns: {household: hh, welfare: y, size: n}
design: {weight: w, strata: s, psu: p}
areas: [region]
lines: [absolute]
"""
EVENT = ("--household", "17", "--step", "carry over", "--on", "2016-05-01", "--actor", "li",
         "--role", "county", "--document", "register extract")  # fmt: skip
SEED = ("--seed", "lottery 4 8 15", "--published", "2026-11-01T20:00:00+08:00")

# each command once and more; {in:NAME} and {out:NAME} are files, {NAME} is a text to be spoiled
COMMANDS = (
    """
init {in:homes.csv} --out {out:new.yaml} --title {x} --encoding {utf-8} --delimiter {,}
init {in:homes.csv} --out - --sheet {a}
check {in:study.yaml}
run {in:study.yaml} --out {out:o2}
smallarea {in:areas.yaml} --out {out:areas.csv}
estimate {in:homes.csv} --measure {headcount} --welfare {y} --line {6000} --weight {w} --by {region}
estimate {in:homes.csv} --welfare {y} --line {y} --size {n} --strata {s} --psu {p} --level {0.9}
change {in:homes.csv} {in:homes.csv} --welfare {y} --welfare-after {y2} --line {6000} --line-after {7000} --years {2}
tabulate {in:homes.csv} {region} {s} --weight {w} --size {n} --psu {p} --where {y>2}
glm {in:homes.csv} {y~n+region} --weight {w} --wald {region} --offset {n}
mpi {in:homes.csv} --indicator {poor=1/2:y<6000} --indicator {n=1/2} --k {1/2} --band {a=1/2}
mpi {in:homes.csv} --dimension {a=n,w} --standard {global-mpi} --destitution {n=1} --line {a=1}
grouped {in:homes.csv} --counts {n} --means {y} --by {region} --measure {gini} --line {9000}
grouped {in:homes.csv} --shares {y*} --mean {w} --official {w} --pool {s} --weight {w} --line {y}
standards {albania-2012}
standards {in:std.yaml}
plan --standard {china-2011-2020} --area-class {west} --icc {0.05} --curve {0.01,0.02}
plan --counties {in:homes.csv} --budget {1000} --cost-village {10} --cost-household {1}
draw {in:homes.csv} --household {hh} --village {village} --villages {3} --take {2} SEED --out {out:d}
draw {in:homes.csv} --check {in:draw.json}
draw {in:homes.csv} --household hh --take {a=1} SEED --assessors {in:homes.csv} --assignments {out:v}
assess {in:homes.csv} --counts {in:homes.csv} --standard {china-2011-2020} --column {size=n}
lifecycle record {out:log2} --new --procedure {china-2016-exit} EVENT
lifecycle record {in:log} {in:events.csv} --procedure {china-2016-exit}
lifecycle state {in:log} --as-of {2020-01-01} --known-on {2000-01-01} --out {out:st.parquet}
lifecycle state {in:log} --household {17} --known-on {2000-01-01}
lifecycle state {in:homes.csv} --procedure {china-2016-exit}
lifecycle state {in:homes.csv} --spells
lifecycle overdue {in:log} --as-of {2020-01-01} --role {county}
lifecycle history {in:log} {17}
lifecycle check {in:log}
lifecycle procedure {in:std.yaml}
lifecycle export {in:log} {out:ev.parquet}
dynamics {in:homes.csv} --household {hh} --welfare {y{wave}} --waves {2,3} --line {8000} --by {s}
watch {in:homes.csv} --household {hh} --welfare {y{wave}} --waves {2,3} --line {8000} --out {out:w.csv}
screen {in:homes.csv} --value {y} --line {8000} --by {region}
claim {in:out} --measure {headcount} --line {absolute} --ledger {out:l} --key {in:k} --out {out:c}
claim --new-key {out:n.key}
verify {in:c.json} --data {in:homes.csv} --public-key {in:k.pub} --study {in:study.yaml}
verify {in:l.jsonl} --since {in:c.json} --entry {1}
check-claim {in:rel.json}
table {in:homes.csv} --rows {region} --columns {s} --out {out:t.html} --audit {out:a.json}
table {in:out} --rows {region}
release {in:homes.csv} --keys {region} --sensitive {s} --weight {w} --top {y=99%} --out {out:r.parquet}
notice {in:homes.csv} --village {village} --title {x} --objections {x} --posted {2020-01-01} \
--days {5} --out {out:n.html}
explore {in:out} --out {out:e.html} --study {in:study.yaml}
explore {in:explorer.yaml} --out {out:e.html}
serve {in:nowhere} --host {127.0.0.1} --port 0
story build {in:story} --out {out:films} --lang {en} --size {1x1}
""".replace("\\\n", "")
    .strip()
    .splitlines()
)

TEXTS = (
    "", " ", "nan", "inf", "-1", "0", "1e308", "9" * 400, "x" * 4000, "x" * 5000, "é漢\u202e", "a\0b",
    "\ud800", "a\nb", "a'b\"c", "a;b", "=", "a=b=c", ",,,", "{wave}", "{0}{x}", "((((", "(" * 3000,
    "1);DROP TABLE x;--", "NULL", ".", "*", "%", "99999-01-01", "0001-01-01", "\x1b[2J", "y / NULL",
    "round(y, 99999999999)", "\\", "/dev/zero", "{figure.__class__}",
)  # fmt: skip


def homes(rows: int = 48) -> pd.DataFrame:
    """Four strata x 2 PSUs x 6 households."""
    rng = np.random.default_rng(0)
    number = np.arange(rows)
    return pd.DataFrame({
        "hh": number, "y": rng.lognormal(9, 0.5, rows).round(2), "y2": 9000.0, "y3": 7000.0,
        "n": rng.integers(1, 7, rows), "w": 10.0, "s": number // 12, "p": number // 6,
        "region": np.where(number < rows // 2, "north", "south"), "village": number // 8,
    })  # fmt: skip


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory) -> tuple[Path, dict[str, str], dict[str, str]]:
    """A folder with good files, and bad paths to read from and to write to."""
    good = tmp_path_factory.mktemp("good")
    homes().to_csv(good / "homes.csv", index=False)
    (good / "study.yaml").write_text(STUDY)
    (good / "areas.csv").write_text("s,road\n0,1\n1,2\n2,4\n3,3\n")
    (good / "areas.yaml").write_text(
        STUDY + "small_areas: {area: s, formula: mean ~ road, covariates: areas.csv}\n"
    )
    return good, *bad_paths(tmp_path_factory.mktemp("bad"))


def bad_paths(at: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Names of what cannot be read, and of where nothing can be written."""
    (at / "folder").mkdir()
    (at / "folder" / "x").write_text("x")
    for name in ("pipe", "pipe.csv", "pipe.yaml", "pipe.json", "pipe.parquet", "pipe.xlsx"):
        os.mkfifo(at / name)
    for name in ("loop", "loop.csv", "loop.yaml"):
        (at / name).symlink_to(name)
    either = {
        "folder": str(at / "folder"), "nothing": "", "blank": " ", "zero": "a\0b", "half": "a\ud800",
        "long name": "x" * 300, "long path": "/".join(["y" * 200] * 15), "below a file": f"{at}/text.csv/x",
        "loop": str(at / "loop"), "pipe": str(at / "pipe"), "root": "/",
        "line end": f"{at}/a\nb/c", "device": "/dev/full", "too deep": f"{at}/no/such/folder/f.html",
    }  # fmt: skip
    content = contents()
    for name, told in content.items():
        (at / name).write_bytes(told)
    runs = {
        f"run {name}": at / f"run-{i}" for i, name in enumerate(content) if name.endswith(".json")
    }
    for name, folder in runs.items():
        folder.mkdir()
        (folder / "run.json").write_bytes(content[name.removeprefix("run ")])
    reading = {
        **either, "missing": str(at / "nope.csv"), "endless": "/dev/zero", "pattern": f"{at}/*.csv",
        **{p.name: str(p) for p in at.iterdir()}, **{n: str(f) for n, f in runs.items()},
    }  # fmt: skip
    # no device is written to: a fault here must not cost the machine one; the pipe stands for them
    places = {name: path for name, path in either.items() if name != "device"}
    return reading, {**places, "kernel": "/proc/x.html"}


def contents() -> dict[str, bytes]:
    """Files that are not what their endings say, or not whole, or far too much."""
    noise = random.Random(1).randbytes(2000)
    endings = ("csv", "csv.gz", "parquet", "dta", "sav", "xlsx", "xls", "ods", "db", "yaml", "json")
    named = {f"noise.{e}": noise for e in endings} | {f"empty.{e}": b"" for e in endings}
    return named | {
        "text.csv": b"a,b\n1,2\n", "text.csv.gz": b"a,b\n1,2\n", "zero.csv": b"a,b\n1,\0\n",
        "cut.csv.gz": gzip.compress(b"a,b\n" + b"1,2\n" * 5000)[:-90], "ragged.csv": b"a,b\n1,2,3\n4\n",
        "quote.csv": b'a,b\n"1,2\n3,4\n', "utf16.csv": "a,b\n1,2\n".encode("utf-16"),
        "latin.csv": b"a,b\n\xe9,1\n", "header.csv": b"a,b\n", "twice.csv": b"a,a\n1,2\n",
        "list.yaml": b"- a\n- b\n", "text.yaml": b"just text", "deep.yaml": b"[" * 5000,
        "bomb.yaml": b"a: &a [x,x]\nb: &b [*a,*a]\n", "large.yaml": b"a: " + b"x" * 11_000_000,
        "keys.yaml": b"".join(b"k%d: 1\n" % i for i in range(100_000)),
        "escape.yaml": b'study: "\\0\\e[2J"\ndata: {households: a.csv}\n',
        "list.json": b"[]", "number.json": b"1", "null.json": b"null", "nan.json": b'{"a":NaN}',
        "object.json": b"{}", "half.json": b'{"a":"\\ud800"}', "digits.json": b"1" * 10_000,
        "deep.json": b"[" * 99_999, "about.json": b'{"about":{},"study":{"title":1}}',
        "marked.parquet": b"PAR1" + noise + b"PAR1", "marked.xlsx": b"PK\x03\x04" + noise,
        "marked.db": b"SQLite format 3\0" + noise, "marked.dta": b"<stata_dta>" + noise,
    }  # fmt: skip


def product(command: str, good: Path, reading: dict[str, str], writing: dict[str, str]):
    """The command with each of its inputs spoiled in turn."""
    words = [w for w in command.replace("EVENT", "\0").replace("SEED", "\1").split(" ") if w]
    slots, filled = {}, []
    for word in words:
        if word in ("\0", "\1"):
            filled += list(EVENT if word == "\0" else SEED)
            continue
        kind, _, value = word[1:-1].partition(":") if word.startswith("{") else ("", "", word)
        if kind in ("in", "out"):
            slots[len(filled)] = reading if kind == "in" else writing
            filled.append(str(good / value))
        else:
            text = word[1:-1] if word.startswith("{") else word
            if word.startswith("{"):
                slots[len(filled)] = {text: text for text in TEXTS}
            filled.append(text)
    for at, ways in slots.items():
        for name, way in ways.items():
            yield name, [*filled[:at], way, *filled[at + 1 :]]


@pytest.mark.parametrize("command", COMMANDS)
def test_no_bad_input_is_a_fault(spoiled, command, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    tried, faults = 0, []
    for name, arguments in product(command, *spoiled):
        if zlib.crc32(f"{command}{name}".encode("utf-8", "replace")) % SHARE:
            continue
        tried += 1
        status = call(arguments)
        said = capsys.readouterr().err
        clear = "Traceback" not in said and "\x1b" not in said and len(said) < 6000
        if status not in (0, 1, 2) or not clear:
            faults.append((arguments, status, said[:500]))
    assert tried
    assert not faults


def test_a_pipe_is_never_replaced_by_a_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.html")
    for writing in (whole_file, whole_folder):
        with pytest.raises(OutputError), writing(tmp_path / "pipe.html"):
            pass
    assert (tmp_path / "pipe.html").is_fifo()
