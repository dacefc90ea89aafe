"""Tables that can be published, from a study, a run or a data file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.api.releases.counted import Counted, Layout
from exitline.publish.tables.content import TableFacts
from exitline.stats.data.readers.declaring import choose
from exitline.stats.infer.intake.codes import MISSING_DOMAIN
from exitline.words.said import Said, Told, say, say_plural, together

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.api.releases.table_intervals import CellValues
    from exitline.errors import ExitlineError
    from exitline.proof.disclose.behind import PerRow
    from exitline.publish.tables.build import Leaves, Protected, ProtectionRule
    from exitline.stats.engine.base import Engine

MANY = 20
"""Labels from which a column may be one of keys rather than of areas or categories."""
FEW = 5
"""Most labels of areas and categories stand for as many rows of the data, or more."""
_BOOLEAN = {"True": "yes", "False": "no", MISSING_DOMAIN: MISSING_DOMAIN}
_ORDER = {
    name: i
    for i, name in enumerate((
        "poor", "not poor", "above the line", "every criterion is met", "met", "below the line",
        "a criterion does not hold", "not met", "cannot tell yet", "not poor before", "yes", "no",
    ))
}  # fmt: skip


def safe_table(
    source: str | Path,
    layout: Layout,
    rule: ProtectionRule | None = None,
    *,
    weight: str | None = None,
    size: str | None = None,
    welfare: str | None = None,
    line: float | None = None,
    engine: str | Engine = "duckdb",
    facts: Mapping[str, str | None] | None = None,
    reading: Mapping[str, Any] | None = None,
) -> Protected:
    """Count, protect and audit a table.

    Parameters
    ----------
    source : path
        A study file, the folder of a run, or a data file with one household per row.
    layout : Layout
        A study and a run know the columns "poor", "outcome" and the criteria of their rule.
    rule : ProtectionRule, optional
    weight, size : str, optional
        Columns of a data file.
    welfare, line : str and float, optional
        For a data file: "poor" are those whose welfare is below the line.
    engine : {"duckdb", "spark"} or Engine
    facts : mapping, optional
        title, year, source, licence, standard, line of `TableFacts`: instead of those known.
    reading : mapping, optional
        Options of the reader of a data file: encoding, delimiter, decimal, sheet, missing.

    Returns
    -------
    Protected
        Its `table` can be published; its `audits` cannot.

    Raises
    ------
    ExitlineError
        For whatever cannot be used.

    Examples
    --------
    >>> made = safe_table("examples/albania-2012/study.yaml", Layout(("prefectu",), ("poor",)))
    >>> made.table.suppressed, made.audits["households"].audit.passed
    (0, True)
    """
    from exitline.api.releases.table_intervals import with_intervals
    from exitline.api.releases.table_sources import opened
    from exitline.publish.tables.build import ProtectionRule, protected

    rule = rule or ProtectionRule()
    given = {"weight": weight, "size": size, "welfare": welfare, "line": line, **(reading or {})}
    with opened(source, engine, given, (*layout.rows, *layout.columns)) as counted:
        counted = replace(counted, facts=_facts(counted.facts, facts or {}))
        _refuse(counted, layout, rule)
        layout = counted.counting(layout)
        leaves, values = _leaves(counted, layout)
        _refuse_people(leaves, counted.keys)
        figures = _figures(counted, layout, rule)
        said = replace(counted.facts, unit=_unit(counted, layout, figures))
        made = protected(
            leaves, figures, rule, said, percent=layout.percent, hidden=counted.hidden,
            told=counted.told,
        )  # fmt: skip
        table = with_intervals(made.table, counted, layout, values)
    headings = {"poor": "poverty status", **counted.titles}
    return replace(made, table=replace(table, headings=headings))


def _leaves(counted: Counted, layout: Layout) -> tuple[Leaves, CellValues]:
    """The smallest cells, counted by the engine; and the values that their labels stand for."""
    import numpy as np

    from exitline.publish.tables.build import Leaves
    from exitline.stats.measure.quality.release import counts

    names = (*layout.rows, *layout.columns)
    weight = counted.weight if layout.weighted else None
    size = counted.size if "persons" in layout.figures else None
    columns = [counted.table[name] for name in names]
    found = counted.engine.run(counts(counted.table, columns, weight=weight, size=size))
    _refuse_faults(found)
    found = found.filter(found.column("n").to_numpy() > 0)
    coded = [_coded(found, i, name, counted) for i, name in enumerate(names)]
    depth = len(layout.rows)
    chains, place = np.unique(
        np.column_stack([codes for codes, *_ in coded[:depth]]), axis=0, return_inverse=True
    )
    rows = tuple(np.array(words)[chains[:, i]] for i, (_, words, _) in enumerate(coded[:depth]))
    where = (place.ravel(), *(codes for codes, *_ in coded[depth:]))
    shape = (len(chains), *(len(words) for _, words, _ in coded[depth:]))
    filled = {}
    for name in ("n", "households", "persons"):
        filled[name] = np.zeros(shape)
        np.add.at(filled[name], where, found.column(name).to_numpy().astype(float))
    leaves = Leaves(
        (layout.rows, *((name,) for name in layout.columns)),
        (rows, *((np.array(words),) for _, words, _ in coded[depth:])),
        filled,
        _per_row(found, where[0], len(chains)),
    )
    return leaves, {name: values for name, (_, _, values) in zip(names, coded, strict=True)}


def _per_row(found: pa.Table, place: Any, size: int) -> dict[str, PerRow]:
    """What one row of each area counts for, at least and at most: somebody may know its weights."""
    import numpy as np

    from exitline.proof.disclose.behind import PerRow
    from exitline.stats.measure.quality.release import SPREADS

    made = {}
    for name in SPREADS:
        low, high = np.full(size, np.inf), np.zeros(size)
        np.minimum.at(low, place, found.column(f"{name}_low").to_numpy().astype(float))
        np.maximum.at(high, place, found.column(f"{name}_high").to_numpy().astype(float))
        made[name] = PerRow(low, high)
    return made


def _coded(
    found: pa.Table, position: int, name: str, counted: Counted
) -> tuple[Any, list[str], Mapping[str, tuple[str, Any]]]:
    """Codes of a column of the result in the order of publication, its labels, and its values."""
    import numpy as np

    from exitline.stats.infer.intake.codes import ranked
    from exitline.stats.infer.intake.codes import texts as texts_of
    from exitline.stats.infer.intake.naming import shown_names

    column = found.column(f"way{position + 1}")
    raw, held = ranked(column)
    texts = texts_of(held)
    known = dict(counted.labels.get(name, {}))
    if not known and str(column.type) == "bool":
        known = _BOOLEAN
    absent = known.pop(MISSING_DOMAIN, MISSING_DOMAIN)
    words = list(shown_names(texts, known, absent))
    order = sorted(
        set(words), key=lambda w: (w == MISSING_DOMAIN, _ORDER.get(w, -1), words.index(w))
    )
    place = {word: i for i, word in enumerate(order)}
    values = dict(zip(words, zip(texts, held.to_pylist(), strict=True), strict=True))
    return np.array([place[word] for word in words], dtype=np.int64)[raw], order, values


def _figures(counted: Counted, layout: Layout, rule: ProtectionRule) -> tuple[str, ...]:
    """What the table shows: with the rows behind each cell, unless it shows these already."""
    weighted = layout.weighted and counted.weight is not None
    if rule.base is not None or (not weighted and f"{counted.unit}s" in layout.figures):
        return layout.figures
    return (*layout.figures, "n")


def _unit(counted: Counted, layout: Layout, figures: Sequence[str]) -> str:
    """The unit as the table says it."""
    weighted = layout.weighted and counted.weight is not None
    said = Told(" and ".join(layout.figures).capitalize())
    if weighted:
        rows = Told(f"n: {counted.unit}s in the sample")
        return together(say("{what}, weighted estimates", what=said), rows, sign="; ")
    if counted.weight is not None:
        return say("{what} in the sample, not weighted", what=said)
    number = say("{what}, number", what=said)
    return together(number, say("n: households"), sign="; ") if "n" in figures else number


def _facts(known: TableFacts, given: Mapping[str, str | None]) -> TableFacts:
    """The known facts, with those given in their place."""
    said: dict[str, Any] = {name: text for name, text in given.items() if text}
    return replace(known, **said)


def _refuse(counted: Counted, layout: Layout, rule: ProtectionRule) -> None:
    """Columns that are not there or twice, and rounding of estimates."""
    from exitline.proof.disclose.system import TableError
    from exitline.stats.measure.passes.plan import require_usable

    names = (*layout.rows, *layout.columns)
    if not layout.rows or len(set(names)) < len(names):
        raise TableError(
            "the columns of the table do not fit", expected="at least one for the rows, each once",
            got=", ".join(names) or "none", remedy="name each column once, areas under rows",
        )  # fmt: skip
    require_usable(names, counted.table)
    if layout.percent and (rule.base is not None or not layout.columns):
        raise TableError(
            "shares cannot be shown here", expected="categories, and suppression",
            got="no categories" if not layout.columns else "rounded counts",
            remedy="name categories and do not round: "
            + choose("columns=, without base=", "--columns, without --round"),
        )  # fmt: skip
    if rule.base is not None and layout.weighted and counted.weight is not None:
        raise TableError(
            "weighted estimates are not protected by rounding",
            expected="counts of rows", got="a survey with weights",
            remedy="do not round (small cells are suppressed), or count without weights: "
            + choose("weighted=False", "--unweighted"),
        )  # fmt: skip


def _refuse_faults(found: pa.Table) -> None:
    """Stop where weights or sizes cannot be used, with their number."""
    import numpy as np

    from exitline.errors import DataError
    from exitline.stats.measure.quality.release import FAULTS

    if not found.num_rows or not found.column("n").to_numpy().sum():
        raise DataError("there is nothing to count", expected="households, one row each")
    for fault in FAULTS:
        number = int(np.sum(found.column(fault).to_numpy()))
        if number:
            raise DataError(
                _fault_words(fault, number), expected="weights and sizes of zero or more",
                remedy="correct them, or leave these rows out of the data",
            )  # fmt: skip


def _fault_words(fault: str, number: int) -> Said:
    """How many households have a fault."""
    return {
        "missing_weight": say_plural(
            "{n} household without a weight", "{n} households without a weight", number
        ),
        "negative_weight": say_plural(
            "{n} household with a weight below zero", "{n} households with a weight below zero",
            number,
        ),
        "infinite_weight": say_plural(
            "{n} household with an infinite weight", "{n} households with an infinite weight",
            number,
        ),
        "bad_size": say_plural(
            "{n} household without a household size above zero",
            "{n} households without a household size above zero", number,
        ),
    }[fault]  # fmt: skip


def _refuse_people(leaves: Leaves, keys: Sequence[str]) -> None:
    """Labels are published: they are areas and categories, never households or persons."""
    import numpy as np

    for names, columns in zip(leaves.sides, leaves.labels, strict=True):
        for name, labels in zip(names, columns, strict=True):
            _refuse_label(name, set(labels.tolist()), keys)
    for axis, names in enumerate(leaves.sides):
        n = np.moveaxis(leaves.counts["n"], axis, 0).reshape(leaves.counts["n"].shape[axis], -1)
        few = n.sum(axis=1) < FEW
        if few.size > MANY and few.mean() > 0.5:
            raise _of_people(
                names[-1],
                f"most of its {few.size:,} labels stand for fewer than {FEW} rows of the data",
            )


def _refuse_label(name: str, labels: set[str], keys: Sequence[str]) -> None:
    """A column that names people, or is a key of them, by its name or the form of its labels."""
    from exitline.proof.disclose.identifiers import DIRECT, first_kind, kind_of_name
    from exitline.stats.data.proposing.recognise import CERTAIN, score

    kind = kind_of_name(name)
    if kind in DIRECT and len(labels) > 3:
        raise _of_people(name, f"its name says: {kind}")
    key = name in keys or CERTAIN in (score("household", name), score("person", name))
    if key and len(labels) > MANY:
        raise _of_people(name, "it is a key of households or persons")
    shown = first_kind(labels)
    if shown is not None:
        raise _of_people(name, f"at least one label has the form of: {shown}")


def _of_people(column: str, why: str) -> ExitlineError:
    """The refusal of a column."""
    from exitline.proof.disclose.system import TableError

    return TableError(
        f"the column '{column}' names people, not areas or categories", got=why,
        expected="labels that many households share",
        remedy="choose another column, or join small areas to larger ones",
    )  # fmt: skip
