"""Tables of keys in the docs are those of the declared records; so are schemas and validation."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from exitline.api.schemas import KINDS, key_tables, schema
from exitline.cli import exitline
from exitline.errors import ExitlineError, RuleFileError, StudyError
from exitline.exits.register.errors import ProcedureError
from exitline.exits.register.procedures.keys import ProcedureFile
from exitline.exits.register.procedures.loading import load_procedure
from exitline.rules.standard import read_standard
from exitline.rules.standard.keys import StandardFile
from exitline.rules.yamlfile.declared import described
from exitline.stats.data import parse_study
from exitline.stats.data.studies.study_file import StudyFile

ROOT = Path(__file__).parents[2]
PAGES = {"study": "study.md", "standard": "rule-files.md", "procedure": "lifecycle.md",
         "series": "story.md", "episode": "story.md", "works": "works.md"}  # fmt: skip
FILES = {
    "study": sorted(ROOT.glob("examples/*/*.yaml")),
    "standard": sorted((ROOT / "src/exitline/rules/standards").glob("*/*.yaml")),
    "procedure": sorted((ROOT / "src/exitline/rules/procedures").glob("*.yaml")),
    "series": sorted(ROOT.glob("examples/*/series.yaml")),
    "episode": sorted(ROOT.glob("examples/series-*/*.yaml")),
    "works": sorted(ROOT.glob("examples/*/works.yaml")),
}


def page(kind: str) -> str:
    return (ROOT / "docs" / PAGES[kind]).read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_every_row_of_the_tables_is_the_record_s(kind: str) -> None:
    rows = [line.removesuffix(" |") for line in key_tables(kind).splitlines() if "`" in line[:4]]
    assert len(rows) > 20
    assert [row for row in rows if row not in page(kind)] == []


@pytest.mark.parametrize(
    ("kind", "record"),
    [("study", StudyFile), ("standard", StandardFile), ("procedure", ProcedureFile)],
)
def test_every_key_is_named(kind: str, record: type) -> None:
    keys = set().union(*(below.keys() for below in described(record)))
    missing = [key for key in keys if not re.search(rf"`[^`\n]*\b{key}\b|^## .*{key}|^{key}:",
                                                    page(kind), re.MULTILINE)]  # fmt: skip
    assert sorted(missing) == []


def _plain(value: object) -> object:
    """A file as JSON has it; `on` is a word, as in YAML 1.2, which editors read."""
    if isinstance(value, dict):
        return {"on" if key is True else str(key): _plain(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_is_valid_and_takes_every_file(kind: str) -> None:
    found = schema(kind)
    Draft202012Validator.check_schema(found)
    checker = Draft202012Validator(found)
    taken = 0
    for path in FILES[kind]:
        if path.name.endswith(".cases.yaml"):
            continue
        value = yaml.safe_load(path.read_text(encoding="utf-8"))
        if kind not in value or ("data" not in value and kind == "study"):
            continue
        plain = _plain(value)
        assert [error.message for error in checker.iter_errors(plain)] == [], path.name
        taken += 1
    assert taken >= {"procedure": 2, "series": 1, "episode": 4, "works": 1}.get(kind, 5)


def test_the_schema_refuses_what_the_reader_refuses() -> None:
    checker = Draft202012Validator(schema("study"))
    base = {"study": "a", "data": {"households": "a.csv"}}
    assert checker.is_valid(base)
    for one in (
        {"design": {"weight": "w", "replicates": "rw*", "kind": "BRR"}},
        {"lines": {"value": 2}},
        {"lines": "absolute"},
    ):
        assert checker.is_valid(base | one), one
        parse_study(yaml.safe_dump(base | one))
    for wrong in (
        {"yaer": 2012}, {"year": "twelve"}, {"design": {"lonely": "x"}}, {"ppp": 0},
        {"data": {"persons": "b.csv"}}, {"lines": [{"name": "a", "valeu": 1}]},
    ):  # fmt: skip
        assert not checker.is_valid(base | wrong), wrong
        with pytest.raises(StudyError):
            parse_study(yaml.safe_dump(base | wrong))


def test_all_faults_of_a_study_are_said_in_the_order_of_its_lines() -> None:
    with pytest.raises(StudyError) as raised:
        parse_study(
            "study: x\n"
            "data: {households: a.csv, onn: hid}\n"
            "year: twelve\n"
            "ppp: -1\n"
            "design: {weihgt: w, nest: maybe, census: true}\n"
            "lines: [{name: a, value: 1}, {of: 3, relative: 0.6}]\n"
        )
    said = [raised.value, *raised.value.others]
    assert [str(one.where) for one in said] == [
        "study.yaml:2, key data.onn",
        "study.yaml:3, key year",
        "study.yaml:4, key ppp",
        "study.yaml:5, key design.weihgt",
        "study.yaml:5, key design.nest",
        "study.yaml:6, key lines[1]",
        "study.yaml:6, key lines[2].of",
    ]
    assert all(one.expected for one in said)


def test_all_faults_of_a_rule_file_are_said_in_one_go() -> None:
    text = (ROOT / "src/exitline/rules/standards/instat/albania-2012.yaml").read_text("utf-8")
    with pytest.raises(RuleFileError) as raised:
        read_standard(text.replace("boundary:", "bondary:").replace("label:", "labell:"), "f.yaml")
    said = [raised.value, *raised.value.others]
    whats = [one.what for one in said]
    assert whats.count("there is no key 'bondary' here") >= 1
    assert whats.count("there is no key 'labell' here") >= 2
    assert "the key 'boundary' is missing" in whats
    lines = [int(re.findall(r":(\d+)", str(one.where))[0]) for one in said if "no key" in one.what]
    assert lines == sorted(lines)


def test_all_faults_of_a_procedure_are_said_in_one_go(tmp_path: Path) -> None:
    text = FILES["procedure"][0].read_text("utf-8")
    path = tmp_path / "p.yaml"
    path.write_text(text.replace("once: true", "once: maybe").replace("days: 7", "days: -7"))
    with pytest.raises(ProcedureError) as raised:
        load_procedure(path)
    whats = [one.what for one in (raised.value, *raised.value.others)]
    assert len([what for what in whats if "true or false" in what]) == text.count("once: true")
    assert len([what for what in whats if "number of days" in what]) == text.count("days: 7")
    path.write_text(text.replace("by: [county]", "by: [conty]"))
    with pytest.raises(ProcedureError) as raised:
        load_procedure(path)
    assert len(raised.value.others) + 1 == text.count("by: [county]")
    assert {one.what for one in raised.value.others} == {"there is no role 'conty'"}


def test_conditions_that_cannot_be_read_are_said_together() -> None:
    text = (ROOT / "src/exitline/rules/standards/ophi/global-mpi.yaml").read_text("utf-8")
    spoiled = re.sub(r"deprived: (.*)", r"deprived: '(1 <'", text, count=3)
    with pytest.raises(ExitlineError) as raised:
        read_standard(spoiled, "f.yaml")
    assert len(raised.value.others) == 2


def test_the_command_prints_schema_and_tables() -> None:
    said = CliRunner().invoke(exitline, ["schema", "study"])
    assert said.exit_code == 0
    assert json.loads(said.output) == schema("study")
    said = CliRunner().invoke(exitline, ["schema", "standard", "--keys"])
    assert said.output == key_tables("standard")
    assert CliRunner().invoke(exitline, ["schema", "sutdy"]).exit_code == 2
    with pytest.raises(ExitlineError, match="no schema"):
        schema("sutdy")
