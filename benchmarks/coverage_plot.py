"""The plot of coverage by measure and method, from the table that `benchmarks.coverage` keeps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

LEFT, TOP, ROW, WIDE, LOW, HIGH = 270, 72, 44, 400, 0.88, 0.99
COLOURS = {
    "Taylor, two stages with fpc": "#2b5d8a",
    "Taylor, PSUs with replacement": "#6fa8c9",
    "JKn": "#b5651d",
    "bootstrap, 200": "#5b8a3a",
    "corrected for skewness": "#b03060",
    "two stages with fpc, corrected for skewness": "#d98aa8",
}
AIM = (0.94, 0.96)


def place(share: float) -> float:
    """Where a rate stands, from left to right; what is out of range at the edge."""
    return LEFT + WIDE * (min(max(share, LOW), HIGH) - LOW) / (HIGH - LOW)


def drawing(found: pd.DataFrame) -> str:
    """An SVG: a row for each measure, a dot with two Monte-Carlo errors for each method."""
    measures = sorted(found["measure"].unique())
    methods = [m for m in COLOURS if m in set(found["method"])]
    bottom = TOP + ROW * len(measures)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDE + 20} {bottom + 40}" '
        'font-family="sans-serif" font-size="12" role="img" aria-label="Coverage of 95 % '
        'intervals by measure and method">',
        f'<rect width="{LEFT + WIDE + 20}" height="{bottom + 40}" fill="white"/>',
        f'<rect x="{place(AIM[0]):.1f}" y="{TOP}" width="{place(AIM[1]) - place(AIM[0]):.1f}" '
        f'height="{bottom - TOP}" fill="#e6efe6"/>',
        f'<line x1="{place(0.95):.1f}" x2="{place(0.95):.1f}" y1="{TOP}" y2="{bottom}" '
        'stroke="#555" stroke-dasharray="3 3"/>',
    ]
    for i, method in enumerate(methods):
        x, y = 20 + 310 * (i % 2), 18 + 18 * (i // 2)
        parts.append(
            f'<circle cx="{x}" cy="{y}" r="4" fill="{COLOURS[method]}"/>'
            f'<text x="{x + 10}" y="{y + 4}" fill="#222">{_said(found, method)}</text>'
        )
    for i, measure in enumerate(measures):
        y = TOP + ROW * (i + 0.5)
        parts.append(
            f'<text x="{LEFT - 8}" y="{y + 4:.0f}" text-anchor="end" fill="#222">{measure}</text>'
        )
        for j, method in enumerate(methods):
            own = found[(found["measure"] == measure) & (found["method"] == method)]
            if not own.empty:
                parts.append(_dot(own.iloc[0], y + 7 * (j - (len(methods) - 1) / 2)))
    parts += [
        f'<text x="{place(share):.1f}" y="{bottom + 18}" text-anchor="middle" '
        f'fill="#555">{100 * share:.0f} %</text>'
        for share in np.arange(LOW, HIGH + 1e-9, 0.02)
    ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _said(found: pd.DataFrame, method: str) -> str:
    """A method and its number of samples."""
    samples = int(found.loc[found["method"] == method, "samples"].max())
    return f"{method}: {samples:,} samples"


def _dot(row: pd.Series, y: float) -> str:
    """One rate with two Monte-Carlo errors on each side."""
    rate, colour = row["coverage"], COLOURS[row["method"]]
    reach = 2 * np.sqrt(rate * (1 - rate) / row["samples"])
    return (
        f'<line x1="{place(rate - reach):.1f}" x2="{place(rate + reach):.1f}" y1="{y:.1f}" '
        f'y2="{y:.1f}" stroke="{colour}"/>'
        f'<circle cx="{place(rate):.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
    )


def plot(found: pd.DataFrame, path: Path) -> None:
    """Write the drawing."""
    path.write_text(drawing(found))
