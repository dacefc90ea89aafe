"""Estimates: a table of figures, and what may be asked of several of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.stats.infer.blocks import Block, Estimate, Figures
from exitline.stats.infer.comparing import contrasts
from exitline.stats.infer.comparing.compare import table_of_differences
from exitline.stats.infer.comparing.standardised import standardised

if TYPE_CHECKING:
    import pandas as pd

    from exitline.stats.infer.comparing.compare import Adjustment
    from exitline.stats.infer.comparing.contrasts import WaldTest


@dataclass(frozen=True)
class Estimates(Figures):
    """Figures of one sample, with their differences, ratios, contrasts and Wald tests.

    What it holds is said at `exitline.stats.infer.blocks.Figures`.
    """

    def difference(self, a: Mapping[str, Any], b: Mapping[str, Any]) -> Estimate:
        """a - b with the standard error of the joint linearisation.

        Both sides may share PSUs (two domains, two lines, two measures): their covariance
        is part of the variance.

        Parameters
        ----------
        a, b : mapping
            Selections as in `find`, for instance ``{"domain": "Urban"}``.

        Returns
        -------
        Estimate
            With a t interval and a p-value on the degrees of freedom of the design, as R's
            ``svycontrast`` with ``degf(design)``.

        Examples
        --------
        >>> import pandas as pd, exitline as xl
        >>> homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 9.0, 8.0, 7.0], "r": list("aaabbb")})
        >>> found = xl.estimate(homes, "mean", welfare="y", by="r")
        >>> gap = found.difference({"domain": "b"}, {"domain": "a"})
        >>> gap.estimate, round(gap.p, 4)
        (6.0, 0.0004)
        """
        return contrasts.difference(self, self._locate(a), self._locate(b))

    def ratio(self, a: Mapping[str, Any], b: Mapping[str, Any]) -> Estimate:
        """a / b with the standard error of the joint linearisation.

        Parameters
        ----------
        a, b : mapping
            Selections as in `find`.

        Returns
        -------
        Estimate
            With a t interval and a p-value against a ratio of 1 on the degrees of freedom of
            the design, as R's ``svycontrast(x, quote(a / b))`` with ``degf(design)``.

        Raises
        ------
        MeasureError
            Where a selection fits no single figure, or the denominator is zero.

        Examples
        --------
        >>> import pandas as pd, exitline as xl
        >>> homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 9.0, 8.0, 7.0], "r": list("aaabbb")})
        >>> found = xl.estimate(homes, "mean", welfare="y", by="r")
        >>> found.ratio({"domain": "b"}, {"domain": "a"}).estimate
        4.0
        """
        return contrasts.ratio(self, self._locate(a), self._locate(b))

    def contrast(
        self, terms: Sequence[tuple[float, Mapping[str, Any]]], name: str = ""
    ) -> Estimate:
        """A linear function of figures: the sum of coefficient x figure.

        Parameters
        ----------
        terms : sequence of (float, mapping)
            Coefficients and selections as in `find`.
        name : str
            How the result names it, as its domain.

        Returns
        -------
        Estimate
            With a t interval and a p-value against zero on the degrees of freedom of the
            design, as R's ``svycontrast`` with ``degf(design)``.

        Raises
        ------
        MeasureError
            Where a selection fits no single figure, or a coefficient is not finite.

        Examples
        --------
        >>> import pandas as pd, exitline as xl
        >>> homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 9.0, 8.0, 7.0], "r": list("aabbcc")})
        >>> found = xl.estimate(homes, "mean", welfare="y", by="r")
        >>> found.contrast([(0.5, {"r": "a"}), (0.5, {"r": "b"}), (-1, {"r": "c"})]).estimate
        -3.75
        """
        return contrasts.contrast(self, [(c, self._locate(one)) for c, one in terms], name)

    def wald(
        self,
        figures: Mapping[str, Any]
        | Sequence[Mapping[str, Any] | Sequence[tuple[float, Mapping[str, Any]]]],
        *,
        equal: bool = False,
        values: float | Sequence[float] = 0.0,
    ) -> WaldTest:
        """Test several figures at once: that they have given values, or that they are equal.

        Parameters
        ----------
        figures : mapping, or sequence of mappings or contrasts
            One selection that fits several figures, such as ``{"by": "region"}``; or a
            sequence of selections that fit one each, or of contrasts as in `contrast`.
        equal : bool
            Test that all of them are equal.
        values : float or sequence of float
            Otherwise, that they have these values.

        Returns
        -------
        WaldTest
            F and chi-squared with their p-values, on the degrees of freedom of the design.

        Raises
        ------
        MeasureError
            For figures without a standard error, or where one follows from the others.

        Examples
        --------
        >>> import pandas as pd, exitline as xl
        >>> homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 9.0, 8.0, 6.0], "r": list("aabbcc")})
        >>> found = xl.estimate(homes, "mean", welfare="y", by="r")
        >>> test = found.wald({"by": "r"}, equal=True)
        >>> test.df, test.ddf, round(test.f, 4), round(test.p, 4)
        (2, 5.0, 21.2138, 0.0036)
        """
        wanted: list[list[tuple[float, tuple[Block, int]]]]
        if isinstance(figures, Mapping):
            wanted = [[(1.0, one)] for one in self._fitting_all(figures)]
        else:
            wanted = [
                [(1.0, self._locate(one))]
                if isinstance(one, Mapping)
                else [(float(c), self._locate(selection)) for c, selection in one]
                for one in figures
            ]
        return contrasts.wald(self, wanted, equal=equal, values=values)

    def differences(
        self, to: Mapping[str, Any], of: Mapping[str, Any], adjust: Adjustment = "holm"
    ) -> pd.DataFrame:
        """Many areas less one figure, with p-values adjusted for their number.

        Parameters
        ----------
        to : mapping
            The reference, a selection as in `find`.
        of : mapping
            A selection that fits the areas to compare, of one measure, line and set of areas:
            ``{"measure": "headcount", "by": "region"}``.
        adjust : {"holm", "bh", "none"}
            Holm's method, or Benjamini and Hochberg's.

        Returns
        -------
        pandas.DataFrame
            Columns measure, line, by, domain, estimate, se, ci_low, ci_high, level, df, p,
            p_adjusted; without the reference itself.

        Examples
        --------
        >>> import pandas as pd, exitline as xl
        >>> homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 9.0, 8.0, 6.0], "r": list("aabbcc")})
        >>> found = xl.estimate(homes, "mean", welfare="y", by="r")
        >>> table = found.differences({"r": "a"}, {"by": "r"}, adjust="bh")
        >>> table[["domain", "estimate"]].values.tolist()
        [['b', 4.5], ['c', 5.5]]
        """
        return table_of_differences(self, self._locate(to), self._fitting_all(of), adjust)

    def standardised(self, by: str, population: Mapping[Any, float]) -> pd.DataFrame:
        """Figures standardised over the groups of a column: direct standardisation.

        Parameters
        ----------
        by : str
            A column of groups that figures are by, alone or crossed with areas.
        population : mapping
            Numbers or shares of the groups in the standard population.

        Returns
        -------
        pandas.DataFrame
            Columns measure, line, by, domain, estimate, se, ci_low, ci_high, level, df, n,
            reason: the sum of share x figure, over all and by the areas that `by` is crossed
            with, as R's ``svymean`` after ``svystandardize``. Missing where an area has none of
            a group.

        Raises
        ------
        MeasureError
            Where no figure is by that column, or the population has other groups.

        Examples
        --------
        >>> import pandas as pd, exitline as xl
        >>> homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 9.0], "age": list("aabb")})
        >>> found = xl.estimate(homes, "mean", welfare="y", by="age")
        >>> found.standardised("age", {"a": 1, "b": 3})["estimate"].tolist()
        [4.875]
        """
        return standardised(self, by, population)
