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
)
from exitline.stats.data.checking.heaping import Jump, LineCounts, density_jump
from exitline.stats.data.keys import Matching
from exitline.stats.data.money import StudyLine
from exitline.stats.data.roles import ROLES, design_columns, people_of
from exitline.stats.data.sampling.replicated import scale_note
from exitline.stats.data.studies.study import Population, Study
from exitline.words.said import Numeral, Told, collected, say, say_plural

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
        return (Finding("error", say("rows"), say("there are no rows"), study.households.name),)
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
                "warning", say("household size"),
                say_plural("{n} size is not a whole number", "{n} sizes are not whole numbers",
                           totals.fractional_sizes), where, totals.fractional_sizes,
                say("use the number of persons, rounded if it is computed"),
            )
        )  # fmt: skip
    if totals.large_sizes:
        found.append(
            Finding(
                "warning", say("household size"),
                say_plural(
                    "{n} household has more than {m} persons, up to {most}",
                    "{n} households have more than {m} persons, up to {most}",
                    totals.large_sizes, m=LARGEST_SIZE, most=round(totals.largest_size),
                ), where, totals.large_sizes,
                say("look whether they are institutions or slips of the keyboard"),
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
            "warning", say("population"),
            _beside(unit, found, wanted), study.where("population"), 0,
            say("look whether weights are for households or for persons, and scaled to the "
                "country"),
        )
        for unit, wanted, found in pairs
        if wanted is not None and abs(found / wanted - 1) > stated.tolerance
    )  # fmt: skip


def replicate_findings(study: Study, totals: Totals) -> tuple[Finding, ...]:
    """Replicate weights on another scale than the weight.

    Parameters
    ----------
    study : Study
    totals : Totals

    Returns
    -------
    tuple of Finding
    """
    many = len(totals.replicated)
    if not many or totals.households <= 0:
        return ()
    text = scale_note(many, sum(totals.replicated) / many / totals.households)
    where, remedy = study.where("design.replicates"), say("bring both to one scale")
    return (Finding("warning", say("weights"), text, where, many, remedy),) if text else ()


def _beside(unit: str, found: float, wanted: float) -> str:
    """A sum of weights beside the number that was stated."""
    apart = Numeral(f"{100 * abs(found / wanted - 1):.1f} %")
    parts = {
        "n": round(found), "unit": Told(unit), "share": apart, "m": round(wanted),
    }  # fmt: skip
    if found > wanted:
        return say("weights sum to {n} {unit}, {share} above the stated {m}", **parts)
    return say("weights sum to {n} {unit}, {share} below the stated {m}", **parts)


def heaping_findings(
    lines: Iterable[StudyLine], totals: Totals, unit: str = "household"
) -> tuple[Finding, ...]:
    """Households that crowd around a line, or lie exactly on it.

    Parameters
    ----------
    lines : iterable of StudyLine
        For the boundary of each line.
    totals : Totals
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
            found.append(
                Finding(
                    "warning", say("heaping at the line"),
                    _heaped(counts, jump, f"{unit}s"), "welfare", round(abs(jump.moved)),
                    say("look at how incomes near the line were recorded: rounding, or values "
                        "written to fit the line"),
                )
            )  # fmt: skip
        if counts.exactly:
            poor = say("poor") if boundaries.get(counts.label) == "<=" else say("not poor")
            found.append(
                Finding(
                    "note", say("exactly on the line"),
                    say_plural(
                        "{n} {unit} lies exactly on the line '{line}' ({poor}, by its boundary)",
                        "{n} {unit} lie exactly on the line '{line}' ({poor}, by its boundary)",
                        counts.exactly, line=counts.label, poor=poor,
                        unit=Told(unit if counts.exactly == 1 else f"{unit}s"),
                    ),
                    "welfare", counts.exactly,
                    say("see 'boundary' of the line: '<' or '<='"),
                )
            )  # fmt: skip
    return tuple(found)


def _heaped(counts: LineCounts, jump: Jump, units: str) -> str:
    """How many more lie on one side of a line than a smooth distribution has."""
    parts = {
        "n": round(abs(jump.moved)), "unit": Told(units), "line": counts.label,
        "low": counts.just_below, "high": counts.just_above,
        "figure": Numeral(f"{jump.p_value:.1g}"),
    }  # fmt: skip
    if jump.moved > 0:
        return say(
            "about {n} {unit} more lie just below the line '{line}' than a smooth distribution "
            "has (within 5 % of it: {low} below, {high} above, p = {figure})", **parts
        )  # fmt: skip
    return say(
        "about {n} {unit} more lie just above the line '{line}' than a smooth distribution "
        "has (within 5 % of it: {low} below, {high} above, p = {figure})", **parts
    )  # fmt: skip


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
            Finding("note", say("duplicates"), say("no household key is declared: households that "
                    "occur twice cannot be found"), study.where("columns"), 0,
                    say("add 'household' to columns"))
        )  # fmt: skip
    elif duplicates.keys:
        found.append(
            Finding("error", say("duplicates"),
                    say_plural("{n} household key occurs more than once, on {m} rows",
                               "{n} household keys occur more than once, on {m} rows",
                               duplicates.keys, m=duplicates.rows), where, duplicates.rows,
                    say("remove the repeated rows, or declare the key that tells households "
                        "apart"))
        )  # fmt: skip
    return (*found, *(_matching(study, matching) if matching is not None else ()))


def _matching(study: Study, matching: Matching) -> list[Finding]:
    """How persons fit households."""
    where, joined = study.where("data.on"), matching.joined
    few = joined.finding("persons", where)
    persons_alone = joined.right.keys - joined.matched
    households_alone = 0 if few else joined.left.keys - joined.matched
    apart, nameless = 0 if joined.none else persons_alone, matching.persons_without_key
    cases = (
        (apart, say_plural("{n} household of the persons table not in the households table",
                           "{n} households of the persons table not in the households table",
                           apart),
         say("look whether the two files are of one round and one edition")),
        (households_alone, say_plural(
            "{n} household has no persons: what is counted over persons is missing for it",
            "{n} households have no persons: what is counted over persons is missing for them",
            households_alone), say("complete the persons table")),
        (matching.other_size, say_plural(
            "{n} household has another size than it has persons",
            "{n} households have another size than they have persons", matching.other_size),
         say("decide which of the two counts: size can be written as count()")),
        (nameless, say_plural("{n} person names no household", "{n} persons name no household",
                              nameless), say("complete the key of the persons table")),
    )  # fmt: skip
    return [
        *([few] if few else []),
        *(
            Finding("warning", say("persons"), text, where, count, remedy)
            for count, text, remedy in cases
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
    units = Told(f"{study.unit}s")
    remedy = (
        say("these {unit} are left out, as the study says (missing: exclude)", unit=units)
        if tolerated
        else say("complete them, or say 'missing: exclude' to leave these {unit} out on purpose",
                 unit=units)
        if is_welfare else say("complete the column") if needed
        else say("these rows belong to no area: complete the column")
    )  # fmt: skip
    what = Told(_short(name, meaning))
    gone, endless = counts.missing, counts.infinite
    cases = (
        (say("missing"), gone, say_plural("{n} of {m} rows has no {what}",
                                          "{n} of {m} rows have no {what}", gone, m=rows,
                                          what=what)),
        (say("not finite"), endless, say_plural("{n} of {m} rows has an infinite {what}",
                                                "{n} of {m} rows have an infinite {what}",
                                                endless, m=rows, what=what)),
    )  # fmt: skip
    return [
        Finding(severity, check, text, where, count, remedy)
        for check, count, text in cases
        if count
    ]


def _numbers(name: str, counts: ColumnCounts, rows: int, where: str) -> list[Finding]:
    """Zero and negative numbers, where they are not ordinary."""
    cases: dict[str, tuple[tuple[Severity, int, str, str], ...]] = {
        "weight": (
            ("error", counts.negative, collected("a negative weight"),
             say("use the design weight")),
            ("warning", counts.zero, collected("a weight of zero, which counts for nothing"),
             say("leave these rows out of the file, or correct the weight")),
        ),
        "size": (
            ("error", counts.negative, collected("a negative size"), say("correct the size")),
            ("error", counts.zero, collected("a size of zero"), say("correct the size")),
        ),
        "welfare": (
            ("warning", counts.negative,
             collected("negative welfare: their poverty gap passes 1, and measures with a "
                       "logarithm leave them out"), say("see how income was computed")),
            ("warning", counts.zero,
             collected("zero welfare: measures with a logarithm leave them out"),
             say("look whether zero stands for missing")),
        ),
    }  # fmt: skip
    check = say("zero or negative")
    return [
        Finding(severity, check, _of(count, rows, Told(text)), where, count, remedy)
        for severity, count, text, remedy in cases.get(name, ())
        if count
    ]  # fmt: skip


def _of(count: int, rows: int, text: str) -> str:
    """Such as "3 of 800 rows have no weight"."""
    return say_plural("{n} of {m} rows has {what}", "{n} of {m} rows have {what}", count, m=rows,
                      what=text)  # fmt: skip


def _short(name: str, meaning: str) -> str:
    """A word for the role."""
    return {"welfare": say("welfare"), "weight": say("weight"), "size": say("household size"),
            "strata": say("stratum"), "psu": "PSU"}.get(name, meaning)  # fmt: skip


def _where(study: Study, name: str) -> str:
    """The role and the column or expression that plays it."""
    declared = {**design_columns(study), **study.levels.named(), **study.columns}
    text = declared.get(name, name)
    return f"{name} = {text}" if text != name else say("column {column}", column=name)
