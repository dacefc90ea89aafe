"""Model figures of small areas: a chart-table of its own, apart from what was measured."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.publish.report import blocks as b
from exitline.publish.report.axis import Axis, shared_axis
from exitline.publish.report.maps import ReportMap, model_map_of
from exitline.publish.report.table import (
    MOST_ROWS,
    Row,
    Table,
    TableCell,
    TableColumn,
    bar_of,
    paired,
)
from exitline.words.labels import inside
from exitline.words.numbers import MINUS, SPACE, write

if TYPE_CHECKING:
    from exitline.publish.report.content import ReportInput
    from exitline.stats.smallarea.figures import AreaFigure, AreaFigures
    from exitline.stats.smallarea.modelled import Modelled
    from exitline.words.catalogue import Language


@dataclass(frozen=True)
class Shrinkage:
    """Direct estimates against model figures, in percent of a square's sides.

    Attributes
    ----------
    axis : Axis
        Of both sides.
    points : tuple of (float, float)
        Direct to the right, model upwards (from the top).
    spoken : str
    """

    axis: Axis
    points: tuple[tuple[float, float], ...]
    spoken: str


@dataclass(frozen=True)
class ModelFigure:
    """A chart-table of one measure."""

    title: str
    subtitle: str
    table: Table
    shrinkage: Shrinkage | None
    against: str
    map: ReportMap | None = None


@dataclass(frozen=True)
class ModelSection:
    """One model: its figures, its fit, its notes."""

    name: str
    figures: tuple[ModelFigure, ...]
    coefficients: Table | None
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    source: str
    compared: Table | None = None
    chosen: Table | None = None


def model_sections(content: ReportInput) -> tuple[ModelSection, ...]:
    """All models of a run, in the order of the study.

    Parameters
    ----------
    content : ReportInput

    Returns
    -------
    tuple of ModelSection
    """
    return tuple(_section(content, one, i) for i, one in enumerate(content.models, start=1))


def _section(content: ReportInput, one: Modelled, number: int) -> ModelSection:
    """One model."""
    figures = tuple(
        _figure(content, one, found, f"model{number}-{i}", i)
        for i, found in enumerate(one.figures, start=1)
    )
    t = content.t
    return ModelSection(
        content.area_title(one.area), figures, _coefficients(one, f"coefficients{number}", t),
        tuple((t.of(name), t.of(value)) for name, value in one.facts),
        tuple(t.of(note) for note in one.notes),
        t("{title}; {formula}. All figures are in {file}.", title=t.of(one.title),
          formula=one.formula, file="small_areas.parquet"),
        _compared(one, f"compared{number}", t), _chosen(one, f"chosen{number}", t),
    )  # fmt: skip


def _figure(
    content: ReportInput, one: Modelled, found: AreaFigures, key: str, number: int
) -> ModelFigure:
    """The chart-table of one measure."""
    t, words = content.t, b.naming(content, found.measure)
    unit = "share" if found.share else words.unit
    name = content.area_title(found.by or one.area)
    axis = shared_axis(
        [x for x in found.estimate.tolist() if not math.isnan(x)],
        [x for x in found.high.tolist() if not math.isnan(x)], unit, [], t=t,
    )  # fmt: skip
    rows = sorted(found, key=lambda f: (math.isnan(f.estimate), -f.estimate))
    table = Table(
        key, t("{label} by {area}, by a model", label=words.label, area=name),
        _columns(name, words.label, found, unit, t),
        tuple(_row(figure, axis, unit, t) for figure in rows[:MOST_ROWS]), axis=axis, sorted_by=1,
        total=len(found), file="small_areas.parquet",
    )  # fmt: skip
    unseen = int(np.sum(~found.sampled & np.isfinite(found.estimate)))
    title = t("{label} by {area}: model figures, not measurements", label=words.label, area=name)
    if unseen:
        out = t("{n} of {m} areas are not in the sample", n=unseen, m=len(found))
        title = t.joined((title, out))
    subtitle = t(
        "{label}, the model's figure (dot) and its {sure} interval (bar), beside what the survey "
        "alone says",
        label=words.label, sure=t.figure(f"{100 * found.level:g} %"),
    )  # fmt: skip
    line = inside(b.line_name(content, found.line))
    said = one.against[number - 1].said(share=found.share) if number <= len(one.against) else ""
    drawn = _shrinkage(found, unit, words.label, t)
    drawn_on = model_map_of(content, found.by or one.area, found, unit)
    return ModelFigure(title, t.joined((subtitle, line)), table, drawn, t.of(said), drawn_on)


def _columns(
    name: str, label: str, found: AreaFigures, unit: str, t: Language
) -> tuple[TableColumn, ...]:
    """Headings, with units."""
    sign = t.in_context("sign", ", ") + "%" if unit == "share" else ""
    interval = t("model, {sure} interval", sure=t.figure(f"{100 * found.level:g} %"))
    return (
        TableColumn("name", name),
        TableColumn("figure", f"{label}{sign}", interval),
        TableColumn("bar", t("Model figure and interval"), sortable=False),
        TableColumn("number", t("Root mean squared error"), t("of the model")),
        TableColumn("figure", t("Survey alone"), t("direct estimate")),
        TableColumn("number", t("Standard error"), t("of the survey alone")),
    )


def _row(figure: AreaFigure, axis: Axis | None, unit: str, t: Language) -> Row:
    """One area."""
    said = write(
        figure.estimate, figure.ci_low, figure.ci_high, figure.rmse, unit, figure.reason, t
    )
    direct = write(figure.direct, math.nan, math.nan, figure.direct_se, unit, t=t)
    alone = math.isfinite(figure.direct)
    error = write(figure.rmse, math.nan, math.nan, figure.rmse, unit, t=t)
    se = write(figure.direct_se, math.nan, math.nan, figure.direct_se, unit, t=t)
    return (
        TableCell(figure.area),
        TableCell(str(said), figure.estimate, t.of(figure.reason)),
        TableCell(
            bar=bar_of(axis, figure.estimate, figure.ci_low, figure.ci_high) if axis else None
        ),
        TableCell(error.text if math.isfinite(figure.rmse) else t("cannot tell yet"), figure.rmse),
        TableCell(
            direct.text if alone else t("not in the sample"), figure.direct if alone else None
        ),
        TableCell(se.text if math.isfinite(figure.direct_se) else t("none"), figure.direct_se),
    )


def _shrinkage(found: AreaFigures, unit: str, label: str, t: Language) -> Shrinkage | None:
    """Direct estimates against model figures of the sampled areas."""
    both = found.sampled & np.isfinite(found.direct) & np.isfinite(found.estimate)
    if int(both.sum()) < 3:
        return None
    direct, model = found.direct[both].tolist(), found.estimate[both].tolist()
    axis = shared_axis([*direct, *model], [], unit, [], t=t)
    if axis is None:
        return None
    points = tuple(
        (round(axis.at(d), 2), round(100.0 - axis.at(m), 2))
        for d, m in zip(direct, model, strict=True)
    )
    spread = (max(direct) - min(direct), max(model) - min(model))
    if spread[1] < spread[0]:
        said = t("{label} in {n} areas: the model's figures lie closer together than the direct "
                 "estimates", label=label, n=len(points))  # fmt: skip
    else:
        said = t("{label} in {n} areas: the model's figures lie as far apart as the direct "
                 "estimates", label=label, n=len(points))  # fmt: skip
    return Shrinkage(axis, points, said)


def _coefficients(one: Modelled, key: str, t: Language) -> Table | None:
    """The coefficients."""
    if one.coefficients is None:
        return None
    columns = (
        TableColumn("name", t("Term")), TableColumn("number", t("Coefficient")),
        TableColumn("number", t("Standard error")), TableColumn("number", "p"),
    )  # fmt: skip
    numbers = one.coefficients[["estimate", "se", "p"]].to_numpy(dtype=float).tolist()
    rows = tuple(
        (
            TableCell(str(term)),
            *(TableCell(t.figure(f"{v:.4g}".replace("-", MINUS)), v) for v in values),
        )
        for term, values in zip(one.coefficients["term"], numbers, strict=True)
    )
    return Table(key, t("Coefficients of the model"), columns, rows, file="small_areas.parquet",
                 total=len(rows))  # fmt: skip


def _compared(one: Modelled, key: str, t: Language) -> Table | None:
    """The covariates in survey and census, side by side; those that are apart are marked."""
    if one.compared is None:
        return None
    means = one.kind == "eblup"
    other = t("in the table of areas") if means else t("in the census")
    drawn = "sample_shares" in one.compared
    columns = (
        TableColumn("name", t("Covariate")),
        *([TableColumn("pair", t("Distribution"), t("above in the survey, below in the census"),
                       sortable=False),
           TableColumn("number", t("In common"), t("share of both distributions"))]
          if drawn else []),
        TableColumn("number", t("Mean"), t("in the survey")),
        TableColumn("number", t("Mean"), other),
        TableColumn("number", t("Standard deviation"), t("in the survey")),
        TableColumn("number", t("Standard deviation"), other),
        TableColumn("name", t("From least to most"), t("in the survey")),
        TableColumn("name", t("From least to most"), other),
        TableColumn("number", t("Difference"), t("in standard deviations")),
        TableColumn("name", ""),
    )  # fmt: skip
    rows = tuple(
        (
            TableCell(str(row["column"])),
            *(_distributed(row, t) if drawn else ()),
            *(_figure_cell(row[name], t) for name in (
                "sample_mean", "census_mean", "sample_sd", "census_sd")),
            *(TableCell(_range(row[f"{side}_least"], row[f"{side}_most"], t))
              for side in ("sample", "census")),
            _figure_cell(row["difference"], t),
            TableCell(t("far apart: look at the question") if row["apart"] else ""),
        )
        for row in one.compared.to_dict("records")
    )  # fmt: skip
    return Table(
        key, t("The covariates in the survey and beside it"), columns, rows,
        file="small_areas.parquet", total=len(rows),
    )  # fmt: skip


def _distributed(row: dict[Hashable, Any], t: Language) -> tuple[TableCell, TableCell]:
    """Both distributions of a covariate, drawn, and how much they have in common."""
    common = row["common"]
    if common != common:
        return TableCell(), TableCell(t("cannot be told"))
    said = t.figure(f"{100 * common:.0f}{SPACE}%")
    spoken = t("{name}: {share} of the distributions in survey and census in common",
               name=str(row["column"]), share=said)  # fmt: skip
    drawn = paired(row["sample_shares"], row["census_shares"], spoken)
    return TableCell(pair=drawn), TableCell(said, common)


def _chosen(one: Modelled, key: str, t: Language) -> Table | None:
    """How covariates were chosen: from all of them, one step at a time."""
    if one.chosen is None:
        return None
    criterion = one.chosen.criterion.upper()
    columns = (
        TableColumn("name", t("Step")), TableColumn("name", t("Covariates")),
        TableColumn("number", criterion),
    )  # fmt: skip
    rows = tuple(
        (
            TableCell(t.of(step.change)),
            TableCell(" + ".join(step.terms) or t("none")),
            _figure_cell(step.value, t, 6),
        )
        for step in one.chosen.steps
    )
    return Table(
        key, t("How the covariates were chosen"), columns, rows, file="small_areas.parquet",
        total=len(rows),
    )  # fmt: skip


def _figure_cell(value: float, t: Language, digits: int = 3) -> TableCell:
    """A figure of a fit."""
    if value != value:
        return TableCell(t("cannot be told"))
    return TableCell(t.figure(f"{value:,.{digits}g}".replace("-", MINUS)), value)


def _range(least: float, most: float, t: Language) -> str:
    if least != least:
        return t("cannot be told")
    low, high = (t.figure(f"{v:,.4g}".replace("-", MINUS)) for v in (least, most))
    return t("{low} to {high}", low=low, high=high)
