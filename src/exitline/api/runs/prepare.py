"""A study made ready: its tables on a running engine, its standard loaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exitline.rules.standard import Standard
    from exitline.stats.data.prepare import Prepared
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.data.studies.study import Study
    from exitline.stats.engine.base import Engine
    from exitline.stats.measure.chain import LevelColumns


@dataclass(frozen=True)
class Ready:
    """A study, its standard and its bound tables on a running engine.

    Attributes
    ----------
    study : Study
    standard : Standard or None
        With the readings the study chose.
    engine : Engine
    data : Prepared
    """

    study: Study
    standard: Standard | None
    engine: Engine
    data: Prepared

    @property
    def table(self) -> Any:
        """The bound table: one row per household."""
        return self.data.table

    @property
    def welfare(self) -> str | None:
        """The bound welfare column, if the study has one."""
        return "welfare" if "welfare" in self.declared else None

    @property
    def was_poor(self) -> str | None:
        """The column that says who was poor before, if the study has one."""
        from exitline.stats.data.roles import WAS_POOR

        return WAS_POOR if WAS_POOR in self.declared else None

    @property
    def declared(self) -> frozenset[str]:
        """The roles that the study declares and the bound table has."""
        from exitline.stats.data.roles import declared

        return declared(self.study) & frozenset(self.table.columns)

    @property
    def design(self) -> Design:
        """The design in terms of the bound table."""
        return self.data.design

    @property
    def levels(self) -> LevelColumns:
        """The columns that name the units of each level."""
        from exitline.stats.measure.chain import LevelColumns

        there = self.declared
        named = ("household", "village", "county", "area_class")
        return LevelColumns(**{name: name if name in there else None for name in named})


def open_study(study: Study | str | Path) -> Study:
    """A study from its file, or as it is."""
    from exitline.stats.data.studies.loader import load_study

    return load_study(study) if isinstance(study, str | Path) else study


def _with_model(study: Study, engine: Engine) -> Study:
    """The study with what its weight was calibrated to, or depends on, in its design."""
    from exitline.api.weights.calibrating import as_calibrated, calibration_of
    from exitline.api.weights.first_phase import margins_without_totals
    from exitline.api.weights.responding import response_model
    from exitline.stats.data.sampling.calibration import Calibration
    from exitline.stats.data.sampling.margins import margins_named

    known, of, design = study.calibrated_to, study.responding, study.design
    if of is not None:
        predictors = margins_named(of.levels, of.numeric)
        model = response_model(of.responded, of.classes, predictors)
        return replace(study, design=replace(design, calibration=model))
    if known is None:
        return study
    how: dict[str, Any] = {
        "count": known.count, "size": "size" if known.count == "persons" else None,
        "variance": known.variance, "within": known.within, "regression": known.regression,
    }  # fmt: skip
    if known.totals is None:
        margins = margins_without_totals(margins_named(known.levels, known.numeric))
        return replace(study, design=replace(design, calibration=Calibration(margins, **how)))
    if known.made:
        model = calibration_of(str(known.totals), None, None, engine=engine, **how)
        return replace(study, design=replace(design, calibration=model))
    return replace(
        study, design=as_calibrated(design, str(known.totals), known.weight, engine=engine, **how)
    )


@contextmanager
def ready(
    study: Study | str | Path,
    engine: str | Engine = "duckdb",
    *,
    standard: Standard | None = None,
    whole: bool = False,
) -> Iterator[Ready]:
    """A study ready to be measured, on an engine that is open for the length of the block.

    Parameters
    ----------
    study : Study or path
    engine : {"duckdb", "spark"} or Engine
    standard : Standard, optional
        Instead of the one that the study names.
    whole : bool
        Whether every column may be asked for, or those alone that study and standard name.

    Yields
    ------
    Ready

    Raises
    ------
    StudyError, RuleFileError, DataError
        For whatever cannot be used, with file, line and remedy.
    """
    from exitline.api.figures.measure_names import measures_of, own_columns
    from exitline.api.weights.made import with_made_weights
    from exitline.rules.standard import load
    from exitline.stats.data.checking.standard_checks import choose_readings
    from exitline.stats.data.prepare import prepare
    from exitline.stats.data.readers.declaring import as_keys
    from exitline.stats.engine.session import session

    opened = open_study(study)
    if standard is None and (reference := opened.standard_reference) is not None:
        standard = load(reference)
    if standard is not None:
        standard = choose_readings(opened, standard)
    with as_keys(), session(engine) as running:
        opened = with_works(_with_model(opened, running))
        data = prepare(
            opened, standard, running.attach, whole=whole,
            numbers=own_columns(measures_of(opened, standard)),
        )  # fmt: skip
        yield Ready(_titled(opened, data), standard, running, with_made_weights(data, running))


def _titled(study: Study, data: Prepared) -> Study:
    """The study with what its columns of areas are called, where its files say so."""
    columns = dict.fromkeys(column for area in study.areas for column in area)
    columns |= dict.fromkeys(use.area for use in study.small_areas)
    said = {column: title for column in columns if (title := data.title(column))}
    return replace(study, area_titles=MappingProxyType({**study.area_titles, **said}))


ENDINGS = (".yaml", ".yml")


def with_works(study: Study) -> Study:
    """A study whose table of villages, where it is a works file, has a row for each village.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Study
        As it was where the table is one. The columns are those of
        `exitline.exits.works.covered.VillageCoverage.facts`: a criterion's name (met or not),
        ``NAME_share`` and ``NAME_rests_on``.

    Raises
    ------
    WorksError
        For works that cannot be used.
    """
    facts = study.villages
    path = None if facts is None else facts.table.path
    if facts is None or path is None or path.suffix.lower() not in ENDINGS:
        return study
    import pyarrow as pa

    from exitline.exits.works.covered import coverage_of
    from exitline.exits.works.records.folder import open_works
    from exitline.stats.data.table_ref import MadeTable

    found = coverage_of(open_works(path, facts.as_of)).facts()
    rows = pa.Table.from_pandas(found, preserve_index=False)
    made = MadeTable(path=path, where=facts.table.where, table=rows)
    return replace(study, villages=replace(facts, table=made))
