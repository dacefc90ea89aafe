"""Rows to be counted for a table, and what it shows."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from exitline.publish.tables.content import TableFacts
from exitline.stats.data.readers.declaring import choose

if TYPE_CHECKING:
    from exitline.proof.disclose.ways import Node
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.engine.base import Engine


@dataclass(frozen=True)
class Layout:
    """What a table shows.

    Attributes
    ----------
    rows : tuple of str
        Area columns from the top level downwards: ("province", "county", "village").
    columns : tuple of str
        Categories, crossed; often ("outcome",) or ("poor",).
    figures : tuple of str
        "households", "persons", or both. Empty: what a row of the data is.
    weighted : bool
        Weighted estimates where there are weights; counts of rows otherwise.
    percent : bool
        Also each cell as a share of its row.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    weighted: bool = True
    percent: bool = False


@dataclass(frozen=True)
class Counted:
    """Rows to be counted, wherever they come from.

    Attributes
    ----------
    table : ibis.Table
    engine : Engine
    weight, size : str or None
    labels : mapping of str to mapping of str to str
        What the values of a column mean, by value as text.
    facts : TableFacts
    unit : {"household", "person"}
        What a row is.
    keys : tuple of str
        Columns that are declared as keys of households or persons.
    hidden : mapping of str to set of str
        By column: areas whose figures the run does not publish.
    told : mapping of str to mapping of str to set of tuple of str
        By category and column: areas of which the run publishes how many are in it.
    titles : mapping of str to str
        What columns are called where people read.
    design : Design or None
        How the sample was drawn; None where nothing is known of it.
    level : float
        Of confidence.
    interval : str
        Of shares.
    """

    table: Any
    engine: Engine
    weight: str | None
    size: str | None
    labels: Mapping[str, Mapping[str, str]]
    facts: TableFacts
    unit: str = "household"
    keys: tuple[str, ...] = ()
    hidden: Mapping[str, Set[str]] = field(default_factory=dict)
    told: Mapping[str, Mapping[str, Set[Node]]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    design: Design | None = None
    level: float = 0.95
    interval: str = "logit"

    def sampled(self, layout: Layout) -> bool:
        """Whether the figures are estimates, with a sampling error."""
        weighted = layout.weighted and self.weight is not None
        return weighted and self.design is not None and not self.design.exact

    def counting(self, layout: Layout) -> Layout:
        """The layout with what is counted said.

        Raises
        ------
        DataError
            Where rows are persons and households are asked for, or sizes are not there.
        """
        from exitline.errors import DataError

        figures = layout.figures or (f"{self.unit}s",)
        if self.unit == "person" and figures != ("persons",):
            raise DataError(
                "households cannot be counted where a row is a person", expected="persons",
                got=" and ".join(figures), remedy="count persons, or use a study of households",
            )  # fmt: skip
        if "persons" in figures and self.size is None and self.unit != "person":
            raise DataError(
                "persons cannot be counted without household sizes",
                expected="a column of sizes",
                remedy="declare 'size' in the study, or name the column with "
                + choose("size=", "--size"),
            )
        return replace(layout, figures=figures)
