"""Methods of targeting as columns of a table: lowest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exitline.exits.target.errors import TargetError
from exitline.exits.target.proxy import ProxyMeansTest
from exitline.exits.target.rulefile import TargetingRule

if TYPE_CHECKING:
    from exitline.exits.target.card import Card
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.engine.base import Engine


WEIGHT = "exitline__person_weight"
"""The column of persons that a row stands for."""


def person_weights(table: Any, design: Design) -> Any:
    """The table with the weight of each household's persons.

    Parameters
    ----------
    table : ibis.Table
    design : Design
    """
    import ibis

    from exitline.stats.measure import portable

    design.sampling.in_one_phase("targeting")
    weight = portable.number(table[design.weight]) if design.weight else ibis.literal(1.0)
    if design.size:
        weight = weight * portable.number(table[design.size])
    return table.mutate(**{WEIGHT: weight})


def with_method(
    table: Any,
    name: str,
    method: ProxyMeansTest | TargetingRule | str,
    design: Design,
    engine: Engine,
    *,
    card: Card | None = None,
    score: Any = None,
    seen: bool = True,
) -> Any:
    """The table with a column to choose by.

    Parameters
    ----------
    table : ibis.Table
        With the weights of persons (`person_weights`).
    name : str
        Of the new column.
    method : ProxyMeansTest, TargetingRule or str
        Text is a column, or an expression of the condition language.
    design : Design
    engine : Engine
    card : Card, optional
        Of a test: its points instead of its score.
    score : ProxyMeansTest, optional
        What a rule means by "score".
    seen : bool
        Whether the rows are those of the fit: then each is predicted without its fold.
    """
    if isinstance(method, str):
        column = method if method in table.columns else None
        value = table[column] if column else _built(table, method, name)
        from exitline.stats.measure import portable

        return table.mutate(**{name: portable.number(value)})
    if isinstance(method, TargetingRule):
        return _with_rule(table, name, method, design, engine, score)
    return _with_test(table, name, method, design, card, seen=seen)


def _built(table: Any, text: str, where: str) -> Any:
    """An expression of the condition language."""
    from exitline.rules.condition import parse

    return parse(text, where=where).build(table)


def _with_test(
    table: Any, name: str, test: ProxyMeansTest, design: Design, card: Card | None, *, seen: bool
) -> Any:
    """The score of a proxy means test."""
    from exitline.stats.measure.programmes.ordering import FOLD, predicted, with_folds
    from exitline.stats.smallarea.formula import made

    folded = seen and len(test.by_fold) > 0
    rows = with_folds(table, design, test.folds) if folded else table
    rows = made(test.learned, rows)
    if card is not None:
        of_folds = card.of_folds(test.coefficients, test.by_fold) if folded else None
        value = predicted(rows, card.values, of_folds)
    else:
        value = predicted(rows, test.coefficients.tolist(), test.by_fold if folded else None)
    rows = rows.mutate(**{name: value})
    extra = [c for c in rows.columns if c not in table.columns and c != name]
    return rows.drop(*extra) if extra or FOLD in extra else rows


def _with_rule(
    table: Any, name: str, rule: TargetingRule, design: Design, engine: Engine, score: Any
) -> Any:
    """The order of a rule file."""
    import ibis

    from exitline.stats.measure import portable
    from exitline.stats.measure.modelling.rank_scores import share_below
    from exitline.stats.measure.programmes.ordering import ordered

    columns = list(table.columns)
    rows, poverty = _with_areas(table, rule, engine)
    rank: Any = ibis.literal(0.0)
    if rule.rank == "score":
        if score is None:
            raise TargetError(
                "the rule ranks by a score, and none is given",
                where=f"rule '{rule.title}', key rank",
                expected="a proxy means test beside the rule",
                got="the rule alone",
                remedy="give the test with score=, or --formula on the command line",
            )
        rows = with_method(rows, "exitline__rank", score, design, engine)
        rank = rows["exitline__rank"]
    elif rule.rank is not None:
        rank = portable.number(_built(rows, rule.rank, "rank"))
    if rule.within is not None:
        rank = share_below(rank, rows[WEIGHT], rows[rule.within])
        rows = rows.mutate(exitline__rank2=rank)
        rank = rows["exitline__rank2"]
    eligible = None if rule.eligible is None else _built(rows, rule.eligible, "eligible")
    first = None if rule.first is None else _built(rows, rule.first, "first")
    if poverty is not None and rule.areas is not None:
        if rule.areas.at_least is None:
            rank = -poverty if rule.rank is None else rank
        else:
            poor = poverty >= rule.areas.at_least
            eligible = poor if eligible is None else eligible & poor
    found = rows.mutate(**{name: ordered(rank, first, eligible)})
    return found.select(*columns, name)


def _with_areas(table: Any, rule: TargetingRule, engine: Engine) -> tuple[Any, Any]:
    """The rows joined to a poverty map, and what it says of each; areas without a figure are an
    error, named by their number."""
    from exitline.stats.data.source import open_source
    from exitline.stats.measure import portable
    from exitline.stats.measure.passes.plan import require_columns

    areas = rule.areas
    if areas is None:
        return table, None
    source = open_source(areas.table)
    other = engine.attach(source, "poverty_map")
    require_columns([areas.column], table.columns)
    require_columns([areas.on, areas.value], other.columns)
    facts = other.select(
        exitline__area=portable.key(other[areas.on]),
        exitline__poverty=portable.number(other[areas.value]),
    )
    keyed = table.mutate(exitline__key=portable.key(table[areas.column]))
    joined = keyed.left_join(facts, keyed["exitline__key"] == facts["exitline__area"])
    rows = joined.select(*(keyed[c] for c in keyed.columns), facts["exitline__poverty"])
    lacking = rows.filter(rows["exitline__poverty"].isnull())
    count = engine.run(lacking.aggregate(n=lacking["exitline__key"].nunique()))
    missing = int(count.column("n")[0].as_py())
    if missing:
        raise TargetError(
            f"the poverty map has no figure for {missing:,} "
            f"{'area' if missing == 1 else 'areas'} of the data",
            where=str(areas.table),
            expected=f"a row for each value of '{areas.column}'",
            got=f"{missing:,} without",
            remedy="complete the map, or check that both write areas alike",
        )
    return rows, rows["exitline__poverty"]
