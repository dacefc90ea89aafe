"""`exitline target`: whom a score reaches, and what transfers do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import numbers, show
from exitline.cli.shared.designing import declares_design
from exitline.cli.shared.reading import reads_data
from exitline.cli.shared.saving import paged, save_page
from exitline.words.recognising import as_part
from exitline.words.said import Numeral, Said, Told, say

if TYPE_CHECKING:
    from exitline.exits.target.evaluation import Evaluation
    from exitline.exits.target.proxy import ProxyMeansTest
    from exitline.exits.target.scenario import Effects
    from exitline.stats.data.sampling.design import Design

_TABLES = ("errors", "incidence", "marginal", "budget")
_METHODS = ("ols", "logit", "quantile", "elastic_net")


@click.command(
    "target",
    help="""Whom a score would reach, and what transfers would do.

SOURCE is a data file with one household per row, or a study (.yaml) with a section
`scenario:`. Lowest scores are chosen first; every figure has its standard error.

Examples:

\b
  exitline target examples/imaginary-country/hld_sample_wb_2023.parquet \\
      --formula 'log(pc_exp) ~ hhsize + rooms + water' --card 100 \\
      --welfare pc_exp --line 1500 --weight hhweight --size hhsize --psu ea
  exitline target examples/imaginary-country/scenario.yaml
""",
)
@click.argument("source", type=click.Path())
@click.option("--method", "methods", multiple=True, metavar="NAME=SCORE",
              help="A score by name: a column or expression, lowest first.")  # fmt: skip
@click.option("--formula", help="Fit a proxy means test: 'log(welfare) ~ hhsize + rooms'.")
@click.option("--fit", "fitted", type=click.Choice(_METHODS), default="ols", show_default=True,
              help="How it is fitted; a logit's response is 1 for the poor.")  # fmt: skip
@click.option("--tau", type=numbers.INSIDE, default=0.5, show_default=True,
              help="The quantile of --fit quantile.")  # fmt: skip
@click.option("--folds", type=numbers.Whole(0, 100), default=5, show_default=True,
              help="Folds of the cross-validation, by PSU; 0 for none.")  # fmt: skip
@click.option("--card", type=numbers.Whole(2, 1000), metavar="POINTS",
              help="Also a score card of whole points.")  # fmt: skip
@click.option("--rule", "rules", multiple=True, type=click.Path(), metavar="FILE",
              help="A targeting rule file; repeatable.")  # fmt: skip
@click.option("--quota", "quotas", multiple=True, default=("poor",), show_default=True,
              help="Share of persons chosen; 'poor': as many as there are poor; 'column': the "
              "methods say who receives; repeatable.")  # fmt: skip
@click.option("--welfare", help="Column of consumption or income per person.")
@click.option("--line", help="The poverty line: a number or a column.")
@click.option("--table", "tables", multiple=True, type=click.Choice(_TABLES),
              default=("errors",), show_default=True,
              help="What to show; repeatable.")  # fmt: skip
@click.option("--budget", "budgets", multiple=True, type=numbers.POSITIVE, default=(1.0,),
              show_default=True, help="Of table budget: shares of the poverty gap.")  # fmt: skip
@click.option("--plot", metavar="FILE", type=click.Path(),
              help="Draw ROC and precision-recall curves, and with --table budget those of "
              "budgets: .svg, .png, .html or .json.")  # fmt: skip
@paged
@click.option("--by", metavar="COLUMN", help="Groups to compare under one quota.")
@reads_data
@declares_design
@click.option("--level", type=numbers.INSIDE, default=0.95, show_default=True,
              help="Confidence of the intervals.")  # fmt: skip
@click.option("--missing", "missing_welfare", type=click.Choice(["error", "exclude"]),
              default="error", show_default=True,
              help="What to do with households without a score or welfare.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def command(
    source: str, design: Design, reading: dict[str, Any], as_json: bool, page: Path | None,
    **given: Any,
) -> None:  # fmt: skip
    """Evaluate, and show tables."""
    if source.lower().endswith((".yaml", ".yml")):
        _of_study(source, page, as_json=as_json)
        return
    _require(given, ("welfare", "line"))
    from exitline.api import open_source, target

    data = open_source(source, **reading)
    test = None
    methods: dict[str, Any] = dict(_named(text) for text in given["methods"])
    with show.working("fitting and choosing"):
        if given["formula"] is not None:
            test = target.fit(
                given["formula"], data, design, method=given["fitted"], tau=given["tau"],
                folds=given["folds"],
            )  # fmt: skip
            methods = {"test": test, **methods}
            if given["card"] is not None:
                methods["card"] = (test, test.card(given["card"]))
        for number, path in enumerate(given["rules"], 1):
            methods[f"rule{number}"] = target.load_rule(path)
        if not methods:
            raise click.UsageError("give a score: --method, --formula or --rule")
        asked: dict[str, Any] = {
            "welfare": given["welfare"], "design": design, "level": given["level"],
            "line": numbers.number_or_column(given["line"], "--line"),
            "missing": given["missing_welfare"],
        }  # fmt: skip
        quota = [_quota(text) for text in given["quotas"]]
        found = target.evaluate(
            data, methods, quota=quota, by=given["by"], tables=given["tables"],
            budgets=given["budgets"], **asked,
        )  # fmt: skip
    if given["plot"] is not None or page is not None:
        curves = _curves(data, methods, asked, quota, given["tables"])
        _pictures(found, curves, given["plot"], page, quiet=as_json)
    if as_json:
        show.as_json(found.to_pandas().to_dict("records"))
        return
    if test is not None:
        _test(test, given["card"])
    _evaluation(found, source.rsplit("/", 1)[-1], given["line"])


def _require(given: dict[str, Any], names: Sequence[str]) -> None:
    """Options that a data file needs."""
    for name in names:
        if given[name] is None:
            raise click.UsageError(f"--{name} is needed with a data file")


_BUDGETS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0)


def _curves(
    data: Any, methods: dict[str, Any], asked: dict[str, Any], quota: list[float | str],
    tables: Sequence[str],
) -> tuple[Evaluation, Evaluation | None]:  # fmt: skip
    """All methods at many quotas, and at many budgets where these are asked for."""
    from exitline.api import target

    with show.working("drawing"):
        found = target.evaluate(data, methods, quota="curve", **asked)
        shares = [q for q in quota if q not in ("poor", "column")]
        if "budget" not in tables or not shares:
            return found, None
        return found, target.evaluate(
            data, methods, quota=shares, tables=["budget"], budgets=_BUDGETS, **asked
        )


def _pictures(
    found: Evaluation, curves: tuple[Evaluation, Evaluation | None], plot: str | None,
    page: Path | None, *, quiet: bool,
) -> None:  # fmt: skip
    """Write the curves of all methods, as a drawing, on a page, or both."""
    from exitline.api import target

    if plot is not None:
        target.curves(*curves).save(plot)
        show.note(say("written: {file}", file=plot))
    save_page([found, *(one for one in curves if one is not None)], page, quiet=quiet)


def _of_study(source: str, page: Path | None, *, as_json: bool) -> None:
    """What the scenarios of a study do."""
    from exitline.api.targets.study import study_scenario

    if page is not None:
        raise click.UsageError("--page is for a data file: the report of a study has scenarios")
    with show.working("transferring"):
        effects = study_scenario(source)
    _effects(effects, as_json=as_json)


def _named(text: str) -> tuple[str, str]:
    """A method by name; a column alone has its own."""
    name, sign, score = text.partition("=")
    return (name.strip(), score.strip()) if sign else (text.strip(), text.strip())


def _quota(text: str) -> float | str:
    """A quota as it was written."""
    if text in ("poor", "column"):
        return text
    return numbers.number_in(text, "--quota")


def _test(test: ProxyMeansTest, points: int | None) -> None:
    """How well a test predicts, and the card."""
    inside, outside = (Numeral(f"{100 * x:.0f} %") for x in (test.inside, test.outside))
    show.note(
        say("The test explains {share} of the response's variance ({n} households).",
            share=inside, n=test.n)
    )  # fmt: skip
    if test.outside == test.outside:
        show.note(
            say("In households whose sampling unit was left out of the fit it explains {share}.",
                share=outside)
        )  # fmt: skip
    if points is None:
        return
    made = test.card(points)
    rows = [(asked, f"{number:+d}" if i else str(number)) for i, (asked, number) in
            enumerate(made.lines)]  # fmt: skip
    show.table(
        "Score card: add up the points; the fewest are chosen first", ("asked", "points"), rows,
        right=(1,), caption=say("from 0 to {n} points", n=made.most),
    )  # fmt: skip


_SHARES = {
    "exclusion_error", "inclusion_error", "poor_coverage", "nonpoor_coverage", "coverage",
    "benefit_incidence", "quantile_coverage", "marginal_incidence", "headcount_left", "gap_left",
}  # fmt: skip


_OWN = {"test": say("proxy means test"), "card": say("score card")}
"""Methods that this command makes itself, in words; others have the names that they were given."""


def _evaluation(found: Evaluation, name: str, line: str) -> None:
    """A table for each figure group; one row a method, quota and part."""
    from exitline.api.target import FIGURES, quota_in_words
    from exitline.cli.shared.figures import figure, interval, spread

    rows: list[tuple[str, ...]] = []
    for kind, words in FIGURES.items():
        mine = [one for one in found.estimates if found.asked[one.measure].figure == kind]
        unit = "share" if kind in _SHARES else "index"
        for place, one in enumerate(mine):
            asked = found.asked[one.measure]
            rows.append((
                Told(words if place == 0 else ""), _OWN.get(asked.method, asked.method),
                Told("" if asked.quota is None else quota_in_words(asked.quota)),
                Told(asked.part),
                figure(one.estimate, unit, one.se, one.reason), spread(one.se, unit),
                interval(one.ci_low, one.ci_high, unit, one.se, one.estimate),
            ))  # fmt: skip
    parts = {(one.figure, one.part) for one in found.asked.values()}
    several = {2: len({row[2] for row in rows} - {""}) > 1,
               3: len(parts) > len({kind for kind, _ in parts})}  # fmt: skip
    kept = [i for i in range(7) if several.get(i, True)]
    headings = (say("figure"), say("method"), say("chosen"), say("part"), say("value"), say("SE"),
                show.sure(found.estimates.level))  # fmt: skip
    show.table(
        "Whom each method reaches", [headings[i] for i in kept],
        [tuple(row[i] for i in kept) for row in rows],
        right=[k for k, i in enumerate(kept) if i > 3],
    )  # fmt: skip
    show.note(
        say("From {file}; poor: below {line}. Errors of the cut-off are part of every figure, "
            "those of a score's coefficients are not.", file=name, line=line)
    )  # fmt: skip
    for text in (*_compared(found), *found.bound, *found.notes):
        show.note(text)


def _compared(found: Evaluation) -> list[Said]:
    """A sentence on each further method against the first, by the error of exclusion."""
    from exitline.api.target import quota_in_words

    asked = [a for a in found.asked.values() if a.figure == "exclusion_error" and not a.part]
    said = []
    for one in asked[1:]:
        first = asked[0]
        if one.quota is None or first.quota is None or one.method == first.method:
            continue
        if str(one.quota) != str(first.quota):
            continue
        quota = "poor" if one.quota != one.quota else one.quota or "column"
        apart = found.difference("exclusion_error", one.method, first.method, quota)
        said.append(_apart(one.method, first.method, apart, quota_in_words(first.quota)))
    return said


def _apart(one: str, other: str, apart: Any, quota: str) -> Said:
    """How much one method leaves out that another does not."""
    sure = say("no error can be given")
    if apart.p == apart.p:
        sure = say("p = {n}", n=Numeral(f"{apart.p:.3f}"))
    parts = {
        "one": one, "other": other, "n": Numeral(f"{100 * abs(apart.estimate):.1f}"),
        "sure_of_it": sure, "quota": Told(quota),
    }  # fmt: skip
    if apart.estimate > 0:
        return say(
            "'{one}' leaves out {n} percentage points more of the poor than '{other}' "
            "({sure_of_it}, chosen: {quota}).", **parts
        )  # fmt: skip
    return say(
        "'{one}' leaves out {n} percentage points fewer of the poor than '{other}' "
        "({sure_of_it}, chosen: {quota}).", **parts
    )  # fmt: skip


def _effects(effects: Effects, *, as_json: bool) -> None:
    """What each scenario does."""
    from exitline.api.target import COMPARED
    from exitline.cli.shared.figures import figure, interval, spread

    if as_json:
        show.as_json(effects.to_pandas().to_dict("records"))
        return
    units = {"headcount": "share"}
    labels = {"headcount": say("poor persons"), "poverty_gap": say("poverty gap index"),
              "severity": say("poverty severity index"), "gini": say("Gini index")}  # fmt: skip
    for one in effects.scenarios:
        rows: list[Sequence[str]] = []
        for kind in COMPARED:
            unit, effect = units.get(kind, "index"), effects.find(one.name, kind)
            change, after = effect.change, effects.after(one.name, kind)
            rows.append((
                labels[kind], figure(effect.before, unit, after.se),
                figure(effect.after, unit, after.se), _signed(change.estimate, unit, change.se),
                spread(change.se, unit),
                _ends(change.ci_low, change.ci_high, unit, change.se),
            ))  # fmt: skip
        if one is not effects.scenarios[0]:
            show.note("")
        cost, gap = (effects.after(one.name, kind) for kind in ("cost", "cost_of_gap"))
        show.table(
            say("{name}: {what}", name=one.name, what=Told(one.said)),
            ("figure", "before", "after", "change", "SE",
             show.sure(effects.estimates.level)),
            rows, right=(1, 2, 3, 4, 5),
            caption=say(
                "cost {n} ({ends}), and for each unit of the gap closed {m} ({others})",
                n=as_part(figure(cost.estimate, "money", cost.se)),
                ends=interval(cost.ci_low, cost.ci_high, "money", cost.se, cost.estimate),
                m=as_part(figure(gap.estimate, "index", gap.se)),
                others=interval(gap.ci_low, gap.ci_high, "index", gap.se, gap.estimate),
            ),
        )  # fmt: skip
    show.note("Changes of shares are in percentage points. Earnings are assumed not to change. "
              "The standard errors of the Gini index treat a cut-off as fixed.")  # fmt: skip
    for text in effects.estimates.notes:
        show.note(text)


def _signed(value: float, unit: str, se: float) -> str:
    """A change, with its sign."""
    from exitline.cli.shared.figures import plain
    from exitline.words.numbers import decimals, rounded

    text = plain(rounded(value, decimals(se, unit, value), percent=unit == "share"))
    return text if value <= 0 else f"+{text}"


def _ends(low: float, high: float, unit: str, se: float) -> str:
    """The interval of a change."""
    return say("{low} to {high}", low=as_part(_signed(low, unit, se)),
               high=as_part(_signed(high, unit, se)))  # fmt: skip
