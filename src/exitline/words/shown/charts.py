"""Drawings of results by Altair: dots with intervals, lines with bands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.errors import ExitlineError
from exitline.files import whole_file
from exitline.foreign import visible
from exitline.words.shown.files import known_ending, need

if TYPE_CHECKING:
    import pandas as pd

ACCENT, CONTEXT = "#0072B2", "#6b7280"
SCHEME = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]
_HEADINGS = ("measure", "line", "by")
_FORMATS = {"share": ".1~%", "persons": ",.3~s", "households": ",.3~s", "money": ",.4~r"}


@dataclass(frozen=True)
class Drawing:
    """A drawing.

    Attributes
    ----------
    chart : altair.TopLevelMixin
        For further work with Altair.
    panels : tuple of (str, chart)
        Its panels one by one, each with a name for a file; none where it is a single drawing.
    """

    chart: Any
    panels: tuple[tuple[str, Any], ...] = ()

    def _repr_mimebundle_(self, *args: Any, **kwargs: Any) -> Any:
        """As Altair shows it in this notebook."""
        return self.chart._repr_mimebundle_(*args, **kwargs)

    def to_dict(self) -> dict[str, Any]:
        """The Vega-Lite specification, with its data."""
        found: dict[str, Any] = self.chart.to_dict()
        return found

    def save(self, path: str | Path) -> Path:
        """Write the drawing.

        Parameters
        ----------
        path : path
            Ends in ``.svg``, ``.png``, ``.html`` (which opens without a network) or ``.json``.

        Returns
        -------
        Path

        Raises
        ------
        ExitlineError
            For another ending.
        """
        target = known_ending(path, (".svg", ".png", ".html", ".json"), "a drawing")
        form = target.suffix.lower().lstrip(".")
        more = {"scale_factor": 2} if form == "png" else {"inline": True} if form == "html" else {}
        with whole_file(target) as partial:
            self.chart.save(str(partial), format=form, **more)
        return target

    def save_each(self, folder: str | Path) -> list[Path]:
        """Write each panel as a drawing of its own, as SVG and as PNG.

        Parameters
        ----------
        folder : path
            Made where it is not there.

        Returns
        -------
        list of Path
        """
        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        written = []
        for name, chart in self.panels or (("figure", self.chart),):
            drawn = Drawing(_styled(chart) if self.panels else chart)
            written += [drawn.save(target / f"{name}{ending}") for ending in (".svg", ".png")]
        return written


def of_frame(frame: pd.DataFrame, title: str, units: Mapping[str, str] | None = None) -> Drawing:
    """Dots with intervals, one row for each figure: the highest first.

    Figures of several measures or lines stand one above the other, each with a scale of its own.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns estimate, ci_low, ci_high and what names each figure.
    title : str
    units : mapping of measure to unit, optional

    Raises
    ------
    ExitlineError
        Where nothing can be drawn, or Altair is not installed.
    """
    need("altair", "plots", "a drawing")
    import altair as alt

    if "estimate" not in frame or not frame["estimate"].notna().any():
        raise ExitlineError(
            "there is no figure to draw", expected="a column `estimate` with a figure in it",
            got=f"columns {', '.join(map(str, frame))}", remedy="choose other figures",
        )  # fmt: skip
    frame, title = _shown_texts(frame), visible(title)
    shown = frame.assign(row=_row_names(frame))
    parts = _panels(shown)
    panels = [_panel(part, units or {}) for part in parts]
    chart = panels[0] if len(panels) == 1 else alt.vconcat(*panels)
    named = tuple(zip(_file_names(parts), panels, strict=True))
    return Drawing(_styled(chart.properties(title=title) if title else chart), named)


def _file_names(parts: Sequence[pd.DataFrame]) -> list[str]:
    """A name for the file of each panel: its measure, line and areas; all different."""
    found: list[str] = []
    for part in parts:
        texts = [str(part[n].iloc[-1]) for n in _HEADINGS if n in part]
        name = re.sub(r"\W+", "-", "-".join(text for text in texts if text)).strip("-") or "figure"
        found.append(name if name not in found else f"{name}-{len(found) + 1}")
    return found


def _shown_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """The same with texts as they may be shown: a sign of control ends the drawing library."""
    texts = [name for name in frame if frame[name].dtype.kind not in "fiub"]
    return frame.assign(**{str(n): [visible(str(v)) for v in frame[n]] for n in texts})


def _row_names(frame: pd.DataFrame) -> list[str]:
    """What each row is called: its texts that are not a heading's."""
    texts = [n for n in frame if frame[n].dtype.kind not in "fiub"]
    texts = [n for n in texts if n not in (*_HEADINGS, "reason")]
    names = [[str(value) for value in row] for row in frame[texts].itertuples(index=False)]
    return [", ".join(text for text in row if text) or "all" for row in names]


def _panels(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Rows that stand side by side: one measure at one line in one set of areas.

    The figure of all together stands with each set of areas, where there is any.
    """
    import pandas as pd

    if not {"measure", "line", "by"} <= set(frame):
        return [frame]
    found = []
    for _, part in frame.groupby(["measure", "line"], sort=False):
        whole, areas = part[part["by"] == ""], part[part["by"] != ""]
        sets = [area for _, area in areas.groupby("by", sort=False)]
        found += [pd.concat([whole, one]) for one in sets] or [whole]
    return found


def _panel(frame: pd.DataFrame, units: Mapping[str, str]) -> Any:
    """One panel: a dot and a thin bar for each row, all together first and then by size."""
    import altair as alt

    heading = ", ".join(
        text for text in (str(frame[n].iloc[-1]) for n in _HEADINGS if n in frame) if text
    )
    unit = units.get(str(frame["measure"].iloc[0]), "") if "measure" in frame else ""
    frame = frame.sort_values("estimate", ascending=False)
    frame = frame.assign(whole=frame["by"].eq("") if "by" in frame else False)
    if unit in {"persons", "households"} and not frame["whole"].all():
        frame = frame[~frame["whole"]]
    ends = [name for name in ("ci_low", "ci_high") if name in frame]
    shown = frame[["row", "estimate", *ends, "whole"]].dropna(subset="estimate")
    order = shown.sort_values("whole", ascending=False, kind="stable")["row"].tolist()
    colour = alt.condition("datum.whole", alt.value(CONTEXT), alt.value(ACCENT))
    base = alt.Chart(shown).encode(
        y=alt.Y("row:N", sort=order, title=None, axis=alt.Axis(labelLimit=240, grid=False)),
        color=colour,
    )
    axis = alt.Axis(title=None, format=_FORMATS.get(unit, "~g"), tickCount=6)
    dots = base.mark_point(filled=True, size=55, opacity=1).encode(
        x=alt.X("estimate:Q", axis=axis, scale=alt.Scale(zero=False)),
        tooltip=["row", "estimate", *ends],
    )
    bars = base.mark_rule(strokeWidth=2, opacity=0.6).encode(x="ci_low:Q", x2="ci_high:Q")
    title = alt.TitleParams(heading, fontSize=12, fontWeight="normal", color=CONTEXT)
    return (bars + dots if ends else dots).properties(width=420, title=title)


def curves(frame: pd.DataFrame, title: str, x_label: str, y_label: str) -> Drawing:
    """Lines, each within its band, named at the right.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns curve, x, estimate, and band_low and band_high.
    title, x_label, y_label : str

    Raises
    ------
    ExitlineError
        Where Altair is not installed.
    """
    need("altair", "plots", "a drawing")
    return Drawing(_styled(_curves(frame, title, x_label, y_label)))


def side_by_side(panels: Sequence[tuple[pd.DataFrame, str, str, str]]) -> Drawing:
    """Several drawings of `curves` in a row.

    Parameters
    ----------
    panels : sequence of (frame, title, x_label, y_label)
    """
    need("altair", "plots", "a drawing")
    import altair as alt

    made = alt.hconcat(*(_curves(*panel) for panel in panels))
    return Drawing(_styled(made.resolve_scale(color="independent")))


def _curves(frame: pd.DataFrame, title: str, x_label: str, y_label: str) -> Any:
    """Lines within their bands."""
    import altair as alt

    frame, title = _shown_texts(frame), visible(title)
    several = frame["curve"].nunique() > 1
    colour = (
        alt.Color(
            "curve:N", scale=alt.Scale(range=SCHEME), legend=alt.Legend(title=None, orient="top")
        )
        if several
        else alt.value(ACCENT)
    )
    base = alt.Chart(frame).encode(x=alt.X("x:Q", title=x_label), color=colour)
    band = base.mark_area(opacity=0.18).encode(y="band_low:Q", y2="band_high:Q")
    line = base.mark_line(strokeWidth=2).encode(
        y=alt.Y("estimate:Q", title=y_label, scale=alt.Scale(zero=False)),
        tooltip=["curve", "x", "estimate", "band_low", "band_high"],
    )
    return (band + line).properties(width=480, height=300, title=title)


def over_time(frame: pd.DataFrame, when: str, title: str, unit: str = "") -> Drawing:
    """A line from wave to wave with its intervals, one for each area.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns `when`, area, estimate, ci_low and ci_high, in the order of time.
    when, title, unit : str

    Raises
    ------
    ExitlineError
        Where Altair is not installed.
    """
    need("altair", "plots", "a drawing")
    import altair as alt

    frame, title = _shown_texts(frame.rename(columns={when: "when"})), visible(title)
    when = "when"
    order = list(dict.fromkeys(frame[when].astype(str)))
    shown = frame.assign(**{when: frame[when].astype(str)})
    colour = (
        alt.Color(
            "area:N", scale=alt.Scale(range=SCHEME), legend=alt.Legend(title=None, orient="top")
        )
        if shown["area"].nunique() > 1
        else alt.value(ACCENT)
    )
    base = alt.Chart(shown).encode(
        x=alt.X(f"{when}:O", sort=order, title=None, axis=alt.Axis(labelAngle=0)), color=colour
    )
    dots = base.mark_line(point=True, strokeWidth=2).encode(
        y=alt.Y("estimate:Q", title=None, axis=alt.Axis(format=_FORMATS.get(unit, "~g"))),
        tooltip=[when, "area", "estimate", "ci_low", "ci_high"],
    )
    bars = base.mark_rule(strokeWidth=2, opacity=0.5).encode(y="ci_low:Q", y2="ci_high:Q")
    return Drawing(_styled((bars + dots).properties(width=480, height=280, title=title)))


def _styled(chart: Any) -> Any:
    """One look: system fonts, few rules, the title to the left."""
    font = "system-ui, 'Noto Sans', 'Noto Sans CJK SC', sans-serif"
    return (
        chart.configure(font=font)
        .configure_view(stroke=None)
        .configure_title(anchor="start", fontSize=15, offset=12)
        .configure_axis(
            gridColor="#e5e7eb", domain=False, ticks=False, labelFontSize=12, titleFontSize=12
        )
    )
