"""Townships and counties of two files are the same where they are written alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pytest

from exitline.exits.assess.assessment_table import counties_from, roles_in, visits_by_county
from exitline.exits.draw.visitors import assessors_from, visits_from


@dataclass(frozen=True)
class Drawn:
    """What a visit needs of a drawn household."""

    household: str
    kept: dict[str, Any] = field(default_factory=dict)


@pytest.mark.parametrize("own", [12, 12.0, "12", " 12 "])
@pytest.mark.parametrize("theirs", [12, 12.0, "12"])
def test_an_assessor_s_own_township_is_known_in_every_form(own: Any, theirs: Any) -> None:
    (assessor,) = assessors_from(pa.table({"assessor": ["Ana"], "township": [own]}))
    (visit,) = visits_from([Drawn("h", {"town": theirs})], "town", ())  # type: ignore[list-item]
    assert visit.township in assessor.townships


def test_counties_of_visits_and_counts_join_as_they_are_written() -> None:
    counts = pa.table(
        {"county": [17, 18], "rural_population": [90.0, 90.0], "registered": [5.0, 5.0],
         "exited": [3.0, 3.0]}
    )  # fmt: skip
    visits = pa.table(
        {"county": [17.0, 18.0], "status": ["registered", "exited"], "village": ["a", "b"],
         "weight": [1.0, 1.0], "size": [1, 1], "error": [0, 0], "approves": [1, 1]}
    )  # fmt: skip
    found = visits_by_county(visits, roles_in(visits.column_names))
    assert set(found) == set(counties_from(counts)) == {"17", "18"}
