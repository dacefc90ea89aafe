"""exitline lifecycle: from files of events to states, duties, history and checks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from exitline.cli.lifecycle import command
from exitline.errors import DataError, ExitlineError
from exitline.exits.register import LifecycleError, LogDamagedError, SpellError
from exitline.exits.register.logbook import store
from exitline.exits.register.steps.drafts import read_drafts

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
008,carry over,2016-05-01,wang,county,register extract,,,,,,,,
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments), catch_exceptions=False)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    (tmp_path / "events.csv").write_text(ROWS)
    result = run(
        "record", str(tmp_path / "log"), str(tmp_path / "events.csv"),
        "--procedure", "china-2016-exit", "--new",
    )  # fmt: skip
    assert "6 events recorded" in result.output
    return tmp_path / "log"


def test_ids_stay_text_and_states_are_counted(log: Path, tmp_path: Path) -> None:
    found = json.loads(run("state", str(log), "--as-of", "2016-06-30", "--json").output)
    assert {s["state"]: s["households"] for s in found["states"]} == {"noticed": 1, "poor": 1}
    one = run("state", str(log), "--household", "007", "--as-of", "2016-06-05").output
    assert "exit proposed since 2016-06-01; open: exit" in one
    run("export", str(log), str(tmp_path / "events.parquet"))
    out = tmp_path / "states.parquet"
    again = run(
        "state", str(tmp_path / "events.parquet"), "--as-of", "2016-06-30",
        "--procedure", "china-2016-exit", "--out", str(out), "--json",
    )  # fmt: skip
    assert json.loads(again.output)["written"] == 2
    assert json.loads(again.output)["states"] == found["states"]
    assert out.exists()


def test_one_event_from_flags(log: Path) -> None:
    result = run(
        "record", str(log), "--procedure", "china-2016-exit", "--household", "008",
        "--step", "propose exit", "--on", "2016-07-01", "--actor", "li",
        "--role", "village committees", "--document", "review minutes",
        "--evidence", "welfare=2000", "--evidence", "safe_water=true", "--json",
    )  # fmt: skip
    event = json.loads(result.output)["events"][0]
    assert event == {
        "number": 7,
        "step": "propose exit",
        "state": "exit proposed",
        "decision": "not met",
    }
    assert "not met: income" in run("history", str(log), "008").output


def test_check_finds_the_log_whole_and_a_changed_one_not(log: Path) -> None:
    head = json.loads(run("check", str(log), "--json").output)["head"]
    assert "chain whole" in run("check", str(log), "--head", head).output
    with pytest.raises(LogDamagedError):
        run("check", str(log), "--head", "0" * 63 + "1")
    events = log / "events.jsonl"
    events.write_bytes(events.read_bytes().replace(b'"welfare":3500.0', b'"welfare":3600.0'))
    with pytest.raises(LogDamagedError, match="not what was recorded"):
        run("check", str(log))


def test_overdue_lists_and_filters(log: Path) -> None:
    run(
        "record", str(log), "--procedure", "china-2016-exit", "--household", "007",
        "--step", "object", "--on", "2016-06-14", "--actor", "n", "--role", "household",
        "--document", "objection", "--reason", "no water in winter",
    )  # fmt: skip
    late = json.loads(run("overdue", str(log), "--as-of", "2016-07-04", "--json").output)
    assert [(d["household"], d["days_late"]) for d in late] == [("007", 5)]
    assert json.loads(run("overdue", str(log), "--role", "township", "--json").output) == []
    assert "decision on an objection" in run("overdue", str(log), "--all").output


def test_history_shows_decisions(log: Path) -> None:
    found = json.loads(run("history", str(log), "007", "--json").output)
    made = found[1]["decision"]
    assert made["outcome"] == "met"
    assert made["lines"] == {"national": 2952.0}
    assert len(made["standard_digest"]) == 64
    assert "Household 007: noticed" in run("history", str(log), "007").output


def test_procedures_are_listed_and_shown() -> None:
    assert "china-2020-monitoring" in run("procedure").output
    shown = run("procedure", "china-2016-exit").output
    assert "propose exit" in shown
    assert "not verified" in shown


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("e.csv", "household,step,on,actor,role,score\n1,a,2016-01-01,x,y,3\n", "no such column"),
        ("e.csv", "household,step,on,actor,role\n1,a,01.02.2016,x,y\n", "not a day"),
        ("e.csv", "household,step,on,actor,role\n1,a,2016-01-01,,y\n", "not complete"),
        ("e.csv", "household,step,on,actor,role\n", "header and no rows"),
        ("e.csv", "household,step,on,actor,role\n1,2\n", "2 fields"),
        ("e.json", "[1, 2]", "cannot be read"),
        ("e.json", "{", "JSON that can be used"),
        ("e.xlsx", "x", "not what its name says"),
        ("missing", None, "no such file"),
    ],
)
def test_a_file_of_events_that_cannot_be_read(
    tmp_path: Path, name: str, content: str | None, says: str
) -> None:
    path = tmp_path / (name if content is not None else "missing.csv")
    if content is not None:
        path.write_text(content)
    with pytest.raises(ExitlineError) as caught:
        read_drafts(path)
    assert says in caught.value.what


def test_json_lines_and_parquet_are_read_alike(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    row: dict[str, Any] = {
        "household": "1",
        "step": "s",
        "on": "2016-01-01",
        "actor": "a",
        "role": "r",
    }
    row |= {"evidence.income": 3.5, "documents": "form=ff(name); note"}
    (tmp_path / "e.jsonl").write_text(json.dumps(row) + "\n\n")
    pq.write_table(pa.table({k: [v] for k, v in row.items()}), tmp_path / "e.parquet")
    one, other = read_drafts(tmp_path / "e.jsonl"), read_drafts(tmp_path / "e.parquet")
    assert one == other
    assert one[0].evidence == {"income": 3.5}
    assert one[0].documents[0].shows == ("name",)


def test_events_a_procedure_does_not_allow_are_refused(tmp_path: Path) -> None:
    table = "household,on,state,number\na,2016-01-01,poor,1\na,2016-02-01,exited,2\n"
    (tmp_path / "t.csv").write_text(table)
    with pytest.raises(DataError, match="log would have taken"):
        run("state", str(tmp_path / "t.csv"), "--procedure", "china-2016-exit")


def test_usage_is_checked(log: Path) -> None:
    both = CliRunner().invoke(command, ["record", str(log), "--procedure", "china-2016-exit"])
    assert both.exit_code == 2


def test_spells_are_checked_before_they_are_counted(tmp_path: Path) -> None:
    good = "household,state,since,until\na,poor,2016-01-01,2017-01-01\na,exited,2017-01-01,\n"
    path = tmp_path / "spells.csv"
    path.write_text(good + "b,poor,2016-06-01,\n")
    found = run("state", str(path), "--spells", "--as-of", "2017-01-01", "--json").output
    counts = {s["state"]: s["households"] for s in json.loads(found)["states"]}
    assert counts == {"exited": 1, "poor": 1}
    path.write_text(good + "a,poor,2016-06-01,2016-05-01\n")
    with pytest.raises(SpellError) as caught:
        run("state", str(path), "--spells")
    assert caught.value.got == "1 of negative duration, 1 overlapping an earlier one"


def test_a_new_log_whose_events_are_refused_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(ROWS.replace("carry over", "propose exit", 1))
    arguments = (
        "record", str(tmp_path / "log"), str(tmp_path / "events.csv"),
        "--procedure", "china-2016-exit", "--new",
    )  # fmt: skip
    with pytest.raises(LifecycleError):
        run(*arguments)
    assert [p.name for p in tmp_path.iterdir()] == ["events.csv"]
    (tmp_path / "events.csv").write_text(ROWS)
    assert "6 events recorded" in run(*arguments).output


def test_a_new_log_never_takes_the_place_of_other_files(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(ROWS)
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "letter.txt").write_text("mine")
    with pytest.raises(LifecycleError, match="something else"):
        run("record", str(tmp_path / "log"), str(tmp_path / "events.csv"),
            "--procedure", "china-2016-exit", "--new")  # fmt: skip
    assert [p.name for p in (tmp_path / "log").iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("kept", ["procedures", "rules"])
@pytest.mark.parametrize("change", ["deleted", "changed", "cut"])
def test_check_finds_kept_texts_that_were_changed_or_deleted(
    kept: str, change: str, log: Path
) -> None:
    path = next((log / kept).iterdir())
    if change == "deleted":
        path.unlink()
    else:
        text = path.read_text()
        path.write_text(text[:-40] if change == "cut" else text.replace("0.95", "0.90") + "\n#")
        if change == "changed" and kept == "procedures":
            path.write_text(text.replace("days: ", "days: 1", 1))
    result = run("check", str(log))
    assert result.exit_code == 1
    assert f"{kept[:-1]} {path.stem[:16]}...: " in result.output
    assert "missing or changed" in result.output


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"state": "exited"}, "event 2: step 'propose exit' gives the state 'exit proposed', not"),
        ({"step": "approve exit"}, "event 2: step 'approve exit' could not be taken"),
        ({"listed": False}, "event 2: step 'propose exit' gives other cases or another register"),
        ({"role": "household"}, "a role that may not take the step"),
    ],
)
def test_check_finds_a_state_that_no_step_gives(
    change: dict[str, object], said: str, log: Path
) -> None:
    """Somebody writes the whole chain anew, heads included: the procedure still says no."""
    records = [dict(r) for r in store.read(log).records]
    records[1] = {"event": records[1]["event"] | change}
    for name in (store.EVENTS, store.HEAD):
        (log / name).unlink()
    (log / store.EVENTS).touch()
    store.append(log, store.read(log), records)
    result = run("check", str(log))
    assert result.exit_code == 1
    assert said in " ".join(result.output.split())
    assert "007" not in result.output
