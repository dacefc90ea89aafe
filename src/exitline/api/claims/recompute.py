"""A claim's figure computed again, from the data and the study it was bound to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.stats.data.held import HeldFile

if TYPE_CHECKING:
    from exitline.exits.decide.table import Decisions
    from exitline.proof.claim import Claim, Query, Recomputed, RuleRef
    from exitline.rules.standard import Standard
    from exitline.stats.data.studies.study import Study
    from exitline.stats.infer.estimates import Estimates


def recompute_claim(
    claim: Claim,
    data: Mapping[str, Any],
    *,
    standard: Standard | None = None,
    study: str | Path | None = None,
) -> Recomputed:
    """Compute the figure of a claim again.

    Nothing is opened but the study file, the rule file and the data that are named here: a
    study, which may be a stranger's, reads these files in the place of those that it names.

    Parameters
    ----------
    claim : Claim
    data : mapping of str to path
        The files by the names that the claim gives its inputs.
    standard : Standard, optional
        The rule file that the claim was made under.
    study : path, optional
        The study file that the claim was made with; by default the one that it carries.

    Returns
    -------
    Recomputed
        Unrounded; its value is None where the data hold no such figure.

    Raises
    ------
    RecomputeError
        When the study is not given, or is not the one that the claim names.
    ExitlineError
        When the data no longer allow the computation, for instance a column is gone.
    """
    text, name = _study_text(claim, study)
    files = tuple(sorted((name, str(path)) for name, path in data.items()))
    before = _state(files)
    content = tuple(HeldFile(Path(path)).digest for _, path in files)
    found = _results(text, name, files, content, _HashedStandard(standard))
    if _state(files) != before:
        raise _changed_meanwhile(files)
    if study is None and claim.study is not None and found.study.sha256 != claim.study.sha256:
        raise _another_study(claim.study, found.study)
    return found.of(claim.query)


def _study_text(claim: Claim, study: str | Path | None) -> tuple[str, str]:
    """The text of the study, and its name for messages."""
    from exitline.errors import StudyError
    from exitline.proof.claim import RecomputeError
    from exitline.rules.yamlfile.tree import file_text

    if study is not None:
        return file_text(study, StudyError), Path(study).name
    if claim.study is not None and claim.study.text:
        return claim.study.text, "the study in the claim"
    raise RecomputeError(
        "the study that the figure was computed with is missing",
        expected="--study, the study file of the run",
        got="nothing",
        remedy="name the file; the claim says its title and digest",
    )


@dataclass(frozen=True)
class _HashedStandard:
    """A standard that hashes by its content, so that results can be kept."""

    standard: Standard | None

    def __hash__(self) -> int:
        return hash(self.standard.digest if self.standard is not None else None)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _HashedStandard) and hash(self) == hash(other)


@dataclass(frozen=True)
class _Results:
    """Everything that a study computes, and what it was computed from."""

    estimates: Estimates
    decisions: Decisions
    year: str
    people: str
    where: str
    inputs: tuple[str, ...]
    study: RuleRef
    standard: RuleRef | None

    def of(self, query: Query) -> Recomputed:
        """What was computed for a query."""
        from exitline.proof.claim import Recomputed

        return Recomputed(
            **(self._estimate(query) if query.kind == "estimate" else self._decided(query)),
            year=self.year, people=self.people, where=self.where, inputs=self.inputs,
            study=self.study, standard=self.standard,
        )  # fmt: skip

    def _estimate(self, query: Query) -> dict[str, Any]:
        """One cell of the estimates, with its interval."""
        from exitline.errors import MeasureError

        words = {"measure": query.measure, "line": query.line, "by": query.by}
        try:
            row = self.estimates.find(**words, domain=query.domain)
        except MeasureError:
            return {"value": None}
        if row.domain != query.domain:  # found by a code, which no sentence may show as the name
            return {"value": None}
        if query.indicator or query.column not in ("estimate", "se", "n", "population"):
            return {"value": None}
        value = _number(getattr(row, query.column))
        if query.column != "estimate":
            return {"value": value, "se": _number(row.se)}
        return {
            "value": value, "low": _number(row.ci_low), "high": _number(row.ci_high),
            "se": _number(row.se), "level": row.level,
        }  # fmt: skip

    def _decided(self, query: Query) -> dict[str, Any]:
        """The outcome of one unit, or the number of units with an outcome."""
        decided = [
            d for d in self.decisions if (d.level, d.criterion) == (query.level, query.criterion)
        ]
        if query.evidence != ("model" if any(d.evidence == "model" for d in decided) else ""):
            return {"value": None}  # a sentence that hides a model, or names one that is not there
        if query.kind == "decision count":
            outcomes = [d.outcome for d in decided]
            return {"value": outcomes.count(query.outcome) if outcomes else None}
        found = [
            d.outcome for d in decided if d.unit == query.unit and query.parent in ("", d.parent)
        ]
        return {"value": found[0] if len(found) == 1 else None}


@lru_cache(maxsize=4)
def _results(
    text: str,
    name: str,
    files: tuple[tuple[str, str], ...],
    content: tuple[str, ...],
    rules: _HashedStandard,
) -> _Results:
    """Everything a study computes, once for all claims on files of the same content."""
    del content  # part of the key alone: a file may change in place
    from exitline.api.runs.computing import decide_study, measure_study
    from exitline.api.runs.prepare import ready
    from exitline.proof.claim import RuleRef
    from exitline.stats.data.roles import people_of
    from exitline.stats.data.studies.loader import parse_study
    from exitline.stats.data.studies.paths import GivenFiles

    given = GivenFiles({name: Path(path) for name, path in files})
    study = parse_study(text, name, given=given)
    standard = rules.standard if rules.standard is not None else _shipped(study)
    with ready(study, standard=standard) as at_hand:
        return _Results(
            measure_study(at_hand),
            decide_study(at_hand)[0],
            "" if study.year is None else str(study.year),
            people_of(study),
            study.subpopulation or "",
            tuple(sorted(given.used)),
            RuleRef(study.title, study.digest),
            None if standard is None else RuleRef(standard.name, standard.digest),
        )


def _shipped(study: Study) -> Standard | None:
    """The shipped rule file that a study names, when it names one."""
    from exitline.proof.claim import RecomputeError
    from exitline.rules.standard import load, shipped

    if study.standard is None:
        return None
    if study.standard in shipped():
        return load(study.standard)
    raise RecomputeError(
        "the study names a rule file that does not come with exitline",
        missing=("the rule file of the study, to be named with --standard",),
        where=study.where("standard"),
        expected="a shipped rule file, or --standard",
        got=study.standard,
        remedy="name the rule file with --standard",
    )


def _number(value: Any) -> float | int | None:
    """A number; None where there is none."""
    return None if value != value else value


def _state(files: tuple[tuple[str, str], ...]) -> tuple[tuple[int, ...], ...]:
    """What tells whether a file was exchanged or written to while it was read."""
    found = (Path(path).stat() for _, path in files)
    return tuple((one.st_dev, one.st_ino, one.st_size, one.st_mtime_ns) for one in found)


def _changed_meanwhile(files: tuple[tuple[str, str], ...]) -> Exception:
    from exitline.proof.claim import RecomputeError

    return RecomputeError(
        "a data file changed while it was read",
        missing=("data files that stay as they are",),
        where=", ".join(name for name, _ in files),
        remedy="verify again, on a copy",
    )


def _another_study(named: RuleRef, found: RuleRef) -> Exception:
    from exitline.proof.claim import RecomputeError

    return RecomputeError(
        "the study in the claim is not the one that it names",
        missing=(f"study file {named.name} (sha256 {named.sha256[:16]})",),
        where=named.name,
        expected=f"sha256 {named.sha256[:16]}",
        got=f"sha256 {found.sha256[:16]}",
        remedy="ask the publisher for the study file and name it with --study",
    )
