"""The list itself: whom to visit first, why, of which kind, and by when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from exitline.errors import DataError, MeasureError
from exitline.exits.watch.evaluation import WatchEvaluation, evaluate
from exitline.exits.watch.ranking import capacity_of, fall_since, relative_welfare
from exitline.exits.watch.risk import (
    BEFORE,
    CHANGE,
    PENALTY,
    WELFARE,
    RiskModel,
    features,
    fit_risk,
    predictors_for,
)
from exitline.exits.watch.rules import WatchRules, shipped_rules
from exitline.stats.data.readers.declaring import choose
from exitline.stats.panel.panel import Panel, read_panel
from exitline.words.said import Numeral, Told, listed, say
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from exitline.stats.engine.base import Engine
    from exitline.stats.panel.spec import PanelSpec

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

Category = Literal["unstable", "sudden hardship", "marginal"]
RankBy = Literal["auto", "model", "line"]

NOTABLE = 0.5
"""A predictor is named as a reason when it lies this many standard deviations on the bad side."""


@dataclass(frozen=True)
class WatchList(ShownResult):
    """Households at risk in the last wave, ranked.

    Attributes
    ----------
    table : pyarrow.Table
        ``rank``, ``household``, ``risk``, ``category``, ``reason``, ``clue_date``,
        ``due_date``, ``welfare_over_line``: the first `capacity` households.
    ranked_by : str
        In words, with why.
    wave : str
        The wave it was made from.
    at_risk, already_poor, unknown : int
        Households of the last wave that are not poor, poor, and of unknown state.
    categories : mapping of category to int
        Households on the list.
    model : RiskModel or None
        None where the waves do not allow one; `risk` is then missing.
    evaluation : WatchEvaluation or None
        None with fewer than three waves, or where nobody fell; a note says why.
    notes : tuple of str
    """

    table: pa.Table
    ranked_by: str
    wave: str
    at_risk: int
    already_poor: int
    unknown: int
    categories: Mapping[str, int]
    model: RiskModel | None
    evaluation: WatchEvaluation | None
    notes: tuple[str, ...]

    def to_pandas(self) -> pd.DataFrame:
        """The list."""
        found: pd.DataFrame = self.table.to_pandas()
        return found


def watch(
    data: Any, spec: PanelSpec, *, predictors: Sequence[str] | None = None, capacity: float = 0.1,
    rank_by: RankBy = "auto", clue_date: date | None = None, rules: WatchRules | None = None,
    shock: str | None = None, labels: Mapping[str, str] | None = None,
    penalty: float = PENALTY, level: float = 0.95, engine: str | Engine = "duckdb",
) -> WatchList:  # fmt: skip
    """Rank the households that are out of poverty by their risk of falling back.

    Parameters
    ----------
    data : path, table, or sequence of these
    spec : PanelSpec
        With welfare, a line and, as extras, the further predictors.
    predictors : sequence of str, optional
        Which extras the model uses; all but `shock` by default.
    capacity : float
        Share of the households at risk (below 1) or their number.
    rank_by : {"auto", "model", "line"}
        "auto" takes the model only where the evaluation shows that it finds more than the
        rule "nearest to the line"; otherwise the simpler rule.
    clue_date : date, optional
        The day on which the clues were in; today by default.
    rules : WatchRules, optional
        The shipped ones by default.
    shock : str, optional
        An extra that is not zero where the household reported a shock.
    labels : mapping of predictor to words, optional
        How reasons name the predictors.
    penalty : float
        Of the model's slopes.
    level : float
        Confidence of the evaluation's intervals.
    engine : str or Engine

    Returns
    -------
    WatchList

    Raises
    ------
    DataError, MeasureError
        See `read_panel`, `evaluate`.

    Notes
    -----
    Kinds (China's 2021 guidance names three): *unstable* were poor in an earlier wave of
    the panel; *sudden hardship* never were, but lost at least `rules.sudden_fall` of their
    welfare since the wave before, or reported a shock, wherever they stand now; *marginal*
    are the others. A due date is the day of the clue plus `rules.days`.

    Nothing that is later than what is scored is used: the evaluation trains on pairs of
    waves before the last pair; the list trains on pairs up to the last wave.

    Examples
    --------
    >>> import pandas as pd
    >>> from exitline.stats.panel import panel_spec
    >>> wide = pd.DataFrame({"id": range(40), "y_a": [2.1, 2.2, 3.0, 5.0] * 10,
    ...                      "y_b": [1.5, 2.3, 2.1, 6.0] * 10, "y_c": [2.5, 1.9, 2.2, 5.0] * 10})
    >>> spec = panel_spec(household="id", welfare="y_{wave}", waves=tuple("abc"), line=2.0)
    >>> found = watch(wide, spec, capacity=10, clue_date=date(2024, 5, 2))
    >>> found.table.column("reason")[0].as_py()
    'welfare is 1.10 x the line'
    >>> found.table.column("due_date")[0].as_py()
    datetime.date(2024, 5, 17)
    """
    panel = read_panel(data, spec, engine=engine)
    _refuse_states(panel)
    rules = rules or shipped_rules()
    wanted = _without(panel, predictors, shock)
    wave = len(panel.waves) - 1
    capacity_of(capacity, int((panel.poor[:, wave] == 0.0).sum()))
    found, model, notes = _learnt(panel, wanted, rules, capacity, penalty, level)
    ranked, words = _ranking(panel, model, found, rank_by, wanted)
    visits = capacity_of(capacity, len(ranked.order))
    chosen = ranked.order[:visits]
    case = _Case(panel, model, ranked, rules, shock, labels or {})
    day = clue_date or date.today()
    table = _table(case, chosen, day)
    kinds = [str(k) for k in table.column("category").to_pylist()]
    last = panel.poor[:, wave]
    return WatchList(
        table=table, ranked_by=words, wave=panel.waves[wave], at_risk=len(ranked.order),
        already_poor=int((last == 1.0).sum()), unknown=int(np.isnan(last).sum()),
        categories={k: kinds.count(k) for k in ("unstable", "sudden hardship", "marginal")},
        model=model, evaluation=found, notes=panel.notes + notes,
    )  # fmt: skip


def _learnt(
    panel: Panel, wanted: Sequence[str], rules: WatchRules, capacity: float, penalty: float,
    level: float,
) -> tuple[WatchEvaluation | None, RiskModel | None, tuple[str, ...]]:  # fmt: skip
    """The trial and the model; where the waves do not allow one, a note that says why.

    The list's model uses histories only where the tried one did.
    """
    found, model = None, None
    notes: tuple[str, ...] = ()
    try:
        found = evaluate(panel, wanted, rules, capacity=capacity, penalty=penalty, level=level)
    except MeasureError as reason:
        notes += (say("the watch could not be tried: {reason}", reason=Told(reason.what)),)
    history = found is not None and found.history
    try:
        model = fit_risk(panel, len(panel.waves) - 1, wanted, history=history, penalty=penalty)
        notes += model.notes
    except MeasureError as reason:
        notes += (say("no model of the risk: {reason}", reason=Told(reason.what)),)
    return found, model, notes


def _refuse_states(panel: Panel) -> None:
    if np.isnan(panel.welfare).all():
        raise DataError(
            "this panel contains states, not welfare",
            expected="a welfare column and a line: the watch looks at how near the line is",
            got="a column that says poor or not",
            remedy=choose("give panel_spec welfare= and line=", "give --welfare and --line"),
        )
    if not (panel.poor[:, -1] == 0.0).any():
        raise MeasureError(
            f"nobody is known to be out of poverty at '{panel.waves[-1]}'",
            expected="households above the line in the last wave",
            got="none",
            remedy="check the line and its unit",
        )


def _without(panel: Panel, predictors: Sequence[str] | None, shock: str | None) -> tuple[str, ...]:
    """The model's predictors: those wanted, or all extras but the shock."""
    if shock is not None:
        predictors_for(panel, [shock])
    if predictors is None:
        predictors = [name for name in panel.extras if name != shock]
    return predictors_for(panel, predictors)


@dataclass(frozen=True)
class _Ranked:
    """Households at risk, first to visit first, with their values."""

    order: Ints
    values: Floats
    risk: Floats
    ratio: Floats


def _ranking(
    panel: Panel, model: RiskModel | None, evaluation: WatchEvaluation | None, rank_by: RankBy,
    predictors: Sequence[str],
) -> tuple[_Ranked, str]:  # fmt: skip
    """The order of visits, and what it rests on."""
    wave = len(panel.waves) - 1
    found = features(panel, wave, predictors, history=model is not None and CHANGE in model.names)
    ratio = relative_welfare(panel, wave)
    risk = np.full(panel.size, np.nan) if model is None else model.probability(found.values)
    by_model, words = _choice(model, evaluation, rank_by)
    key = -risk if by_model else ratio
    households = np.nonzero(found.at_risk)[0]
    order = households[np.lexsort((households, ratio[households], key[households]))]
    return _Ranked(order, found.values, risk, ratio), words


def _choice(
    model: RiskModel | None, evaluation: WatchEvaluation | None, rank_by: RankBy
) -> tuple[bool, str]:
    """Whether to rank by the model, and why."""
    if rank_by == "model" and model is None:
        raise MeasureError(
            "there is no model to rank by",
            expected="waves in which some households fell and others did not",
            got="none to learn from",
            remedy="rank by the line, or add waves",
        )
    if rank_by == "model":
        return True, say("the model, as asked for")
    if rank_by == "line":
        return False, say("nearest to the line, as asked for")
    if evaluation is None:
        return False, say("nearest to the line: no model could be tried")
    near = next(s for s in evaluation.scores if s.rule == "nearest to the line")
    if near.gain.ci_low > 0:
        return True, say("the model, which found more than the rule ‘nearest to the line’")
    return False, say("nearest to the line: the model was not shown to find more")


@dataclass(frozen=True)
class _Case:
    """What reasons and kinds are made from."""

    panel: Panel
    model: RiskModel | None
    ranked: _Ranked
    rules: WatchRules
    shock: str | None
    labels: Mapping[str, str]


def _table(case: _Case, chosen: Ints, day: date) -> pa.Table:
    """The list as a table."""
    import pyarrow as pa

    kinds, reasons = _kinds_and_reasons(case, chosen)
    due = day + timedelta(days=case.rules.days)
    return pa.table(
        {
            "rank": pa.array(np.arange(1, len(chosen) + 1)),
            "household": case.panel.household.take(pa.array(chosen)),
            "risk": pa.array(case.ranked.risk[chosen], from_pandas=True),
            "category": pa.array(kinds),
            "reason": pa.array(reasons),
            "clue_date": pa.array([day] * len(chosen)),
            "due_date": pa.array([due] * len(chosen)),
            "welfare_over_line": pa.array(case.ranked.ratio[chosen]),
        }
    )


def _kinds_and_reasons(case: _Case, chosen: Ints) -> tuple[list[Category], list[str]]:
    """Kind and reason of each household on the list."""
    wave = len(case.panel.waves) - 1
    fall = fall_since(case.panel, wave)
    before = case.panel.poor[:, :wave] == 1.0
    shocked = np.zeros(case.panel.size, dtype=bool)
    if case.shock is not None:
        shocked = np.nan_to_num(case.panel.extras[case.shock][:, wave]) != 0
    sudden = (fall >= case.rules.sudden_fall) | shocked
    kinds: list[Category] = []
    reasons = []
    for i in chosen:
        poor_at = [case.panel.waves[t] for t in np.nonzero(before[i])[0]]
        kinds.append("unstable" if poor_at else "sudden hardship" if sudden[i] else "marginal")
        reasons.append("; ".join(_reason(case, int(i), poor_at, float(fall[i]), bool(shocked[i]))))
    return kinds, reasons


def _reason(case: _Case, i: int, poor_at: list[str], fall: float, shocked: bool) -> list[str]:
    """What speaks for a visit, the strongest last fact first among the predictors."""
    waves = case.panel.waves
    label = case.labels.get("welfare", "welfare")
    ratio = Numeral(f"{case.ranked.ratio[i]:.2f}")
    said: list[str] = [say("{label} is {n} x the line", label=Told(label), n=ratio)]
    if fall >= case.rules.sudden_fall:
        said.append(
            say("lost {share} since {wave}", share=Numeral(f"{100 * fall:.0f} %"), wave=waves[-2])
        )
    if shocked:
        said.append(case.labels.get(str(case.shock), say("reported {what}", what=str(case.shock))))
    if poor_at:
        said.append(say("was poor at {waves}", waves=listed(poor_at)))
    return said + _predictor_reasons(case, i)


def _predictor_reasons(case: _Case, i: int, most: int = 2) -> list[str]:
    """The further predictors that add most to the risk, where they are notable."""
    model = case.model
    if model is None:
        return []
    values = case.ranked.values[i]
    added = model.contributions(values)
    own = {WELFARE, CHANGE, BEFORE}
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.abs(values - model.means) / model.spreads
    order = sorted(range(len(added)), key=lambda j: -added[j])
    found = []
    for j in order:
        name = model.names[j]
        if name in own or np.isnan(values[j]) or added[j] <= 0 or distance[j] < NOTABLE:
            continue
        side = "high" if values[j] > model.means[j] else "low"
        found.append(
            f"{case.labels.get(name, name.replace('_', ' '))} is {side} "
            f"({values[j]:.3g}, average {model.means[j]:.3g})"
        )
    return found[:most]
