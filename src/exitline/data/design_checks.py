"""Checks of the sampling design, over the small table of clusters."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from exitline.data.findings import Finding, in_words
from exitline.data.study import Study

SHOWN = 5


@dataclass(frozen=True)
class Clusters:
    """One row for each combination of stratum, PSU and areas that occurs.

    Parameters
    ----------
    strata, psus : sequence or None
        Ids, one per row; None where the design has none.
    areas : sequence of sequences
        For each set of area columns of the study, the area of each row (a tuple).
    rows : sequence of int
        Households.
    """

    strata: Sequence[Hashable] | None
    psus: Sequence[Hashable] | None
    areas: Sequence[Sequence[Hashable]]
    rows: Sequence[int]


def design_findings(study: Study, clusters: Clusters) -> tuple[Finding, ...]:
    """PSUs that straddle strata, single-PSU strata, areas with one PSU.

    Parameters
    ----------
    study : Study
        For what the design says about nested ids and single-PSU strata.
    clusters : Clusters

    Returns
    -------
    tuple of Finding
        Empty for a full count, which has no sampling error.

    Examples
    --------
    >>> from exitline.data.loader import parse_study
    >>> study = parse_study('''
    ... {study: a, data: {households: a.csv}, design: {strata: s, psu: p}}''')
    >>> found = design_findings(study, Clusters("aabb", (1, 2, 2, 3), (), (9, 9, 9, 9)))
    >>> found[0].message
    '1 PSU id is used in more than one stratum'
    """
    design = study.design
    if design.census:
        return ()
    found: list[Finding] = []
    if clusters.strata is not None and clusters.psus is not None and not design.nest:
        found += _straddling(study, clusters)
    if clusters.strata is not None and not design.replicates:
        found += _lonely(study, clusters)
    for area, values in zip(study.areas, clusters.areas, strict=True):
        found += _thin_areas(study, area, values, clusters)
    if design.weight is None and "weight" not in study.columns:
        found.append(
            Finding(
                "note", "weights", "no weight is declared: every row counts once",
                study.where("design"), 0,
                "name the weight, or say 'census: true' for a full count",
            )
        )  # fmt: skip
    return tuple(found)


def straddling_psus(strata: Sequence[Hashable], psus: Sequence[Hashable]) -> int:
    """Number of PSU ids that occur in more than one stratum (missing ids left out).

    Parameters
    ----------
    strata, psus : sequences of equal length

    Examples
    --------
    >>> straddling_psus("aab", (1, 2, 1))
    1
    """
    homes: dict[Hashable, set[Hashable]] = {}
    for stratum, psu in zip(strata, psus, strict=True):
        if stratum is not None and psu is not None:
            homes.setdefault(psu, set()).add(stratum)
    return sum(len(found) > 1 for found in homes.values())


def units_per_group(
    groups: Sequence[Hashable], units: Sequence[Hashable] | None, rows: Sequence[int]
) -> dict[Hashable, int]:
    """Number of clusters (or of rows, where there are no clusters) in each group.

    Parameters
    ----------
    groups : sequence
        Stratum or area, one per row of the cluster table; None is left out.
    units : sequence or None
        Cluster ids; None where each household is its own cluster.
    rows : sequence of int
        Households.

    Examples
    --------
    >>> units_per_group("aab", (1, 2, 3), (9, 9, 9))
    {'a': 2, 'b': 1}
    >>> units_per_group("aab", None, (9, 9, 1))
    {'a': 18, 'b': 1}
    """
    if units is None:
        counted: dict[Hashable, int] = {}
        for group, n in zip(groups, rows, strict=True):
            if group is not None:
                counted[group] = counted.get(group, 0) + n
        return counted
    seen: dict[Hashable, set[Hashable]] = {}
    for group, unit in zip(groups, units, strict=True):
        if group is not None and unit is not None:
            seen.setdefault(group, set()).add(unit)
    return {group: len(found) for group, found in seen.items()}


def _straddling(study: Study, clusters: Clusters) -> list[Finding]:
    """PSU ids that occur in several strata."""
    assert clusters.strata is not None
    assert clusters.psus is not None
    count = straddling_psus(clusters.strata, clusters.psus)
    if not count:
        return []
    return [
        Finding(
            "error", "PSUs across strata",
            in_words(count, "PSU id is", "PSU ids are") + " used in more than one stratum",
            study.where("design.psu"),
            count, "say 'nest: true' if ids start anew in each stratum; otherwise correct them",
        )
    ]  # fmt: skip


def _lonely(study: Study, clusters: Clusters) -> list[Finding]:
    """Strata with one PSU."""
    assert clusters.strata is not None
    units = clusters.psus
    if units is not None:  # ids may start anew in each stratum
        units = list(zip(clusters.strata, units, strict=True))
    each = units_per_group(clusters.strata, units, clusters.rows)
    single = sorted(str(stratum) for stratum, count in each.items() if count == 1)
    if not single:
        return []
    fails = study.design.lonely == "fail"
    named = ", ".join(single[:SHOWN]) + (" …" if len(single) > SHOWN else "")
    unit = "PSU" if clusters.psus is not None else study.unit
    return [
        Finding(
            "error" if fails else "note", "single-PSU strata",
            in_words(len(single), "stratum has", "strata have") + f" one {unit} alone: {named}",
            study.where("design.lonely" if not fails else "design.strata"), len(single),
            "merge them with a like stratum, or choose 'lonely': adjust (deviation from the "
            "overall mean), average, certainty or remove, as in R's survey.lonely.psu"
            if fails else f"their variance follows 'lonely: {study.design.lonely}'",
        )
    ]  # fmt: skip


def _thin_areas(
    study: Study, area: tuple[str, ...], values: Sequence[Hashable], clusters: Clusters
) -> list[Finding]:
    """Areas in which one PSU alone was sampled."""
    units = clusters.psus
    if units is not None and clusters.strata is not None:
        units = list(zip(clusters.strata, units, strict=True))
    each = units_per_group(values, units, clusters.rows)
    single = sum(count == 1 for count in each.values())
    if not single:
        return []
    unit = "PSU" if units is not None else study.unit
    return [
        Finding(
            "warning", "thin areas",
            f"{single:,} of {len(each):,} areas of '{' x '.join(area)}' have one {unit} alone: "
            "they get no standard error",
            study.where("areas"), single,
            "report them within a larger area, or with small-area estimation",
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
            "note", "paths", f"'{path}' lies outside the study's folder",
            study.path.name if study.path is not None else "", 0,
            "copy it beside the study, so that the folder can be handed on as a whole",
        )
        for path in study.outside_folder
    )  # fmt: skip
