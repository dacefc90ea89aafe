"""Table and plot of how often intervals, bands and tests of effects are right."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd

LEFT, TOP, ROW, WIDE, FROM, TO = 470, 40, 22, 330, -0.04, 0.04


def place(apart: float) -> float:
    """Where a difference from the nominal rate stands; what is out of range at the edge."""
    return LEFT + WIDE * (min(max(apart, FROM), TO) - FROM) / (TO - FROM)


def drawing(found: pd.DataFrame) -> str:
    """An SVG: a row for each rate, its difference from nominal with two Monte-Carlo errors."""
    rows = found[found["nominal"] > 0]
    bottom = TOP + ROW * len(rows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDE + 30} {bottom + 34}" '
        'font-family="sans-serif" font-size="12" role="img" aria-label="Rates less what they '
        'should be">',
        f'<rect width="{LEFT + WIDE + 30}" height="{bottom + 34}" fill="white"/>',
        '<text x="10" y="20" fill="#222">Rate found less the rate that it should be, in points; '
        "shaded: one point</text>",
        f'<rect x="{place(-0.01):.1f}" y="{TOP}" width="{place(0.01) - place(-0.01):.1f}" '
        f'height="{bottom - TOP}" fill="#e6efe6"/>',
        f'<line x1="{place(0):.1f}" x2="{place(0):.1f}" y1="{TOP}" y2="{bottom}" stroke="#555" '
        'stroke-dasharray="3 3"/>',
    ]
    for i, row in enumerate(rows.itertuples()):
        y = TOP + ROW * (i + 0.5)
        apart, error = row.found - row.nominal, 2 * row.error
        colour = "#b5651d" if row.what.startswith("two-way") else "#2b5d8a"
        parts.append(
            f'<text x="{LEFT - 8}" y="{y + 4:.0f}" text-anchor="end" fill="#222">'
            f"{escape(row.panel)}: {escape(row.what)}</text>"
            f'<line x1="{place(apart - error):.1f}" x2="{place(apart + error):.1f}" y1="{y:.0f}" '
            f'y2="{y:.0f}" stroke="{colour}"/>'
            f'<circle cx="{place(apart):.1f}" cy="{y:.0f}" r="4" fill="{colour}"/>'
        )
    parts += [
        f'<text x="{place(point / 100):.1f}" y="{bottom + 18}" text-anchor="middle" '
        f'fill="#555">{point:+d}</text>'
        for point in range(-4, 5, 2)
    ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def table(found: pd.DataFrame) -> str:
    """The same as Markdown."""
    rows = ["| panel | what | should be | found | Monte-Carlo error | samples | within 1 point |",
            "| --- | --- | ---: | ---: | ---: | ---: | --- |"]  # fmt: skip
    for row in found.itertuples():
        within = "" if not row.nominal > 0 else "**no**" if far(row) else "yes"
        plain = "bias" in row.what
        said = (
            ("0", f"{row.found:.3f}", f"{row.error:.3f}")
            if plain
            else (
                "" if row.nominal != row.nominal else f"{100 * row.nominal:.1f} %",
                f"{100 * row.found:.1f} %",
                f"{100 * row.error:.1f}",
            )
        )
        rows.append(
            f"| {row.panel} | {row.what} | {' | '.join(said)} | {row.samples:,} | {within} |"
        )
    return "\n".join(rows) + "\n"


def far(row: Any) -> bool:
    """Whether a rate is more than a point from what it should be, as both are written."""
    return bool(abs(round(100 * row.found, 1) - round(100 * row.nominal, 1)) > 1.0 + 1e-9)


def said_of(found: pd.DataFrame) -> str:
    """Rates that are not within a point, in a sentence; those of two-way are not ours."""
    ours = found[(found["nominal"] > 0) & ~found["what"].str.startswith("two-way")]
    out = [row for row in ours.itertuples() if far(row)]
    first = f"{len(ours) - len(out)} of {len(ours)} rates are within a point of what they should be"
    if not out:
        return first + ".\n"
    named = "; ".join(f"{row.panel}, {row.what}: {100 * row.found:.1f} % for "
                      f"{100 * row.nominal:.1f} %" for row in out)  # fmt: skip
    return f"{first}. Not: {named}.\n"
