"""The roles that a column can play, by their canonical names."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from exitline.stats.data.sampling.design import Design
from exitline.stats.data.studies.study import Study


@dataclass(frozen=True)
class Role:
    """What a column with this name is taken for.

    Parameters
    ----------
    name : str
        Canonical name: the column is called so in a bound table.
    meaning : str
        For people.
    is_number : bool
        Whether it must hold numbers.
    """

    name: str
    meaning: str
    is_number: bool = False


WAS_POOR = "was_poor"
"""Who can leave poverty: only of these is it said that they have met an exit rule."""
ROLES = MappingProxyType(
    {
        role.name: role
        for role in (
            Role("household", "key of the household"),
            Role("welfare", "consumption or income", is_number=True),
            Role("size", "persons in the household", is_number=True),
            Role("weight", "sampling weight", is_number=True),
            Role("strata", "first-stage stratum"),
            Role("psu", "sampled cluster"),
            Role("fpc", "clusters in the population of the stratum", is_number=True),
            Role(WAS_POOR, "poor, or registered as poor, before: true or 1"),
            Role("village", "village"),
            Role("county", "county"),
            Role("area_class", "class of the area, as the standard names it"),
        )
    }
)
"""Every role with a fixed name; later stages add psu_2, fpc_2 and so on."""


def bound_design(study: Study) -> Design:
    """The study's design in terms of the columns of a bound table.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Design
        With canonical column names: weight, size, strata, psu, psu_2, fpc, fpc_2,
        replicate_1 and so on; replicate weights that are columns of the file keep their
        names. A study of persons has no `size`.

    Examples
    --------
    >>> from exitline.stats.data.studies.loader import parse_study
    >>> study = parse_study('''
    ... study: a
    ... data: {households: a.parquet}
    ... columns: {size: hhsize}
    ... design: {weight: hhweight, psu: [ea, hid], fpc: [n_ea, n_hh]}
    ... ''')
    >>> bound_design(study).columns
    ('weight', 'size', 'psu', 'psu_2', 'fpc', 'fpc_2')
    """
    from dataclasses import replace

    named = design_columns(study)
    bound = {
        "strata": ("strata",) if "strata" in named else (),
        "psu": stage_names("psu", len(study.design.stages) or int("psu" in named)),
        "fpc": stage_names("fpc", len(study.design.fpcs) or int("fpc" in named)),
        "second_phase": ("second_phase",) if "second_phase" in named else (),
        "second_phase_strata": tuple(n for n in named if n.startswith("second_phase_strata")),
        "second_phase_psu": ("second_phase_psu",) if "second_phase_psu" in named else (),
        "replicates": tuple(
            text if as_they_are(study, text) else f"replicate_{i}"
            for i, text in enumerate(study.design.replicates, start=1)
        ),
    }
    return replace(
        study.design,
        weight="weight" if "weight" in named else None,
        size="size" if "size" in named and study.unit == "household" else None,
        sampling=study.design.sampling.bound(bound),
    )


def as_they_are(study: Study, replicate: str) -> bool:
    """Whether a replicate weight is a column of the file, which keeps its name and its place.

    There may be hundreds: each that is bound under another name costs time in every query.
    """
    return replicate not in study.columns and replicate.isidentifier()


def declared(study: Study) -> frozenset[str]:
    """The canonical names that a study declares: under columns, design or levels.

    A column of the file that merely happens to be called like a role plays none.

    Examples
    --------
    >>> from exitline.stats.data.studies.loader import parse_study
    >>> study = parse_study("{study: a, data: {households: a.csv}, columns: {welfare: y}}")
    >>> sorted(declared(study))
    ['welfare']
    """
    return frozenset({*study.columns, *design_columns(study), *study.levels.named()})


def people_of(study: Study) -> str:
    """Whom the figures of a study refer to.

    Returns
    -------
    str
        "persons" where a row is a person or has a household size, else "households".

    Examples
    --------
    >>> from exitline.stats.data.studies.loader import parse_study
    >>> people_of(parse_study("{study: a, data: {households: a.csv}, columns: {welfare: y}}"))
    'households'
    """
    return "persons" if study.unit == "person" or "size" in design_columns(study) else "households"


def design_columns(study: Study) -> dict[str, str]:
    """Canonical name and text of every column of the design.

    Those declared under `columns` by their canonical name (size, weight, ...) count, too.
    """
    design = study.design
    single = {"weight": design.weight, "size": design.size, "strata": design.stratum}
    named = {name: text for name, text in single.items() if text is not None}
    named |= dict(zip(stage_names("psu", len(design.stages)), design.stages, strict=True))
    named |= dict(zip(stage_names("fpc", len(design.fpcs)), design.fpcs, strict=True))
    if design.sampling.second is not None:
        named |= design.sampling.second.roles
    named |= {
        f"replicate_{i}": text
        for i, text in enumerate(design.replicates, start=1)
        if not as_they_are(study, text)
    }
    for name in ("weight", "size", "strata", "psu", "fpc"):
        if name in study.columns and name not in named:
            named[name] = name
    return named


def stage_names(role: str, stages: int) -> tuple[str, ...]:
    """Canonical names of stages: psu, psu_2, psu_3.

    Examples
    --------
    >>> stage_names("psu", 2)
    ('psu', 'psu_2')
    """
    return tuple(role if i == 1 else f"{role}_{i}" for i in range(1, stages + 1))


def is_number(name: str) -> bool:
    """Whether the column of this canonical name must hold numbers."""
    stem = name.rpartition("_")[0] if name[-1:].isdigit() else name
    return stem == "replicate" or (stem in ROLES and ROLES[stem].is_number)
