"""A study made ready: files attached, columns bound, lines resolved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exitline.data.design import Design
    from exitline.data.money import StudyLine
    from exitline.data.study import Study
    from exitline.engine.base import Engine
    from exitline.measure.chain import Levels
    from exitline.standard import Standard


@dataclass(frozen=True)
class Prepared:
    """A study, its standard and its bound table on a running engine.

    Attributes
    ----------
    study : Study
    standard : Standard or None
    engine : Engine
    table : ibis.Table
        Columns under the canonical names of `exitline.data.bind`.
    lines : tuple of StudyLine
        In the unit of the welfare column.
    """

    study: Study
    standard: Standard | None
    engine: Engine
    table: Any
    lines: tuple[StudyLine, ...]

    @property
    def welfare(self) -> str | None:
        """The bound welfare column, if the study has one."""
        return "welfare" if "welfare" in self.table.columns else None

    @property
    def design(self) -> Design:
        """The design in terms of the bound table."""
        from exitline.data.roles import bound_design

        return bound_design(self.study)

    @property
    def levels(self) -> Levels:
        """The columns that name the units of each level."""
        from exitline.measure.chain import Levels

        there = self.table.columns
        named = {name: name for name in ("household", "village", "county", "area_class")}
        return Levels(**{role: c if c in there else None for role, c in named.items()})


def open_study(study: Study | str | Path) -> Study:
    """A study from its file, or as it is."""
    from exitline.data.loader import load_study

    return load_study(study) if isinstance(study, str | Path) else study


@contextmanager
def prepared(study: Study | str | Path, engine: str | Engine = "duckdb") -> Iterator[Prepared]:
    """A study ready to be measured, on an engine that is open for the length of the block.

    Parameters
    ----------
    study : Study or path
    engine : {"duckdb", "spark"} or Engine

    Yields
    ------
    Prepared

    Raises
    ------
    StudyError, RuleFileError, DataError
        For whatever cannot be used, with file, line and remedy.
    """
    from exitline.data.binding import bind
    from exitline.data.money import study_lines
    from exitline.engine.session import session
    from exitline.standard import load

    opened = open_study(study)
    reference = opened.standard_reference
    standard = load(reference) if reference is not None else None
    with session(engine) as running:
        table = running.attach(opened.households.open(), "households")
        persons = None
        if opened.persons is not None:
            persons = running.attach(opened.persons.open(), "persons")
        bound = bind(table, opened, standard, persons=persons)
        lines = study_lines(opened, standard, bound.columns)
        yield Prepared(opened, standard, running, bound, lines)
