"""From a study and its tables to one table whose columns carry the names of their roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.errors import SPELLING, Faults, StudyError, nearest, unknown
from exitline.stats.data import aggregates, money
from exitline.stats.data.keys import alike
from exitline.stats.data.readers.names import OWN, refuse_own_names
from exitline.stats.data.roles import ROLES, WAS_POOR, design_columns, is_number
from exitline.stats.data.studies.lines_and_prices import Equivalence
from exitline.stats.data.studies.study import FactsTable, Study
from exitline.stats.data.studies.subpopulation import SUBPOPULATION

if TYPE_CHECKING:
    import ibis

    from exitline.rules.standard import Standard

_ADULT_AGE = 14


def bind(
    table: ibis.Table,
    study: Study,
    standard: Standard | None = None,
    *,
    persons: ibis.Table | None = None,
) -> ibis.Table:
    """Add the columns that the study declares, under their canonical names.

    Expressions under `columns` see the columns of the file alone, all at once: none sees
    another. Those under design, levels, prices and equivalence see the names of
    `columns` first, then the file. A column of the file that has the name of a role is
    hidden by it.

    Parameters
    ----------
    table : ibis.Table
        Households, bound or unbound.
    study : Study
    standard : Standard, optional
        When given, the columns that its conditions need must be there.
    persons : ibis.Table, optional
        Needed where the study has a persons table.

    Returns
    -------
    ibis.Table
        One row per household (per person where `unit: person`): the file's columns,
        those under `columns`, and welfare, size, weight, strata, psu, fpc, replicate_1,
        village, county, area_class as far as declared. Numbers are doubles; `welfare` is
        that of one person, in the prices of the line.

    Raises
    ------
    StudyError
        For a column that is not there, or text where a number is needed.
    ConditionError
        For an expression that cannot be read.

    Examples
    --------
    >>> import ibis
    >>> from exitline.stats.data.studies.loader import parse_study
    >>> study = parse_study('''
    ... study: a
    ... data: {households: a.parquet}
    ... columns: {welfare: rcons, size: "round(0.075 * totcons / rcons)"}
    ... ''')
    >>> table = ibis.table({"rcons": "float64", "totcons": "float64"}, name="households")
    >>> bind(table, study).columns
    ('rcons', 'totcons', 'welfare', 'size')
    """
    from exitline.rules.standard.apply import derived_columns

    refuse_own_names(table.columns, study.households.where)
    if persons is not None and study.persons is not None:
        refuse_own_names(persons.columns, study.persons.where)
    binder = _Binder(study, analysis_rows(table, study, persons), persons)
    named = binder.columns()
    named |= binder.second_stage(named)
    named |= binder.subpopulation(named)
    with binder.faults.kept():
        named |= binder.welfare(named)
    bound = with_columns(binder.table, named, binder.original)
    _check_areas(study, bound, binder)
    binder.faults.raise_all()
    if standard is not None:
        bound = bound.mutate(**derived_columns(standard, bound))
        _check_standard(study, standard, bound)
    return bound


def bind_facts(table: ibis.Table, facts: FactsTable, level: str) -> ibis.Table:
    """A table of villages or counties with its key and declared columns.

    Parameters
    ----------
    table : ibis.Table
        One row per village or county.
    facts : FactsTable
    level : {"village", "county"}
        What its key is called in the result.

    Returns
    -------
    ibis.Table

    Examples
    --------
    >>> import ibis
    >>> from exitline.stats.data.table_ref import TableRef
    >>> facts = FactsTable(TableRef(), on="vid", columns={"road": "km_to_road < 2"})
    >>> table = ibis.table({"vid": "int64", "km_to_road": "float64"}, name="villages")
    >>> bind_facts(table, facts, "village").columns
    ('vid', 'km_to_road', 'village', 'road')
    """
    refuse_own_names(table.columns, facts.table.where)
    study = Study(title="", households=facts.table, columns=facts.columns)
    binder = _Binder(study, table, None)
    named = {}
    with binder.faults.kept():
        named = {level: binder.value(facts.on, f"{facts.table.where}, on")}
    named |= binder.columns()
    binder.faults.raise_all()
    return with_columns(table, named, table.columns)


@dataclass
class _Binder:
    """Builds the study's expressions over one table."""

    study: Study
    table: ibis.Table
    persons: ibis.Table | None

    def __post_init__(self) -> None:
        """Join the aggregates over persons that any expression uses."""
        self.original: tuple[str, ...] = tuple(self.table.columns)
        self.texts: dict[str, str] = {}
        self.faults = Faults()
        self.failed: set[str] = set()
        found: list[aggregates.Aggregate] = []
        for key, text in _texts(self.study).items():
            if text not in self.original and text not in self.texts:
                cut = aggregates.split(text, len(found) + 1, self.study.where(key))
                self.texts[text] = cut.text
                found += cut.aggregates
        if found:
            self.table = self._join(found)

    def _join(self, found: list[aggregates.Aggregate]) -> ibis.Table:
        """The table with one more column for each aggregate."""
        key = self.study.key
        if self.persons is None or key is None:
            raise StudyError(
                f"{found[0].function}() needs a persons table", where=found[0].where,
                expected="data.persons and data.on", got="households alone",
                remedy="name the persons table, or write the expression over households",
            )  # fmt: skip
        own = key.persons if self.study.unit == "person" else key.households
        require_column(key.persons, self.persons.columns, self.study, "data.on")
        require_column(own, self.original, self.study, "data.on")
        ours, theirs = alike(self.table[own], self.persons[key.persons])
        sums = aggregates.per_household(self.persons, theirs, found, JOIN_KEY)
        return joined_on(self.table, ours, sums)

    def value(
        self, text: str, where: str, names: Mapping[str, ibis.Value] | None = None
    ) -> ibis.Value:
        """A name, a column or an expression."""
        from exitline.rules.condition import parse

        names = names or {}
        if text in names:
            return names[text]
        if text in self.original:
            return self.table[text]
        if text.isidentifier():
            require_column(text, [*names, *self.original], self.study, where)
        return parse(self.texts.get(text, text), where=where).build(self.table, names=names)

    def columns(self) -> dict[str, ibis.Value]:
        """What stands under `columns`."""
        named: dict[str, ibis.Value] = {}
        for name, text in self.study.columns.items():
            self._add(named, name, text, self.study.where(f"columns.{name}"), {})
        return named

    def second_stage(self, names: Mapping[str, ibis.Value]) -> dict[str, ibis.Value]:
        """Design and levels."""
        named: dict[str, ibis.Value] = {}
        for name, text in (design_columns(self.study) | self.study.levels.named()).items():
            if text == name and name in names:
                continue
            self._add(named, name, text, place_of(self.study, name), names)
        return named

    def subpopulation(self, names: Mapping[str, ibis.Value]) -> dict[str, ibis.Value]:
        """Whom estimates refer to, where the study says so."""
        named: dict[str, ibis.Value] = {}
        if self.study.subpopulation is not None:
            text, where = self.study.subpopulation, self.study.where("where")
            self._add(named, SUBPOPULATION, text, where, names)
        return named

    def _add(
        self, named: dict[str, ibis.Value], name: str, text: str, where: str,
        names: Mapping[str, ibis.Value],
    ) -> None:  # fmt: skip
        """One more value; its fault is kept, and what depends on it alone is no further fault."""
        if text in self.failed:
            return
        self.failed.add(name)
        with self.faults.kept():
            named[name] = self._as_role(name, text, where, names)
            self.failed.discard(name)

    def welfare(self, names: Mapping[str, ibis.Value]) -> dict[str, ibis.Value]:
        """Welfare of one person in the prices of the line, where welfare is declared."""
        if "welfare" not in names:
            return {}
        equivalence = self.study.equivalence
        scale = self._scale(equivalence, names) if equivalence is not None else None
        text = self.study.prices.regional if self.study.prices is not None else None
        regional = self._number(text, "prices.regional", names) if text is not None else None
        return {"welfare": money.welfare(names["welfare"], self.study, scale, regional)}

    def _scale(self, equivalence: Equivalence, names: Mapping[str, ibis.Value]) -> ibis.Value:
        """Equivalent adults of each household."""
        wanted = equivalence_texts(equivalence)
        parts = {part: self._number(text, "equivalence", names) for part, text in wanted.items()}
        return money.equivalent_adults(equivalence, parts)

    def _as_role(
        self, name: str, text: str, where: str, names: Mapping[str, ibis.Value] | None = None
    ) -> ibis.Value:
        """A value, as a double where the role holds numbers."""
        value = self.value(text, where, names)
        if name in (WAS_POOR, SUBPOPULATION):
            meaning = ROLES[name].meaning if name in ROLES else "the subpopulation"
            return _truth(value, f"'{text}' ({meaning})", where)
        return (
            _double(value, f"'{text}' ({ROLES[name].meaning if name in ROLES else name})", where)
            if is_number(name)
            else value
        )

    def _number(self, text: str, key: str, names: Mapping[str, ibis.Value]) -> ibis.Value:
        where = self.study.where(key)
        return _double(self.value(text, where, names), f"'{text}'", where)


def equivalence_texts(equivalence: Equivalence) -> dict[str, str]:
    """The expressions that a scale needs, by their part."""
    if equivalence.scale == "column":
        return {"column": equivalence.column or ""}
    if equivalence.scale != "oecd-modified":
        return {"size": "size"}
    if equivalence.age is not None:
        age = equivalence.age
        return {
            "adults": f"count({age} >= {_ADULT_AGE})",
            "children": f"count({age} < {_ADULT_AGE})",
        }
    return {"adults": equivalence.adults or "", "children": equivalence.children or ""}


def _texts(study: Study) -> dict[str, str]:
    """Every text of the study that may hold an aggregate, by its key."""
    texts = {f"columns.{name}": text for name, text in study.columns.items()}
    texts |= {f"design.{name}": text for name, text in design_columns(study).items()}
    texts |= {f"levels.{name}": text for name, text in study.levels.named().items()}
    if study.subpopulation is not None:
        texts["where"] = study.subpopulation
    if study.prices is not None and study.prices.regional is not None:
        texts["prices.regional"] = study.prices.regional
    if study.equivalence is not None:
        needed = equivalence_texts(study.equivalence)
        texts |= {f"equivalence.{part}": text for part, text in needed.items()}
    return texts


def _truth(value: ibis.Value, what: str, where: str) -> ibis.Value:
    """The value as true or false; numbers are true above zero, text is refused."""
    if value.type().is_boolean():
        return value
    return _double(value, what, where) > 0


def _double(value: ibis.Value, what: str, where: str) -> ibis.Value:
    """The value as a double; text is refused."""
    if not value.type().is_numeric():
        text = value.type().is_string()
        raise StudyError(
            f"the column {what} contains {'text' if text else str(value.type())}, not numbers",
            where=where,
            expected="numbers",
            got="text in at least one row" if text else str(value.type()),
            remedy="find the rows with text; marks such as NA or . are declared with "
            "'missing' beside the path, a decimal comma with 'decimal'",
        )
    return value.cast("float64")


def _check_areas(study: Study, bound: ibis.Table, binder: _Binder) -> None:
    """Every area is a column of the bound table."""
    for position, area in enumerate(study.areas, start=1):
        for name in area:
            if name not in binder.failed:
                with binder.faults.kept():
                    require_column(name, bound.columns, study, f"areas[{position}]")


def _check_standard(study: Study, standard: Standard, bound: ibis.Table) -> None:
    """Every column that the standard's conditions on households need is there."""
    absent = {
        name: column.meaning for name, column in standard.columns.items()
        if column.level == "household" and name not in bound.columns
    }  # fmt: skip
    if absent:
        first = next(iter(absent))
        raise StudyError(
            f"the standard {standard.name} needs columns that are not there",
            where=study.where("columns"),
            expected="; ".join(f"{name}: {meaning}" for name, meaning in absent.items()),
            got="no column called " + ", ".join(absent), remedy=nearest(first, bound.columns)
            or f"say under 'columns' which column or expression '{first}' is",
        )  # fmt: skip


JOIN_KEY, _OWN_KEY = OWN + "persons_key", OWN + "key"


def analysis_rows(table: ibis.Table, study: Study, persons: ibis.Table | None) -> ibis.Table:
    """What the rows of the analysis are: households, or persons with their household's columns.

    A household column whose name the persons table has, too, is called household_<name>.
    """
    if study.unit == "household":
        return table
    assert persons is not None
    assert study.key is not None
    require_column(study.key.persons, persons.columns, study, "data.on")
    require_column(study.key.households, table.columns, study, "data.on")
    ours, theirs = alike(persons[study.key.persons], table[study.key.households])
    renamed = _free_names(table.columns, persons.columns)
    columns = {new: table[name] for name, new in renamed.items()}
    return joined_on(persons, ours, table.select(**columns, **{JOIN_KEY: theirs}))


def _free_names(columns: Sequence[str], taken: Iterable[str]) -> dict[str, str]:
    """A name for each column that no other has: household_<name> where its own is taken."""
    used = {name.casefold() for name in taken}
    found: dict[str, str] = {}
    for name in sorted(columns, key=lambda name: name.casefold() in used):
        free = name
        while free.casefold() in used:
            free = f"household_{free}"
        used.add(free.casefold())
        found[name] = free
    return {name: found[name] for name in columns}


def joined_on(table: ibis.Table, key: ibis.Value, other: ibis.Table) -> ibis.Table:
    """The table with the columns of another that has the same key, once each, in `JOIN_KEY`.

    The key is selected before it is joined on (see `exitline.stats.data.keys.written`).
    """
    keyed = table.mutate(**{_OWN_KEY: key})
    return keyed.left_join(other, keyed[_OWN_KEY] == other[JOIN_KEY]).drop(_OWN_KEY, JOIN_KEY)


def with_columns(
    table: ibis.Table, named: Mapping[str, ibis.Value], original: tuple[str, ...]
) -> ibis.Table:
    """The file's columns that no name hides, then the named ones."""
    hidden = {name.casefold() for name in named}
    kept = {name: table[name] for name in original if name.casefold() not in hidden}
    return table.select(**kept, **named)


def require_column(name: str, there: Any, study: Study, where: str) -> None:
    """Refuse a column that is not there."""
    known = list(there)
    if name in known:
        return
    raise unknown(
        "column", name, known, error=StudyError, where=study.where(where), remedy=SPELLING
    )


def place_of(study: Study, name: str) -> str:
    """Where a column of design or levels was declared."""
    stem = name.rpartition("_")[0] if name[-1:].isdigit() else name
    for key in (f"design.{name}", f"design.{stem}", f"levels.{name}", f"columns.{name}"):
        if key in study.places:
            return study.places[key]
    return name
