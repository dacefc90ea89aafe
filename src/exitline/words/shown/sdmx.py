"""Estimates as SDMX-CSV 2.0, with the structure message that says what its columns are."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

AGENCY, STRUCTURE, VERSION = "EXITLINE", "ESTIMATES", "1.0"
ENDING, BESIDE = ".sdmx.csv", ".structure.json"
TOTAL = "_T"
PERIOD = "TIME_PERIOD"
_DIMENSIONS = {"measure": "MEASURE", "line": "LINE", "by": "AREA_TYPE", "domain": "AREA"}
_NAMES = {
    "MEASURE": "Measure", "LINE": "Poverty line", "AREA_TYPE": "Columns of the areas",
    "AREA": "Area", PERIOD: "Year", "OBS_VALUE": "Estimate", "SE": "Standard error",
    "CI_LOW": "Lower end of the confidence interval",
    "CI_HIGH": "Upper end of the confidence interval", "CONF_LEVEL": "Confidence of the interval",
    "N": "Rows of the data", "POPULATION": "Weighted number that the figure speaks of",
    "OBS_STATUS": "Observation status (CL_OBS_STATUS: A normal, L missing)",
}  # fmt: skip
_NUMBERS = {
    "estimate": "OBS_VALUE", "se": "SE", "ci_low": "CI_LOW", "ci_high": "CI_HIGH",
    "level": "CONF_LEVEL", "n": "N", "population": "POPULATION",
}  # fmt: skip


def is_estimates(frame: pd.DataFrame) -> bool:
    """Whether a table has what the structure names."""
    return {*_DIMENSIONS, "estimate", "se", "ci_low", "ci_high"} <= set(frame.columns)


def observations(frame: pd.DataFrame, period: str = "") -> pd.DataFrame:
    """One row for each figure, in the columns of the structure.

    Parameters
    ----------
    frame : pandas.DataFrame
        As `Estimates.to_pandas` gives it.
    period : str
        The year that the figures speak of; without one there is no such column.

    Returns
    -------
    pandas.DataFrame
        Texts: numbers as the shortest text that names them, "" where there is none.
    """
    found: dict[str, Any] = {
        "STRUCTURE": "dataflow", "STRUCTURE_ID": f"{AGENCY}:{STRUCTURE}({VERSION})", "ACTION": "I",
    }  # fmt: skip
    for name, new in _DIMENSIONS.items():
        found[new] = [str(value) or TOTAL for value in frame[name]]
    if period:
        found[PERIOD] = period
    for name, new in _NUMBERS.items():
        if name in frame:
            found[new] = [_number(value) for value in frame[name]]
    found["OBS_STATUS"] = ["A" if text else "L" for text in found["OBS_VALUE"]]
    return frame.iloc[:, :0].assign(**found)


def _number(value: Any) -> str:
    """A number in full, "" for none."""
    number = float(value)
    if not math.isfinite(number):
        return ""
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)


def structure_message(columns: list[str]) -> str:
    """The structure as an SDMX-JSON 2.0 message: a dataflow and its data structure.

    Parameters
    ----------
    columns : list of str
        Of the observations.
    """
    from pysdmx.io import write_sdmx
    from pysdmx.io.format import Format
    from pysdmx.model import (
        Component,
        Components,
        Concept,
        ConceptScheme,
        Dataflow,
        DataStructureDefinition,
        ItemReference,
        Role,
    )

    named = [name for name in columns if name in _NAMES]
    concepts = {name: Concept(name, name=_NAMES[name]) for name in named}
    components = []
    for name in named:
        dimension = name == PERIOD or name in _DIMENSIONS.values()
        role = Role.DIMENSION if dimension else Role.ATTRIBUTE
        if name == "OBS_VALUE":
            role = Role.MEASURE
        text = role is Role.DIMENSION or name == "OBS_STATUS"
        components.append(Component(
            name, role is not Role.ATTRIBUTE, role,
            ItemReference("Concept", AGENCY, "CONCEPTS", VERSION, name),
            local_dtype=_type_of(name, text), name=_NAMES[name],
            attachment_level="O" if role is Role.ATTRIBUTE else None,
        ))  # fmt: skip
    scheme = ConceptScheme("CONCEPTS", name="Concepts", agency=AGENCY, version=VERSION,
                           items=list(concepts.values()))  # fmt: skip
    data = DataStructureDefinition(
        STRUCTURE, name="Estimates with their intervals", agency=AGENCY, version=VERSION,
        components=Components(components),
    )  # fmt: skip
    flow = Dataflow(STRUCTURE, name="Estimates with their intervals", agency=AGENCY,
                    version=VERSION, structure=data)  # fmt: skip
    written = write_sdmx([scheme, data, flow], Format.STRUCTURE_SDMX_JSON_2_0_0)
    message = json.loads(str(written))
    message["meta"]["sender"]["id"] = AGENCY
    return json.dumps(message, ensure_ascii=False, indent=2) + "\n"


def _type_of(name: str, text: bool) -> Any:
    """The type of a column's values."""
    from pysdmx.model import DataType

    if name == PERIOD:
        return DataType.PERIOD
    return DataType.STRING if text else DataType.DOUBLE


def structure_path(path: Path) -> Path:
    """The file of the structure beside the data.

    Examples
    --------
    >>> structure_path(Path("out/figures.sdmx.csv")).name
    'figures.structure.json'
    """
    return path.with_name(path.name[: -len(ENDING)] + BESIDE)
