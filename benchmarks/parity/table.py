"""The comparison as a table: measure x peer x data."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.parity.compare import Found
from benchmarks.parity.wanted import WHAT

HEADS = ("measure", "peer", "data", "figures", "largest difference", "of", "differ", "as stated")


@dataclass(frozen=True)
class Line:
    """All figures of one measure, peer and data."""

    measure: str
    peer: str
    data: str
    found: tuple[Found, ...]

    @property
    def compared(self) -> list[Found]:
        """Figures that exitline has."""
        return [f for f in self.found if f.status in {"same", "differs", "known"}]

    @property
    def largest(self) -> Found | None:
        """The figure that is furthest off, of those that have no stated reason."""
        held = [f for f in self.compared if f.status != "known"]
        return max(held, key=lambda f: f.difference, default=None)

    def count(self, status: str) -> int:
        """Figures of one status."""
        return sum(f.status == status for f in self.found)


def lines(found: Iterable[Found]) -> list[Line]:
    """Figures by measure, peer and data, in the order of their names."""
    groups: dict[tuple[str, str, str], list[Found]] = defaultdict(list)
    for one in found:
        groups[one.wanted.family, one.job.peer, one.job.data].append(one)
    return [Line(*key, tuple(groups[key])) for key in sorted(groups)]


def markdown(rows: Iterable[Line]) -> str:
    """The table of what is there."""
    text = ["| " + " | ".join(HEADS) + " |", "| " + " | ".join("---" for _ in HEADS) + " |"]
    for row in rows:
        if not row.compared:
            continue
        worst = row.largest
        shown = ("-", "") if worst is None else (bound(worst.difference), worst.what)
        cells = (row.measure, row.peer, row.data, f"{len(row.compared):,}", *shown,
                 str(row.count("differs") or ""), str(row.count("known") or ""))  # fmt: skip
        text.append("| " + " | ".join(cells) + " |")
    return "\n".join(text)


def bound(difference: float) -> str:
    """A difference as a bound that does not change with the last digit of a machine.

    Examples
    --------
    >>> bound(0.0), bound(3e-13), bound(0.0234), bound(float("inf"))
    ('< 1e-12', '< 1e-12', '2.3e-02', 'one has none')
    """
    if math.isinf(difference):
        return "one has none"
    if difference > 1e-9:
        return f"{difference:.1e}"
    power = max(-12, math.ceil(math.log10(difference))) if difference else -12
    return f"< 1e{power:03d}"


def gaps(rows: Iterable[Line]) -> str:
    """What is not there: measure, number of figures, data, and why the first of them is not."""
    text = []
    for status in ("absent", "refused"):
        groups: dict[str, list[Found]] = defaultdict(list)
        for one in (f for row in rows for f in row.found if f.status == status):
            groups[one.wanted.family].append(one)
        for family, many in sorted(groups.items()):
            where = ", ".join(sorted({f.job.data for f in many}))
            said = dict.fromkeys(f.said for f in many)
            more = f" (and {len(said) - 1} more)" if len(said) > 1 else ""
            text.append(f"{status}: {family}: {len(many):,} ({where}): {next(iter(said))}{more}")
    return "\n".join(text)


def worst(found: Iterable[Found], top: int) -> str:
    """The figures that are furthest off, one of each kind."""
    kinds: dict[tuple[str, str, str, str], list[Found]] = defaultdict(list)
    for one in found:
        if one.status == "differs":
            kinds[one.job.data, one.wanted.measure, one.wanted.line, one.what].append(one)
    order = sorted(kinds.items(), key=lambda kv: (WHAT.index(kv[0][3]), kv[0]))
    text = []
    for key, many in order[:top]:
        one = max(many, key=lambda f: f.difference)
        place = f"{one.wanted.by}={one.wanted.domain}" if one.wanted.by else "all"
        text.append(
            f"{' '.join(k for k in key if k)}: {len(many)}; {place}: "
            f"ours {one.ours!r}, theirs {one.theirs!r}, {one.difference:.2e}"
        )
    return "\n".join(text)


def totals(found: Iterable[Found]) -> str:
    """Figures by status."""
    counts = Counter(one.status for one in found)
    return ", ".join(
        f"{counts[s]:,} {s}" for s in ("same", "known", "differs", "absent", "refused")
    )
