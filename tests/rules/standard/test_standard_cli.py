"""`exitline standards`, and what importing the room costs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from exitline.cli import main
from exitline.rules.standard import load, shipped


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as end:
        main(["standards", *arguments])
    shown = capsys.readouterr()
    return end.value.code, shown.out, shown.err


def test_the_list_names_every_rule_file_and_counts_what_is_unverified(capsys) -> None:
    code, out, _ = _run(capsys)
    assert code == 0
    rows = {line.split()[0]: line for line in out.splitlines() if line.strip()}
    assert set(shipped()) <= set(rows)
    assert rows["india-national-mpi"].split()[-1] == "7"
    assert rows["albania-2012"].split()[-1] == "-"


def test_the_list_as_json(capsys) -> None:
    code, out, _ = _run(capsys, "--json")
    assert code == 0
    assert [entry["name"] for entry in json.loads(out)] == list(shipped())


@pytest.mark.parametrize("name", shipped())
def test_each_standard_is_shown_with_its_sources(capsys, name: str) -> None:
    code, out, _ = _run(capsys, name)
    assert code == 0
    words = " ".join(out.split())
    standard = load(name)
    assert standard.digest in out
    for source in standard.sources.values():
        assert " ".join(source.title.split()) in words
    for line in standard.lines.values():
        for figure in line.values.values():
            assert f"{figure.value:,.10g}" in out


def test_unverified_figures_are_marked(capsys) -> None:
    _, out, _ = _run(capsys, "china-2011-2020")
    marked = [line.split() for line in out.splitlines() if line.strip().endswith(" NO")]
    assert [words[0] for words in marked][:4] == ["2017", "2018", "2019", "2020"]
    assert "[unverified]" in out


def test_one_standard_as_json(capsys) -> None:
    code, out, _ = _run(capsys, "china-2011-2020", "--json")
    shown = json.loads(out)
    assert code == 0
    figures = {(f["line"], f["period"]): f for f in shown["figures"]}
    assert figures["national", "2016"]["value"] == 2952
    assert figures["national", "2018"]["verified"] is False
    west = [t for t in shown["thresholds"] if t["level"] == "village" and t["area_class"] == "west"]
    assert [t["value"] for t in west] == [0.03]


def test_the_rule_file_word_for_word(capsys) -> None:
    _, out, _ = _run(capsys, "albania-2012", "--text")
    assert out == load("albania-2012").text


def test_an_unknown_name_is_refused_with_the_nearest(capsys) -> None:
    code, out, err = _run(capsys, "albania-2021")
    assert code == 1
    assert out == ""
    assert "did you mean 'albania-2012'?" in err
    assert "Traceback" not in err


def test_a_file_of_ones_own_is_checked(capsys, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(load("albania-2012").text.replace("value: 4891", "value: four"))
    code, _, err = _run(capsys, str(path))
    assert code == 1
    assert "lines.absolute.value" in err
    path.write_text(load("albania-2012").text)
    assert _run(capsys, str(path))[0] == 0


def test_importing_the_room_and_loading_no_condition_stays_cheap() -> None:
    code = (
        "import sys, exitline.rules.standard as s; s.shipped(); "
        "print([m for m in ('ibis', 'sqlglot', 'pandas', 'duckdb', 'pyarrow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
