"""Binding: roles, expressions, persons, prices and equivalence, checked against pandas."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exitline.errors import ConditionError, DataError, StudyError
from exitline.stats.data import bind, bind_facts, bound_design, parse_study, study_lines
from exitline.stats.data.source import open_source
from exitline.stats.data.studies.study import FactsTable
from exitline.stats.data.table_ref import TableRef
from exitline.stats.engine.duckdb import DuckDB

Rows = Callable[..., pd.DataFrame]
HEAD = "study: a\ndata: {households: a.parquet}\n"
ROOT = Path(__file__).parents[3]
ALBANIA = ROOT / "examples/albania-2012/lival.parquet"
SAMPLE = ROOT / "examples/imaginary-country/hld_sample_wb_2023.parquet"
PERSONS = ROOT / "examples/imaginary-country/ind_sample_wb_2023.parquet"
CENSUS = ROOT / "examples/imaginary-country/hld_pop_wb_2023.parquet"
JOINED = "study: a\ndata: {households: a.parquet, persons: b.parquet, on: hid}\n"


def test_albania_s_household_size_and_headcount(rows: Rows) -> None:
    """The official headcount of 2012 is 14.3 %; ours without rounding 0.14273886."""
    bound = rows(
        ALBANIA,
        HEAD + 'columns: {welfare: rcons, size: "round(0.07527689 * totcons / rcons)"}\n'
        "design: {weight: weight, strata: strat, psu: psu}",
    )
    raw = pd.read_parquet(ALBANIA)
    size = np.floor(0.07527689 * raw.totcons / raw.rcons + 0.5)
    assert sorted(bound["size"]) == sorted(size)
    persons = bound["weight"] * bound["size"]
    headcount = (persons * (bound["welfare"] < 4891)).sum() / persons.sum()
    assert headcount == pytest.approx(0.14273885826980237, rel=1e-12)


def test_expressions_see_the_file_and_not_each_other(rows: Rows) -> None:
    data = pd.DataFrame({"a": [1.0], "b": [2.0]})
    bound = rows(data, HEAD + "columns: {a: b, b: a, c: a + b}")
    assert bound[["a", "b", "c"]].to_numpy().tolist() == [[2.0, 1.0, 3.0]]


def test_design_and_levels_see_the_names_of_columns_first(rows: Rows) -> None:
    data = pd.DataFrame({"w": [2.0], "weight": [70.0], "v": ["x"]})
    bound = rows(data, HEAD + "columns: {w: w * 10}\ndesign: {weight: w}\nlevels: {village: v}")
    assert bound["weight"].tolist() == [20.0]
    assert bound["village"].tolist() == ["x"]


def test_a_role_hides_a_column_that_differs_in_case_alone(rows: Rows) -> None:
    data = pd.DataFrame({"Weight": [70.0], "w": [2.0]})
    bound = rows(data, HEAD + "design: {weight: w}")
    assert list(bound.columns) == ["w", "weight"]
    assert bound["weight"].tolist() == [2.0]


def test_a_column_with_spaces_is_named_as_it_is(rows: Rows) -> None:
    data = pd.DataFrame({"Household weight": [2.0], "Income (lek)": [9.0]})
    bound = rows(
        data,
        HEAD + 'columns: {welfare: "\\"Income (lek)\\" / 2"}\ndesign: {weight: Household weight}',
    )
    assert bound["weight"].tolist() == [2.0]
    assert bound["welfare"].tolist() == [4.5]


def test_numbers_are_doubles_and_areas_keep_their_kind() -> None:
    import ibis

    table = ibis.table({"y": "int32", "d": "decimal(9, 2)", "s": "int64", "r": "string"}, name="t")
    study = parse_study(HEAD + "columns: {welfare: y}\ndesign: {weight: d, strata: s}\nareas: [r]")
    types = bind(table, study).schema()
    assert [str(types[name]) for name in ("welfare", "weight", "strata", "r")] == [
        "float64", "float64", "int64", "string",
    ]  # fmt: skip


def test_the_bound_design_has_canonical_names() -> None:
    study = parse_study(HEAD + "columns: {size: n, weight: w}\ndesign: {strata: s, psu: [p, q]}")
    design = bound_design(study)
    assert (design.weight, design.size, design.stratum) == ("weight", "size", "strata")
    assert design.stages == ("psu", "psu_2")
    study = parse_study(HEAD + "design: {replicates: [r1, r2], kind: JK1, scale: 0.5}")
    design = bound_design(study)
    assert design.replicates == ("r1", "r2")  # columns keep their names: there may be hundreds
    assert design.sampling.scale == 0.5
    study = parse_study(HEAD + "columns: {r1: x}\ndesign: {replicates: [r1, 2 * r2], kind: BRR}")
    assert bound_design(study).replicates == ("replicate_1", "replicate_2")


FAULTS = [
    ("columns: {welfare: incme}", "no column 'incme'", "columns.welfare", "'income'"),
    ("design: {weight: wieght}", "no column 'wieght'", "design.weight", "'weight'"),
    ("design: {psu: [weight, vilage]}", "no column 'vilage'", "design.psu", "'village'"),
    ("levels: {village: vilage}", "no column 'vilage'", "levels.village", "'village'"),
    ("areas: [village, regoin]", "no column 'regoin'", "areas[2]", "'region'"),
    ("prices: {regional: indx}", "no column 'indx'", "prices.regional", "check the spelling"),
    ("equivalence: square root", "no column 'size'", "equivalence", "check the spelling"),
    ("columns: {welfare: region}", "contains text, not numbers", "columns.welfare", "missing"),
    ("design: {weight: region}", "contains text, not numbers", "design.weight", "decimal comma"),
    ("columns: {size: income > 3}", "contains boolean, not numbers", "columns.size", ""),
    ("columns: {children: count(age < 14)}", "count() needs a persons table", "children", "name"),
]


@pytest.mark.parametrize(("text", "what", "where", "remedy"), FAULTS)
def test_a_column_that_does_not_fit_names_its_place(
    text: str, what: str, where: str, remedy: str
) -> None:
    import ibis

    table = ibis.table(
        {"income": "float64", "weight": "float64", "region": "string", "village": "int64"}, name="t"
    )
    if "welfare" not in text:
        text += "\ncolumns: {welfare: income}" if "columns" not in text else ""
    with pytest.raises(StudyError) as raised:
        bind(table, parse_study(HEAD + text))
    assert what in raised.value.what
    assert where in (raised.value.where or "")
    assert "study.yaml:" in (raised.value.where or "")
    assert remedy in (raised.value.remedy or "")


def test_an_expression_names_an_unknown_column_with_the_nearest() -> None:
    import ibis

    table = ibis.table({"rooms": "int64", "members": "int64"}, name="t")
    study = parse_study(HEAD + "columns: {crowded: members / roms > 3}")
    with pytest.raises(ConditionError) as raised:
        bind(table, study)
    assert "'rooms'" in (raised.value.remedy or "")
    assert "columns.crowded" in (raised.value.where or "")


@pytest.mark.parametrize(
    "text", ["read_csv('x')", "(select 1)", "a; drop table t", "__import__('os')", "a.b.c"]
)
def test_an_expression_reaches_neither_files_nor_python(text: str) -> None:
    import ibis

    study = parse_study(HEAD + f"columns: {{x: {text!r}}}")
    with pytest.raises(ConditionError):
        bind(ibis.table({"a": "float64"}, name="t"), study)


def test_persons_are_aggregated_as_pandas_does(rows: Rows) -> None:
    bound = rows(
        SAMPLE,
        JOINED
        + """
columns:
  household: hid
  children: count(age < 15)
  persons: count()
  oldest: max(age)
  literate: any(literacy = 'Yes')
  everyone: all(age >= 15)
  mean_age: mean(age)
  ratio: "count(age < 15) / hhsize + min(age) * 0"
  head_age: "max(CASE WHEN idno = 1 THEN age END)"
""",
        PERSONS,
    ).set_index("hid")
    persons = pd.read_parquet(PERSONS)
    by = persons.groupby("hid")
    assert len(bound) == 825
    expected = pd.DataFrame(
        {
            "children": by.age.apply(lambda a: float((a < 15).sum())),
            "persons": by.size().astype(float),
            "oldest": by.age.max().astype(float),
            "everyone": by.age.min() >= 15,
            "mean_age": by.age.mean(),
            "head_age": persons[persons.idno == 1].set_index("hid").age.astype(float),
        }
    )
    for name in expected:
        pd.testing.assert_series_equal(
            bound[name].sort_index(), expected[name].sort_index(), check_names=False,
            check_dtype=False, check_index_type=False,
        )  # fmt: skip
    ratio = expected["children"] / bound["hhsize"]
    assert np.allclose(bound["ratio"].sort_index(), ratio.sort_index())
    known = (
        persons[persons.literacy.notna()]
        .groupby("hid")
        .literacy.apply(lambda x: (x == "Yes").any())
    )
    assert bound["literate"].sort_index()[known[known].index].all()


TRUTHS = st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=5)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(answers=st.lists(TRUTHS, min_size=1, max_size=6))
def test_any_and_all_follow_kleene_whatever_is_missing(
    engine: DuckDB, answers: list[list[bool | None]]
) -> None:
    from exitline.stats.data import open_source

    persons = pd.DataFrame(
        {
            "hid": [h for h, each in enumerate(answers) for _ in each],
            "x": pd.array([a for each in answers for a in each], dtype="boolean"),
        }
    )
    households = pd.DataFrame({"hid": range(len(answers))})
    study = parse_study(JOINED + "columns: {some: any(x), every: all(x), n: count(x)}")
    table = engine.attach(open_source(households), "h")
    other = engine.attach(open_source(persons), "p")
    found = engine.run(bind(table, study, persons=other)).to_pylist()
    for row in found:
        each = answers[row["hid"]]
        unknown = None in each
        assert row["some"] is (True if True in each else None if unknown else False)
        assert row["every"] is (False if False in each else None if unknown else True)
        assert row["n"] == (None if unknown else float(each.count(True)))


def test_sums_with_a_missing_answer_are_missing_and_extremes_pass_over_it(rows: Rows) -> None:
    persons = pd.DataFrame({"hid": [1, 1, 2, 2], "x": [1.0, None, 2.0, 4.0]})
    households = pd.DataFrame({"hid": [1, 2, 3]})
    bound = rows(
        households,
        JOINED + "columns: {t: sum(x), m: mean(x), low: min(x), high: max(x), n: count(), "
        "filled: 'sum(coalesce(x, 0))'}",
        persons,
    ).sort_values("hid")
    assert bound["t"].isna().tolist() == [True, False, True]
    assert bound["m"].tolist()[1] == 3.0
    assert bound["low"].tolist()[:2] == [1.0, 2.0]
    assert bound["high"].tolist()[:2] == [1.0, 4.0]
    assert bound["filled"].tolist()[:2] == [1.0, 6.0]
    assert bound["n"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("any(age)", "any() does not fit"),
        ("sum(age > 3)", "sum() does not fit"),
        ("sum()", "sum() does not fit"),
        ("sum(count(age > 3))", "an aggregate is within an aggregate"),
        ("sum(age", "a bracket is not closed"),
        ("max(agee)", "agee"),
    ],
)
def test_an_aggregate_that_does_not_fit(text: str, what: str) -> None:
    import ibis

    study = parse_study(JOINED + f"columns: {{x: '{text}'}}")
    households = ibis.table({"hid": "int64"}, name="h")
    persons = ibis.table({"hid": "int64", "age": "int64"}, name="p")
    with pytest.raises(ConditionError) as raised:
        bind(households, study, persons=persons)
    assert what in str(raised.value)
    assert "columns.x" in (raised.value.where or "")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ([17, 18], ["17", " 18 "]),
        ([17.0, 18.0], ["17", "18"]),
        ([17.0, 18.0], [17, 18]),
        (["17", "18"], [17.0, 18.0]),
        (["e\u0301", "x "], ["\u00e9", "\u3000x"]),
    ],
)
def test_keys_written_alike_join(rows: Rows, ours: list[object], theirs: list[object]) -> None:
    persons = pd.DataFrame({"hid": [*theirs, theirs[0]]})
    bound = rows(pd.DataFrame({"hid": ours}), JOINED + "columns: {n: count()}", persons=persons)
    assert sorted(bound["n"]) == [1.0, 2.0]


def test_a_zero_in_front_is_part_of_a_key(rows: Rows) -> None:
    persons = pd.DataFrame({"hid": ["0017", "17"]})
    text = JOINED + "columns: {n: count()}"
    bound = rows(pd.DataFrame({"hid": [17, 18]}), text, persons=persons)
    assert bound.set_index("hid")["n"].fillna(0).to_dict() == {17: 1.0, 18: 0.0}


def test_columns_of_the_file_keep_their_values_whatever_they_are_called(rows: Rows) -> None:
    names = ["persons_aggregate_1", "persons_key", "count", "schema", "flag_met", "key"]
    data = pd.DataFrame({"hid": [1, 2], **{name: [5, 6] for name in names}})
    persons = pd.DataFrame({"hid": [1, 1, 2], "schema": [1, 0, 1]})
    text = JOINED + "columns: {n: count() + persons_aggregate_1, s: sum(schema)}"
    bound = rows(data, text, persons=persons).sort_values("hid")
    assert bound["n"].tolist() == [7.0, 7.0]
    assert bound["s"].tolist() == [1.0, 1.0]
    assert all(bound[name].tolist() == [5, 6] for name in names)


def test_a_household_s_column_never_replaces_a_person_s(rows: Rows) -> None:
    text = "study: a\ndata: {households: a.csv, persons: b.csv, on: hid, unit: person}\n"
    data = pd.DataFrame({"hid": [1], "x": ["home"]})
    persons = pd.DataFrame({"hid": [1], "x": ["own"], "household_x": ["third"]})
    bound = rows(data, text, persons=persons)
    assert bound.iloc[0][["x", "household_x", "household_household_x"]].tolist() == [
        "own", "third", "home",
    ]  # fmt: skip


def test_names_that_exitline_keeps_for_itself_are_refused(rows: Rows) -> None:
    with pytest.raises(DataError, match="keeps for itself"):
        rows(pd.DataFrame({"Exitline__poor": [1]}), HEAD)


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx", "table"])
def test_every_reader_refuses_names_that_exitline_keeps_for_itself(
    tmp_path: Path, kind: str
) -> None:
    data = pd.DataFrame({"exitline__strata": [1, 2], "y": [1.0, 2.0]})
    path = tmp_path / f"a.{kind}"
    if kind == "csv":
        data.to_csv(path, index=False)
    elif kind == "parquet":
        data.to_parquet(path)
    elif kind == "xlsx":
        data.to_excel(path, index=False)
    with pytest.raises(DataError, match="keeps for itself"):
        open_source(data if kind == "table" else path)


@pytest.mark.parametrize("text", ["sum(5)", "mean(NULL + age)", "count(TRUE)", "max(2)"])
def test_aggregates_of_what_is_the_same_for_all(rows: Rows, text: str) -> None:
    persons = pd.DataFrame({"hid": [1, 1], "age": [3, 4]})
    bound = rows(pd.DataFrame({"hid": [1]}), JOINED + f'columns: {{n: "{text}"}}', persons=persons)
    known = {"sum(5)": 10.0, "count(TRUE)": 2.0, "max(2)": 2.0}
    assert bound["n"].fillna(-1).tolist() == [known.get(text, -1.0)]


def test_a_study_of_persons_has_the_columns_of_their_household(rows: Rows) -> None:
    study = parse_study(
        "study: a\ndata: {households: a.parquet, persons: b.parquet, on: hid, unit: person}\n"
        "columns: {welfare: pc_exp, siblings: count(age < 15)}\n"
        "design: {weight: hhweight, psu: ea}\n"
        "areas: [sex]"
    )
    bound = rows(SAMPLE, study, PERSONS)
    persons, households = pd.read_parquet(PERSONS), pd.read_parquet(SAMPLE)
    merged = persons.merge(households[["hid", "pc_exp"]], on="hid", how="left")
    assert len(bound) == len(persons) == 3246
    assert bound["welfare"].sum() == pytest.approx(merged.pc_exp.sum())
    assert bound["household_geo1"].equals(bound["geo1"])
    assert bound_design(study).size is None
    children = persons[persons.age < 15].groupby("hid").size()
    by_person = bound.drop_duplicates("hid").set_index("hid")["siblings"]
    assert by_person.sum() == children.sum()


# --- money -------------------------------------------------------------------------------


def test_deflating_welfare_and_uprating_the_line_count_the_same_poor(rows: Rows) -> None:
    text = HEAD + (
        "columns: {welfare: pc_exp}\nlines: [2000]\n"
        "prices: {cpi: {2010: 80, 2015: 110}, from: FROM, to: TO, direction: DIRECTION}"
    )
    deflated = parse_study(
        text.replace("FROM", "2015").replace("TO", "2010").replace("DIRECTION", "deflate welfare")
    )
    uprated = parse_study(
        text.replace("FROM", "2010").replace("TO", "2015").replace("DIRECTION", "uprate the line")
    )
    raw = pd.read_parquet(CENSUS).pc_exp
    truth = (raw < 2000 * 110 / 80).sum()
    for study, factor, line in ((deflated, 80 / 110, 2000.0), (uprated, 1.0, 2750.0)):
        bound = rows(CENSUS, study)
        (z,) = study_lines(study, None, bound.columns)
        assert z.value == pytest.approx(line, rel=1e-15)
        assert bound["welfare"].sum() == pytest.approx(raw.sum() * factor, rel=1e-12)
        assert (bound["welfare"] < z.value).sum() == truth


def test_ppp_and_regional_prices_divide_welfare(rows: Rows) -> None:
    data = pd.DataFrame({"y": [100.0, 100.0, 100.0], "ix": [1.0, 1.25, 0.0]})
    bound = rows(data, HEAD + "columns: {welfare: y}\nprices: {regional: ix}\nppp: 4")
    assert bound["welfare"].tolist()[:2] == [25.0, 20.0]
    assert np.isnan(bound["welfare"].tolist()[2])


def test_equivalence_scales_by_hand(rows: Rows) -> None:
    """OECD-modified for 2 adults and 3 children: 1 + 0.5 + 0.9 = 2.4."""
    data = pd.DataFrame({"y": [240.0, 240.0, 90.0], "n": [5, 2, 4], "a": [2, 2, 0], "c": [3, 0, 4]})
    columns = HEAD + "columns: {welfare: y, size: n}\n"

    def welfare(scale: str) -> list[float]:
        return [round(v, 10) for v in rows(data, columns + f"equivalence: {scale}")["welfare"]]

    assert welfare("per person") == [48.0, 120.0, 22.5]
    assert welfare("{scale: oecd-modified, adults: a, children: c}") == [
        100.0,
        160.0,
        47.3684210526,
    ]
    assert welfare("square root") == [107.3312629200, 169.7056274848, 45.0]
    assert welfare("a + c / 2") == [68.5714285714, 120.0, 45.0]


def test_oecd_modified_from_ages_is_the_same_as_from_counts(rows: Rows) -> None:
    head = JOINED + "columns: {welfare: tot_exp, size: hhsize}\n"
    from_ages = rows(SAMPLE, head + "equivalence: {scale: oecd-modified, age: age}", PERSONS)
    persons = pd.read_parquet(PERSONS)
    by = persons.groupby("hid").age
    adults, children = by.apply(lambda a: (a >= 14).sum()), by.apply(lambda a: (a < 14).sum())
    first = np.where(adults > 0, adults + 0 * adults, 1)
    scale = 1 + 0.5 * (first - 1) + 0.3 * (children - (adults == 0))
    truth = pd.read_parquet(SAMPLE).set_index("hid").tot_exp / scale
    found = from_ages.set_index("hid")["welfare"]
    assert np.allclose(found.sort_index(), truth.sort_index(), rtol=1e-12)


def test_a_line_is_a_number_a_column_a_share_or_an_error() -> None:
    study = parse_study(HEAD + "lines: [5, z, {relative: 0.6}, natoinal]")
    with pytest.raises(StudyError) as raised:
        study_lines(study, None, ["z", "national"])
    assert raised.value.where == "study.yaml:3, key lines[4]"
    assert "'national'" in (raised.value.remedy or "")
    good = parse_study(HEAD + "lines: [5, z, {relative: 0.6}]")
    lines = study_lines(good, None, ["z"])
    assert [(z.label, z.value, z.column, z.share) for z in lines] == [
        ("5", 5.0, None, None), ("z", None, "z", None), ("0.6 of the median", None, None, 0.6),
    ]  # fmt: skip


def test_facts_of_villages_are_bound_under_their_key(engine: DuckDB) -> None:
    from exitline.stats.data import open_source

    table = engine.attach(open_source(pd.DataFrame({"vid": [7], "km": [1.5]})), "v")
    facts = FactsTable(TableRef(), on="vid", columns={"road": "km < 2"})
    assert engine.run(bind_facts(table, facts, "village")).to_pylist() == [
        {"vid": 7, "km": 1.5, "village": 7, "road": True}
    ]
