"""Decompositions and curves as tables that can be drawn."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from exitline.stats.curves.chart import Chart, ChartBar, ChartLine, bars, lines

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Component:
    """One part of a figure.

    Attributes
    ----------
    component : str
    group : str
        The group, source or sample; "" for all together.
    estimate, se, ci_low, ci_high, level, df : float
    n : int
        Households that it rests on.
    """

    component: str
    group: str
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    level: float
    df: float
    n: int


@dataclass(frozen=True)
class Decomposition:
    """The parts of a figure.

    Attributes
    ----------
    measure : str
    title : str
        What is taken apart, in words.
    components : tuple of Component
    notes : tuple of str
    """

    measure: str
    title: str
    components: tuple[Component, ...]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.components)

    def find(self, component: str, group: str = "") -> Component:
        """One part.

        Parameters
        ----------
        component : str
        group : str
            "" for all together.

        Raises
        ------
        KeyError
            When there is none.
        """
        for one in self.components:
            if (one.component, one.group) == (component, str(group)):
                return one
        raise KeyError((component, group))

    def to_pandas(self) -> pd.DataFrame:
        """One row for each part.

        Returns
        -------
        pandas.DataFrame
            Columns component, group, estimate, se, ci_low, ci_high, level, df, n.
        """
        import pandas as pd

        return pd.DataFrame(
            [asdict(one) for one in self.components], columns=list(Component.__annotations__)
        )

    def plot(self, component: str | None = None) -> Chart:
        """Bars with intervals.

        Parameters
        ----------
        component : str, optional
            One bar for each group of this part; unless given, the parts of all together, or
            else of the first part with groups.

        Returns
        -------
        Chart
            Shown as it is in a notebook; ``save`` writes an SVG file.
        """
        if component is None:
            shown = [one for one in self.components if not one.group] or list(self.components)
            names = [one.component for one in shown]
            title = self.title
        else:
            shown = [one for one in self.components if one.component == component]
            names = [one.group or "all" for one in shown]
            title = f"{self.title}: {component.replace('_', ' ')}"
        return bars(
            title,
            [
                ChartBar(n, o.estimate, o.ci_low, o.ci_high)
                for n, o in zip(names, shown, strict=True)
            ],
        )


@dataclass(frozen=True)
class Point:
    """One point of a curve.

    Attributes
    ----------
    curve : str
        Which of several curves; "" where there is one.
    x, estimate, se : float
    ci_low, ci_high : float
        At this point alone.
    band_low, band_high : float
        At all points of the curve at once.
    """

    curve: str
    x: float
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    band_low: float
    band_high: float


@dataclass(frozen=True)
class Curve:
    """One curve or several, point by point, with intervals and simultaneous bands.

    Attributes
    ----------
    title : str
    x_label, y_label : str
    points : tuple of Point
    level : float
    verdict : str
        What the curve shows, where it is a comparison; "" otherwise.
    notes : tuple of str
    """

    title: str
    x_label: str
    y_label: str
    points: tuple[Point, ...]
    level: float
    verdict: str = ""
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.points)

    def to_pandas(self) -> pd.DataFrame:
        """One row for each point.

        Returns
        -------
        pandas.DataFrame
            Columns curve, x, estimate, se, ci_low, ci_high, band_low, band_high.
        """
        import pandas as pd

        return pd.DataFrame(
            [asdict(one) for one in self.points], columns=list(Point.__annotations__)
        )

    def plot(self) -> Chart:
        """The curve with its band.

        Returns
        -------
        Chart
            Shown as it is in a notebook; ``save`` writes an SVG file.
        """
        names = dict.fromkeys(point.curve for point in self.points)
        drawn = [
            ChartLine(name, [(p.x, p.estimate, p.band_low, p.band_high)
                        for p in self.points if p.curve == name])
            for name in names
        ]  # fmt: skip
        return lines(self.title, self.x_label, self.y_label, drawn)
