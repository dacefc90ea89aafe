"""A study's tables, attached to an engine and bound: what every later room starts from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from exitline.errors import Faults
from exitline.stats.data.binding import bind, bind_facts
from exitline.stats.data.money import StudyLine, study_lines
from exitline.stats.data.roles import bound_design
from exitline.stats.data.sampling.design import Design
from exitline.stats.data.studies.study import FactsTable, Study
from exitline.stats.data.studies.uses import narrowed, role_uses, study_uses
from exitline.stats.data.values import written

if TYPE_CHECKING:
    import ibis

    from exitline.rules.standard import Standard
    from exitline.stats.data.scannable import Source

Attach = Callable[["Source", str], "ibis.Table"]


@dataclass(frozen=True)
class Prepared:
    """Everything about a study's data that measures, checks and decisions need.

    Parameters
    ----------
    study : Study
    table : ibis.Table
        Bound: one row per household (per person where `unit: person`).
    design : Design
        In terms of the columns of `table`.
    lines : tuple of StudyLine
        In the unit of the column `welfare`.
    households : ibis.Table
        As read.
    persons, villages, counties : ibis.Table or None
        Persons as read; villages and counties with their key and declared columns.
    sources : mapping of str to Source
        The files and query results behind the tables.
    """

    study: Study
    table: ibis.Table
    design: Design
    lines: tuple[StudyLine, ...]
    households: ibis.Table
    persons: ibis.Table | None = None
    villages: ibis.Table | None = None
    counties: ibis.Table | None = None
    sources: Mapping[str, Source] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def facts(self) -> dict[str, ibis.Table]:
        """The tables of villages and counties that the study has, by level."""
        named = {"village": self.villages, "county": self.counties}
        return {level: table for level, table in named.items() if table is not None}

    def labels(self, column: str) -> Mapping[Any, str]:
        """What the codes of a column mean, where the study or the file says so (Stata, SPSS).

        Parameters
        ----------
        column : str
            A column of `table`: it has the labels of the one column of a file that it is,
            whatever it is called here; a computed column has none.
        """
        source, name = self._source_of(column)
        own = self.study.labels.get(column) or self.study.labels.get(name, {})
        theirs = source.labels.get(name, {}) if source is not None else {}
        if not own:
            return MappingProxyType(dict(theirs))
        known = {written(value) or "": label for value, label in theirs.items()}
        return MappingProxyType({**known, **own})

    def title(self, column: str) -> str:
        """What a column is called, where the study or the file says so; "" elsewhere.

        Parameters
        ----------
        column : str
            A column of `table`.
        """
        source, name = self._source_of(column)
        theirs = source.titles.get(name, "") if source is not None else ""
        named = self.study.area_titles
        return named.get(column) or named.get(name) or theirs.strip()

    def _source_of(self, column: str) -> tuple[Source | None, str]:
        """The source that a column of `table` is a column of, and its name there."""
        origin = origin_of(self.table, column) if column in self.table.columns else None
        if origin is None:
            return None, ""
        return self.sources.get(origin.table), origin.column


def prepare(
    study: Study,
    standard: Standard | None,
    attach: Attach,
    *,
    whole: bool = True,
    numbers: Sequence[str] = (),
) -> Prepared:
    """Open a study's data, attach them to an engine, and bind their columns.

    Parameters
    ----------
    study : Study
    standard : Standard or None
    attach : callable
        An engine's `attach`: makes a source known and returns an unbound table.
    whole : bool
        Whether every column may be asked for, or those alone that study and standard name.
    numbers : sequence of str
        Columns of households that measures use as numbers.

    Returns
    -------
    Prepared

    Raises
    ------
    DataError, StudyError, ConditionError
        When a file cannot be read, or a column or expression does not fit it.

    Examples
    --------
    >>> from exitline.stats.data.studies.loader import parse_study
    >>> from exitline.stats.engine import open_engine
    >>> study = parse_study(
    ...     "{study: a, data: {households: lival.parquet}, columns: {welfare: rcons}}",
    ...     "examples/albania-2012/study.yaml",
    ... )
    >>> "welfare" in prepare(study, None, open_engine().attach).table.columns
    True
    """
    faults = Faults()
    sources = _opened(study, faults)
    design = study.design.matching(sources["households"].names or ())
    study = replace(study, design=design)
    uses = study_uses(study, standard)
    sources = {name: source.using(uses[name]) for name, source in sources.items()}
    sources["households"] = sources["households"].using(role_uses(numeric=numbers))
    if not whole:
        sources = {name: narrowed(source, (study, standard)) for name, source in sources.items()}
    tables = {name: attach(source, name) for name, source in sources.items()}
    bound = tables["households"]
    columns = [*bound.columns, *study.columns]
    lines: tuple[StudyLine, ...] = ()
    villages = counties = None
    with faults.kept():
        bound = bind(bound, study, standard, persons=tables.get("persons"))
    with faults.kept():
        lines = study_lines(study, standard, [*bound.columns, *columns])
    with faults.kept():
        villages = _facts(tables.get("villages"), study.villages, "village")
    with faults.kept():
        counties = _facts(tables.get("counties"), study.counties, "county")
    faults.raise_all()
    return Prepared(
        study=study,
        table=bound,
        design=bound_design(study),
        lines=lines,
        households=tables["households"],
        persons=tables.get("persons"),
        villages=villages,
        counties=counties,
        sources=MappingProxyType(sources),
    )


def _opened(study: Study, faults: Faults) -> dict[str, Source]:
    """The files and query results of a study; all that cannot be opened are refused together."""
    refs = {"households": study.households}
    if study.persons is not None:
        refs["persons"] = study.persons
    for name, facts in (("villages", study.villages), ("counties", study.counties)):
        if facts is not None:
            refs[name] = facts.table
    sources = {}
    for name, ref in refs.items():
        with faults.kept():
            sources[name] = ref.open()
    faults.raise_all()
    return sources


def _facts(table: ibis.Table | None, facts: FactsTable | None, level: str) -> ibis.Table | None:
    """A table of villages or counties, bound."""
    return bind_facts(table, facts, level) if table is not None and facts is not None else None


@dataclass(frozen=True)
class Origin:
    """A column of a table as it was attached.

    Attributes
    ----------
    table, column : str
    """

    table: str
    column: str


def origin_of(table: Any, column: str) -> Origin | None:
    """Where a column comes from, if it was renamed and joined and nothing else.

    Parameters
    ----------
    table : ibis.Table
    column : str

    Returns
    -------
    Origin or None
        None for a column that is computed. A cast changes how a value is held, not what it
        says, and is looked through.

    Examples
    --------
    >>> import ibis
    >>> homes = ibis.table({"reg": "int64", "y": "float64"}, name="households")
    >>> made = homes.mutate(region=homes.reg, poor=homes.y < 2).filter(homes.y > 0)
    >>> origin_of(made, "region"), origin_of(made, "poor")
    (Origin(table='households', column='reg'), None)
    """
    import ibis.expr.operations as ops

    node: Any = table[column].op()
    while True:
        if isinstance(node, ops.Cast | ops.Alias):
            node = node.arg
        elif not isinstance(node, ops.Field):
            return None
        elif isinstance(node.rel, ops.UnboundTable):
            return Origin(node.rel.name, node.name)
        elif isinstance(node.rel, ops.Project | ops.JoinChain):
            node = node.rel.values[node.name]
        elif isinstance(node.rel, ops.Filter | ops.Sort | ops.Reference | ops.DropColumns):
            node = ops.Field(node.rel.parent, node.name)
        else:
            return None
