"""What a study, or a call of `estimate`, uses each column for: it decides the column's type."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from exitline.errors import ExitlineError
from exitline.stats.data import aggregates
from exitline.stats.data.roles import as_they_are, design_columns, is_number
from exitline.stats.data.sampling.design import Design
from exitline.stats.data.studies.study import FactsTable, Study
from exitline.stats.data.values import Uses

if TYPE_CHECKING:
    from exitline.rules.condition.wanted import Wanted
    from exitline.rules.standard import Standard
    from exitline.stats.data.sampling.calibration import Calibration
    from exitline.stats.data.scannable import Source

KINDS: tuple[Wanted, ...] = ("number", "truth", "text")
_BEGINS = r"(?:(?<!\w)|(?<=\\[nrt])|(?<=\\x..)|(?<=\\u....))"
"""What may stand before a name: no letter or digit, unless a `repr` has put it there."""
_FIELD = {"number": "numeric", "text": "code", "truth": "truth", "code": "code"}


def narrowed(source: Source, texts: Iterable[object]) -> Source:
    """The source, reading only the columns whose names occur somewhere in the texts.

    Parameters
    ----------
    source : Source
    texts : iterable of object
        Everything that says what is to be computed; objects by their `repr`.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exitline.stats.data.source import open_source
    >>> source = open_source(pa.table({"y": [1.0], "ea": [1], "z": [2]}))
    >>> sorted(narrowed(source, ["y / 2", ("ea",)]).uses.columns)
    ['ea', 'y']
    >>> sorted(narrowed(source, ["yes, please"]).uses.columns)
    []
    >>> sorted(narrowed(source, [("y +\\nz",)]).uses.columns)
    ['y', 'z']
    """
    if source.names is None:
        return source
    said = "\n".join(text if isinstance(text, str) else repr(text) for text in texts)
    there = {n for n in source.names if _occurs(n, said) or _occurs(repr(n)[1:-1], said)}
    return source.using(Uses(columns=frozenset(there)))


def without_twins(source: Source, texts: Iterable[object]) -> Source:
    """The source without columns that nobody names, of those that differ in case alone.

    Parameters
    ----------
    source : Source
    texts : iterable of object
        Everything that says what is to be computed; objects by their `repr`.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from exitline.stats.data.source import open_source
    >>> source = open_source(pa.table({"Cash": [1.0], "cash": [2.0], "z": [2]}))
    >>> sorted(without_twins(source, ["y ~ cash"]).uses.columns)
    ['cash', 'z']
    """
    from exitline.stats.data.readers.names import twins

    alike = {name for group in twins(source.names or ()) for name in group}
    if not alike:
        return source
    named = narrowed(source, texts).uses.columns or frozenset()
    return source.without(alike - named)


def _occurs(name: str, said: str) -> bool:
    """Whether a name stands in a text on its own, not as a part of a longer word."""
    if name not in said:
        return False
    before = _BEGINS if re.match(r"\w", name) else ""
    after = r"(?!\w)" if re.search(r"\w\Z", name) else ""
    return re.search(before + re.escape(name) + after, said) is not None


def role_uses(
    design: Design | None = None,
    *,
    numeric: Iterable[str | None] = (),
    code: Iterable[str | None] = (),
    truth: Iterable[str | None] = (),
) -> Uses:
    """The uses of columns that are named one by one.

    Parameters
    ----------
    design : Design, optional
    numeric, code, truth : iterable of str or None
        Further columns by their use.

    Examples
    --------
    >>> uses = role_uses(Design(weight="w", psu="ea"), numeric=["y"], code=["region"])
    >>> uses.of("w"), uses.of("ea"), uses.of("y"), uses.of("region")
    ('number', 'code', 'number', 'code')
    >>> role_uses(code=["village"]).of("village")
    'code'
    """
    design = design or Design()
    numbers = [design.weight, design.size, *design.fpcs, *numeric]
    codes = [*design.strata_columns, *design.stages, *design.sampling.further[1:], *code]
    truths = [*truth, *design.sampling.further[:1]]
    if (model := design.calibration) is not None:
        numbers += [*model.numbers, *model.of_rows]
        codes += [*model.categories, *model.within]
        truths.append(model.responded)
    return Uses(
        numeric=frozenset(n for n in numbers if n),
        code=frozenset(n for n in codes if n),
        truth=frozenset(n for n in truths if n),
        many=frozenset(design.replicates),
    )


def checked_late(uses: Uses, design: Design, numbers: Iterable[str | None], asked: Uses) -> Uses:
    """The uses, with columns whose doubles are taken as they are and checked by every query.

    Parameters
    ----------
    uses : Uses
        Of the roles.
    design : Design
    numbers : iterable of str or None
        Columns beside weight and size that are only used where a query checks them: NaN is a
        fault there, as a missing value is.
    asked : Uses
        Of a condition; it takes NaN for missing.

    Examples
    --------
    >>> design = Design(weight="w", size="n")
    >>> uses = role_uses(design, numeric=["y"])
    >>> sorted(checked_late(uses, design, ["y"], condition_uses("n > 3")).many)
    ['w', 'y']
    """
    if design.calibration is not None or design.sampling.taken is not None or design.replicates:
        return uses
    other = uses.code | uses.truth | asked.numeric | asked.code | asked.truth
    named = {name for name in (design.weight, design.size, *numbers) if name}
    return replace(uses, many=uses.many | (named - other))


def study_uses(study: Study, standard: Standard | None = None) -> Mapping[str, Uses]:
    """The uses of the columns of a study's tables, by table.

    Parameters
    ----------
    study : Study
    standard : Standard, optional

    Returns
    -------
    mapping of str to Uses
        "households", "persons", "villages", "counties".

    Examples
    --------
    >>> from exitline.stats.data.studies.loader import parse_study
    >>> study = parse_study('''
    ... study: a
    ... data: {households: h.csv, persons: p.csv, on: hid}
    ... columns: {welfare: exp / count(age > 5), zone: "IF(reg = '010', 'a', 'b')"}
    ... design: {psu: ea}
    ... ''')
    >>> found = study_uses(study)
    >>> [found["households"].of(c) for c in ("hid", "exp", "reg", "ea")]
    ['code', 'number', 'code', 'code']
    >>> found["persons"].of("age")
    'number'
    >>> condition_uses("y / 12", ["number"]).of("y")
    'number'
    """
    found = _Found()
    names = {**study.columns}
    bound = _bound_uses(study, standard)
    for name, text in study.columns.items():
        kinds = bound.pop(name, set()) | ({"number"} if is_number(name) else set())
        found.add("households", text, kinds)
    for name, text in (design_columns(study) | study.levels.named()).items():
        kind = "number" if is_number(name) else "truth" if name == "second_phase" else "code"
        found.add("households", names.get(text, text), {kind})
    for name, kinds in bound.items():
        found.add("households", names.get(name, name), kinds)
    if study.subpopulation is not None:
        text = study.subpopulation
        found.add("households", names.get(text, text), {"truth"})
    for text in _money_texts(study):
        found.add("households", names.get(text, text), {"number"})
    if study.key is not None:
        found.add("households", study.key.households, {"code"})
        found.add("persons", study.key.persons, {"code"})
    for table, facts in (("villages", study.villages), ("counties", study.counties)):
        if facts is not None:
            _facts(found, table, facts, standard)
    if study.unit == "person":
        found.by_table["persons"] = found.merged("persons", "households")
        found.by_table["households"] = found.merged("households", "persons")
    _calibration(found, study.design.calibration, names)
    uses = {table: found.uses(table) for table in ("households", "persons", "villages", "counties")}
    many = [text for text in study.design.replicates if as_they_are(study, text)]
    return {**uses, "households": replace(uses["households"], many=frozenset(many))}


def _calibration(found: _Found, model: Calibration | None, names: Mapping[str, str]) -> None:
    """The columns of what the weight was calibrated to, if it was."""
    if model is None:
        return
    numbers = (*model.numbers, *model.of_rows)
    truths = (model.responded,) if model.responded else ()
    codes = (*model.categories, *model.within)
    for kind, columns in (("code", codes), ("number", numbers), ("truth", truths)):
        for name in columns:
            found.add("households", names.get(name, name), {kind})


def condition_uses(text: str, kinds: Iterable[str] = ("truth",)) -> Uses:
    """The uses of the columns of a condition, or of a formula, over the rows.

    Parameters
    ----------
    text : str
    kinds : iterable of str
        What it gives: "truth" for a condition, "number" for a formula.

    Examples
    --------
    >>> condition_uses("zone = '010' and age > 5").of("age")
    'number'
    """
    found = _Found()
    found.add("households", text, kinds)
    return found.uses("households")


@dataclass
class _Found:
    """Kinds of values by table and column."""

    by_table: dict[str, dict[str, set[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )

    def add(self, table: str, text: str, kinds: Iterable[str]) -> None:
        """What a name or expression over a table, which gives these kinds, needs of its columns."""
        kinds = set(kinds)
        try:
            cut = aggregates.split(text)
        except ExitlineError:
            return
        self._add(table, cut.text, kinds)
        for one in cut.aggregates:
            if one.text:
                truth = one.function in ("any", "all", "count")
                self._add("persons", one.text, {"truth" if truth else "number"})

    def _add(self, table: str, text: str, kinds: set[str]) -> None:
        from exitline.rules.condition import parse
        from exitline.rules.condition.wanted import wanted

        self.by_table[table][text] |= kinds
        try:
            tree = parse(text).tree
        except ExitlineError:
            return
        shown = [one for one in KINDS if kinds == {one}]
        for name, kind in wanted(tree, shown[0] if shown else None):
            if name != text:
                self.by_table[table][name].add(kind)

    def merged(self, first: str, second: str) -> dict[str, set[str]]:
        """The kinds of two tables whose rows are joined."""
        both: dict[str, set[str]] = defaultdict(set)
        for table in (first, second):
            for name, kinds in self.by_table[table].items():
                both[name] |= kinds
                both[name.removeprefix("household_")] |= kinds
        return both

    def uses(self, table: str) -> Uses:
        """The uses of one table."""
        by_use: dict[str, set[str]] = defaultdict(set)
        for name, kinds in self.by_table[table].items():
            for kind in kinds:
                by_use[_FIELD[kind]].add(name)
        return Uses(**{use: frozenset(names) for use, names in by_use.items()})


def _bound_uses(study: Study, standard: Standard | None) -> dict[str, set[str]]:
    """The kinds of the columns of the bound table, by their names there."""
    bound: dict[str, set[str]] = defaultdict(set)
    for columns in (*study.areas, *(use.columns for use in study.small_areas)):
        for name in columns:
            bound[name].add("code")
    bound["household"].add("code")
    for line in study.lines:
        if line.name is not None and (standard is None or line.name not in standard.lines):
            bound[line.name].add("number")
    for column in _standard_columns(standard, "household"):
        bound[column.name].add(column.kind)
    known = {*standard.indicators, *standard.cutoffs} if standard is not None else set()
    for measure in study.measures:
        kind = "truth" if measure.startswith("proportion") else "number"
        for name in _arguments(measure):
            if name not in known:  # of the standard, not of the data
                bound[name].add(kind)
    return bound


def _standard_columns(standard: Standard | None, level: str) -> list[Any]:
    """The columns that a standard's conditions need of a unit, and those they follow from."""
    if standard is None:
        return []
    own = [column for column in standard.columns.values() if column.level == level]
    below = [c for column in own if column.derived for c in column.derived.columns.values()]
    return own + below


def _arguments(measure: str) -> list[str]:
    """The names in the brackets of a measure: proportion(water)."""
    inside = measure.partition("(")[2].rpartition(")")[0]
    return [part.strip() for part in inside.split(",") if part.strip().isidentifier()]


def _money_texts(study: Study) -> list[str]:
    """Expressions that give numbers: the price index of the region, the scale of equivalence."""
    from exitline.stats.data.binding import equivalence_texts

    texts = [study.prices.regional] if study.prices is not None else []
    if study.equivalence is not None:
        texts += equivalence_texts(study.equivalence).values()
    return [text for text in texts if text]


def _facts(found: _Found, table: str, facts: FactsTable, standard: Standard | None) -> None:
    """A table of villages or counties."""
    found.add(table, facts.on, {"code"})
    level = {"villages": "village", "counties": "county"}[table]
    kinds = {column.name: {column.kind} for column in _standard_columns(standard, level)}
    for name, text in facts.columns.items():
        found.add(table, text, kinds.pop(name, set()))
    for name, kind in kinds.items():
        found.add(table, name, kind)
