"""The commands on a register: the same answers as on a log, and tables in and out."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exitline.cli.lifecycle import command as lifecycle
from exitline.cli.register import command as register
from exitline.errors import ExitlineError
from exitline.exits.register.errors import LogDamagedError
from exitline.exits.register.store.errors import StoreError

ROWS = """\
household,step,on,actor,role,documents,reason,evidence.welfare,evidence.food_secure,\
evidence.clothing_secure,evidence.education_secure,evidence.medical_secure,evidence.housing_safe,\
evidence.safe_water
007,carry over,2016-05-01,wang,county,register extract,,,,,,,,
007,propose exit,2016-06-01,li,village committees,review minutes=ab12,,\
3500,true,true,true,true,true,true
007,verify,2016-06-10,zhao,work team,verification form,,,,,,,,
007,consent,2016-06-11,head,household,consent,,,,,,,,
007,village notice,2016-06-12,li,village committees,"village notice(name, hamlet)",,,,,,,,
007,object,2016-06-13,li,household,objection,the well is dry,,,,,,,
008,carry over,2016-05-01,wang,county,register extract,,,,,,,,
"""
HOUSEHOLDS = """\
household,area,name,as_of,fact:welfare,fact:safe_water,income:wages,identifier:national id
a1,v1,Li,2024-01-01,1200,true,900.5,51 0104-1978
a2,c/t/v2/,Wang,2024-01-01,2100,false,,510104 1980
"""


def run(command: object, *arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments), catch_exceptions=False)  # type: ignore[arg-type]


def answers(source: str, tmp_path: Path) -> dict[str, object]:
    """What the questions of the life cycle give."""
    out = tmp_path / f"events{abs(hash(source))}.parquet"
    asked = {
        "state": ("state", source, "--as-of", "2016-06-12"),
        "one": ("state", source, "--household", "007", "--as-of", "2016-06-05"),
        "overdue": ("overdue", source, "--as-of", "2016-12-31"),
        "history": ("history", source, "007"),
        "check": ("check", source),
    }
    found = {k: json.loads(run(lifecycle, *a, "--json").output) for k, a in asked.items()}
    found["export"] = json.loads(run(lifecycle, "export", source, str(out), "--json").output)[
        "events"
    ]
    table = json.loads(run(lifecycle, "state", str(out), "--as-of", "2016-06-12", "--json").output)
    return {**found, "table": table}


def test_a_register_answers_as_a_log_does(address: str, tmp_path: Path) -> None:
    rows = tmp_path / "events.csv"
    rows.write_text(ROWS)
    log = str(tmp_path / "log")
    china = ("--procedure", "china-2016-exit", "--json")
    first = json.loads(run(lifecycle, "record", log, str(rows), *china, "--new").output)
    second = json.loads(
        run(lifecycle, "record", address, str(rows), *china, "--area", "c/t/v1/").output
    )
    assert first == second
    assert answers(log, tmp_path) == answers(address, tmp_path)
    refused = (
        "--procedure", "china-2016-exit", "--household", "008", "--step", "strike off",
        "--on", "2016-07-01", "--actor", "wu", "--role", "county",
    )  # fmt: skip
    said = []
    for source in (log, address):
        with pytest.raises(ExitlineError) as caught:
            run(lifecycle, "record", source, *refused)
        said.append(str(caught.value))
    assert said[0] == said[1]
    with pytest.raises(LogDamagedError, match="head that was noted"):
        run(lifecycle, "check", address, "--head", "f" * 64)


def test_a_new_register_by_the_first_record(tmp_path: Path) -> None:
    rows, address = tmp_path / "events.csv", f"sqlite:///{tmp_path}/new/register.db"
    rows.write_text(ROWS)
    made = run(
        lifecycle, "record", address, str(rows), "--procedure", "china-2016-exit", "--new"
    )  # fmt: skip
    assert "7 events recorded" in made.output
    with pytest.raises(StoreError, match="already"):
        run(lifecycle, "record", address, str(rows), "--procedure", "china-2016-exit", "--new")
    with pytest.raises(StoreError, match="no register"):
        run(lifecycle, "check", f"sqlite:///{tmp_path}/none.db")
    (tmp_path / "text.db").write_text("not a database at all, whatever it is called")
    with pytest.raises(StoreError, match="not a database"):
        run(lifecycle, "check", f"sqlite:///{tmp_path}/text.db")


def test_a_table_is_looked_at_taken_and_taken_back(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXITLINE_REGISTER_KEY", "0123456789abcdef" * 4)
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(HOUSEHOLDS)
    bad.write_text(
        HOUSEHOLDS
        + "a1,v1,Li,2024-01-01,1,true,1,99\n"
        + "a3,v9,Li,2024-01-01,1,true,1,98\n"
        + "a4,v1,Li,2999-01-01,1,true,1,97\n"
        + "a5,v1,Li,2024-01-01,1,true,many,96\n"
        + "a6,v1,Li,2024-01-01,1,true,1,5101041980\n"
        + ",v1,Li,2024-01-01,1,true,1,95\n"
    )
    to = ("--database", address)
    seen = json.loads(run(register, "import", str(bad), *to, "--dry-run", "--json").output)
    assert (seen["rows"], seen["taken"], seen["batch"]) == (8, 2, None)
    assert sorted((one["what"], one["first"]) for one in seen["refused"]) == [
        ("'as_of' is a day that cannot be: ahead of today, or before 1880", [5]),
        ("'income:wages' is not a number", [6]),
        ("a household with this id is there already", [3]),
        ("an identifier that a household has already", [7]),
        ("no such area here", [4]),
        ("nothing under 'household'", [8]),
    ]
    with pytest.raises(StoreError, match="6 of 8 rows are refused; nothing was taken"):
        run(register, "import", str(bad), *to)
    taken = json.loads(run(register, "import", str(good), *to, "--json").output)
    with pytest.raises(StoreError, match="refused"):
        run(register, "import", str(good), *to)
    assert "2 rows taken back" in run(register, "undo", str(taken["batch"]), *to).output
    again = json.loads(run(register, "import", str(good), *to, "--json").output)
    members = tmp_path / "members.csv"
    members.write_text(
        "household,name,head,born,identifier:national id\na1,Li,yes,1978-03-12,1\n"
        "a1,Wu,no,1980-01-01,2\na2,Wang,true,,3\na2,Zhu,true,,4\n"
    )
    some = json.loads(
        run(register, "import", str(members), *to, "--kind", "members", "--partly", "--json").output
    )
    assert some["taken"] == 3
    assert [one["what"] for one in some["refused"]] == ["a second head of a household"]
    with pytest.raises(StoreError, match="changed since"):
        run(register, "undo", str(again["batch"]), *to)
    places = json.loads(run(register, "areas", *to, "--json").output)
    assert {p["path"]: p["households"] for p in places if p["households"]} == {
        "c/t/v1/": 1, "c/t/v2/": 1,
    }  # fmt: skip
    assert "check" not in run(register, "check", *to).output


def test_the_plain_identifier_is_nowhere_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blank: Path
) -> None:
    monkeypatch.setenv("EXITLINE_REGISTER_KEY", "0123456789abcdef" * 4)
    file = tmp_path / "register.db"
    file.write_bytes(blank.read_bytes())
    table = tmp_path / "table.csv"
    table.write_text("household,area,identifier:national id\na1,v1,987-654-321-X\n")
    to = ("--database", f"sqlite:///{file}")
    run(register, "import", str(table), *to)
    run(register, "backup", str(tmp_path / "all.gz"), *to)
    kept = b"".join(f.read_bytes() for f in tmp_path.iterdir() if f.name.startswith("register"))
    assert b"987654321X" not in kept
    assert b"987-654-321-X" not in kept
    monkeypatch.setenv("EXITLINE_REGISTER_KEY", "another key, though as long as a key has to be")
    table.write_text("household,area,identifier:national id\na2,v1,1\n")
    with pytest.raises(StoreError, match="not the one"):
        run(register, "import", str(table), *to)


def test_two_restored_backups_are_equal(address: str, tmp_path: Path, blank: Path) -> None:  # noqa: ARG001
    rows = tmp_path / "events.csv"
    rows.write_text(ROWS)
    china = ("--procedure", "china-2016-exit", "--area", "c/t/v1/")
    run(lifecycle, "record", address, str(rows), *china)
    file = tmp_path / "register.backup"
    first = json.loads(run(register, "backup", str(file), "--database", address, "--json").output)
    for name in ("one", "two"):
        to = ("--database", f"sqlite:///{tmp_path}/{name}/register.db", "--json")
        assert (
            json.loads(run(register, "restore", str(file), *to).output)["digest"] == first["digest"]
        )
        again = run(register, "backup", str(tmp_path / name / "b"), *to)
        assert json.loads(again.output)["digest"] == first["digest"]
        assert json.loads(run(register, "check", *to).output)["faults"] == []
        run(lifecycle, "record", to[1], *china[:2], "--household", "9", "--step", "carry over",
            "--on", "2016-05-01", "--actor", "a", "--role", "county",
            "--document", "register extract", "--area", "c/t/v2/")  # fmt: skip
    whole = file.read_bytes()
    for harmed in (whole[:-20], b"no backup", whole[:200]):
        file.write_bytes(harmed)
        with pytest.raises(StoreError, match="not a whole backup"):
            run(register, "restore", str(file), "--database", f"sqlite:///{tmp_path}/x/r.db")
    lines = gzip.decompress(whole).splitlines(keepends=True)
    header = json.loads(lines[0]) | {"tables": "0001_first", "release": "0.1.9"}
    file.write_bytes(gzip.compress(b"".join([json.dumps(header).encode() + b"\n", *lines[1:]])))
    with pytest.raises(StoreError, match=r"another release's tables(.|\n)*the release 0\.1\.9"):
        run(register, "restore", str(file), "--database", f"sqlite:///{tmp_path}/x/r.db")
    assert not (tmp_path / "x").exists()


def test_the_demonstration_stands_at_every_stage(tmp_path: Path) -> None:
    from exitline.exits.register.store.demo.making import demo_procedure

    address = f"sqlite:///{tmp_path}/demo/register.db"
    made = json.loads(run(register, "demo", "--database", address, "--json").output)
    assert made["households"] == 600
    assert {one["role"] for one in made["people"]} >= set(demo_procedure().roles)
    counts = json.loads(run(lifecycle, "state", address, "--json").output)["states"]
    assert {one["state"] for one in counts} == set(demo_procedure().states)
    checked = json.loads(run(register, "check", "--database", address, "--json").output)
    assert (checked["faults"], checked["events"]) == ([], made["steps"])
    log = tmp_path / "log"
    run(register, "export", str(log), "--database", address)
    head = checked["heads"][0][2]
    assert f"Head: {head}" in run(lifecycle, "check", str(log)).output.replace("\n", " ")
    day = run(register, "head", "--database", address, "--json")
    assert json.loads(day.output)["counties"][0]["head"] == head
