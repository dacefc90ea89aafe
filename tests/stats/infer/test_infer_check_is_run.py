"""check refuses exactly what run refuses: a table of bad studies through both."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from exitline import api
from exitline.cli import exitline
from exitline.errors import ExitlineError

GOOD = {
    "study": "Trial", "data": {"households": "homes.csv"}, "columns": {"welfare": "y", "size": "n"},
    "design": {"weight": "w", "strata": "s", "psu": "p"}, "lines": [4], "areas": ["area"],
}  # fmt: skip

BAD: dict[str, tuple[dict[str, object], tuple[str, ...]]] = {
    "nothing amiss": ({}, ()),
    "no welfare column": ({"columns": {"size": "n"}}, ("welfare column",)),
    "an unknown measure": ({"measures": ["headcont", "gap"]}, ("headcont", "'gap'")),
    "a measure without a line": ({"lines": None}, ("poverty line",)),
    "lonely PSUs": ({"design": {"weight": "w", "strata": "one", "psu": "p"}}, ("one PSU alone",)),
    "a population below the sample": (
        {"design": {"weight": "w", "strata": "s", "psu": "p", "fpc": "two"}}, ("larger than",)),
    "a population that varies": (
        {"design": {"weight": "w", "strata": "s", "psu": "p", "fpc": "varies"}}, ("varies",)),
    "a lonely unit at the second stage": (
        {"design": {"weight": "w", "strata": "s", "psu": ["p", "unit"], "fpc": ["many", "many"]}},
        ("stage 2",)),
    "a line that cannot be converted": (
        {"ppp": 41.1, "lines": ["extreme"], "standard": "albania-2012", "year": 2012},
        ("international dollars",)),
    "a column that is not there": ({"columns": {"welfare": "yy", "size": "nn"}}, ("'yy'", "'nn'")),
    "an area that is not there": ({"areas": ["area", "arae"]}, ("'arae'",)),
    "text as welfare": ({"columns": {"welfare": "area"}}, ("not numbers",)),
    "missing welfare": ({"columns": {"welfare": "gaps"}}, ("no welfare",)),
    "a negative weight": ({"design": {"weight": "minus", "psu": "p"}}, ("negative weight",)),
    "PSUs across strata": (
        {"design": {"weight": "w", "strata": "parity", "psu": "p"}}, ("more than one stratum",)),
    "a missing file": ({"data": {"households": "gone.csv"}}, ("no such file",)),
    "two faults of two kinds": (
        {"measures": ["headcont"], "areas": ["arae"], "columns": {"welfare": "y", "size": "nn"}},
        ("headcont", "'arae'", "'nn'")),
    "faults of measures, rows and design": (
        {"measures": ["mean", "gini2"], "columns": {"welfare": "gaps"},
         "design": {"weight": "w", "strata": "s", "psu": "p", "fpc": "two"}},
        ("gini2", "no welfare", "larger than")),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with 48 households in eight PSUs of two strata."""
    rows = range(48)
    homes = pd.DataFrame({"p": [f"p{i // 6}" for i in rows], "s": [f"s{i // 24}" for i in rows]})
    homes["y"] = [1.5 + i * 7 % 11 for i in rows]
    homes["w"], homes["n"], homes["two"], homes["many"] = 1.5, 1 + homes.index % 4, 2, 40
    homes["one"] = ["alone" if p == "p0" else "rest" for p in homes.p]
    homes["varies"] = [40 + i for i in rows]
    homes["unit"] = [f"{p}a" if p == "p1" else f"{p}u{i}" for i, p in enumerate(homes.p)]
    homes["area"] = ["north" if i % 2 else "south" for i in rows]
    homes["gaps"] = [None if i == 7 else 2.5 for i in rows]
    homes["minus"] = [-1.0 if i == 9 else 1.0 for i in rows]
    homes["parity"] = [f"s{i % 2}" for i in rows]
    homes.to_csv(tmp_path / "homes.csv", index=False)
    return tmp_path


@pytest.mark.parametrize("name", BAD)
def test_check_and_run_refuse_alike(folder: Path, name: str) -> None:
    changes, faults = BAD[name]
    study = {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
    file = folder / "study.yaml"
    file.write_text(json.dumps(study), encoding="utf-8")

    errors = [f for f in api.check(file) if f.severity == "error"]
    said = " ".join(f"{f.message} {f.remedy}" for f in errors)
    for fault in faults:
        assert fault in said, (name, said)
    assert all(f.where for f in errors)
    assert len(errors) == len({f.message for f in errors})
    assert bool(errors) == bool(faults)

    refused: ExitlineError | None = None
    try:
        api.run(file, folder / "out")
    except ExitlineError as reason:
        refused = reason
    assert bool(refused) == bool(errors)
    assert (folder / "out").exists() == (refused is None)
    if refused is not None:
        everything = [refused, *refused.others]
        assert len(everything) == len(errors)
        for fault in faults:
            assert fault in str(refused)


def test_the_terminal_lists_all_of_them(folder: Path) -> None:
    file = folder / "study.yaml"
    changes, faults = BAD["two faults of two kinds"]
    file.write_text(json.dumps({**GOOD, **changes}), encoding="utf-8")
    listed = CliRunner().invoke(exitline, ["check", str(file), "--json"])
    assert listed.exit_code == 1
    found = json.loads(listed.output)
    assert len([f for f in found if f["severity"] == "error"]) == 3
    assert all(fault in listed.output for fault in faults)
