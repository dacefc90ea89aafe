"""A claim's figure computed again, from the data and the study it was bound to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.api.provenance import file_digest

if TYPE_CHECKING:
    from exitline.claim import Claim, Recomputed
    from exitline.data.study import Study
    from exitline.decide.table import Decisions
    from exitline.infer.estimates import Estimate, Estimates
    from exitline.standard import Standard


def recompute_claim(
    claim: Claim,
    data: Mapping[str, Any],
    *,
    standard: Standard | None = None,
    study: str | Path | None = None,
) -> Recomputed:
    """Compute the figure of a claim again.

    Parameters
    ----------
    claim : Claim
    data : mapping of str to path
        The files by the names that the claim gives its inputs.
    standard : Standard, optional
        The rule file that the claim was made under.
    study : path
        The study file that the claim was made with.

    Returns
    -------
    Recomputed
        Unrounded; its value is None where the data hold no such figure.

    Raises
    ------
    RecomputeError
        When the study is not given.
    ExitlineError
        When the data no longer allow the computation, for instance a column is gone.
    """
    from exitline.claim import Recomputed, RecomputeError

    if study is None:
        raise RecomputeError(
            "the study that the figure was computed with is missing",
            expected="--study, the study file of the run",
            got="nothing",
            remedy="name the file; the claim says its title and digest",
        )
    files = tuple(sorted((name, str(path)) for name, path in data.items()))
    content = tuple(file_digest(Path(path)) for path in (str(study), *(p for _, p in files)))
    query = claim.query
    level = float(query.confidence) if query.confidence else None
    found = _results(str(study), files, content, _Rules(standard), level)
    if query.kind == "estimate":
        return _estimate(found.estimates, query, bool(claim.low))
    if query.kind == "decision count":
        if query.level == "household":
            counted = found.outcomes.get(query.outcome)
            return Recomputed(None if counted is None else counted.estimate)
        return Recomputed(found.decisions.counts(query.level, query.criterion)[query.outcome])
    outcomes = [
        d.outcome
        for d in found.decisions
        if (d.level, d.unit, d.criterion) == (query.level, query.unit, query.criterion)
        and query.parent in ("", d.parent)
    ]
    return Recomputed(outcomes[0] if len(outcomes) == 1 else None)


@dataclass(frozen=True)
class _Rules:
    """A standard that hashes by its content, so that results can be kept."""

    standard: Standard | None

    def __hash__(self) -> int:
        return hash(self.standard.digest if self.standard is not None else None)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Rules) and hash(self) == hash(other)


@dataclass(frozen=True)
class _Results:
    estimates: Estimates
    decisions: Decisions
    outcomes: dict[str, Estimate]


@lru_cache(maxsize=4)
def _results(
    study: str,
    files: tuple[tuple[str, str], ...],
    content: tuple[str, ...],
    rules: _Rules,
    level: float | None,
) -> _Results:
    """Everything a study computes, once for all claims on files of the same content."""
    del content  # part of the key alone: a file may change in place
    from exitline.api.prepare import open_study, ready
    from exitline.api.running import decide_study, measure_study

    opened = _with_files(open_study(study), dict(files))
    if level is not None:  # the claim says at which level its interval was made
        opened = replace(opened, confidence=level)
    with ready(opened, standard=rules.standard) as at_hand:
        return _Results(measure_study(at_hand), *decide_study(at_hand))


def _with_files(study: Study, files: Mapping[str, str]) -> Study:
    """The study, reading the given files instead of those of the same names."""

    def moved(table: Any) -> Any:
        if table is None or table.path is None or table.name not in files:
            return table
        return replace(table, path=Path(files[table.name]))

    def facts(of: Any) -> Any:
        return None if of is None else replace(of, table=moved(of.table))

    return replace(
        study, households=moved(study.households), persons=moved(study.persons),
        villages=facts(study.villages), counties=facts(study.counties),
    )  # fmt: skip


def _estimate(estimates: Estimates, query: Any, with_interval: bool) -> Recomputed:
    """One cell of the estimates, with its interval where the claim has one."""
    from exitline.claim import Recomputed
    from exitline.claim.make import published_ends
    from exitline.errors import MeasureError

    try:
        row = estimates.find(
            measure=query.measure, line=query.line, by=query.by, domain=query.domain
        )
    except MeasureError:
        return Recomputed(None)
    value = getattr(row, query.column)
    if not with_interval:
        return Recomputed(value)
    return Recomputed(value, *published_ends(vars(row)))
