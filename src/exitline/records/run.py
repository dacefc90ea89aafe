"""A run's record, run.json, as those who read a run's folder need it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from exitline.records.parsing import read_json
from exitline.records.shape import Shape

_MAYBE = (dict, type(None))
_GROUP: Shape = {"n": int, "areas": [str]}
RUN: Shape = {
    "study": {"title": str},
    "verify": object,
    "inputs": [dict],
    "about": {
        "year": (int, str, type(None)),
        "census": bool,
        "levels": dict,
        "lines": dict,
        "measures": dict,
        "standard": _MAYBE,
    },
    "release": {"min_count": float},
    "apart": [
        {
            "measure": str,
            "line": str,
            "by": str,
            "ends": list,
            **dict.fromkeys(("above", "below", "highest", "lowest"), _GROUP),
        }
    ],
}
"""The parts of a run's record that are read again."""


def read_run_record(folder: str | Path) -> dict[str, Any]:
    """What a run's run.json says.

    Parameters
    ----------
    folder : str or Path
        The run's folder.

    Raises
    ------
    RecordError
        When there is no such file, or it has another form.

    Examples
    --------
    >>> read_run_record("examples")
    Traceback (most recent call last):
    ...
    exitline.records.errors.RecordError: the run's record cannot be read
      where:    examples/run.json
      expected: a file
      got:      No such file or directory
      remedy:   give the folder that `exitline run` of this version wrote
    """
    found: dict[str, Any] = read_json(
        Path(folder) / "run.json", what="the run's record", shape=RUN,
        remedy="give the folder that `exitline run` of this version wrote",
    )  # fmt: skip
    return found
