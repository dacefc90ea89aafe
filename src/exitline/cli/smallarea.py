"""`exitline smallarea`: areas that the sample is too small for, by models."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import show
from exitline.cli.shared.options import ENGINE
from exitline.cli.shared.speaking import reader
from exitline.words.said import Told, say

if TYPE_CHECKING:
    from exitline.stats.smallarea.figures import AreaFigure, AreaFigures
    from exitline.stats.smallarea.modelled import Modelled


@click.command(
    "smallarea",
    help="""Figures of areas that the sample of STUDY is too small for, by models.

STUDY is a study file with a section `small_areas` (docs/smallarea.md). Every
figure is the model's and is marked so; areas that it cannot speak for are named
with the reason. `exitline run` puts the same figures into the report.

Examples:

\b
  exitline smallarea examples/imaginary-country/small-areas.yaml
  exitline smallarea study.yaml --out areas.csv
  exitline smallarea study.yaml --json
""",
)
@click.argument("study", type=click.Path())
@click.option("--out", type=click.Path(), help="Also write the figures: .csv or .parquet.")
@ENGINE
@click.option("--json", "as_json", is_flag=True, help="Print the models as JSON.")
def command(study: str, out: str | None, engine: str, as_json: bool) -> None:
    """Fit the models of a study and show their figures."""
    from exitline.api.area_models.kinds import small_areas, write_figures

    with show.working("modelling"):
        found = small_areas(study, engine=engine)
    if out is not None:
        write_figures(found, Path(out))
    if as_json:
        show.as_json([_plain(one) for one in found])
        return
    for one in found:
        _show(one)
    if out is not None:
        show.note(say("figures: {file}", file=out))


def _plain(one: Modelled) -> dict[str, Any]:
    """A model as JSON."""
    coefficients = one.coefficients
    return {
        "kind": one.kind, "title": one.title, "area": one.area, "formula": one.formula,
        "figures": one.to_pandas().to_dict("records"),
        "coefficients": [] if coefficients is None else coefficients.to_dict("records"),
        "facts": dict(one.facts), "notes": list(one.notes),
        "covariates": [] if one.compared is None else one.compared.to_dict("records"),
        "chosen": [] if one.chosen is None else [vars(step) for step in one.chosen.steps],
        "against the truth": [vars(found) for found in one.against],
    }  # fmt: skip


def _show(one: Modelled) -> None:
    """One table for each measure, what to know of the fit, how it stands beside the truth."""
    for figures in one.figures:
        level = show.sure(figures.level)
        made = {"title": one.title, "formula": one.formula}
        by = figures.by or one.area
        show.table(
            say("{what} by {area}: model figures, beside the survey's own",
                what=Told(figures.measure), area=by),
            (by, "model", "root MSE", level, "survey alone", "SE", ""),
            [_row(figure, figures) for figure in figures],
            right=(1, 2, 3, 4, 5),
            caption=say("{title}: {formula}, line {line}", **made, line=figures.line)
            if figures.line
            else say("{title}: {formula}", **made),
        )  # fmt: skip
    if one.coefficients is not None:
        show.table(
            "", ("term", "coefficient", "SE", "p"),
            [(Told("Intercept") if r.term == "Intercept" else r.term, f"{r.estimate:.5g}",
              f"{r.se:.3g}", f"{r.p:.3g}")
             for r in one.coefficients.itertuples()],
            right=(1, 2, 3),
        )  # fmt: skip
    _covariates(one)
    for name, value in one.facts:
        t = reader()
        show.note(t("{name}: {text}", name=t.of(name), text=t.of(value)))
    show.notes(one.notes)
    for found, figures in zip(one.against, one.figures, strict=False):
        show.note(found.said(share=figures.share))


def _covariates(one: Modelled) -> None:
    """How covariates were chosen, and what they are in survey and census."""
    if one.chosen is not None:
        show.table(
            say("how the covariates were chosen"),
            ("step", "covariates", one.chosen.criterion.upper()),
            [(step.change, " + ".join(step.terms), f"{step.value:.6g}")
             for step in one.chosen.steps],
            right=(2,),
        )  # fmt: skip
    if one.compared is not None:
        show.table(
            say("the covariates in the survey and beside it"),
            ("covariate", "survey mean", "mean beside it", "difference in SD", ""),
            [(r.column, f"{r.sample_mean:.4g}", f"{r.census_mean:.4g}", f"{r.difference:.3f}",
              say("far apart: look at the question") if r.apart else "")
             for r in one.compared.itertuples()],
            right=(1, 2, 3),
        )  # fmt: skip
        if "sample_shares" in one.compared:
            show.table(
                say("their distributions, from low to high"),
                ("covariate", "survey", "census", "in common"),
                [(r.column, *_distributions(r)) for r in one.compared.itertuples()],
                right=(3,),
            )


_LEVELS = "\N{NO-BREAK SPACE}▁▂▃▄▅▆▇█"


def _distributions(row: Any) -> tuple[str, str, str]:
    """Shares of bins as columns of one scale, and how much both have in common."""
    if row.common != row.common:
        return "", "", ""
    most = max(*row.sample_shares, *row.census_shares)
    ours, theirs = (
        "".join(_LEVELS[math.ceil(8 * share / most)] for share in shares)
        for shares in (row.sample_shares, row.census_shares)
    )
    return ours, theirs, f"{100 * row.common:.0f} %"


def _row(figure: AreaFigure, figures: AreaFigures) -> tuple[str | None, ...]:
    """One area."""
    from exitline.cli.shared.figures import figure as written
    from exitline.cli.shared.figures import interval

    unit = "share" if figures.share else "number"
    if math.isnan(figure.estimate):
        return (figure.area, None, None, None, None, None, figure.reason)
    error = figure.rmse if math.isfinite(figure.rmse) else 0.0
    alone = math.isfinite(figure.direct)
    return (
        figure.area,
        written(figure.estimate, unit, error),
        written(figure.rmse, unit, error) if error else None,
        interval(figure.ci_low, figure.ci_high, unit, error, figure.estimate)
        if math.isfinite(figure.ci_low)
        else None,
        written(figure.direct, unit, figure.direct_se) if alone else None,
        written(figure.direct_se, unit, figure.direct_se)
        if math.isfinite(figure.direct_se)
        else None,
        figure.reason or ("" if figure.sampled else say("not in the sample")),
    )
