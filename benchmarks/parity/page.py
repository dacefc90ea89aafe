"""docs/parity.md: what was compared with what, and how far apart it is."""

from __future__ import annotations

from pathlib import Path

from benchmarks.parity import known, references, table
from benchmarks.parity.compare import compared

PAGE = Path(__file__).parents[2] / "docs" / "parity.md"
HEAD = """# Parity with R

Written by `python -m benchmarks.parity --write`; a test holds the first table to what the code
gives. Each figure is an estimate, a standard error, degrees of freedom, a limit or a design
effect. The largest relative difference is that of all figures that have no stated reason to
differ; "one has none" means that R has a number where exitline has none, or the reverse. R 4.2.2.
"""
SHIPPED = "## On data of this repository"
TRIALS = "## On public surveys that are not shipped"
REASONS = "## Figures that differ for a reason"
GAPS = "## Not there yet"


def shipped_lines() -> list[table.Line]:
    """The comparison on shipped data."""
    return table.lines(f for job in references.shipped() for f in compared(job))


def write(shipped: list[table.Line], trials: list[table.Line]) -> None:
    """The page; trials that were not run again stay as they are."""
    parts = [HEAD, SHIPPED, "", table.markdown(shipped), ""]
    before = PAGE.read_text() if PAGE.exists() else ""
    kept = _table(before, TRIALS)
    new = {tuple(_cells(line)[:3]): line for line in table.markdown(trials).splitlines()[2:]}
    lines = {**{tuple(_cells(line)[:3]): line for line in kept}, **new}
    if lines:
        heads = table.markdown([]).splitlines()
        parts += [TRIALS, "", *heads, *(lines[key] for key in sorted(lines)), ""]
    parts += [REASONS, "", reasons(), ""]
    gaps = [f"- {line}" for line in table.gaps(trials).splitlines()]
    if gaps or GAPS in before:
        old = before.split(GAPS, 1)[-1].strip().splitlines() if GAPS in before else []
        parts += [GAPS, "", *(gaps or old), ""]
    PAGE.write_text("\n".join(parts))


def reasons() -> str:
    """Each reason for which a figure may differ."""
    texts = dict.fromkeys([*(one.text for one in known.REASONS), *known.REFUSED])
    return "\n".join(f"- {text}" for text in texts)


def _table(text: str, head: str) -> list[str]:
    """The lines of a section's table, without its heads."""
    if head not in text:
        return []
    own = text.split(head, 1)[1].split("\n## ", 1)[0]
    return [line for line in own.splitlines() if line.startswith("| ")][2:]


def _cells(line: str) -> list[str]:
    """The cells of a table's line."""
    return [cell.strip() for cell in line.strip("|").split("|")]


def read() -> dict[tuple[str, str, str], tuple[int, str, int]]:
    """The page's first table: figures, bound and number that differ, by measure, peer and data."""
    cells = [_cells(line) for line in _table(PAGE.read_text(), SHIPPED)]
    return {(c[0], c[1], c[2]): (int(c[3].replace(",", "")), c[4], int(c[6] or 0)) for c in cells}
