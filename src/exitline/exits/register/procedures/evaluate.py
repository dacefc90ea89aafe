"""What a rule's conditions give on the evidence of households, by the one engine.

The conditions are built by the standard's own condition language and run by the engine,
the same way as for a whole register: there is no second meaning of a condition here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exitline.errors import ConditionError
from exitline.exits.register.errors import EvidenceError
from exitline.exits.register.procedures.decision import DecisionRecord, Scalar, columns_of
from exitline.exits.register.procedures.rule import Rule

if TYPE_CHECKING:
    import pyarrow as pa

    from exitline.rules.condition import Condition
    from exitline.rules.condition.nodes import Kind

_ROW = "row number"
_LINE = "line "


def evaluate(
    rule: Rule,
    evidence: Sequence[Mapping[str, Scalar]],
    lines: Sequence[Mapping[str, float]],
) -> list[dict[str, bool | None]]:
    """Whether each criterion's condition holds on each household's evidence.

    Parameters
    ----------
    rule : Rule
    evidence : sequence of mappings from column to value
        One for each household. A column that is left out is missing.
    lines : sequence of mappings from line to figure
        One for each household.

    Returns
    -------
    list of dict from criterion to bool or None
        In the order of the evidence.

    Raises
    ------
    EvidenceError
        When a column holds numbers for one household and words for another.
    ConditionError
        When a condition does not fit the kind of its columns.
    """
    from exitline.stats.data.scannable import Source
    from exitline.stats.engine.session import session

    if not evidence:
        return []
    rows = _table(rule, evidence, lines)
    with session() as engine:
        table = engine.attach(Source(kind="arrow", table=rows), "evidence")
        built = _build(rule, table)
        chosen = {f"criterion {i}": value for i, value in enumerate(built)}
        found = engine.run(table.select(table[_ROW], **chosen)).sort_by(_ROW)
    columns = [found[f"criterion {i}"].to_pylist() for i in range(len(rule.criteria))]
    names = [criterion.name for criterion in rule.criteria]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def derived_again(records: Sequence[DecisionRecord], rule: Rule) -> list[bool]:
    """Whether stored decisions follow from their own values, by their own rule.

    Parameters
    ----------
    records : sequence of DecisionRecord
        Decisions by one rule.
    rule : Rule
        The rule as it was kept (`Rule.from_content`).

    Returns
    -------
    list of bool
        False when the rule is another, or any criterion comes out otherwise.
    """
    found = evaluate(rule, [r.values for r in records], [r.lines for r in records])
    digest = rule.digest
    return [
        record.rule_digest == digest
        and [(c.name, c.met) for c in record.criteria]
        == [(c.name, None if c.absent else met.get(c.name)) for c in record.criteria]
        and len(record.criteria) == len(met)
        for record, met in zip(records, found, strict=True)
    ]


def _build(rule: Rule, table: Any) -> list[Any]:
    """The criteria as expressions over the evidence table."""
    lines = {name: table[_LINE + name] for name in rule.needed_lines()}
    indicators = {}
    for name, indicator in rule.indicators.items():
        value = indicator.deprived.build(table, lines=lines)
        if indicator.missing != "excluded":
            value = value.fill_null(indicator.missing == "deprived")
        indicators[name] = value
    given: dict[str, Any] = {"lines": lines, "indicators": indicators, "scores": {}}
    if indicators:
        counts = [value.cast("float64") for value in indicators.values()]
        weights = [indicator.weight or 0.0 for indicator in rule.indicators.values()]
        given["scores"] = {
            "deprivations": sum(counts[1:], counts[0]),
            "score": sum(
                (c * w for c, w in zip(counts[1:], weights[1:], strict=True)),
                counts[0] * weights[0],
            ),
        }
    names = {name: condition.build(table, **given) for name, condition in rule.names.items()}
    return [c.condition.build(table, names=names, **given) for c in rule.criteria]


def _table(
    rule: Rule, evidence: Sequence[Mapping[str, Scalar]], lines: Sequence[Mapping[str, float]]
) -> pa.Table:
    """Evidence and lines as columns, every column the rule asks for among them."""
    import pyarrow as pa

    data: dict[str, Any] = {_ROW: pa.array(range(len(evidence)), pa.int64())}
    empty = []
    for name in sorted(columns_of(rule)):
        values = [row.get(name) for row in evidence]
        kinds = {_kind(value) for value in values if value is not None}
        if len(kinds) > 1:
            raise EvidenceError(
                f"'{name}' is of several kinds",
                where=f"rule {rule.name}",
                expected="numbers, or words, or true and false, for all households alike",
                got=", ".join(sorted(kinds)),
                remedy="write the column in one way",
            )
        if not kinds:
            empty.append(name)
        else:
            data[name] = pa.array(values, _types()[kinds.pop()])
    for name in sorted(rule.needed_lines()):
        data[_LINE + name] = pa.array([row.get(name) for row in lines], pa.float64())
    kinds_known = {name: _kind_of_array(column) for name, column in data.items() if name != _ROW}
    for name in empty:
        kind = _fitting_kind(rule, name, kinds_known)
        data[name] = pa.nulls(len(evidence), _types()[kind])
    return pa.table(data)


def _fitting_kind(rule: Rule, name: str, known: Mapping[str, Kind]) -> Kind:
    """The kind of a column without any value, from the conditions that use it."""
    conditions: list[Condition] = [c.condition for c in rule.criteria]
    conditions += [*rule.names.values(), *(i.deprived for i in rule.indicators.values())]
    using = [c for c in conditions if name in c.columns]
    kinds: tuple[Kind, ...] = ("truth", "number", "text")
    return next((kind for kind in kinds if _fits(using, {**known, name: kind})), "number")


def _fits(conditions: Sequence[Condition], kinds: Mapping[str, Kind]) -> bool:
    """Whether conditions can be read with columns of these kinds."""
    try:
        for condition in conditions:
            condition.check(kinds.get)
    except ConditionError:
        return False
    return True


def _kind(value: Scalar) -> Kind:
    """The kind of a value, in the words of the condition language."""
    if isinstance(value, bool):
        return "truth"
    return "text" if isinstance(value, str) else "number"


def _kind_of_array(column: Any) -> Kind:
    """The kind of an Arrow column made here."""
    return next(kind for kind, dtype in _types().items() if column.type == dtype)


def _types() -> dict[Kind, Any]:
    """The Arrow type of each kind."""
    import pyarrow as pa

    return {"truth": pa.bool_(), "number": pa.float64(), "text": pa.string()}
