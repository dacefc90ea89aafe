"""SDMX-CSV 2.0, ids and names, for a statistical exchange."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from exitline.proof.disclose.system import TableError
from exitline.publish.tables.content import TOTAL
from exitline.stats.data.readers.declaring import choose
from exitline.words.sheets import safe_cell

if TYPE_CHECKING:
    from exitline.proof.disclose.ways import Node
    from exitline.publish.tables.content import CountedFigure, SafeTable, TableSide

DATAFLOW = "EXITLINE:SAFE_TABLE(1.0)"
ALL = "_T"
_MEASURES = {"households": "HH", "persons": "PS", "n": "N", "percent": "PC"}
_STATUS = {False: ("A", "Normal value"), True: ("Q", "Missing value; suppressed")}
_CONFIDENTIAL = {False: ("F", "Free (free for publication)"), True: (
    "N", "Not for publication, restricted for internal use only")}  # fmt: skip

_BOUNDS = [
    "CI_LOW",
    "Lower end of the confidence interval",
    "CI_HIGH",
    "Upper end of the confidence interval",
]
"""Of a figure with an interval, as files of estimates have them."""


def sdmx_text(table: SafeTable, dataflow: str) -> str:
    """One row for each cell and figure.

    A suppressed cell has no value, OBS_STATUS Q and CONF_STATUS N. The codes that tell
    primary from secondary suppression are not used: they would help to undo it.

    Parameters
    ----------
    table : SafeTable
        With a year.
    dataflow : str
        AGENCY:ID(VERSION).

    Raises
    ------
    TableError
        Without a year, or for an identifier that SDMX does not allow.

    References
    ----------
    SDMX-CSV 2.0.0 field guide; SDMX cross-domain code lists CL_OBS_STATUS and CL_CONF_STATUS.
    """
    if not re.fullmatch(
        r"[A-Za-z][\w-]*(\.[A-Za-z][\w-]*)*:[A-Za-z0-9_@$-]+\(\d+(\.\d+){1,2}\)", dataflow, re.ASCII
    ):
        raise TableError(
            "this is no SDMX dataflow", expected="AGENCY:ID(VERSION)", got=dataflow,
            remedy=f"for instance {DATAFLOW}",
        )  # fmt: skip
    if not re.fullmatch(r"\d{4}", table.facts.year):
        raise TableError(
            "SDMX needs the year of the table", expected="four digits",
            got=table.facts.year or "none", remedy="give it: " + choose("year=", "--year"),
        )  # fmt: skip
    return _text(table, dataflow)


def _text(table: SafeTable, dataflow: str) -> str:
    """The file; with a name after every coded component (labels=name)."""
    import numpy as np

    names = _components(table)
    sampled = any(figure.bounds is not None for figure in table.figures)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "FREQ", "Frequency"]
        + [text for pair in names for text in pair]
        + ["MEASURE", "Measure", "TIME_PERIOD", "Time period", "OBS_VALUE", "Observation value"]
        + ["UNIT_MEASURE", "Unit of measure", "OBS_STATUS", "Observation status"]
        + ["CONF_STATUS", "Confidentiality status"]
        + (_BOUNDS if sampled else [])
    )
    codes = [node_codes(side.nodes) for side in table.sides]
    titles = [[safe_cell(_title(node)) for node in side.nodes] for side in table.sides]
    start = ["dataflow", dataflow, safe_cell(table.facts.title), "R", "A", "Annual"]
    for figure in table.figures:
        code = _MEASURES[figure.name]
        for where in np.ndindex(figure.values.shape):
            value = figure.values[where]
            hidden = bool(np.isnan(value))
            key = [t for i, at in enumerate(where) for t in (codes[i][at], titles[i][at])]
            writer.writerow(
                [*start, *key, code, figure.label, table.facts.year, table.facts.year]
                + ["" if hidden else f"{value:.{figure.decimals}f}"] * 2
                + [code, figure.unit, *_STATUS[hidden], *_CONFIDENTIAL[hidden]]
                + (_ends(figure, where) if sampled else [])
            )
    return out.getvalue()


def _ends(figure: CountedFigure, where: tuple[int, ...]) -> list[str]:
    """The interval of a cell, each end twice, as every component stands with its name."""
    import numpy as np

    if figure.bounds is None:
        return [""] * 4
    ends = float(figure.bounds.low[where]), float(figure.bounds.high[where])
    return ["" if np.isnan(end) else f"{end:.{figure.decimals}f}" for end in ends for _ in "12"]


def _components(table: SafeTable) -> list[tuple[str, str]]:
    """Id and name of the dimension of each side; ids are all different."""
    taken = {"STRUCTURE", "ACTION", "FREQ", "MEASURE", "TIME_PERIOD", "OBS_VALUE",
             "UNIT_MEASURE", "OBS_STATUS", "CONF_STATUS", *_BOUNDS}  # fmt: skip
    found = [("REF_AREA", " / ".join(table.heading(name) for name in table.sides[0].names))]
    taken.add("REF_AREA")
    for position, side in enumerate(table.sides[1:], start=1):
        code = re.sub(r"[^A-Z0-9_]+", "_", side.names[0].upper()).strip("_")
        if not re.match("[A-Z]", code) or code in taken:
            code = f"CATEGORY_{position}"
        taken.add(code)
        found.append((code, _heading(table, side)))
    return found


def _heading(table: SafeTable, side: TableSide) -> str:
    return " / ".join(table.heading(name) for name in side.names)


def _title(node: Node) -> str:
    """A node's name: its own label, after those above it."""
    return " / ".join(node) or TOTAL


def node_codes(nodes: Sequence[Node]) -> list[str]:
    """SDMX codes of a side's nodes: letters, digits, _ and -; all different; _T is the total.

    Examples
    --------
    >>> node_codes([(), ("North",), ("North", "St. Paul"), ("云南",)])
    ['_T', 'North', 'North-St_Paul', 'X4']
    """
    found: list[str] = []
    taken: set[str] = set()
    for number, node in enumerate(nodes, start=1):
        parts = [re.sub(r"[^A-Za-z0-9_]+", "_", label).strip("_") for label in node]
        code = "-".join(parts) if all(parts) else f"X{number}"
        code = code if node else ALL
        if code in taken or (code == ALL and node):
            code = f"{code}-{number}"
        taken.add(code)
        found.append(code)
    return found
