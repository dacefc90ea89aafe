"""docs/parity.md: what was compared with what, and how far apart it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from benchmarks.parity import references, table
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
    """The page; without trials, their part of the page stays as it is."""
    parts = [HEAD, SHIPPED, "", table.markdown(shipped), ""]
    if trials:
        parts += [
            TRIALS,
            "",
            table.markdown(trials),
            "",
            REASONS,
            "",
            reasons([*shipped, *trials]),
            "",
            GAPS,
            "",
            *(f"- {line}" for line in table.gaps(trials).splitlines()),
            "",
        ]
    elif PAGE.exists() and TRIALS in PAGE.read_text():
        parts.append(TRIALS + PAGE.read_text().split(TRIALS, 1)[1].rstrip("\n") + "\n")
    PAGE.write_text("\n".join(parts))


def reasons(rows: Iterable[table.Line]) -> str:
    """Each reason with the number of figures that it holds for."""
    said = Counter(f.said for row in rows for f in row.found if f.status == "known")
    return "\n".join(f"- {text} ({many:,} figures)" for text, many in said.most_common())


def read() -> dict[tuple[str, str, str], tuple[int, str, int]]:
    """The page's first table: figures, bound and number that differ, by measure, peer and data."""
    text = PAGE.read_text().split(SHIPPED, 1)[1].split("\n## ", 1)[0]
    lines = [line for line in text.splitlines() if line.startswith("| ")][2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {(c[0], c[1], c[2]): (int(c[3].replace(",", "")), c[4], int(c[6] or 0)) for c in cells}
