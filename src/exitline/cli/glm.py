"""`exitline glm`: a regression with design-based standard errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import show
from exitline.cli.shared.asking import COUNTED, LEVEL, WHERE
from exitline.cli.shared.designing import declares_design
from exitline.cli.shared.options import ENGINE
from exitline.cli.shared.reading import reads_data
from exitline.cli.shared.saving import save_all, saves
from exitline.words.said import Numeral, Told, say, say_plural

if TYPE_CHECKING:
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.infer.regression import Regression

FAMILIES = ("gaussian", "binomial", "poisson", "linear", "logit")


@click.command(
    "glm",
    help="""A linear, logit or Poisson regression with design-based standard errors.

FORMULA is such as 'poor ~ hhsize + C(region)'. Needs the extra: pip install 'exitline[models]'.

Examples:

\b
  exitline glm examples/imaginary-country/hld_sample_wb_2023.parquet \\
      'I(pc_exp < 2500) ~ hhsize + urbrur' --family logit --weight hhweight \\
      --size hhsize --psu ea --exponentiated
""",
)
@click.argument("data", type=click.Path())
@click.argument("formula")
@click.option("--family", default="gaussian", show_default=True, type=click.Choice(FAMILIES),
              help="With its canonical link; linear and logit are the first two.")  # fmt: skip
@click.option("--offset", help="Added to the linear predictor, such as 'log(exposure)'.")
@click.option("--exponentiated", is_flag=True, help="Odds or rate ratios: exp of coefficients.")
@click.option("--wald", "terms", multiple=True, metavar="TERM",
              help="Test all coefficients of a term of the formula; repeatable.")  # fmt: skip
@WHERE
@COUNTED
@reads_data
@declares_design
@LEVEL
@ENGINE
@saves
@click.option("--json", "as_json", is_flag=True, help="Print coefficients and tests as JSON.")
def command(
    data: str,
    formula: str,
    exponentiated: bool,
    terms: tuple[str, ...],
    level: float,
    design: Design,
    reading: dict[str, Any],
    saved: tuple[str, ...],
    as_json: bool,
    **given: Any,
) -> None:
    """Fit and show the coefficients."""
    from exitline import glm
    from exitline.api.runs.opening import open_source

    with show.working("fitting"):
        found = glm(formula, open_source(data, **reading), design, level=level, **given)
        tests = {term: found.wald(term) for term in terms}
    save_all(found, saved)
    table = found.to_pandas(exponentiated=exponentiated).to_dict("records")
    if as_json:
        show.as_json({
            "family": found.family, "n": found.n, "population": found.population, "df": found.df,
            "coefficients": table, "bases": dict(found.bases),
            "tests": {
                term: {name: getattr(test, name) for name in ("f", "df", "ddf", "p")}
                for term, test in tests.items()
            },
            "notes": list(found.notes),
        })  # fmt: skip
        return
    _show(found, table, exponentiated=exponentiated)
    for term, test in tests.items():
        show.note(
            say(
                "{name}: F = {figure} ({n}, {m} degrees of freedom), p = {low}", name=term,
                figure=Numeral(f"{test.f:.4g}"), n=Numeral(f"{test.df:.4g}"),
                m=Numeral(f"{test.ddf:.4g}"), low=Numeral(f"{test.p:.4g}"),
            )
        )  # fmt: skip


def _show(found: Regression, table: list[dict[Any, Any]], *, exponentiated: bool) -> None:
    """The coefficients as a table."""
    rows = [
        (
            _term(one), _number(one["estimate"]), _number(one["se"]),
            say("{low} to {high}", low=_numeral(one["ci_low"]), high=_numeral(one["ci_high"])),
            f"{one['t']:.2f}", f"{one['p']:.4f}",
        )
        if one["p"] >= 0  # not NaN: there is a test
        else (_term(one), _number(one["estimate"]), _number(one["se"]), *[say("none")] * 3)
        for one in table
    ]  # fmt: skip
    ratio = {"binomial": say("odds ratio"), "poisson": say("rate ratio")}
    name = ratio.get(found.family, "exp(estimate)") if exponentiated else say("estimate")
    names = (say("term"), name, say("SE"), show.sure(found.level), "t", "p")
    show.table(
        say("{formula} ({name})", formula=found.formula, name=found.family), names, rows,
        right=(1, 2, 3, 4, 5),
        caption=say_plural("{m} rows, {n} degree of freedom", "{m} rows, {n} degrees of freedom",
                           round(found.df), m=found.n),
    )  # fmt: skip
    for term, base in found.bases.items():
        show.note(say("{name}: against {what}", name=term, what=base))
    show.notes(found.notes)


def _term(one: Mapping[str, Any]) -> str:
    """A coefficient's name; columns stay as they are."""
    return Told(one["term"]) if one["term"] == "Intercept" else str(one["term"])


def _number(value: float) -> str:
    """Four digits that count."""
    return f"{value:.4g}"


def _numeral(value: float) -> Numeral:
    """The same, as a part of a message."""
    return Numeral(_number(value))
