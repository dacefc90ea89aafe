"""Twenty odd surveys through csv, dta, sav, xlsx, parquet and sqlite: the same figures from all.

A survey is written with what each format can hold. Where one cannot hold a thing, `CANNOT` says
so, and the survey is written there in the form in which people bring it to that format.
"""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest

import exitline as xl
from exitline.stats.data import open_source

N = 48
FORMATS = ("csv", "dta", "sav", "xlsx", "parquet", "sqlite")
STAT = ("dta", "sav")
CANNOT = {
    "labels": "csv, xlsx, parquet and sqlite have no value labels: the names stand there as text",
    "year headings": "Stata and SPSS names begin with a letter: v2019",
    "integers beyond 2^53": "Stata, SPSS and xlsx hold numbers as doubles: the ids are text there",
    "integers beyond 2^63": "no format of numbers holds them: the ids are text everywhere",
    "NaN": "csv, xlsx and sqlite have no NaN: the cell is blank, or NULL",
    "infinite": "Stata, SPSS and xlsx have no infinity as an area: the cell is blank",
    "truth": "Stata, SPSS and sqlite have no truth values: the words stand there as text",
    "cp1252": "only csv has an encoding that has to be told",
    "dates": "csv and sqlite have no dates: they stand there as text",
}


@dataclass(frozen=True)
class Survey:
    """One survey: its odd columns, and how they are written where that differs.

    `columns` are repeated to N rows; `where` holds other values by format; `labels` are written
    to Stata and SPSS, and in the other formats `named` stands for the codes.
    """

    columns: Mapping[str, Sequence[Any]]
    areas: Sequence[str]
    where: Mapping[str, Mapping[str, Sequence[Any]]] = field(default_factory=dict)
    labels: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    encoding: str = "utf-8"
    welfare: str = "y"
    rename: Mapping[str, str] = field(default_factory=dict)
    excluded: int = 0

    def frame(self, form: str) -> pd.DataFrame:
        """The rows as one format holds them."""
        random = np.random.default_rng(8)
        base: dict[str, Sequence[Any]] = {
            "y": [round(float(v), 3) for v in random.gamma(3, 2, N)],
            "w": [float(1 + i % 4) for i in range(N)],
            "ea": [i // 4 for i in range(N)],
            "st": [i // 24 for i in range(N)],
        }
        given = {**self.columns, **self.where.get(form, {})}
        base |= {
            name: [values[i % len(values)] for i in range(N)] for name, values in given.items()
        }
        frame = pd.DataFrame({k: pd.Series(v, dtype=object) for k, v in base.items()})
        return frame.rename(columns=self.rename) if form in STAT else frame


def _names(form: str, names: Mapping[str, Sequence[Any]]) -> dict[str, dict[str, Sequence[Any]]]:
    """The same other values for several formats."""
    return {one: dict(names) for one in form.split()}


NFC, NFD = unicodedata.normalize("NFC", "Região"), unicodedata.normalize("NFD", "Região")
BIG = ["9007199254740993", "9007199254740992"]
TWENTY = ["12345678901234567890", "12345678901234567891"]
SURVEYS: dict[str, Survey] = {
    "plain numbers": Survey({"r": [1, 2, 10]}, ["1", "10", "2"]),
    "whole doubles": Survey(
        {"r": [17.0, 3.0]}, ["17", "3"], where=_names("csv", {"r": ["17.0", "3.0"]})
    ),
    "leading zeros": Survey({"r": ["010", "10", "0010"]}, ["0010", "010", "10"]),
    "PSUs with zeros": Survey(
        {"ea": ["01", "1", "001", "2", "02", "3"], "r": ["N"]}, ["N"]
    ),
    "ids of 17 digits": Survey(
        {"ea": [int(t) for t in BIG], "r": ["N", "S"]}, ["N", "S"],
        where=_names("dta sav xlsx", {"ea": BIG}),
    ),
    "ids of 20 digits": Survey({"ea": TWENTY, "r": ["N", "S"]}, ["N", "S"]),
    "codes like dates": Survey(
        {"r": ["1-02-03", "01-02-03", "2003-02-01", "01.02.03"]},
        ["01-02-03", "01.02.03", "1-02-03", "2003-02-01"],
    ),
    "codes like powers": Survey({"r": ["1E2", "10E1", "100"]}, ["100", "10E1", "1E2"]),
    "codes T and F": Survey({"r": ["T", "F", "t", "true"]}, ["F", "T", "t", "true"]),
    "truth values": Survey(
        {"r": [True, False]}, ["False", "True"],
        where=_names("csv dta sav sqlite", {"r": ["True", "False"]}),
    ),
    "hexadecimal and signs": Survey(
        {"r": ["0x1F", "#3", "-", "'a", "N/A"]}, ["#3", "'a", "-", "0x1F", "N/A"]
    ),
    "two normal forms": Survey({"r": [NFC, NFD, "Sul"]}, [NFC, "Sul"]),
    "blanks around": Survey({"r": ["N", " N", "N ", "\tS", "S"]}, ["N", "S"]),
    "blank areas": Survey({"r": ["N", "", None, "  "]}, ["(missing)", "N"]),
    "NaN and infinite areas": Survey(
        {"r": [1.0, 2.0, None]}, ["(missing)", "1", "2"],
        where={"parquet": {"r": [1.0, 2.0, float("nan"), 1.0, 2.0, float("inf")]},
               "csv": {"r": [1.0, 2.0, ""]}},
    ),
    "declared marks": Survey(
        {"r": ["N", "NA", "."], "y": [3.5, -99.0, 1.25, 6.0]}, ["(missing)", "N"],
        missing=("NA", ".", "-99"), excluded=N // 4,
    ),
    "years as headings": Survey(
        {"2019": [1.0, 3.0, 8.5], "2020": ["a", "b"], "r": ["x", "y"]}, ["x", "y"],
        welfare="2019", rename={"2019": "v2019", "2020": "v2020"},
    ),
    "an encoding": Survey({"r": ["Ménage", "Süd", "Año"]}, ["Año", "Ménage", "Süd"],
                          encoding="cp1252"),
    "labels, one blank, two alike": Survey(
        {"r": ["North", "Other (2)", "Other (3)", "9"]}, ["9", "North", "Other (2)", "Other (3)"],
        where=_names("dta sav", {"r": [1, 2, 3, 9]}),
        labels={"r": {1: "North", 2: "Other", 3: "Other", 9: ""}},
    ),
    "labels that cross": Survey(
        {"r": ["a, b", "a"], "q": ["c", "b, c", "c", "c"]}, ["a", "a, b"],
        where=_names("dta sav", {"r": [1, 2], "q": [1, 2, 1, 1]}),
        labels={"r": {1: "a, b", 2: "a"}, "q": {1: "c", 2: "b, c"}},
    ),
    "days": Survey(
        {"r": [pd.Timestamp("2020-03-01"), pd.Timestamp("1950-12-31")]},
        ["1950-12-31", "2020-03-01"],
        where=_names("csv sqlite", {"r": ["2020-03-01", "1950-12-31"]}),
    ),
}  # fmt: skip


def _typed(frame: pd.DataFrame, text_missing: Any) -> pd.DataFrame:
    """Columns of one kind as this kind; what is missing in a text as given."""
    made = {}
    for name, values in frame.items():
        kinds = {type(v) for v in values if v is not None}
        if kinds <= {int, float}:
            made[name] = pd.Series([np.nan if v is None else v for v in values])
        elif kinds <= {str}:
            made[name] = pd.Series([text_missing if v is None else v for v in values], dtype=object)
        else:
            made[name] = pd.Series(list(values))
    return pd.DataFrame(made)


def _csv(survey: Survey, path: Path) -> None:
    frame = survey.frame("csv").map(lambda v: "" if v is None else v)
    frame.to_csv(path, index=False, encoding=survey.encoding)


def _stat(write: Callable[..., None], form: str) -> Callable[[Survey, Path], None]:
    def written(survey: Survey, path: Path) -> None:
        labels = {k: dict(v) for k, v in survey.labels.items()}
        write(_typed(survey.frame(form), ""), str(path), variable_value_labels=labels)

    return written


def _xlsx(survey: Survey, path: Path) -> None:
    survey.frame("xlsx").to_excel(path, index=False)


def _parquet(survey: Survey, path: Path) -> None:
    frame = survey.frame("parquet")
    columns = {name: pa.array(list(values), from_pandas=False) for name, values in frame.items()}
    pq.write_table(pa.table(columns), path)


def _sqlite(survey: Survey, path: Path) -> None:
    with sqlite3.connect(path) as opened:
        _typed(survey.frame("sqlite"), None).to_sql("homes", opened, index=False)
    opened.close()


WRITE: dict[str, Callable[[Survey, Path], None]] = {
    "csv": _csv,
    "dta": _stat(pyreadstat.write_dta, "dta"),
    "sav": _stat(pyreadstat.write_sav, "sav"),
    "xlsx": _xlsx,
    "parquet": _parquet,
    "sqlite": _sqlite,
}


def _figures(survey: Survey, form: str, folder: Path) -> pd.DataFrame:
    path = folder / f"homes.{form}"
    WRITE[form](survey, path)
    options: dict[str, Any] = {"missing": survey.missing} if survey.missing else {}
    if form == "csv" and survey.encoding != "utf-8":
        options["encoding"] = survey.encoding
    if form == "sqlite":
        options["query"] = "SELECT * FROM homes"
    rename = survey.rename if form in STAT else {}
    crossed = [("r", "q")] if "q" in survey.columns else []
    found = xl.estimate(
        open_source(path, **options), ["headcount", "poverty_gap"],
        welfare=rename.get(survey.welfare, survey.welfare), line=5,
        design=xl.Design(weight="w", strata="st", psu="ea", nest=True), by=["r", *crossed],
        missing="exclude",
    )  # fmt: skip
    assert found.excluded.get("missing_welfare", 0) == survey.excluded
    return found.to_pandas().sort_values(["measure", "by", "domain"], ignore_index=True)


@pytest.mark.parametrize("name", list(SURVEYS))
def test_the_same_figures_from_all_six(name: str, tmp_path: Path) -> None:
    survey = SURVEYS[name]
    figures = {form: _figures(survey, form, tmp_path) for form in FORMATS}
    first = figures["csv"]
    areas = first[(first.by == "r") & (first.measure == "headcount")].domain
    assert sorted(areas) == sorted(survey.areas)
    assert first.n[first.by == ""].eq(N - survey.excluded).all()
    assert not first.duplicated(["measure", "by", "domain"]).any()
    for form, other in figures.items():
        pd.testing.assert_frame_equal(other, first, rtol=1e-12, obj=f"{name} as {form}")


def test_there_are_twenty_surveys_and_each_limit_is_said() -> None:
    assert len(SURVEYS) >= 20
    other = {form for survey in SURVEYS.values() for form in survey.where}
    assert other <= set(FORMATS)
    assert all(any(form in said or "no format" in said for form in (*FORMATS, "Stata", "SPSS"))
               for said in CANNOT.values())  # fmt: skip
