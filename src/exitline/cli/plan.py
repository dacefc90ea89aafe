"""`exitline plan`: how many households to visit, where, and what the numbers then allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import numbers, show
from exitline.cli.shared.reading import reads_data
from exitline.cli.shared.saving import paged, save_page
from exitline.cli.shared.speaking import reader
from exitline.words.numbers import rounded
from exitline.words.said import Numeral, Told, say, say_plural

if TYPE_CHECKING:
    from exitline.api.deciding.planning import Planned
    from exitline.exits.assess.plans.budget import BudgetPlan
    from exitline.exits.assess.plans.planning import SamplePlan
    from exitline.exits.assess.plans.stages import StagedPlan

KINDS = ("fixed", "double", "sequential", "curtailed")
_ASKED = (
    "standard", "rate", "area_class", "threshold", "comparison", "true_rate", "confidence",
    "power", "icc", "design_effect", "per_village", "max_villages", "cost_village",
    "cost_household", "kind", "every", "stop_high",
)  # fmt: skip
"""Options of a plan for one county, as `exitline.plan` calls them."""
RATES = "0,0.005,0.01,0.015,0.02,0.025,0.03,0.04"


@click.command(
    "plan",
    help="""How many households to visit so that the assessment can tell.

Error probabilities are exact for households in villages (beta-binomial law); the
threshold comes from --threshold or from a rate of a --standard.

Examples:

\b
  exitline plan --true-rate 0.01 --icc 0.05 --per-village 20
  exitline plan --true-rate 0.01 --cost-village 300 --cost-household 15
  exitline plan --true-rate 0.01 --power 0.9 --kind sequential
  exitline plan --standard china-2011-2020 --rate recognition --true-rate 0.95
  exitline plan --counties examples/assessment/counties.csv --budget 60000
""",
)
@click.option("--standard", help="Take threshold, comparison and confidence from here.")
@click.option("--rate", type=click.Choice(["missed", "wrong", "comprehensive", "recognition"]),
              default="wrong", show_default=True, help="Which rate of the standard.")  # fmt: skip
@click.option("--area-class", default="", help="Such as west, where thresholds differ.")
@click.option("--threshold", type=numbers.INSIDE, help="A share: 0.02 for 2 %.  [default: 0.02]")
@click.option("--comparison", type=click.Choice(["below", "at_most", "above", "at_least"]),
              help="How the rate must compare with it.  [default: below]")  # fmt: skip
@click.option("--true-rate", type=numbers.SHARE, default=0.01, show_default=True,
              help="A rate that should be recognised as meeting it.")  # fmt: skip
@click.option("--confidence", type=numbers.INSIDE, help="One-sided.  [default: 0.95]")
@click.option("--power", type=numbers.INSIDE, default=0.8, show_default=True,
              help="Probability of recognising it.")  # fmt: skip
@click.option("--icc", type=numbers.SHARE, default=0.05, show_default=True,
              help="Intra-village correlation.")  # fmt: skip
@click.option("--design-effect", type=numbers.POSITIVE, help="Instead of --icc.")
@click.option("--per-village", type=numbers.Whole(1), default=20, show_default=True,
              help="Households visited in a village.")  # fmt: skip
@click.option("--max-villages", type=numbers.Whole(1), help="Villages there are.")
@click.option(
    "--cost-village", type=numbers.AMOUNT, help="With --cost-household: the cheapest design."
)
@click.option("--cost-household", type=numbers.AMOUNT, help="Cost of one household visited.")
@click.option("--kind", type=click.Choice(KINDS), default="fixed", show_default=True,
              help="All visits at once, or in stages.")  # fmt: skip
@click.option("--every", type=numbers.Whole(1), help="Villages between looks of a sequential plan.")
@click.option("--stop-high", type=click.Choice(["futility", "not met"]), default="futility",
              show_default=True, help="Also stop when 'met' is unlikely, or not.")  # fmt: skip
@click.option("--curve", default=RATES, show_default=True, help="True rates of the curve.")
@click.option("--counties", type=click.Path(), help="Plan all counties of this table together.")
@click.option("--budget", type=numbers.POSITIVE, help="With --counties: what there is to spend.")
@click.option("--goal", type=click.Choice(["most settled", "equal power"]),
              default="most settled", show_default=True, help="With --counties.")  # fmt: skip
@paged
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
@reads_data
@click.pass_context
def command(ctx: click.Context, /, as_json: bool, **given: Any) -> None:
    """Make the plan that was asked for."""
    if (given["counties"] is None) != (given["budget"] is None):
        raise click.UsageError("--counties and --budget go together.")
    if (given["cost_village"] is None) != (given["cost_household"] is None):
        raise click.UsageError("--cost-village and --cost-household go together.")
    if given["reading"] and given["counties"] is None:
        raise click.UsageError("options of a data file are for --counties.")
    if given["counties"] is not None:
        _for_counties(ctx, given, as_json=as_json)
        return
    _for_one(given, as_json=as_json)


def _for_one(given: Mapping[str, Any], *, as_json: bool) -> None:
    """A plan for one county."""
    from exitline import api

    kept = {name: given[name] for name in _ASKED}
    found = api.plan(**kept, curve=_rates(given["curve"]))
    if as_json:
        show.as_json(found.to_dict())
    elif found.staged is None:
        _show_fixed(found)
    else:
        _show_staged(found.staged, found.staged_curve)
    save_page(found, given["page"], quiet=as_json)


def _rates(text: str) -> list[float] | None:
    """The true rates of the curve; nothing for those of the threshold."""
    rates = list(numbers.numbers_in(text, "--curve", numbers.SHARE))
    if not rates:
        raise click.BadParameter("at least one share", param_hint="--curve")
    return None if text == RATES else rates


def _show_fixed(found: Planned) -> None:
    """One sample: what to do, then its curve."""
    plan, cheapest = found.plan, found.cheapest
    sample = plan.sample
    visits = {
        "households": say_plural("{n} household", "{n} households", sample.households),
        "villages": say_plural("{n} village", "{n} villages", sample.villages),
        "most": Numeral(f"{sample.per_village:g}"),
    }  # fmt: skip
    show.note(
        say("Visit {households} in {villages}, {most} in each, for {figure}.", **visits,
            figure=Numeral(f"{cheapest.cost:,.0f}"))
        if cheapest
        else say("Visit {households} in {villages}, {most} in each.", **visits)
    )  # fmt: skip
    show.note(
        say_plural("Met with at most {n} household that does not approve, not met from {m} on.",
                   "Met with at most {n} households that do not approve, not met from {m} on.",
                   plan.accept, m=plan.reject)
        if plan.aim.mirrored
        else say_plural("Met with at most {n} error, not met from {m} on.",
                        "Met with at most {n} errors, not met from {m} on.", plan.accept,
                        m=plan.reject)
    )  # fmt: skip
    show.table(
        "What the plan says, by the true rate",
        ("true rate", "met", "cannot tell", "not met"),
        [
            (percent(p.rate), percent(p.met), percent(p.cannot_tell), percent(p.not_met))
            for p in found.curve
        ],
        right=(0, 1, 2, 3),
        caption=_basis(plan),
    )


def _show_staged(plan: StagedPlan, curve: Sequence[Any]) -> None:
    """A plan in stages: its looks, then its curve."""
    last, fixed = plan.looks[-1], plan.fixed.sample
    show.note(
        say(
            "Visit up to {n} households, {m} in each village, {most} on average at a true rate of "
            "{share}. That is {low} fewer than the {high} of one stage.",
            n=last.households, m=plan.per_village, most=round(plan.expected),
            share=Numeral(str(percent(plan.aim.true_rate))),
            low=Numeral(str(percent(plan.saving, 0))), high=fixed.households,
        )
    )  # fmt: skip
    show.table(
        say("When to stop, by households that do not approve so far")
        if plan.aim.mirrored
        else say("When to stop, by errors so far"),
        ("households", "villages", "met at most", "stop from", "not met from"),
        [
            (f"{look.households:,}", look.villages, look.accept if look.accept >= 0 else None,
             look.stop_from, look.reject if look.reject <= look.households else None)
            for look in plan.looks
        ],
        right=(0, 1, 2, 3, 4),
    )  # fmt: skip
    show.table(
        "What the plan says, by the true rate",
        ("true rate", "met", "cannot tell", "not met", "households on average"),
        [
            (percent(p.rate), percent(p.met), percent(p.cannot_tell), percent(p.not_met),
             f"{p.expected:,.0f}")
            for p in curve
        ],
        right=(0, 1, 2, 3, 4),
        caption=_basis(plan.fixed),
    )  # fmt: skip


def _basis(plan: SamplePlan) -> str:
    """What the figures rest on."""
    aim, declared, judged = plan.aim, plan.sample.icc, plan.sample.judged.icc
    said = [
        say(
            "threshold: {comparison} {share}, confidence {sure}, ICC {n} (design effect {m})",
            comparison=Told(aim.comparison.replace("_", " ")),
            share=Numeral(str(percent(aim.threshold))),
            sure=Numeral(str(percent(aim.confidence))), n=Numeral(f"{declared:.3g}"),
            m=Numeral(f"{plan.sample.design_effect:.2f}"),
        ),
        say("exact beta-binomial"),
    ]  # fmt: skip
    if judged:
        twice = judged == 2.0 * declared
        n = Numeral(f"{judged:.3g}")
        said.append(
            say("met and not met are judged at twice that, ICC {n}", n=n)
            if twice
            else say("met and not met are judged at a larger one, ICC {n}", n=n)
        )
    t = reader()
    return t.joined(t.of(one) for one in said)


def _for_counties(ctx: click.Context, given: Mapping[str, Any], *, as_json: bool) -> None:
    """One budget for all counties."""
    from exitline import api

    said = {
        option: given[option]
        for option in ("icc", "threshold")
        if ctx.get_parameter_source(option) == click.core.ParameterSource.COMMANDLINE
    }
    counties = api.open_source(given["counties"], **given["reading"])
    kept = {name: given[name] for name in ("budget", "confidence", "goal")}
    with show.working("planning the counties"):
        plan = api.plan_counties(counties, **kept, **said)
    if as_json:
        show.as_json(asdict(plan))
    else:
        _show_budget(plan)
    save_page(plan, given["page"], quiet=as_json)


def _show_budget(plan: BudgetPlan) -> None:
    """Why, then who gets what."""
    from exitline.api.deciding.planning import budget_in_words

    for line in budget_in_words(plan):
        show.note(line)
    show.table(
        "Visits by county",
        ("county", "villages", "households each", "cost", "settled rightly"),
        [
            (s.county, s.villages or None, s.per_village or None, f"{s.cost:,.0f}",
             percent(s.settled))
            for s in plan.shares
        ],
        right=(1, 2, 3, 4),
    )  # fmt: skip


def percent(share: float, digits: int = 1) -> str | None:
    """A share in percent; nothing where there is none."""
    return None if share != share else f"{rounded(share, digits, percent=True)} %"
