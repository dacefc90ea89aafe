"""A page of one Altair chart, for `benchmarks.explorer --others`: run by a Python that has Altair.

Standard input: JSON rows of the same figures as the explorer's page. The chart has a mark for
each area, its colour by the figure, what is known of it in a tooltip, and a slider for the year
where there are several. It has no table, search, comparison, drill-down, second language or
keyboard: what it shares with the explorer is the picture alone.
"""

from __future__ import annotations

import json
import sys


def main() -> None:
    """Write the page to the path given, all scripts inside."""
    import altair as alt

    rows = json.load(sys.stdin)
    alt.data_transformers.disable_max_rows()
    years = sorted({row["year"] for row in rows})
    chart = alt.Chart(alt.Data(values=rows)).mark_circle(size=60).encode(
        x=alt.X("x:Q", axis=None), y=alt.Y("y:Q", axis=None, scale=alt.Scale(reverse=True)),
        color=alt.Color("value:Q", scale=alt.Scale(scheme="blues", type="quantize")),
        tooltip=["name:N", "text:N", "interval:N", "year:O"],
    ).properties(width=760, height=560)  # fmt: skip
    if len(years) > 1:
        slider = alt.binding_range(min=0, max=len(years) - 1, step=1, name="Year ")
        at = alt.param(value=len(years) - 1, bind=slider)
        chart = chart.add_params(at).transform_filter(alt.datum.index == at)
    chart.save(sys.argv[1], inline=True, embed_options={"renderer": "svg", "actions": False})


if __name__ == "__main__":
    main()
