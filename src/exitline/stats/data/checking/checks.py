"""What is wrong, or remarkable, with the data of a study: pure functions over small counts.

`measure.quality` makes the counts in a few passes over the data. No finding shows a value
that identifies a household: they count.
"""

from __future__ import annotations

from collections.abc import Iterable

from exitline.stats.data.checking.findings import (
    ColumnCounts,
    Duplicates,
    Finding,
    Severity,
    Totals,
    in_words,
)
from exitline.stats.data.checking.heaping import density_jump
from exitline.stats.data.matching import Matching
from exitline.stats.data.money import StudyLine
from exitline.stats.data.roles import ROLES, design_columns, people_of
from exitline.stats.data.studies.study import Population, Study

LARGEST_SIZE = 30
"""Households with more persons are remarked upon: they may be institutions or slips."""


def value_findings(study: Study, totals: Totals) -> tuple[Finding, ...]:
    """Missing, infinite, zero and negative values, by role.

    Parameters
    ----------
    study : Study
    totals : Totals

    Returns
    -------
    tuple of Finding

    Examples
    --------
    >>> from exitline.stats.data.studies.loader import parse_study
    >>> study = parse_study("{study: a, data: {households: a.csv}, design: {weight: w}}")
    >>> from exitline.stats.data.checking.findings import ColumnCounts, Totals
    >>> counts = {"weight": ColumnCounts(missing=2)}
    >>> value_findings(study, Totals(rows=9, columns=counts))[0].message
    '2 of 9 rows have no weight'
    """
    if totals.rows == 0:
        return (Finding("error", "rows", "there are no rows", study.households.name),)
    found: list[Finding] = []
    for name, counts in totals.columns.items():
        where = _where(study, name)
        found += _missing(study, name, counts, totals.rows, where)
        found += _numbers(name, counts, totals.rows, where)
    return tuple(found)


def size_findings(study: Study, totals: Totals) -> tuple[Finding, ...]:
    """Household sizes that are hardly possible.

    Parameters
    ----------
    study : Study
    totals : Totals

    Returns
    -------
    tuple of Finding
    """
    where = _where(study, "size")
    found = []
    if totals.fractional_sizes:
        found.append(
            Finding(
                "warning", "household size",
                in_words(totals.fractional_sizes, "size is not a whole number",
                         "sizes are not whole numbers"), where,
                totals.fractional_sizes, "use the number of persons, rounded if it is computed",
            )
        )  # fmt: skip
    if totals.large_sizes:
        found.append(
            Finding(
                "warning", "household size",
                in_words(totals.large_sizes, "household has", "households have")
                + f" more than {LARGEST_SIZE} persons, "
                f"up to {totals.largest_size:,.0f}", where, totals.large_sizes,
                "look whether they are institutions or slips of the keyboard",
            )
        )  # fmt: skip
    return tuple(found)


def population_findings(study: Study, totals: Totals) -> tuple[Finding, ...]:
    """Weights that do not fit the stated population.

    Parameters
    ----------
    study : Study
    totals : Totals

    Returns
    -------
    tuple of Finding

    Examples
    --------
    >>> from exitline.stats.data.studies.loader import parse_study
    >>> study = parse_study(
    ...     "{study: a, data: {households: a.csv}, columns: {size: n}, population: 1000}")
    >>> from exitline.stats.data.checking.findings import Totals
    >>> population_findings(study, Totals(rows=9, persons=800.0))[0].message
    'weights sum to 800 persons, 20.0 % below the stated 1,000'
    """
    stated = study.population or Population()
    rows = f"{study.unit}s"
    pairs = [
        ("persons", stated.persons, totals.persons),
        ("households", stated.households, totals.households),
    ]
    pairs = [pair for pair in pairs if pair[0] in (people_of(study), rows)]
    return tuple(
        Finding(
            "warning", "population",
            f"weights sum to {found:,.0f} {unit}, {abs(found / wanted - 1):.1%}"
            .replace("%", " %") + f" {'above' if found > wanted else 'below'} "
            f"the stated {wanted:,.0f}",
            study.where("population"), 0,
            "look whether weights are for households or for persons, and scaled to the country",
        )
        for unit, wanted, found in pairs
        if wanted is not None and abs(found / wanted - 1) > stated.tolerance
    )  # fmt: skip


def heaping_findings(
    lines: Iterable[StudyLine], totals: Totals, where: str = "welfare", unit: str = "household"
) -> tuple[Finding, ...]:
    """Households that crowd around a line, or lie exactly on it.

    Parameters
    ----------
    lines : iterable of StudyLine
        For the boundary of each line.
    totals : Totals
    where : str
        The welfare column.
    unit : {"household", "person"}
        What a row is.

    Returns
    -------
    tuple of Finding
    """
    boundaries = {line.label: line.boundary for line in lines}
    found: list[Finding] = []
    for counts in totals.lines:
        jump = density_jump(counts)
        if jump is not None and jump.p_value < 0.001 and jump.share >= 0.10:
            side = "below" if jump.moved > 0 else "above"
            found.append(
                Finding(
                    "warning", "heaping at the line",
                    f"about {abs(jump.moved):,.0f} {unit}s more lie just {side} the line "
                    f"'{counts.label}' than a smooth distribution has (within 5 % of it: "
                    f"{counts.just_below:,} below, {counts.just_above:,} above; "
                    f"p = {jump.p_value:.1g})", where, round(abs(jump.moved)),
                    "look at how incomes near the line were recorded: rounding, or "
                    "values written to fit the line",
                )
            )  # fmt: skip
        if counts.exactly:
            poor = "poor" if boundaries.get(counts.label) == "<=" else "not poor"
            found.append(
                Finding(
                    "note", "exactly on the line",
                    in_words(counts.exactly, f"{unit} lies", f"{unit}s lie")
                    + f" exactly on the line '{counts.label}' ({poor}, by its boundary)", where,
                    counts.exactly,
                    "see 'boundary' of the line: '<' or '<='",
                )
            )  # fmt: skip
    return tuple(found)


def key_findings(
    study: Study, duplicates: Duplicates | None, matching: Matching | None
) -> tuple[Finding, ...]:
    """Households that occur twice, and persons who belong to no household.

    Parameters
    ----------
    study : Study
    duplicates : Duplicates or None
        None: the study declares no key.
    matching : Matching or None
        None: there is no persons table.

    Returns
    -------
    tuple of Finding
    """
    where = _where(study, "household")
    found = []
    if duplicates is None:
        found.append(
            Finding("note", "duplicates", "no household key is declared: households that occur "
                    "twice cannot be found", study.where("columns"), 0,
                    "add 'household' to columns")
        )  # fmt: skip
    elif duplicates.keys:
        found.append(
            Finding("error", "duplicates",
                    in_words(duplicates.keys, "household key occurs", "household keys occur")
                    + f" more than once, on {duplicates.rows:,} rows", where, duplicates.rows,
                    "remove the repeated rows, or declare the key that tells households apart")
        )  # fmt: skip
    return (*found, *(_matching(study, matching) if matching is not None else ()))


def _matching(study: Study, matching: Matching) -> list[Finding]:
    """How persons fit households."""
    where, joined = study.where("data.on"), matching.joined
    few = joined.finding("persons", where)
    alone = "of the persons table not in the households table"
    persons_alone = joined.right.keys - joined.matched
    households_alone = 0 if few else joined.left.keys - joined.matched
    cases = (
        (0 if joined.none else persons_alone, f"household {alone}", f"households {alone}",
         "look whether the two files are of one round and one edition"),
        (households_alone, "household has no persons: what is counted over persons is "
         "missing for it", "households have no persons: what is counted over persons is missing "
         "for them", "complete the persons table"),
        (matching.other_size, "household has another size than it has persons",
         "households have another size than they have persons",
         "decide which of the two counts: size can be written as count()"),
        (matching.persons_without_key, "person names no household",
         "persons name no household", "complete the key of the persons table"),
    )  # fmt: skip
    return [
        *([few] if few else []),
        *(
            Finding("warning", "persons", in_words(count, one, many), where, count, remedy)
            for count, one, many, remedy in cases
            if count
        ),
    ]


def _missing(study: Study, name: str, counts: ColumnCounts, rows: int, where: str) -> list[Finding]:
    """Values that are not there, or not finite."""
    is_welfare = name == "welfare"
    needed = name in ("weight", "size", "strata") or name.startswith(("psu", "fpc", "replicate"))
    tolerated = is_welfare and study.missing_welfare == "exclude"
    severity: Severity = "warning" if tolerated or not (is_welfare or needed) else "error"
    meaning = ROLES[name].meaning if name in ROLES else name
    remedy = (
        f"these {study.unit}s are left out, as the study says (missing: exclude)" if tolerated
        else f"complete them, or say 'missing: exclude' to leave these {study.unit}s out on purpose"
        if is_welfare else "complete the column" if needed
        else "these rows belong to no area; complete the column"
    )  # fmt: skip
    words = (
        ("missing", counts.missing, f"no {_short(name, meaning)}"),
        ("not finite", counts.infinite, f"an infinite {_short(name, meaning)}"),
    )
    return [
        Finding(severity, check, _of(count, rows, text), where, count, remedy)
        for check, count, text in words
        if count
    ]


def _numbers(name: str, counts: ColumnCounts, rows: int, where: str) -> list[Finding]:
    """Zero and negative numbers, where they are not ordinary."""
    cases: dict[str, tuple[tuple[Severity, int, str, str], ...]] = {
        "weight": (
            ("error", counts.negative, "a negative weight", "use the design weight"),
            ("warning", counts.zero, "a weight of zero and count for nothing",
             "leave these rows out of the file, or correct the weight"),
        ),
        "size": (
            ("error", counts.negative, "a negative size", "correct the size"),
            ("error", counts.zero, "a size of zero", "correct the size"),
        ),
        "welfare": (
            ("warning", counts.negative, "negative welfare: their poverty gap passes 1, and "
             "measures with a logarithm leave them out", "see how income was computed"),
            ("warning", counts.zero, "zero welfare: measures with a logarithm leave them out",
             "look whether zero stands for missing"),
        ),
    }  # fmt: skip
    return [
        Finding(severity, "zero or negative", _of(count, rows, text), where, count, remedy)
        for severity, count, text, remedy in cases.get(name, ())
        if count
    ]  # fmt: skip


def _of(count: int, rows: int, text: str) -> str:
    """Such as "3 of 800 rows have no weight"."""
    return f"{count:,} of {rows:,} rows {'has' if count == 1 else 'have'} {text}"


def _short(name: str, meaning: str) -> str:
    """A word for the role."""
    return {"welfare": "welfare", "weight": "weight", "size": "household size",
            "strata": "stratum", "psu": "PSU"}.get(name, meaning)  # fmt: skip


def _where(study: Study, name: str) -> str:
    """The role and the column or expression that plays it."""
    declared = {**design_columns(study), **study.levels.named(), **study.columns}
    text = declared.get(name, name)
    return f"{name} = {text}" if text != name else f"column {name}"
