"""Many effects made few: by group, by period, by time since the beginning, and overall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from exitline.arrays import Floats
    from exitline.stats.effect.cells import Cell
    from exitline.stats.effect.sample import EffectSample


Kind = Literal["simple", "group", "calendar", "event"]
Shares = Literal["estimated", "fixed"]


class Averages:
    """Averages of effects with weights that are shares of groups, and their influence.

    Parameters
    ----------
    sample : EffectSample
    wanted : sequence of Cell
    estimate : float array, shape (cells,)
    influence : float array, shape (rows, cells)
    shares : {"estimated", "fixed"}
        Whether the sizes of groups might have been others, in another sample.

    References
    ----------
    Callaway and Sant'Anna (2021), section 3.1 and theorem 4: the shares are estimates, too.
    """

    def __init__(
        self, sample: EffectSample, wanted: Sequence[Cell], estimate: Floats, influence: Floats,
        shares: Shares = "estimated",
    ) -> None:  # fmt: skip
        self.sample, self.cells = sample, tuple(wanted)
        self.estimate, self.influence = estimate, influence
        total = sample.weight.sum()
        groups = [cell.group for cell in wanted]
        member = sample.group[:, None] == np.array(groups)[None, :]
        weighted = member * sample.weight[:, None]
        self.share = weighted.sum(axis=0) / total
        self.share_influence = (weighted - self.share * sample.weight[:, None]) / total
        if shares == "fixed":
            self.share_influence = np.zeros_like(self.share_influence)

    def by_share(self, kept: Sequence[int]) -> tuple[float, Floats]:
        """The average of some effects, each by its group's share."""
        at = np.array(kept, dtype=np.int64)
        return _averaged(
            self.estimate[at], self.influence[:, at], self.share[at], self.share_influence[:, at]
        )

    def plain(self, kept: Sequence[int]) -> tuple[float, Floats]:
        """The plain average of some effects."""
        at = np.array(kept, dtype=np.int64)
        return float(self.estimate[at].mean()), self.influence[:, at].mean(axis=1)

    def table(self, kind: Kind, longest: float | None = None) -> tuple[list[float], Floats, Floats]:
        """One figure for each group, period or time since the beginning, and one overall.

        Parameters
        ----------
        kind : {"simple", "group", "calendar", "event"}
        longest : float, optional
            For "event": groups that are seen for less time are left out of all.

        Returns
        -------
        list of float
            What the figures are by.
        estimate : float array, shape (1 + figures,)
            The overall figure first.
        influence : float array, shape (rows, 1 + figures)
        """
        parts, overall = self._parts(kind, longest)
        values = [overall, *(pair for _, pair in parts)]
        estimate = np.array([value for value, _ in values])
        return [by for by, _ in parts], estimate, np.column_stack([one for _, one in values])

    def _parts(
        self, kind: Kind, longest: float | None
    ) -> tuple[list[tuple[float, tuple[float, Floats]]], tuple[float, Floats]]:
        """The figures by what they are by, and the overall one."""
        after = [k for k, cell in enumerate(self.cells) if not cell.before]
        if kind == "simple":
            return [], self.by_share(after)
        if kind == "group":
            return self._by_group(after)
        times = self.sample.times
        if kind == "calendar":
            values = sorted({times[self.cells[k].time] for k in after})
            parts = [
                (t, self.by_share([k for k in after if times[self.cells[k].time] == t]))
                for t in values
            ]
            return parts, _plain([pair for _, pair in parts])
        return self._by_event(longest)

    def _by_group(
        self, after: list[int]
    ) -> tuple[list[tuple[float, tuple[float, Floats]]], tuple[float, Floats]]:
        """Each group's average, and all groups' by their shares."""
        groups = sorted({self.cells[k].group for k in after})
        members = {g: [k for k in after if self.cells[k].group == g] for g in groups}
        parts = [(g, self.plain(members[g])) for g in groups]
        first = [members[g][0] for g in groups]
        overall = _averaged(
            np.array([value for _, (value, _) in parts]),
            np.column_stack([one for _, (_, one) in parts]),
            self.share[first], self.share_influence[:, first],
        )  # fmt: skip
        return parts, overall

    def _by_event(
        self, longest: float | None
    ) -> tuple[list[tuple[float, tuple[float, Floats]]], tuple[float, Floats]]:
        """By time since the beginning; overall the plain average of those after it."""
        times = self.sample.times
        since = [times[cell.time] - cell.group for cell in self.cells]
        kept = list(range(len(since)))
        if longest is not None:
            seen = {c.group for c in self.cells if times[-1] - c.group >= longest}
            kept = [k for k in kept if self.cells[k].group in seen and since[k] <= longest]
        values = sorted({since[k] for k in kept})
        parts = [(e, self.by_share([k for k in kept if since[k] == e])) for e in values]
        return parts, _plain([pair for e, pair in parts if e >= 0])


def _averaged(
    value: Floats, influence: Floats, share: Floats, share_influence: Floats
) -> tuple[float, Floats]:
    """An average by shares, and its influence: that of the values and that of the shares."""
    weight = share / share.sum()
    mean = float(weight @ value)
    moved = share_influence @ (value - mean) / share.sum()
    return mean, influence @ weight + moved


def _plain(parts: list[tuple[float, Floats]]) -> tuple[float, Floats]:
    """The plain average of figures that are averages themselves."""
    values = np.array([value for value, _ in parts])
    return float(values.mean()), np.column_stack([one for _, one in parts]).mean(axis=1)
