"""Files and folders that are whole or not there, whatever kills the process that writes them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from exitline.files import OutputError, whole_file, whole_files
from exitline.folders import whole_folder

CHILD = Path(__file__).with_name("kill_child.py")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork")


def kills(job: str, place: Path) -> list[dict[str, Any]]:
    """A record for each kill, the last for the run that was not killed."""
    done = subprocess.run(
        [sys.executable, str(CHILD), job, str(place)], capture_output=True, text=True, check=True
    )
    assert "Traceback" not in done.stderr
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [r["killed"] for r in records] == [True] * (len(records) - 1) + [False]
    assert len(records) > 8
    return records


def test_a_set_is_whole_or_not_there(tmp_path):
    for record in kills("a_set", tmp_path):
        texts = {record["after"][name] for name in ("a.csv", "b.html", "c.json")}
        listed = any(name.endswith(".listed") for name in record["after"])
        assert len(texts) == 1 or listed  # a list says what is still to be renamed
        assert record["again"] == 0
        end = record["end"]
        assert [end.pop(n) for n in ("a.csv", "b.html", "c.json")] == ["new"] * 3
        assert end == {"out/a.csv": "old"}


def test_a_set_that_was_cut_off_is_finished_by_whoever_writes_one_of_it(tmp_path):
    """A list without its process: its files were whole, and take their names."""
    (tmp_path / "b.txt").write_text("old")
    (tmp_path / ".b.txt.1.partial").write_text("new")
    pairs = [[str(tmp_path / f".{n}.txt.1.partial"), str(tmp_path / f"{n}.txt")] for n in "ab"]
    (tmp_path / ".a.txt.1.listed").write_text(json.dumps(pairs))
    with whole_file(tmp_path / "a.txt") as partial:
        assert (tmp_path / "b.txt").read_text() == "new"
        partial.write_text("newer")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.txt", "b.txt"]


@pytest.mark.parametrize("text", ["[[1]]", '[["/etc/passwd", "%s/a.txt"]]', "[" * 5000, "\0"])
def test_a_list_that_is_none_moves_nothing(text, tmp_path):
    """Somebody else's file of that ending; names outside the folder."""
    (tmp_path / ".a.txt.1.listed").write_text(text.replace("%s", str(tmp_path)))
    with whole_file(tmp_path / "a.txt") as partial:
        partial.write_text("new")
    assert (tmp_path / "a.txt").read_text() == "new"
    assert Path("/etc/passwd").exists()


@pytest.mark.parametrize("job", ["a_folder", "a_folder_without_exchange"])
def test_a_folder_is_the_old_or_the_new_one(job, tmp_path):
    new = {"out/a.csv": "new", "out/b.html": "new"}
    for record in kills(job, tmp_path):
        after = {k: v for k, v in record["after"].items() if k.startswith("out/")}
        assert after in ({"out/a.csv": "old"}, new) or job == "a_folder_without_exchange"
        if not after:  # set aside, and brought back by the next writer
            assert any(name.endswith("was/a.csv") for name in record["after"])
        assert record["again"] == 0
        left = {k: v for k, v in record["end"].items() if "/" in k}
        assert left == new


def test_a_folder_that_was_set_aside_comes_back_when_the_next_run_is_refused(tmp_path):
    (tmp_path / ".out.1.old" / "was").mkdir(parents=True)
    (tmp_path / ".out.1.old" / "was" / "a.csv").write_text("old")
    with pytest.raises(ValueError, match="refused"), whole_folder(tmp_path / "out"):
        raise ValueError("refused")
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out" / "a.csv").read_text() == "old"


def test_a_new_log_is_there_with_its_events_or_not_at_all(tmp_path):
    for record in kills("a_log", tmp_path):
        whole = "log/events.jsonl" in record["after"]
        assert whole == ("log/head.json" in record["after"])
        refused = whole and record["killed"]  # status 1: there is a log already
        assert record["again"] == (256 if refused else 0)
        left = [name for name in record["end"] if name.startswith(".")]
        assert left == [] or whole


def test_a_file_that_is_being_written_is_not_cleared_away(tmp_path):
    with whole_file(tmp_path / "a.txt") as first:
        first.write_text("first")
        with whole_file(tmp_path / "a.txt") as second:
            second.write_text("second")
        assert first.exists()
    assert (tmp_path / "a.txt").read_text() == "first"


def test_where_one_of_a_set_cannot_take_its_name_all_are_as_they_were(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    (tmp_path / "c.txt").mkdir()
    names = [tmp_path / f"{n}.txt" for n in "abc"]
    with pytest.raises(OutputError), whole_files(*names) as partials:
        [partial.write_text("new") for partial in partials]
    assert (tmp_path / "a.txt").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.txt", "c.txt"]


def test_one_name_twice_is_refused(tmp_path):
    with pytest.raises(OutputError, match="twice"), whole_files(tmp_path / "a", tmp_path / "a"):
        pass
    with whole_files() as none:
        assert none == ()


def test_a_fresh_file_never_replaces_another(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(OutputError), whole_file(tmp_path / "a.txt", fresh=True) as partial:
        partial.write_text("new")
    assert (tmp_path / "a.txt").read_text() == "old"
