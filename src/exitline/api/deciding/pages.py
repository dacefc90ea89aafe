"""A finding as one HTML page: `xl.page`, and the option `--page` of the commands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from exitline.errors import ArgumentError
from exitline.files import whole_file

if TYPE_CHECKING:
    from exitline.api.deciding.assessing import Assessed
    from exitline.api.deciding.planning import Planned
    from exitline.exits.assess.plans.budget import BudgetPlan
    from exitline.exits.screens import ScreenFinding
    from exitline.exits.target.evaluation import Evaluation
    from exitline.exits.watch.watchlist import WatchList
    from exitline.publish.report.findings.sections import FoundPage
    from exitline.stats.panel.report import DynamicsSection
    from exitline.words.catalogue import Language

    Finding: TypeAlias = (
        Assessed | Planned | BudgetPlan | WatchList | Evaluation
        | Sequence[DynamicsSection | ScreenFinding | Evaluation]
    )  # fmt: skip


def page(
    found: Finding,
    path: str | Path,
    *,
    title: str = "",
    language: str = "en",
    named: int = 0,
) -> Path:
    """What `assess`, `dynamics`, `watch`, `plan`, `screen` or `target.evaluate` found, as one page.

    Parameters
    ----------
    found : result of one of these
        Or several evaluations of the same methods: the first gives the figures in words, each
        curve comes from the first that has its points.
    path : path
        Ends in ``.html``.
    title : str
        As the page is headed; the question that it answers unless given.
    language : str
        Such as "fr".
    named : int
        Of a watch: how many households of the list stand on the page, with their ids. None unless
        given; with any, the page says that it is not for release.

    Returns
    -------
    Path

    Raises
    ------
    ArgumentError, ExitlineError
        For something else, or another ending.

    Examples
    --------
    >>> import tempfile, exitline as xl
    >>> found = xl.plan(true_rate=0.005, icc=0.02)
    >>> xl.page(found, tempfile.mkdtemp() + "/plan.html").name
    'plan.html'
    """
    from exitline.publish.report.findings.page import render_found
    from exitline.words.catalogue import language as of_code
    from exitline.words.shown.files import known_ending

    at, t = known_ending(path, (".html",), "a page"), of_code(language)
    text = render_found(_made(found, t, title, named), t)
    with whole_file(at) as partial:
        partial.write_text(text, encoding="utf-8")
    return at


def _made(found: Any, t: Language, title: str, named: int) -> FoundPage:
    """The page of a finding, by its kind."""
    from exitline.publish.report.findings.moved import dynamics_page
    from exitline.publish.report.findings.planned import budget_page
    from exitline.publish.report.findings.screened import screens_page
    from exitline.publish.report.findings.targeted import targeting_page
    from exitline.publish.report.findings.watched import watch_page

    kind = type(found[0] if isinstance(found, Sequence) and found else found).__name__
    if kind == "Assessed":
        return _assessed(found, t, title)
    if kind == "Planned":
        return _planned(found, t, title)
    if kind == "BudgetPlan":
        from exitline.api.deciding.planning import budget_in_words

        return budget_page(found, budget_in_words(found), t, title=title)
    if kind == "WatchList":
        return watch_page(found, t, title=title, rows=found.table.slice(0, named).to_pylist())
    if kind == "DynamicsSection":
        return dynamics_page(found, t, title=title)
    if kind == "ScreenFinding":
        return screens_page(found, t, title=title)
    if kind == "Evaluation":
        return targeting_page([found] if not isinstance(found, Sequence) else found, t, title=title)
    raise ArgumentError(
        "this has no page", where="found",
        expected="what assess, dynamics, watch, plan, plan_counties, screen or target.evaluate "
        "returns",
        got=f"a {kind}", remedy="of a run, xl.run(study, out=...) writes the page report.html",
    )  # fmt: skip


def _assessed(found: Assessed, t: Language, title: str) -> FoundPage:
    """Of counties."""
    from exitline.publish.report.findings.assessed import assessment_page

    answers = [(county, given) for county, given, _ in found.answers]
    return assessment_page(found.assessments, answers, found.standard, t, title=title)


def _planned(found: Planned, t: Language, title: str) -> FoundPage:
    """Of one county's plan, with its curve at many rates."""
    from exitline.exits.assess.plans.planning import operating_curve
    from exitline.exits.assess.plans.stages import staged_point
    from exitline.publish.report.findings.planned import plan_page

    staged = found.staged

    def drawn(rates: Sequence[float]) -> Sequence[Any]:
        if staged is None:
            return operating_curve(found.plan, rates)
        return [staged_point(staged, rate) for rate in rates]

    cost = None if found.cheapest is None else found.cheapest.cost
    return plan_page(
        found.plan, found.curve if staged is None else found.staged_curve, drawn, t, staged=staged,
        cost=cost, title=title,
    )  # fmt: skip
