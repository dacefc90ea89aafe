"""Functions of figures of two samples, which may share PSUs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exitline.stats.infer.comparing.change import linked, linked_notes, pooled_df
from exitline.stats.infer.comparing.contrasts import covariance
from exitline.stats.infer.comparing.links import SharedUnits

if TYPE_CHECKING:
    from exitline.arrays import Floats
    from exitline.stats.infer.blocks import Block
    from exitline.stats.infer.comparing.links import Link
    from exitline.stats.infer.estimates import Estimates

    Figures = Sequence[tuple[Block, int]]

ROUNDING = 1e-12
"""Share of what two samples vary by, beside which a variance of their difference is rounding."""


@dataclass(frozen=True)
class TwoSamples:
    """Two samples and the PSUs that they share.

    Attributes
    ----------
    before, after : Estimates
    link : Link or None
        None for independent samples.
    shared : bool, optional
        As it was asked for.
    """

    before: Estimates
    after: Estimates
    link: Link | None
    shared: bool | None

    @classmethod
    def of(cls, before: Estimates, after: Estimates, shared: bool | None) -> TwoSamples:
        """Find which PSUs two samples share.

        Parameters
        ----------
        before, after : Estimates
        shared : bool, optional
            As in `exitline.change`.
        """
        return cls(before, after, linked(before, after, shared), shared)

    @property
    def df(self) -> float:
        """PSUs minus strata of both designs together."""
        return pooled_df(self.before, self.after, self.link)

    @property
    def exact(self) -> bool:
        """Whether both are censuses."""
        return self.before.variance.exact and self.after.variance.exact

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know of both, and of their link; each once."""
        own = linked_notes(self.before, self.after, self.link, self.shared)
        return tuple(dict.fromkeys((*self.before.notes, *self.after.notes, *own)))

    def covariance(self, figures: tuple[Figures, Figures], to: tuple[Floats, Floats]) -> Floats:
        """Covariances of functions that are linear in figures of both samples.

        Parameters
        ----------
        figures : pair of sequence of (Block, int)
        to : pair of float array, shape (functions, figures of that sample)

        Returns
        -------
        float array, shape (functions, functions)

        References
        ----------
        Kish (1965), Survey Sampling, section 12.4.
        """
        apart = covariance(self.before, figures[0], to[0])
        apart = apart + covariance(self.after, figures[1], to[1])
        if self.link is None:
            return apart
        units = SharedUnits(self.link)
        between = np.array([
            [
                units.covariances(one, np.array([i]), other, np.array([j]))[0]
                for other, j in figures[1]
            ]
            for one, i in figures[0]
        ])  # fmt: skip
        crossed = to[0] @ between @ to[1].T
        result: Floats = apart + crossed + crossed.T
        rounding = np.diag(result) <= ROUNDING * np.diag(apart)
        result[rounding, :] = 0.0
        result[:, rounding] = 0.0
        return result
