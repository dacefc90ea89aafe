"""What the parts of a rule file need to know of each other while it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from exitline.errors import ConditionError, ExitlineError, nearest
from exitline.rules.condition import Condition, nodes, parse
from exitline.rules.standard.bands import Bands
from exitline.rules.standard.keys import DatedKeys, FigureKeys, Sourced
from exitline.rules.standard.lines import Line, StandardFigure, Uprating
from exitline.rules.standard.model import Column, Cutoff, Indicator, SourceRef
from exitline.rules.yamlfile.tree import Tree
from exitline.rules.yamlfile.values import check_name

POOR = "poor"
_BOUNDARY_TESTS = {"<": ("<", ">="), "<=": ("<=", ">")}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}


@dataclass(frozen=True)
class SourceInForce:
    """The source that stands for everything below a key, until another is named."""

    source: str = ""
    verified: bool = True


@dataclass(frozen=True)
class LoadContext:
    """The parts of a rule file that have been read so far."""

    jurisdiction: str
    sources: Mapping[str, SourceRef]
    area_classes: Mapping[str, str]
    area_column: str | None
    columns: Mapping[str, Column]
    upratings: Mapping[str, Uprating]
    lines: Mapping[str, Line]
    indicators: Mapping[str, Indicator]
    cutoffs: Mapping[str, Cutoff]
    bands: Mapping[str, Bands]

    def origin(self, keys: Sourced, above: SourceInForce | None = None) -> SourceInForce:
        """The source and its standing for the values of a record."""
        source, verified = ("", True) if above is None else (above.source, above.verified)
        if keys.source is not None:
            source = keys.at("source").known(self.sources, "source")
            verified = self.sources[source].verified
        if not source:
            raise keys.tree.fault(
                "a figure or rule without a source",
                expected="source: one of " + (", ".join(self.sources) or "'sources' (none yet)"),
                got="no source here or above",
                remedy="name where it was read; use a source with 'verified: false' if nowhere",
            )
        if keys.verified and not self.sources[source].verified:
            raise keys.at("verified").fault(
                f"the source '{source}' was not read, so nothing from it is verified",
                expected="verified: false",
                got="true",
                remedy="name the source that was read",
            )
        return SourceInForce(source, verified if keys.verified is None else keys.verified)

    def figure(
        self, keys: FigureKeys | DatedKeys, above: SourceInForce, *, share: bool = False
    ) -> StandardFigure:
        """A number, or a table of value, source, verified and note."""
        origin = self.origin(keys, above)
        value = float(keys.value)
        if share and not 0 <= value <= 1:
            place = keys.at("value")
            raise place.fault(
                "a share must lie between 0 and 1",
                expected="0.02 for 2 %",
                got=place.text(),
                remedy="divide percentages by 100",
            )
        return StandardFigure(value, origin.source, origin.verified, keys.note or "")

    def known(self, here: Tree, known: Mapping[str, object], what: str) -> str:
        """A name that must have been declared."""
        return here.known(known, what, check_name(here, here.text()))

    def condition(
        self, here: Tree, *, allow: tuple[str, ...] = (), gives: nodes.Kind = "truth"
    ) -> Condition:
        """A condition (or formula) that knows only what the file declares.

        `allow` names what may be used beyond columns and lines: "poor", "indicators".
        """
        text = here.text()
        condition = parse(text, where=here.where)
        for name in sorted(condition.columns):
            self._check_name(here, name, allow)
        for name in sorted(condition.lines):
            if name not in self.lines:
                raise self._undeclared(here, "line", name, self.lines)
        self._check_indicators(here, condition, allow)
        self._check_boundaries(condition)
        self._check_cutoffs(here, condition)
        kind = condition.check(self._kind)
        if kind != gives:
            raise here.fault(
                f"the condition does not give {nodes.KIND_WORDS[gives]}",
                expected=nodes.KIND_WORDS[gives],
                got=nodes.KIND_WORDS[kind] if kind else "something unknown",
                remedy="compare it with something" if gives == "truth" else "correct the formula",
            )
        return condition

    def _kind(self, name: str) -> nodes.Kind | None:
        """The kind that a name is declared to have."""
        return "truth" if name == POOR else self.columns[name].kind

    def _check_name(self, here: Tree, name: str, allow: tuple[str, ...]) -> None:
        """Refuse a name that is not a declared column."""
        if name in self.columns or (name == POOR and POOR in allow):
            return
        if name in self.indicators:
            raise here.fault(
                f"'{name}' is an indicator, not a column",
                expected=f"deprived('{name}')",
                got=name,
                remedy=f"write deprived('{name}')",
            )
        raise self._undeclared(here, "column", name, self.columns)

    def _check_indicators(self, here: Tree, condition: Condition, allow: tuple[str, ...]) -> None:
        """Refuse unknown indicators, and scores where there are none."""
        uses = bool(condition.indicators) or condition.uses_score or condition.uses_count
        if uses and "indicators" not in allow:
            raise here.fault(
                "an indicator's condition cannot use other indicators or scores",
                expected="columns and lines",
                got=condition.text,
                remedy="write the condition out over columns",
            )
        for name in sorted(condition.indicators):
            if name not in self.indicators:
                raise self._undeclared(here, "indicator", name, self.indicators)
        weighted = any(i.weight is not None for i in self.indicators.values())
        if (condition.uses_score and not weighted) or (
            condition.uses_count and not self.indicators
        ):
            raise here.fault(
                "there is no deprivation score",
                expected="indicators with weights for score(), indicators for deprivations()",
                got=condition.text,
                remedy="add 'weight' to each indicator",
            )

    def _check_boundaries(self, condition: Condition) -> None:
        """Refuse a comparison with a line that contradicts the line's own boundary."""
        for piece in nodes.walk(condition.tree):
            if not isinstance(piece, nodes.Comparison):
                continue
            operator, line = piece.operator, piece.right
            if isinstance(piece.left, nodes.LineReference):
                operator, line = _MIRRORED[piece.operator], piece.left  # type: ignore[assignment]
            if not isinstance(line, nodes.LineReference):
                continue
            boundary = self.lines[line.name].boundary
            if operator not in _BOUNDARY_TESTS[boundary]:
                raise ConditionError(
                    f"the comparison contradicts the boundary of the line '{line.name}'",
                    where=f'{condition.where}, in "{condition.text}"',
                    expected=f"{' or '.join(_BOUNDARY_TESTS[boundary])}, as the line's boundary "
                    f"is '{boundary}'",
                    got=operator,
                    remedy="change the comparison, or the line's boundary",
                )

    def _check_cutoffs(self, here: Tree, condition: Condition) -> None:
        """Refuse a comparison of a score with a number that is no declared cut-off."""
        for piece in nodes.walk(condition.tree):
            if not (isinstance(piece, nodes.Comparison) and isinstance(piece.left, nodes.Score)):
                continue
            of = "score" if piece.left.weighted else "deprivations"
            known = {c.at_least: c.name for c in self.cutoffs.values() if c.of == of}
            value = _exact_value(piece.right)
            if known and (value not in known or piece.operator not in (">=", "<")):
                raise here.fault(
                    f"{of}() is compared with something that is no declared cut-off",
                    expected=" or ".join(f">= {v} ({name})" for v, name in known.items()),
                    got=condition.text,
                    remedy="compare with a cut-off by >= (or < for the rest), or declare another",
                )

    def _undeclared(
        self, here: Tree, what: str, name: str, known: Mapping[str, object]
    ) -> ExitlineError:
        """The error for a name in a condition that nothing declares."""
        return here.fault(
            f"the condition uses the {what} '{name}', which is not declared",
            expected="one of " + ", ".join(sorted(known)) if known else f"{what}s: {name}: ...",
            got=name,
            remedy=nearest(name, known) or f"declare it under '{what}s'",
        )


def _exact_value(node: nodes.Node) -> Fraction | None:
    """The exact value of a number, or of one number over another (None: anything else)."""
    if isinstance(node, nodes.Number):
        return Fraction(node.written)
    if isinstance(node, nodes.Arithmetic) and node.operator == "/":
        above, below = _exact_value(node.left), _exact_value(node.right)
        return above / below if above is not None and below else None
    return None
