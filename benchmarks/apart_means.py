"""How often chance sets an area's mean apart, on which degrees of freedom.

All areas are alike: a lognormal welfare, PSUs of eight households. The test is that of
`exitline.stats.infer.comparing.apart` (logarithms, area against all, smallest p by Holm), in
NumPy, so that thousands of samples take a minute.

    python -m benchmarks.apart_means
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exitline.stats.infer.comparing.apart import skewed_df
from exitline.stats.infer.comparing.compare import p_value

Floats = NDArray[np.float64]
SAMPLES, HOUSEHOLDS, ICC = 600, 8, 0.15
DESIGNS = ((50, 6), (50, 12), (12, 12), (50, 24), (12, 23), (50, 40))


def smallest_p(totals: Floats, df: Floats) -> float:
    """The smallest p, times the number of areas; `totals` are means of PSUs, areas x PSUs."""
    areas, psus = totals.shape
    mean, overall = totals.mean(axis=1), totals.mean()
    own = (totals - mean[:, None]) / (mean[:, None] * psus)
    of_all = (totals - overall) / (overall * psus * areas)
    of_all = of_all - of_all.mean(axis=1, keepdims=True)
    spread = psus / (psus - 1)
    variance = (own**2).sum(axis=1) + (of_all**2).sum() - 2 * (own * of_all).sum(axis=1)
    p = p_value(np.log(mean / overall), np.sqrt(spread * variance), df)
    return float(p.min() * areas)


def main() -> None:
    """Print a line for each design and spread of welfare."""
    draw = np.random.default_rng(1)
    for areas, psus in DESIGNS:
        plain = np.array(float(psus - 1))
        for sigma in (0.6, 1.0):
            said = np.zeros(2)
            for _ in range(SAMPLES):
                place = draw.normal(size=(areas, psus, 1)) * ICC**0.5
                home = draw.normal(size=(areas, psus, HOUSEHOLDS)) * (1 - ICC) ** 0.5
                totals = np.exp(sigma * (place + home)).mean(axis=2)
                for i, df in enumerate((plain, skewed_df(plain))):
                    said[i] += smallest_p(totals, df) <= 0.05
            one, other = 100 * said / SAMPLES
            print(f"{areas} areas of {psus} PSUs, {sigma}: {one:.1f} %, on half {other:.1f} %")


if __name__ == "__main__":
    main()
