"""Each fault that a rule file can have is refused, with file, line, key and remedy."""

# ruff: noqa: E501  (one fault on each line reads best)
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from exitline.errors import ConditionError, ExitlineError, RuleFileError
from exitline.rules.standard import load, read_standard

GOOD = """\
standard: example
title: An example
jurisdiction: ALB
valid: {from: 2024-01-01, to: 2024-12-31}
sources:
  law: {title: The law}
  hearsay: {title: Nobody read it, verified: false}
area_classes:
  column: area_class
  classes: {west: West, other: Elsewhere}
columns:
  welfare: {meaning: Consumption per person, type: number}
  rooms: {meaning: Rooms, type: number}
  safe_water: {meaning: Safe water, type: boolean}
  region: {meaning: Region, type: text}
  area_class: {meaning: Class, type: text, level: village, values: [west, other]}
  road: {meaning: Has a road, type: boolean, level: village}
uprating:
  cpi: {label: Prices, source: law, index: {2010: 100, 2011: 105.5}}
lines:
  national:
    label: National line
    unit: ALL per person per month
    boundary: "<"
    values: {2023: 7000, 2024: 7400}
    source: law
  old:
    label: Old line
    unit: ALL per person per month
    boundary: "<="
    value: 5000
    price_base: 2010
    uprating: cpi
    source: law
  dated:
    label: Dated line
    unit: ALL per person per month
    boundary: "<"
    values:
      - {from: 2024-01-01, to: 2024-05-31, value: 10}
      - {from: 2024-06, value: 11}
    source: law
  relative:
    label: Relative line
    unit: ALL per person per month
    boundary: "<"
    relative: {share: 0.6, of: median}
    source: law
indicators:
  water: {label: Water, deprived: NOT safe_water, missing: excluded, weight: 1/3, source: law}
  space: {label: Space, deprived: rooms < 2, missing: deprived, weight: 2/3, source: law}
cutoffs:
  poor: {label: Poor, of: score, at_least: 1/3, source: law}
bands:
  size:
    label: Size
    over: rooms
    edge: lower
    source: law
    steps:
      small: {label: Small, to: 2}
      middle: {label: Middle, from: 2, to: 5}
      large: {label: Large, from: 6}
    gaps:
      - {from: 5, to: 6, why: the law is silent}
household:
  source: law
  poor: welfare < line('national') OR score() >= 1/3
  exits:
    income: {label: Income, condition: welfare >= line('national')}
    water: {label: Water, condition: NOT deprived('water')}
village:
  source: law
  exits:
    incidence:
      label: Incidence
      share: {of: persons, where: poor}
      below: {west: 0.03, other: 0.02}
    road: {label: Road, condition: road}
county:
  source: law
  confidence: 0.95
  exits:
    missed: {label: Missed, rate: missed, below: 0.02}
    villages: {label: Villages, villages: exited, at_least: 0.9}
  options:
    boundary:
      label: Boundary
      criteria: [missed]
      readings:
        strict: {label: Must be below, comparison: below}
        lenient: {label: Above fails, comparison: at_most}
cohorts:
  early:
    label: Early
    entered: {to: 2024-05-31}
    source: law
    household: {source: law, poor: rooms < 2, exits: NOT poor}
  late:
    label: Late
    entered: {from: 2024-06-01}
    months: 12
    source: law
    household: {source: law, poor: rooms < 2, exits: NOT poor}
"""


@dataclass(frozen=True)
class Fault:
    """A change that makes the file wrong, what is said, and at which key."""

    old: str
    new: str
    says: str
    key: str = ""


FAULTS = {
    "unknown key": Fault("title: An", "titel: An", "no key 'titel'", "titel"),
    "missing key": Fault("title: An example\n", "", "'title' is missing"),
    "empty key": Fault("title: An example", "title:", "'title' is missing"),
    "duplicate key": Fault("valid:", "title: Again\nvalid:", "appears twice"),
    "unknown key below": Fault("boundary: \"<\"\n    values: {2023", "bounday: \"<\"\n    values: {2023", "no key 'bounday'", "lines.national.bounday"),
    "name": Fault("standard: example", "standard: an example!", "cannot be a name", "standard"),
    "name of a line": Fault("  national:\n", "  2024:\n", "cannot be a name", "lines.2024"),
    "alias": Fault("{title: The law}", "&a {title: The law}", "anchors, aliases and tags"),
    "tag": Fault("{title: The law}", "!!map {title: The law}", "anchors, aliases and tags"),
    "tab": Fault("  law: {title", "\tlaw: {title", "not valid YAML"),
    "list for table": Fault("sources:\n  law: {title: The law}\n  hearsay: {title: Nobody read it, verified: false}", "sources: [law]", "is not keys with values", "sources"),
    "from after to": Fault("from: 2024-01-01, to: 2024-12-31", "from: 2025-01-01, to: 2024-12-31", "'from' is after 'to'", "valid"),
    "not a date": Fault("from: 2024-01-01, to: 2024-12-31", "from: 2024-02-30", "is not a date", "valid.from"),
    # sources and verification
    "figure without source": Fault("    values: {2023: 7000, 2024: 7400}\n    source: law\n", "    values: {2023: 7000, 2024: 7400}\n", "without a source", "lines.national"),
    "unknown source": Fault("7400}\n    source: law", "7400}\n    source: lew", "no source 'lew'", "lines.national.source"),
    "verified beyond its source": Fault("2024: 7400}", "2024: {value: 7400, source: hearsay, verified: true}}", "was not read", "lines.national.values.2024.verified"),
    # lines
    "unit": Fault("unit: ALL per person per month\n    boundary: \"<\"\n    values: {2023", "unit: lek a month\n    boundary: \"<\"\n    values: {2023", "not a unit of a line", "lines.national.unit"),
    "boundary": Fault("boundary: \"<=\"", "boundary: \">\"", "value that is not known", "lines.old.boundary"),
    "two ways": Fault("    value: 5000", "    value: 5000\n    relative: {share: 0.6, of: median}", "one of three things", "lines.old"),
    "no way": Fault("    relative: {share: 0.6, of: median}\n", "", "one of three things", "lines.relative"),
    "not a number": Fault("2024: 7400", "2024: 7.4x", "is not a number", "lines.national.values.2024"),
    "thousands separator": Fault("2024: 7400", "2024: '7,400'", "is not a number", "lines.national.values.2024"),
    "NaN": Fault("2024: 7400", "2024: .nan", "is not a number", "lines.national.values.2024"),
    "infinity": Fault("2024: 7400", "2024: 1e999", "is not a number", "lines.national.values.2024"),
    "zero": Fault("2024: 7400", "2024: 0", "must be above 0", "lines.national.values.2024"),
    "negative": Fault("2024: 7400", "2024: -5", "must be above 0", "lines.national.values.2024"),
    "year": Fault("2024: 7400", "spring: 7400", "must be a year", "lines.national.values.spring"),
    "overlapping dates": Fault("to: 2024-05-31, value: 10", "to: 2024-06-01, value: 10", "overlap", "lines.dated.values[2]"),
    "open period not last": Fault("from: 2024-01-01, to: 2024-05-31, value: 10", "from: 2024-01-01, value: 10", "overlap", "lines.dated.values[2]"),
    "same period twice": Fault("from: 2024-06, value: 11", "from: 2024-01-01, to: 2024-05-31, value: 11", "appears twice", "lines.dated.values[2]"),
    "share above one": Fault("share: 0.6", "share: 60", "between 0 and 1", "lines.relative.relative.share"),
    "unknown uprating": Fault("uprating: cpi", "uprating: cpl", "no uprating 'cpl'", "lines.old.uprating"),
    "uprating without base": Fault("    price_base: 2010\n", "", "year of its prices", "lines.old.uprating"),
    "base outside the index": Fault("price_base: 2010", "price_base: 2009", "no value for the base year", "lines.old.price_base"),
    "overlapping years of uprating": Fault("{2010: 100, 2011: 105.5}", "{2010: 100, 2010: 105.5}", "appears twice"),
    "index of zero": Fault("2011: 105.5", "2011: 0", "above 0", "uprating.cpi.index.2011"),
    # conditions
    "unknown column": Fault("poor: welfare < line('national')", "poor: wellfare < line('national')", "column 'wellfare', which is not declared", "household.poor"),
    "unknown line": Fault("poor: welfare < line('national')", "poor: welfare < line('rational')", "line 'rational'", "household.poor"),
    "unknown indicator": Fault("NOT deprived('water')", "NOT deprived('watr')", "indicator 'watr'", "household.exits.water.condition"),
    "indicator as a column": Fault("poor: welfare <", "poor: water OR welfare <", "is an indicator, not a column", "household.poor"),
    "indicator in an indicator": Fault("deprived: rooms < 2", "deprived: deprived('water')", "cannot use other indicators", "indicators.space.deprived"),
    "poor in poor": Fault("poor: welfare <", "poor: poor OR welfare <", "column 'poor'", "household.poor"),
    "function": Fault("deprived: rooms < 2", "deprived: read_csv('x') < 2", "'read_csv' is not allowed", "indicators.space.deprived"),
    "subquery": Fault("deprived: rooms < 2", "deprived: rooms < (SELECT 2)", "SELECT is not allowed", "indicators.space.deprived"),
    "kind": Fault("deprived: rooms < 2", "deprived: region < 2", "text stands where a number", "indicators.space.deprived"),
    "a number as a condition": Fault("deprived: rooms < 2", "deprived: rooms + 2", "does not give true/false", "indicators.space.deprived"),
    "against the boundary": Fault("poor: welfare <", "poor: welfare <=", "contradicts the boundary", "household.poor"),
    "against the boundary, turned round": Fault("poor: welfare < line('national')", "poor: line('old') > welfare", "contradicts the boundary", "household.poor"),
    "no cut-off": Fault("score() >= 1/3", "score() >= 0.33", "no declared cut-off", "household.poor"),
    "beyond a cut-off": Fault("score() >= 1/3", "score() > 1/3", "no declared cut-off", "household.poor"),
    "column of another level": Fault("condition: welfare >=", "condition: road AND welfare >=", "refers to a village", "household.exits.income.condition"),
    "household column in a village": Fault("label: Road, condition: road", "label: Road, condition: safe_water", "refers to a household", "village.exits.road.condition"),
    # indicators
    "weights": Fault("weight: 2/3", "weight: 0.66", "do not sum to 1", "indicators"),
    "a weight missing": Fault(", weight: 2/3", "", "some have none", "indicators"),
    "a weight of zero": Fault("weight: 2/3", "weight: 0", "above 0", "indicators.space.weight"),
    "missing rule": Fault("missing: deprived", "missing: ignored", "value that is not known", "indicators.space.missing"),
    "no missing rule": Fault("missing: deprived, ", "", "'missing' is missing", "indicators.space"),
    "cut-off out of reach": Fault("at_least: 1/3", "at_least: 4/3", "never be reached", "cutoffs.poor.at_least"),
    # bands
    "gap": Fault("    gaps:\n      - {from: 5, to: 6, why: the law is silent}\n", "", "leave a gap", "bands.size.steps"),
    "overlap": Fault("from: 2, to: 5", "from: 1, to: 5", "overlap", "bands.size.steps"),
    "two open ends": Fault("from: 2, to: 5", "to: 5", "overlap", "bands.size.steps"),
    "turned round": Fault("from: 2, to: 5", "from: 5, to: 2", "must be below 'to'", "bands.size.steps.middle"),
    "gap without a reason": Fault(", why: the law is silent", "", "'why' is missing", "bands.size.gaps[1]"),
    "over": Fault("over: rooms", "over: room", "no column 'room'", "bands.size.over"),
    # exit rules
    "no threshold for a class": Fault("{west: 0.03, other: 0.02}", "{west: 0.03}", "none for other", "village.exits.incidence.below"),
    "unknown class": Fault("{west: 0.03, other: 0.02}", "{west: 0.03, other: 0.02, est: 0.1}", "no key 'est'", "village.exits.incidence.below.est"),
    "percent": Fault("west: 0.03", "west: 3", "between 0 and 1", "village.exits.incidence.below.west"),
    "negative share": Fault("west: 0.03", "west: -0.03", "between 0 and 1", "village.exits.incidence.below.west"),
    "no comparison": Fault("rate: missed, below: 0.02", "rate: missed", "exactly one key for the comparison", "county.exits.missed"),
    "two comparisons": Fault("rate: missed, below: 0.02", "rate: missed, below: 0.02, at_most: 0.02", "exactly one key for the comparison", "county.exits.missed"),
    "threshold on a condition": Fault("label: Road, condition: road", "label: Road, condition: road, below: 0.1", "has no threshold", "village.exits.road.below"),
    "nothing looked at": Fault("condition: welfare >= line('national')", "veto: true", "exactly one key for what", "household.exits.income"),
    "share of a household": Fault("condition: welfare >= line('national')", "share: {of: persons, where: poor}, below: 0.1", "cannot be asked at this level", "household.exits.income.share"),
    "rate": Fault("rate: missed", "rate: mised", "value that is not known", "county.exits.missed.rate"),
    "villages": Fault("villages: exited", "villages: poor", "where they have exited", "county.exits.villages.villages"),
    "confidence": Fault("confidence: 0.95", "confidence: 95", "between 0.5 and 1", "county.confidence"),
    "no criteria": Fault("exits:\n    missed: {label: Missed, rate: missed, below: 0.02}\n    villages: {label: Villages, villages: exited, at_least: 0.9}", "exits: {}", "at least one criterion", "county.exits"),
    "no poor": Fault("  poor: welfare < line('national') OR score() >= 1/3\n", "", "'poor' is missing", "household"),
    "option on no criterion": Fault("criteria: [missed]", "criteria: [mised]", "no criterion 'mised'", "county.options.boundary.criteria[1]"),
    "one reading": Fault("        lenient: {label: Above fails, comparison: at_most}\n", "", "at least two readings", "county.options.boundary.readings"),
    "overlapping cohorts": Fault("entered: {from: 2024-06-01}", "entered: {from: 2024-05-31}", "two cohorts overlap", "cohorts.late"),
    "open cohorts": Fault("entered: {to: 2024-05-31}", "entered: {from: 2024-01-01}", "two cohorts overlap", "cohorts.late"),
    # columns and classes
    "type": Fault("type: text, level: village", "type: words, level: village", "value that is not known", "columns.area_class.type"),
    "class column": Fault("column: area_class", "column: region_class", "is not declared as text", "area_classes"),
    "one class": Fault("classes: {west: West, other: Elsewhere}", "classes: {west: West}", "at least two", "area_classes.classes"),
    "a column called poor": Fault("  rooms: {meaning", "  poor: {meaning: x, type: number}\n  rooms: {meaning", "own condition", "columns.poor"),
    "values of a number": Fault("{meaning: Rooms, type: number}", "{meaning: Rooms, type: number, values: [a]}", "only columns of text", "columns.rooms.values"),
}  # fmt: skip


def test_the_file_that_is_spoiled_below_is_a_good_one() -> None:
    standard = read_standard(GOOD, "rules.yaml")
    assert standard.county is not None
    assert [cohort.name for cohort in standard.cohorts] == ["early", "late"]


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_refused_with_its_place_and_remedy(fault: Fault) -> None:
    assert GOOD.count(fault.old) >= 1, "the fault does not apply"
    text = GOOD.replace(fault.old, fault.new, 1)
    with pytest.raises((RuleFileError, ConditionError)) as raised:
        read_standard(text, "rules.yaml")
    error = raised.value
    assert fault.says in f"{error.what} | {error.got}"
    assert str(error.where).startswith("rules.yaml:")
    if fault.key:
        assert f"key {fault.key}" in str(error.where)
        assert _line(text, fault.key) == int(str(error.where).split(":")[1].split(",")[0])


def _line(text: str, key: str) -> int:
    """Where a key stands, found without the loader."""
    import yaml

    node = yaml.compose(text, yaml.SafeLoader)
    for name in key.replace("[", ".[").split("."):
        if name.startswith("["):
            node = node.value[int(name.strip("[]")) - 1]
        else:
            node = next(value for k, value in node.value if k.value == name)
    return int(node.start_mark.line) + 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("just words", "not keys with values"),
        ("- a\n- b", "not keys with values"),
        ("standard: x\ntitle: y\njurisdiction: z\nsources: {a: {title: b}}", "states no rule"),
    ],
)
def test_a_file_that_is_no_rule_file_is_refused(text: str, says: str) -> None:
    with pytest.raises(RuleFileError) as raised:
        read_standard(text, "rules.yaml")
    assert says in raised.value.what


def test_thresholds_by_class_need_classes() -> None:
    text = GOOD.replace(
        "area_classes:\n  column: area_class\n  classes: {west: West, other: Elsewhere}\n", ""
    )
    with pytest.raises(RuleFileError, match="need 'area_classes'"):
        read_standard(text, "rules.yaml")


def test_a_name_or_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RuleFileError) as raised:
        load("china-2011-2021")
    assert raised.value.remedy == "did you mean 'china-2011-2020'?"
    with pytest.raises(RuleFileError, match="no such file"):
        load(tmp_path / "none.yaml")


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("title: Bolsa Família".encode("latin-1"))
    with pytest.raises(RuleFileError, match="UTF-8"):
        load(path)


def test_every_truncation_of_a_file_is_either_read_or_refused() -> None:
    """No prefix of a rule file gives anything but a standard or a clear error."""
    for end in range(0, len(GOOD), 7):
        try:
            read_standard(GOOD[:end], "rules.yaml")
        except ExitlineError as error:
            assert str(error.where).startswith("rules.yaml")  # noqa: PT017


def test_a_name_of_which_nothing_is_declared_is_told_how_to_declare_it() -> None:
    """With others declared they are listed; with none there is nothing to list."""
    bare = (
        "standard: a\ntitle: A\njurisdiction: ALB\nvalid: {from: 2024-01-01}\n"
        "sources: {law: {title: The law}}\nhousehold:\n  source: law\n  poor: welfare < 3\n"
        "  exits: {income: {label: Income, condition: welfare >= 3}}\n"
    )
    with pytest.raises(RuleFileError) as raised:
        read_standard(bare, "rules.yaml")
    assert raised.value.expected == "columns: welfare: ..."
    with pytest.raises(RuleFileError) as raised:
        read_standard(GOOD.replace("NOT deprived('water')", "NOT deprived('watr')"), "rules.yaml")
    assert str(raised.value.expected).startswith("one of ")
