"""The study that a claim carries, for a verifier who has the data but not the study file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from exitline.claim.errors import RecomputeError
from exitline.claim.record import Claim

if TYPE_CHECKING:
    from exitline.data.study import Study, TableRef


def carried_study(claim: Claim, folder: str | Path) -> Path | None:
    """Write the study that a claim carries to a folder, when it carries one.

    A claim comes from a stranger. A study in it may read the claim's own inputs and files
    in the folder, which are not there; it never reads other files of the verifier, and asks
    no database.

    Parameters
    ----------
    claim : Claim
        What was published.
    folder : str or Path
        An empty folder for the study file.

    Returns
    -------
    Path or None
        The study file; None when the claim carries none.

    Raises
    ------
    RecomputeError
        When the study would reach further than that, or is not the one that the claim
        names.
    StudyError
        When the text is no study.

    Examples
    --------
    >>> from exitline.claim import InputDigest, Query, Rounding
    >>> claim = Claim(
    ...     statement="{figure}", value="1", rounding=Rounding(), query=Query(measure="count"),
    ...     inputs=(InputDigest("s.csv", sha256="e3" * 32),), software="exitline 0.1.0",
    ... )
    >>> carried_study(claim, ".") is None
    True
    """
    if claim.study is None or not claim.study.text:
        return None
    from exitline.data.loader import parse_study

    path = Path(folder) / f"{claim.study.sha256}.yaml"
    study = parse_study(claim.study.text, path)
    inputs = {each.name for each in claim.inputs}
    beyond = [name for name in study.outside_folder if Path(name).name not in inputs]
    beyond += ["a database" for table in _tables(study) if table is not None and table.sql]
    if beyond:
        raise RecomputeError(
            "the study in the claim reads more than the claim's data",
            missing=(f"study file {claim.study.name}, to be named with --study",),
            where=claim.study.name,
            expected="the inputs of the claim",
            got=", ".join(beyond),
            remedy="look at the study, then name it with --study",
        )
    if study.digest != claim.study.sha256:
        raise RecomputeError(
            "the study in the claim is not the one that it names",
            missing=(f"study file {claim.study.name} (sha256 {claim.study.sha256[:16]})",),
            where=claim.study.name,
            expected=f"sha256 {claim.study.sha256[:16]}",
            got=f"sha256 {study.digest[:16]}",
            remedy="ask the publisher for the study file and name it with --study",
        )
    path.write_text(claim.study.text, encoding="utf-8")
    return path


def _tables(study: Study) -> list[TableRef | None]:
    """Every table that a study reads."""
    facts = [one.table for one in (study.villages, study.counties) if one is not None]
    return [study.households, study.persons, *facts]
