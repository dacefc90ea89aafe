"""How the sums of a figure move with a poverty line that is itself estimated."""

from __future__ import annotations

from dataclasses import dataclass, replace

from exitline.stats.measure.model import Term


@dataclass(frozen=True)
class DerivativePart:
    """A part of a derivative, before it is known at which line and in which domains."""

    term: Term
    coefficient: float
    over_line: bool = False
    times: Term | None = None


def parts_of(term: Term) -> tuple[DerivativePart, ...] | None:
    """d(total of a term)/d(line), as a combination of other totals.

    The count of the poor has the density at the line; sum w ((z-y)/z)^a has
    (a/z)(sum at a-1 less sum at a); sum w ln(z/y) has (poor)/z; sum w (1 - (y/z)^a)/a
    has (poor less a times itself)/z; sum w (z-y) has the poor. What
    new poor add to ranks comes with the count of those among whom ranks are taken.

    Parameters
    ----------
    term : Term

    Returns
    -------
    tuple of Part, or None
        Empty for terms at a figure of the domain, of which the rule takes care; None where there
        is no derivative, as of FGT indices with 0 < alpha < 1.
    """
    if not term.needs_line or term.kind in {"kernel", "lower"}:
        return ()
    of = term.of
    if term.kind in {"at_most", "equal_to"} or _beside_a_column(term):
        return _within(term)
    if term.kind == "ranked" and of is not None and term.ranking is None:
        return _of_ranks(term, of)
    return _of_line(term) if term.among is None else None


def _beside_a_column(term: Term) -> bool:
    """Whether it is a product with something that no line moves, or ranked by such a thing."""
    beside = {"product": term.of, "ranked": term.ranking}.get(term.kind)
    return beside is not None and not beside.needs_line and term.among is None


def _within(term: Term) -> tuple[DerivativePart, ...] | None:
    """As `parts_of`, of what is summed up to a figure of the domain, times a column, or by ranks
    in a column.

    None at all where the figure itself moves with the line: the rule takes care of that.
    """
    inner = term.ranking if term.kind == "product" else term.of
    at = term.at
    if inner is None or not inner.needs_line or (at is not None and at.of.needs_line):
        return ()

    def outside(of: Term | None) -> Term:
        if term.kind == "product":
            assert term.of is not None
            return term.of if of is None else replace(term, ranking=of)
        return replace(term, of=of)

    def moved(part: Term) -> Term:
        at_line = part.kind == "kernel" and part.at is None and term.kind != "ranked"
        return replace(part, of=outside(part.of)) if at_line else outside(part)

    parts = parts_of(inner)
    return None if parts is None else tuple(replace(p, term=moved(p.term)) for p in parts)


def _of_line(term: Term) -> tuple[DerivativePart, ...] | None:
    """The derivative of a sum over the poor or the rich; None where there is none."""
    alpha = float(term.alpha or 0.0)
    poor = replace(term, kind="poor", alpha=None)
    rich = replace(term, kind="rich", alpha=None)
    if term.kind in {"poor", "rich"}:
        return (DerivativePart(Term("kernel", term.unit), 1.0 if term.kind == "poor" else -1.0),)
    if term.kind == "log_gap":
        return (DerivativePart(poor, 1.0, over_line=True),)
    if term.kind == "power_gap":
        return (
            DerivativePart(poor, 1.0, over_line=True),
            DerivativePart(term, -alpha, over_line=True),
        )
    if term.kind == "shortfall":
        return (DerivativePart(poor, 1.0),)
    if term.kind == "censored":
        return (DerivativePart(replace(term, kind="one"), 1.0), DerivativePart(poor, -1.0))
    if term.kind == "rich_share" and alpha > 0:
        return (
            DerivativePart(rich, -alpha, over_line=True),
            DerivativePart(term, alpha, over_line=True),
        )
    if term.kind == "rich_share" and alpha == -1:
        return (
            DerivativePart(rich, -1.0, over_line=True),
            DerivativePart(term, 1.0, over_line=True),
        )
    if term.kind not in {"gap", "rich_gap"} or alpha < 1:
        return None
    before = replace(term, alpha=alpha - 1.0)
    if term.kind == "gap":
        before = poor if alpha == 1 else before
        return (
            DerivativePart(before, alpha, over_line=True),
            DerivativePart(term, -alpha, over_line=True),
        )
    before = rich if alpha == 1 else before
    return (
        DerivativePart(before, -alpha, over_line=True),
        DerivativePart(term, -alpha, over_line=True),
    )


def _of_ranks(term: Term, of: Term) -> tuple[DerivativePart, ...] | None:
    """The derivative of sum w x F, with F the weighted number ranked below, ranks as they are.

    Of relative gaps: (sum of F over the poor, less sum w g F)/z. Of incomes censored at the
    line: sum of F over those at the line.
    """
    one, poor = Term("one", term.unit), Term("poor", term.unit)
    if of.kind == "gap" and of.alpha == 1.0:
        this = DerivativePart(term, -1.0, over_line=True)
        if term.among == poor:
            return (DerivativePart(poor, 0.5, over_line=True, times=poor), this)
        if term.among is None:
            ranks = DerivativePart(poor, 1.0, over_line=True, times=one)
            return (ranks, DerivativePart(poor, -0.5, over_line=True, times=poor), this)
    if of.kind == "censored" and term.among is None:
        return (DerivativePart(one, 0.5, times=one), DerivativePart(poor, -0.5, times=poor))
    return None
