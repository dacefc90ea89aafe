"""Checks of the sampling design, over the small table of clusters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.data.checking.findings import Finding
from exitline.stats.data.studies.study import Study
from exitline.words.said import Told, say, say_plural

if TYPE_CHECKING:
    from exitline.arrays import Ints


SHOWN = 5


@dataclass(frozen=True)
class DesignCells:
    """One row for each combination of stratum, PSU and areas that occurs.

    Parameters
    ----------
    strata, psus : int array or None
        Codes of ids from 0, one per row, -1 for a missing one; None where the design has none.
    areas : sequence of int arrays
        For each set of area columns of the study, the area of each row, likewise.
    rows : int array
        Households.
    names : sequence of str
        Each stratum's id, by code.
    """

    strata: Ints | None
    psus: Ints | None
    areas: Sequence[Ints]
    rows: Ints
    names: Sequence[str] = ()

    @property
    def units(self) -> Ints | None:
        """A code for each PSU within its stratum: ids may start anew in each."""
        if self.psus is None or self.strata is None:
            return self.psus
        return paired(self.strata, self.psus)


def design_findings(study: Study, clusters: DesignCells) -> tuple[Finding, ...]:
    """PSUs that straddle strata, single-PSU strata, areas with one PSU.

    Parameters
    ----------
    study : Study
        For what the design says about nested ids and single-PSU strata.
    clusters : DesignCells

    Returns
    -------
    tuple of Finding
        Empty for a census, which has no sampling error.

    Examples
    --------
    >>> from exitline.stats.data.studies.loader import parse_study
    >>> study = parse_study('''
    ... {study: a, data: {households: a.csv}, design: {strata: s, psu: p}}''')
    >>> strata, psus, rows = (np.array(v) for v in ([0, 0, 1, 1], [0, 1, 1, 2], [9, 9, 9, 9]))
    >>> found = design_findings(study, DesignCells(strata, psus, (), rows, "ab"))
    >>> found[0].message
    '1 PSU id is used in more than one stratum'
    """
    design = study.design
    if design.exact:
        return ()
    found: list[Finding] = []
    if clusters.strata is not None and clusters.psus is not None and not design.sampling.nest:
        found += _straddling(study, clusters)
    if clusters.strata is not None and design.sampling.clustered:
        found += _lonely(study, clusters)
    for area, values in zip(study.areas, clusters.areas, strict=True):
        found += _thin_areas(study, area, values, clusters)
    if design.weight is None and "weight" not in study.columns:
        found.append(
            Finding(
                "note", say("weights"), say("no weight is declared: every row counts once"),
                study.where("design"), 0,
                say("name the weight, or say 'census: true' for a full count"),
            )
        )  # fmt: skip
    return tuple(found)


def straddling_psus(strata: Ints, psus: Ints) -> int:
    """Number of PSU ids that occur in more than one stratum (missing ids left out).

    Parameters
    ----------
    strata, psus : int arrays of equal length
        Codes from 0; -1 for a missing id.

    Examples
    --------
    >>> straddling_psus(np.array([0, 0, 1, -1]), np.array([0, 1, 0, 1]))
    1
    """
    known = (strata >= 0) & (psus >= 0)
    of = psus[known][_first_of_each(paired(psus, strata)[known])]
    return int((np.bincount(of) > 1).sum())


def units_per_group(groups: Ints, units: Ints | None, rows: Ints) -> Ints:
    """Number of clusters (or of rows, where there are no clusters) in each group.

    Parameters
    ----------
    groups : int array
        Code of the stratum or area, one per row of the cluster table; -1 is left out.
    units : int array or None
        Codes of clusters, -1 for a missing id; None where each household is its own cluster.
    rows : int array
        Households.

    Returns
    -------
    int array, shape (groups,)

    Examples
    --------
    >>> units_per_group(np.array([0, 0, 1]), np.array([0, 1, 2]), np.array([9, 9, 9])).tolist()
    [2, 1]
    >>> units_per_group(np.array([0, 0, 1]), None, np.array([9, 9, 1])).tolist()
    [18, 1]
    """
    size = int(groups.max(initial=-1)) + 1
    known = groups >= 0
    if units is None:
        return np.bincount(groups[known], weights=rows[known], minlength=size).astype(np.int64)
    known &= units >= 0
    first = _first_of_each(paired(groups, units)[known])
    return np.bincount(groups[known][first], minlength=size)


def paired(outer: Ints, inner: Ints) -> Ints:
    """One code for each pair of codes; -1 where either is missing."""
    pair = outer * (int(inner.max(initial=0)) + 1) + inner
    return np.where((outer < 0) | (inner < 0), -1, pair)


def _first_of_each(code: Ints) -> Ints:
    """Where each code stands first."""
    return np.unique(code, return_index=True)[1]


def _straddling(study: Study, clusters: DesignCells) -> list[Finding]:
    """PSU ids that occur in several strata."""
    assert clusters.strata is not None
    assert clusters.psus is not None
    count = straddling_psus(clusters.strata, clusters.psus)
    if not count:
        return []
    return [
        Finding(
            "error", say("PSUs across strata"),
            say_plural("{n} PSU id is used in more than one stratum",
                       "{n} PSU ids are used in more than one stratum", count),
            study.where("design.psu"), count,
            say("say 'nest: true' if ids start anew in each stratum; otherwise correct them"),
        )
    ]  # fmt: skip


def _lonely(study: Study, clusters: DesignCells) -> list[Finding]:
    """Strata with one PSU."""
    assert clusters.strata is not None
    each = units_per_group(clusters.strata, clusters.units, clusters.rows)
    single = sorted(clusters.names[int(code)] for code in np.flatnonzero(each == 1))
    if not single:
        return []
    treatment = study.design.sampling.lonely
    fails = treatment == "fail"
    named = ", ".join(single[:SHOWN]) + (" …" if len(single) > SHOWN else "")
    unit = "PSU" if clusters.psus is not None else study.unit
    return [
        Finding(
            "error" if fails else "note", "single-PSU strata",
            say_plural("{n} stratum has one {unit} alone: {what}",
                       "{n} strata have one {unit} alone: {what}", len(single), unit=Told(unit),
                       what=named),
            study.where("design.lonely" if not fails else "design.strata"), len(single),
            say("merge them with a like stratum, or choose 'lonely': adjust (deviation from the "
                "overall mean), average, certainty or remove, as in R's survey.lonely.psu")
            if fails else say("their variance follows 'lonely: {what}'", what=treatment),
        )
    ]  # fmt: skip


def _thin_areas(
    study: Study, area: tuple[str, ...], values: Ints, clusters: DesignCells
) -> list[Finding]:
    """Areas in which one PSU alone was sampled."""
    each = units_per_group(values, clusters.units, clusters.rows)
    single = int((each == 1).sum())
    if not single:
        return []
    unit = "PSU" if clusters.psus is not None else study.unit
    return [
        Finding(
            "warning", say("thin areas"),
            say_plural(
                "{n} of {m} areas of '{what}' has one {unit} alone: it gets no standard "
                "error",
                "{n} of {m} areas of '{what}' have one {unit} alone: they get no standard "
                "error",
                single, m=int((each > 0).sum()), what=" x ".join(area), unit=Told(unit)),
            study.where("areas"), single,
            say("report them within a larger area, or with small-area estimation"),
        )
    ]  # fmt: skip


def study_findings(study: Study) -> tuple[Finding, ...]:
    """What the study file itself gives reason to say.

    Parameters
    ----------
    study : Study

    Returns
    -------
    tuple of Finding
        A note for each path that leads out of the study's folder.
    """
    return tuple(
        Finding(
            "note", say("paths"), say("'{what}' lies outside the study's folder", what=path),
            study.path.name if study.path is not None else "", 0,
            say("copy it beside the study, so that the folder can be passed on as a whole"),
        )
        for path in study.outside_folder
    )  # fmt: skip
