"""What every kind of small area model hands over to terminal, folder and report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from exitline.stats.smallarea.errors import SmallAreaError
from exitline.words.said import Numeral, say
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd

    from exitline.stats.smallarea.area.selection import TermSelection
    from exitline.stats.smallarea.figures import AreaFigures


@dataclass(frozen=True)
class Against:
    """Figures checked against what is really so, where that is known.

    Attributes
    ----------
    areas : int
        With a truth and a figure.
    model_error : float
        Mean absolute error of the model's figures.
    sampled : int
        Of these areas, those with a direct estimate.
    direct_error, model_error_sampled : float
        Mean absolute errors of the direct estimates, and of the model in the same areas.
    covered : float
        Share of the model's intervals that hold the truth.
    level : float
    """

    areas: int
    model_error: float
    sampled: int
    direct_error: float
    model_error_sampled: float
    covered: float
    level: float

    def said(self, *, share: bool) -> str:
        """The model beside the truth, in a sentence.

        Examples
        --------
        >>> print(Against(23, 0.07, 19, 0.108, 0.068, 0.96, 0.95).said(share=True))
        Beside the truth, which is known here: the model errs by 7.0 percentage points on ...
        """
        model, inside, direct = (
            _distance(value, share=share)
            for value in (self.model_error, self.model_error_sampled, self.direct_error)
        )
        return say(
            "Beside the truth, which is known here: the model errs by {model} on average over {n} "
            "areas; in the {m} of the sample by {inside}, the survey alone by {direct}. {share} of "
            "the {sure} intervals hold the truth.",
            model=model, n=self.areas, m=self.sampled, inside=inside, direct=direct,
            share=Numeral(f"{100 * self.covered:.0f} %"), sure=Numeral(f"{100 * self.level:g} %"),
        )  # fmt: skip


def _distance(value: float, *, share: bool) -> str:
    """A mean absolute error in words."""
    if value != value:
        return say("an unknown amount")
    if share:
        return say("{figure} percentage points", figure=Numeral(f"{100 * value:.1f}"))
    return Numeral(f"{value:.4g}")


@dataclass(frozen=True)
class Modelled(ShownResult):
    """A model of a study, finished.

    Attributes
    ----------
    kind, title : str
        The kind, and the model in a few words: "Fay-Herriot model (REML)".
    area : str
        The column of areas.
    formula : str
    figures : tuple of AreaFigures
        One for each measure; those of further levels after the model's own areas.
    coefficients : pandas.DataFrame or None
        term, estimate, se, z, p.
    facts : tuple of (str, str)
        What to know of the fit: name and value, in words.
    notes : tuple of str
    against : tuple of Against
        Beside the figures, where the truth is known.
    compared : pandas.DataFrame or None
        The covariates in survey and census, side by side (`comparability`).
    chosen : TermSelection or None
        How covariates were chosen, where that was asked for.
    """

    kind: str
    title: str
    area: str
    formula: str
    figures: tuple[AreaFigures, ...]
    coefficients: pd.DataFrame | None = None
    facts: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    against: tuple[Against, ...] = ()
    compared: pd.DataFrame | None = None
    chosen: TermSelection | None = None

    def to_pandas(self) -> pd.DataFrame:
        """The figures of all measures: those of `AreaFigures.to_pandas`, after the kind and
        the column of areas."""
        import pandas as pd

        parts = []
        for one in self.figures:
            part = one.to_pandas()
            part.insert(0, "by", one.by or self.area)
            parts.append(part)
        table = pd.concat(parts, ignore_index=True)
        table.insert(0, "kind", self.kind)
        return table


def against(figures: AreaFigures, truth: Mapping[str, Any]) -> Against:
    """Hold figures against the truth.

    Parameters
    ----------
    figures : AreaFigures
    truth : mapping of str to float
        By area; missing ones are passed over.

    Raises
    ------
    SmallAreaError
        Where no area has a truth.
    """
    so = np.array([float(truth.get(area, np.nan)) for area in figures.areas])
    there = np.isfinite(so) & np.isfinite(figures.estimate)
    if not there.any():
        raise SmallAreaError(
            "no area has a figure and a truth", expected="a truth by area, a number",
            got="none that match", remedy="look at the column of the truth",
        )  # fmt: skip
    both = there & figures.sampled & np.isfinite(figures.direct)
    inside = (figures.low <= so) & (so <= figures.high)
    known = there & np.isfinite(figures.low)
    away = np.abs(figures.estimate - so)
    return Against(
        int(there.sum()), float(away[there].mean()), int(both.sum()),
        float(np.abs(figures.direct - so)[both].mean()) if both.any() else float("nan"),
        float(away[both].mean()) if both.any() else float("nan"),
        float(inside[known].mean()) if known.any() else float("nan"), figures.level,
    )  # fmt: skip
