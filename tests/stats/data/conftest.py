"""What the tests of the data room share: studies from text, engines, small surveys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest

from exitline.stats.data import Study, bind, open_source, parse_study, study_lines
from exitline.stats.data.checking.findings import Finding
from exitline.stats.engine.duckdb import DuckDB
from exitline.stats.measure.quality.report import inspect

BASIC = """
study: small
data: {households: small.parquet}
columns: {household: hid, welfare: y, size: n}
design: {weight: w, strata: s, psu: p}
areas: [region]
lines: [100]
"""


@pytest.fixture
def engine() -> Iterator[DuckDB]:
    """An engine that is closed after the test."""
    opened = DuckDB(threads=1)
    yield opened
    opened.close()


@pytest.fixture
def small() -> pd.DataFrame:
    """Sixteen households in two strata of two PSUs each, without any fault."""
    return pd.DataFrame(
        {
            "hid": [f"KX-{i:04d}" for i in range(16)],
            "y": [40.0 + 11.0 * i for i in range(16)],
            "n": [1 + i % 5 for i in range(16)],
            "w": [10.5 + i for i in range(16)],
            "s": ["a"] * 8 + ["b"] * 8,
            "p": [i // 4 for i in range(16)],
            "region": ["north"] * 8 + ["south"] * 8,
        }
    )


@pytest.fixture
def checked(engine: DuckDB) -> Callable[..., tuple[Finding, ...]]:
    """Findings on a table under a study."""

    def run(data: Any, text: str = BASIC) -> tuple[Finding, ...]:
        study = parse_study(text)
        table = engine.attach(open_source(data), "households")
        bound = bind(table, study)
        lines = study_lines(study, None, bound.columns)
        return inspect(bound, study, lines, engine.run, households=table)

    return run


@pytest.fixture
def rows(engine: DuckDB) -> Callable[..., pd.DataFrame]:
    """The bound table of a study as pandas."""

    def run(data: Any, study: Study | str, persons: Any = None) -> pd.DataFrame:
        read = parse_study(study) if isinstance(study, str) else study
        table = engine.attach(open_source(data), "households")
        other = engine.attach(open_source(persons), "persons") if persons is not None else None
        return engine.run(bind(table, read, persons=other)).to_pandas()

    return run
