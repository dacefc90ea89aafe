"""Decompositions and curves as tables that can be drawn."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from exitline.words.shown import charts
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd

    from exitline.words.shown.charts import Drawing

_NAMED = ["group", "estimate", "ci_low", "ci_high"]


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
class Decomposition(ShownResult):
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

    def plot(self, component: str | None = None) -> Drawing:
        """Parts with their intervals (extra ``plots``).

        Parameters
        ----------
        component : str, optional
            One dot for each group of this part; unless given, the parts of all together, or
            else of the first part with groups.

        Returns
        -------
        Drawing
            Shown as it is in a notebook; ``save`` writes SVG, PNG, HTML or JSON.
        """
        frame = self.to_pandas()
        if component is None:
            whole = frame[frame["group"] == ""]
            return charts.of_frame(whole if len(whole) else frame, self.title)
        title = f"{self.title}: {component.replace('_', ' ')}"
        return charts.of_frame(frame[frame["component"] == component][_NAMED], title)


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
class Curve(ShownResult):
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

    def plot(self) -> Drawing:
        """The curve with its band (extra ``plots``).

        Returns
        -------
        Drawing
            Shown as it is in a notebook; ``save`` writes SVG, PNG, HTML or JSON.
        """
        return charts.curves(self.to_pandas(), self.title, self.x_label, self.y_label)
