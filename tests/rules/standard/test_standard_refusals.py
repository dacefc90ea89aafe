"""What is not in the condition language is refused, with its place and a remedy."""

from __future__ import annotations

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exitline.errors import ConditionError
from exitline.rules.condition import Condition, parse
from exitline.rules.condition.spelling import FUNCTIONS, grammar

TABLE = ibis.table(
    {
        "welfare": "float64",
        "rooms": "int8",
        "water": "boolean",
        "region": "string",
        "born": "date",
        "tags": "array<string>",
    },
    name="households",
)

NOT_IN_THE_LANGUAGE = {
    "": "empty",
    "   ": "empty",
    "welfare <": "cannot be read",
    "welfare < 3 3": "cannot be read",
    "welfare water": "cannot be read",
    "(welfare": "cannot be read",
    "welfare; DROP TABLE x": "';'",
    "read_csv('/etc/passwd')": "read_csv",
    "read_parquet('x') < 3": "read_parquet",
    "getenv('HOME')": "getenv",
    "getvariable('x')": "getvariable",
    "eval('1')": "eval",
    "__import__('os')": "__import__",
    "(SELECT 1)": "SELECT",
    "rooms IN (SELECT 1)": "SELECT",
    "EXISTS (SELECT 1)": "EXISTS",
    "sum(rooms)": "sum",
    "sum(rooms) OVER ()": "sum",
    "count(*)": "count",
    "*": "*",
    "rooms::text": "':'",
    "CAST(rooms AS text)": "CAST",
    "region LIKE 'a%'": "LIKE",
    "region ILIKE 'a'": "ILIKE",
    "region || 'a'": "'|'",
    "region ~ 'a'": "'~'",
    "households.rooms": "'.'",
    "main.households.rooms": "'.'",
    "information_schema.tables": "'.'",
    "rooms[1]": "'['",
    "{a: 1}": "'{'",
    "rooms -- comment": "comment",
    "/* hint */ rooms": "comment",
    "rooms # comment": "comment",
    "$1": "'$'",
    "@@version": "'@'",
    ":name": "':'",
    "?": "'?'",
    "rooms % 2": "'%'",
    "rooms ^ 2": "'^'",
    "rooms & 1": "'&'",
    "!water": "'!'",
    "`rooms`": "'`'",
    "'open": "open",
    '"open': "open",
    "1_000 < rooms": "runs into",
    "3rooms": "runs into",
    "(1, 2)": "list of values",
    "rooms IN ()": "IN needs",
    "rooms IN (welfare)": "written values",
    "rooms IN (NULL)": "written values",
    "rooms = NULL": "always missing",
    "rooms IS 3": "IS is followed",
    "CASE rooms WHEN 1 THEN 2 END": "CASE x WHEN",
    "CASE WHEN water THEN END": "cannot be read",
    "IF(water, 1)": "takes 3 values",
    "abs()": "takes 1 values",
    "round(rooms, welfare)": "written out",
    "round(rooms, 99)": "written out",
    "line(welfare)": "quotation marks",
    "line('a', 'b')": "takes 1 values",
    "score(1)": "takes 0 values",
    '"abs"(rooms)': "like a function",
    "1e999": "too large",
    "current_date()": "current_date",
    "interval '1' day": "INTERVAL",
    "date '2020-01-01'": "DATE",
    "water AND 3": "a number stands where true/false",
    "1 < rooms < 3": "true/false stands where a number",
    "water + 1": "true/false stands where a number",
    "region < 'b'": "text stands",
    "rooms = '3'": "a number meets text",
    "water = 1": "true/false meets a number",
    "NOT rooms": "a number stands where true/false",
    "IF(rooms, 1, 2)": "a number stands where true/false",
    "IF(water, 1, 'a')": "a number meets text",
    "coalesce(rooms, 'none')": "a number meets text",
    "abs(region)": "text stands where a number",
    "wellfare < 3": "no column 'wellfare'",
    "Welfare < 3": "no column 'Welfare'",
    "born < 3": "cannot be used",
    "tags IS NULL": "cannot be used",
    "line('food') < 3": "no line 'food'",
    "deprived('water')": "no indicator 'water'",
    "score() > 0": "no score 'score'",
    "NULL": "always missing",
    "NOT NOT NOT NOT NOT NOT NOT NOT NOT NOT NOT NOT NOT NOT NOT NOT NOT NOT NOT NOT NOT water":
    "nested too deeply",
    "(" * 30 + "water" + ")" * 30: "nested too deeply",
    "+".join(["rooms"] * 300): "nested too deeply",
    "exp(1 / " * 12 + "rooms" + ")" * 12: "too large",
    "rooms < " + "1" * 5000: "too long",
}  # fmt: skip


def _use(text: str) -> Condition:
    condition = parse(text, where="rules.yaml:7, key household.poor")
    condition.build(TABLE)
    return condition


@pytest.mark.parametrize(("text", "what"), NOT_IN_THE_LANGUAGE.items(), ids=lambda x: x[:40])
def test_what_is_not_in_the_language_is_refused(text: str, what: str) -> None:
    with pytest.raises(ConditionError) as raised:
        _use(text)
    error = raised.value
    assert what in error.what + str(error.got)
    assert "rules.yaml:7" in str(error.where)
    assert error.expected
    assert error.remedy


def test_the_place_is_named_in_characters() -> None:
    with pytest.raises(ConditionError, match="character 16"):
        parse("welfare < 3 OR read_csv('x')")


def test_a_mistyped_column_names_the_nearest() -> None:
    with pytest.raises(ConditionError) as raised:
        parse("wellfare < 3").build(TABLE)
    assert raised.value.remedy == "did you mean 'welfare'?"


@pytest.mark.parametrize(
    "name",
    ["date", "current_date", "any", "all", "user", "select", "left", "order", "values", "end_"],
)
def test_a_column_may_be_called_anything(name: str) -> None:
    table = ibis.table({name: "float64"}, name="t")
    assert parse(f"{name} < 3").build(table).type().is_boolean()
    assert parse(f'"{name}" < 3').columns == {name}


@pytest.mark.parametrize(
    "name", ["food share", 'with "quotes"', "a.b", "1990", "and", "年收入", "π"]
)
def test_a_name_in_double_quotes_stands_for_exactly_that_column(name: str) -> None:
    written = name.replace('"', '""')
    table = ibis.table({name: "float64"}, name="t")
    condition = parse(f'"{written}" < 3')
    assert condition.columns == {name}
    assert condition.build(table).type().is_boolean()


def test_names_that_are_given_come_before_columns() -> None:
    given = {"welfare": TABLE.region, "poor": TABLE.water}
    assert parse("welfare = 'a' AND poor").build(TABLE, names=given).type().is_boolean()


def test_the_text_is_kept_and_nothing_of_it_reaches_the_engine() -> None:
    text = "region  =  'O''Brien; DROP TABLE households --'"
    condition = parse(text)
    assert condition.text == text
    sql = ibis.to_sql(condition.build(TABLE), dialect="duckdb")
    assert "'O''Brien; DROP TABLE households --'" in sql


def test_what_a_condition_needs_is_listed() -> None:
    condition = parse("a < line('n') AND deprived('w') OR score() > b OR deprivations() > 2")
    assert condition.columns == {"a", "b"}
    assert condition.lines == {"n"}
    assert condition.indicators == {"w"}
    assert condition.uses_score
    assert condition.uses_count
    assert condition.kind == "truth"


_KEYWORDS = [t.name for t in grammar().terminals if t.priority == 5]  # condition.lark
_WORDS = st.sampled_from(
    [*_KEYWORDS, *FUNCTIONS, *"()+-*/=<>,'\";.%[]{}:?$@!|&~^`#", "a", "b", "1", "2.5", "'t'", '"q"',
     "--", "/*", "*/", "<=", "<>", "SELECT", "FROM", "JOIN", "OVER", "LIKE", "AS", "SYMMETRIC",
     "ESCAPE", "COLLATE", "DISTINCT", "ANY", "XOR", "DIV", "::", "\n", " ", "\\", "é", "\x00"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(_WORDS, max_size=25).map(" ".join),
        st.lists(_WORDS, max_size=25).map("".join),
    )
)
def test_any_text_is_either_read_or_refused(text: str) -> None:
    try:
        condition = parse(text)
    except ConditionError:
        return
    assert condition.text == text
    again = parse(condition.text)
    assert again == condition
    assert again.tree == condition.tree


_LIKELY = st.sampled_from(
    ["welfare", "rooms", "water", "region", "AND", "OR", "NOT", "<", "=", "+", "/", "(", ")", "1",
     "'a'", "IS NULL", "IN (1)", "BETWEEN"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(_LIKELY, min_size=1, max_size=12).map(" ".join))
def test_whatever_is_read_is_either_built_or_refused(text: str) -> None:
    try:
        built = parse(text).build(TABLE)
    except ConditionError:
        return
    ibis.to_sql(built, dialect="duckdb")
