"""The condition language: SQL-like expressions over the columns of one row.

A condition is text in a rule file or a study. It is read by three gates (`spelling`: known
words; `reading`: known shapes; `kinds`: numbers, texts and true/false kept apart) and
then built into an Ibis expression. No text of it ever reaches an engine.
docs/condition-language.md is the reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from exitline.rules.condition import nodes
from exitline.rules.condition.kinds import KindOf, Known, kind_of

if TYPE_CHECKING:
    import ibis

_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Condition:
    """A condition (true, false or missing) or a formula (a number or a text) over one row.

    Made by `parse`.

    Parameters
    ----------
    text : str
        As it was written.
    where : str
        File, line and key, for messages.
    columns : frozenset of str
        Names it needs: columns of the table or names given to `build`.
    lines, indicators : frozenset of str
        Names in line('...') and deprived('...').
    uses_score, uses_count : bool
        Whether it calls score() and deprivations().
    kind : {"number", "truth", "text", "missing"} or None
        What it gives; None where only the data can tell (a column alone).
    tree : Node
        What was read.
    """

    text: str
    where: str
    columns: frozenset[str]
    lines: frozenset[str]
    indicators: frozenset[str]
    uses_score: bool = False
    uses_count: bool = False
    kind: Known = None
    tree: nodes.Node = field(default_factory=lambda: nodes.Node(0), repr=False, compare=False)

    def build(
        self,
        table: ibis.Table,
        *,
        names: Mapping[str, ibis.Value] = _NONE,
        lines: Mapping[str, float | ibis.Value] = _NONE,
        indicators: Mapping[str, ibis.Value] = _NONE,
        scores: Mapping[str, ibis.Value] = _NONE,
    ) -> ibis.Value:
        """The condition as an Ibis expression over the rows of a table.

        Parameters
        ----------
        table : ibis.Table
            Bound or unbound.
        names : mapping of str to ibis.Value
            What identifiers stand for; looked up before the table's columns.
        lines : mapping of str to float or ibis.Value
            The figure of each line('name'), in the unit of the columns.
        indicators : mapping of str to ibis.Value
            Boolean state of each deprived('name').
        scores : mapping of str to ibis.Value
            "score" for score(), "deprivations" for deprivations().

        Returns
        -------
        ibis.Value
            Boolean, float64 or string; null where it cannot be told.

        Raises
        ------
        ConditionError
            For a name that is not there (with the nearest one), or a column of a kind
            that does not fit.

        Examples
        --------
        >>> import ibis
        >>> table = ibis.table({"welfare": "float64", "water": "boolean"}, name="t")
        >>> poor = parse("welfare < line('food') OR NOT water").build(table, lines={"food": 10})
        >>> poor.type().is_boolean()
        True
        """
        from exitline.rules.condition import builder

        given = builder.Scope(table, names, lines, indicators, scores)
        return builder.build(self.tree, self.text, given, where=self.where)

    def check(self, names: KindOf) -> Known:
        """The kind it gives when its columns have these kinds.

        Parameters
        ----------
        names : callable
            From a column's name to "number", "truth", "text" or None (not known).

        Raises
        ------
        ConditionError
            Where kinds are mixed up.

        Examples
        --------
        >>> parse("rooms").check(lambda name: "number")
        'number'
        """
        return kind_of(self.tree, self.text, names, where=self.where)


def parse(text: str, *, where: str = "") -> Condition:
    """Read a condition.

    Parameters
    ----------
    text : str
        In the language of docs/condition-language.md; at most 4,000 characters.
    where : str
        File, line and key, for messages.

    Raises
    ------
    ConditionError
        For anything that is not in the language: says what, at which character, and
        what can be written instead.

    Examples
    --------
    >>> condition = parse("welfare < line('national') OR deprived('water')")
    >>> sorted(condition.columns), sorted(condition.lines), sorted(condition.indicators)
    (['welfare'], ['national'], ['water'])
    >>> parse("read_csv('secrets')")
    Traceback (most recent call last):
    exitline.errors.ConditionError: the function 'read_csv' is not allowed in a condition
      where:    character 1 of "read_csv('secrets')"
    ...
    """
    from exitline.rules.condition.reading import read

    tree = read(text, where=where)
    pieces = tuple(nodes.walk(tree))
    return Condition(
        text=text,
        where=where,
        columns=frozenset(p.name for p in pieces if isinstance(p, nodes.Name)),
        lines=frozenset(p.name for p in pieces if isinstance(p, nodes.LineReference)),
        indicators=frozenset(p.name for p in pieces if isinstance(p, nodes.Deprived)),
        uses_score=any(isinstance(p, nodes.Score) and p.weighted for p in pieces),
        uses_count=any(isinstance(p, nodes.Score) and not p.weighted for p in pieces),
        kind=kind_of(tree, text, where=where),
        tree=tree,
    )
