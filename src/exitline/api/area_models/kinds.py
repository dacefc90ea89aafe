"""Which function fits which kind of model of a study's `small_areas`."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from exitline.api.runs.prepare import ready as made_ready

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from exitline.api.runs.prepare import Ready
    from exitline.stats.data.studies.small_areas import SmallAreaUse
    from exitline.stats.data.studies.study import Study
    from exitline.stats.engine.base import Engine
    from exitline.stats.smallarea.modelled import Modelled

RUNNERS: dict[str, str] = {
    "fay_herriot": "exitline.api.area_models.study:fay_herriot_of",
    "ebp": "exitline.api.area_models.ebp:ebp_of",
    "eblup": "exitline.api.area_models.ebp:eblup_of",
}
"""Kind: module and function, from a ready study and what it asks for to a finished model."""


def modelled(ready: Ready) -> tuple[Modelled, ...]:
    """Every model that a study asks for.

    Parameters
    ----------
    ready : Ready

    Returns
    -------
    tuple of Modelled

    Raises
    ------
    ExitlineError
        For whatever a model cannot be fitted to, with its place in the study.
    """
    return tuple(_one(ready, use) for use in ready.study.small_areas)


def _one(ready: Ready, use: SmallAreaUse) -> Modelled:
    """One model; what stands in its way is said with the place in the study."""
    from exitline.errors import ExitlineError

    module, _, name = RUNNERS[use.kind].partition(":")
    run: Callable[[Ready, SmallAreaUse], Modelled] = getattr(importlib.import_module(module), name)
    try:
        return run(ready, use)
    except ExitlineError as reason:
        if ".yaml" not in (reason.where or "") and ".yml" not in (reason.where or ""):
            reason.where = f"{use.where}: {reason.where}" if reason.where else use.where
        raise


def small_areas(
    study: Study | str | Path, *, engine: str | Engine = "duckdb"
) -> tuple[Modelled, ...]:
    """The models of a study's section ``small_areas``, without the rest of a run.

    Parameters
    ----------
    study : Study or path of a study file
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    tuple of Modelled
        In the order of the study; ``to_pandas()`` gives the figures of each.

    Raises
    ------
    StudyError
        Where the study asks for no model.

    Examples
    --------
    >>> found = small_areas("examples/imaginary-country/small-areas.yaml")[0]
    >>> found.title, len(found.figures[0])
    ('Fay-Herriot model (REML adjusted by Yoshimori and Lahiri)', 23)
    """
    from exitline.errors import StudyError

    with made_ready(study, engine) as ready:
        if not ready.study.small_areas:
            raise StudyError(
                "the study asks for no model of small areas",
                where=str(ready.study.path or "the study"),
                expected="a section 'small_areas'",
                got="none",
                remedy="add one; docs/smallarea.md shows how",
            )
        return modelled(ready)


def write_figures(found: Sequence[Modelled], path: Path) -> None:
    """Write the figures of some models as one table.

    Parameters
    ----------
    found : sequence of Modelled
    path : Path
        Ending in .csv or .parquet.

    Raises
    ------
    OutputError
        For another ending, or where nothing can be written.
    """
    import pandas as pd

    from exitline.files import OutputError, whole_file

    table = pd.concat([one.to_pandas() for one in found], ignore_index=True)
    kind = path.suffix.lower()
    if kind not in (".csv", ".parquet"):
        raise OutputError(
            "this is no kind of table that can be written", where=str(path),
            expected=".csv or .parquet", got=kind or "no ending", remedy="name the file so",
        )  # fmt: skip
    with whole_file(path) as partial:
        if kind == ".csv":
            table.to_csv(partial, index=False, lineterminator="\n")
        else:
            table.to_parquet(partial, index=False)
