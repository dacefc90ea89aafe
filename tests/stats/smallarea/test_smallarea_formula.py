"""What a formula is on one table holds on another; rows that it cannot speak for are flagged."""

from __future__ import annotations

import pandas as pd
import pytest

from exitline.stats.data.source import open_source
from exitline.stats.engine.session import session
from exitline.stats.smallarea.errors import SmallAreaError
from exitline.stats.smallarea.formula import learn, read, refuse_collinear

AREAS = pd.DataFrame(
    {
        "y": [1.0, 2.0, None, 4.0],
        "size": [2.0, 3.0, 4.0, 5.0],
        "region": ["south", "north", "north", "south"],
    }
)


def _attached(engine, frame, name):
    return engine.attach(open_source(frame), name)


def test_the_columns_of_another_table_are_those_that_were_learned():
    census = pd.DataFrame(
        {"size": [1.0, 2.0, None, 7.0], "region": ["north", "south", "south", "west"]}
    )
    with session() as engine:
        table = _attached(engine, AREAS, "areas")
        learned = learn("y ~ log(size) + region", table, engine.run)
        rows = read(learned, _attached(engine, census, "census"), engine.run, response=False)
    assert learned.names == ("Intercept", "log(size)", "region[T.south]")
    assert learned.covariates == ("size", "region")
    assert rows.known.tolist() == [True, True, False, False]
    assert rows.x[1].tolist() == pytest.approx([1.0, 0.6931471805599453, 1.0])
    assert rows.x[3].tolist() == [0.0, 0.0, 0.0]


def test_a_row_without_a_response_has_its_covariates():
    with session() as engine:
        table = _attached(engine, AREAS, "areas")
        rows = read(learn("y ~ size", table, engine.run), table, engine.run, ["region"])
    assert rows.known.all()
    assert pd.isna(rows.y).tolist() == [False, False, True, False]
    assert rows.more["region"].to_pylist() == AREAS["region"].tolist()


@pytest.mark.parametrize(
    ("census", "said"),
    [
        ({"size": [1.0]}, "the data have no column 'region'"),
        ({"size": [1.0], "region": [3]}, "'region' is text on one side and numbers on the other"),
    ],
)
def test_covariates_that_differ_are_refused(census, said):
    with session() as engine:
        learned = learn("y ~ size + region", _attached(engine, AREAS, "areas"), engine.run)
        other = _attached(engine, pd.DataFrame(census), "census")
        with pytest.raises(SmallAreaError) as found:
            read(learned, other, engine.run, response=False)
    assert found.value.what == said


def test_a_column_that_follows_from_others_is_named():
    frame = AREAS.assign(twice=2.0 * AREAS["size"] + 1.0)
    with session() as engine:
        table = _attached(engine, frame, "areas")
        rows = read(learn("y ~ size + twice", table, engine.run), table, engine.run)
    with pytest.raises(SmallAreaError, match="'twice' follows from the columns before it"):
        refuse_collinear(rows.x.T @ rows.x, ["Intercept", "size", "twice"])
