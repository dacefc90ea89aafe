"""The standard on the live tables of a register: what its page of figures asks for."""

from __future__ import annotations

import csv
import shutil
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exitline.stats.data.studies.study import Study

DEMO = Path(__file__).parents[2] / "exits" / "register" / "store" / "demo" / "study.yaml"
"""The study of the demonstration."""


def measure(study: str, register: str, area: str, out: str) -> None:
    """Run a study on the households of an area, as they are today; report and explorer beside.

    Parameters
    ----------
    study : str
        A study file; its data are the Parquet file that the register is written to. What it needs
        beside it (a standard of its own) is copied, so that several areas can be run at once.
    register : str
        The address.
    area : str
        The path of the area; everything for "".
    out : str
        The folder: `run/` (with report.html and claims.json), `explorer.html`, and the table that
        the claims are bound to, so that `exitline verify` computes them again.

    Raises
    ------
    ExitlineError
        For whatever cannot be used; then nothing is changed.
    """
    from exitline.api import explore, run
    from exitline.api.registers.snapshot import take_snapshot
    from exitline.api.runs.prepare import open_study

    target, given = Path(out), Path(study)
    target.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f"{target.name}-", dir=target.parent))
    try:
        shutil.copy(given, made / "study.yaml")
        standard = open_study(given).standard
        beside = given.parent / standard if standard else None
        if beside is not None and beside.is_file():
            shutil.copy(beside, made / beside.name)
        opened = open_study(made / "study.yaml")
        take_snapshot(opened, register, area=area)
        run(opened, made / "run")
        explore(_explorer(made, opened, register, area), out=made / "explorer.html")
        old = made.with_name(made.name + "-old")
        if target.exists():
            target.rename(old)
        made.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def jobs_of_figures(study: Path, register: str) -> dict[str, Any]:
    """What workers and pages do for figures: run a study, compute its claims again.

    Parameters
    ----------
    study : Path
    register : str
        The address.
    """
    return {"figures": partial(_figures, str(study.absolute()), register), "verify": _verify}


def _figures(study: str, register: str, store: Any, *rest: Any) -> dict[str, Any]:
    """Run the study on the job's area."""
    from exitline.exits.register.store.jobs.kinds import figures_folder

    rest[-1](0, None)
    measure(study, register, store.scope.path, str(figures_folder(store)))
    return {}


def _verify(store: Any, *rest: Any) -> dict[str, int]:
    """Compute the claims of the area's last run again, from its table."""
    from exitline.api.claims.verifying import verify
    from exitline.exits.register.store.jobs.kinds import figures_folder

    rest[-1](0, None)
    made = figures_folder(store)
    own = made / "standard.yaml"
    found = verify(
        made / "run" / "claims.json", data=made / "register.parquet",
        standard=own if own.is_file() else None, study=made / "study.yaml",
    )  # fmt: skip
    outcomes = [result.outcome for _, _, result in found.checks]
    return {"claims": len(outcomes), "match": outcomes.count("match")}


def _explorer(folder: Path, study: Study, register: str, area: str) -> Path:
    """The file of the explorer's page: areas by the names that the register has for them."""
    import yaml

    from exitline.exits.register.store import opening

    store = opening.open_store(register)
    from exitline.exits.register.store.read.places import places

    named: dict[str, Any] = {}
    found = places(store.within(area) if area else store)
    for level in {column for columns in study.areas for column in columns}:
        rows = [(one.path, one.name) for one in found if one.level == level]
        if not rows:
            continue
        with (folder / f"{level}.csv").open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows([("key", "label"), *rows])
        named[level] = {"title": level.capitalize(), "places": f"{level}.csv"}
    said = {"explorer": study.title, "languages": ["en", "zh", "es", "fr"],
            "runs": [{"folder": "run"}], "areas": named}  # fmt: skip
    file = folder / "explorer.yaml"
    file.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    return file
