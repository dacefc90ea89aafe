"""Water points in the exchange columns of the Water Point Data Exchange: assets, inspections.

The names are those of the WPDx Data Standard (2015; its parameters and recommended responses in
the MEAL guide of 2023, waterpointdata.org), with or without the # that the standard puts before
them, and those of the cleaned copies (``_clean``) that WPDx+ adds. The standard asks for a place,
whether water was there (`status_id`), the day of the report, who reports, and the kind of source or
technology; all else is optional, and kept under its own name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from exitline.stats.data.values import written

if TYPE_CHECKING:
    import pyarrow as pa

_PLACES = ("lat_deg", "lon_deg")
_MARK = "#"
_FOUND = ("functional, needs repair", "partly"), ("needs repair", "partly"), \
    ("abandoned", "gone"), ("decommissioned", "gone"), ("non-functional", "not functional"), \
    ("non functional", "not functional"), ("not functional", "not functional"), \
    ("functional", "functional")  # fmt: skip
KEPT = (
    "water_source", "water_source_clean", "water_tech", "installer", "rehab_year", "rehabilitator",
    "pay", "pay_clean", "subjective_quality", "fecal_coliform_presence", "fecal_coliform_value",
    "activity_id", "scheme_id", "country_id", "adm1", "adm2", "adm3", "clean_adm1", "clean_adm2",
    "clean_adm3", "clean_adm4", "photo_lnk", "notes",
)  # fmt: skip
"""Optional parameters of the standard that stay beside an asset, for conditions and tables."""
_KNOWN = {"yes": "functional", "no": "not functional"}


def is_wpdx(table: pa.Table) -> bool:
    """Whether a table has the columns of the exchange.

    Parameters
    ----------
    table : pyarrow.Table

    Examples
    --------
    >>> import pyarrow as pa
    >>> is_wpdx(pa.table({"lat_deg": [1.0], "lon_deg": [2.0], "status_id": ["Yes"]}))
    True
    """
    names = _bare(table)
    return all(place in names for place in _PLACES) and bool({"status_id", "status_clean"} & names)


def _bare(table: pa.Table) -> set[str]:
    """The names of columns without the mark that the exchange puts before them."""
    return {name.removeprefix(_MARK) for name in table.column_names}


def from_wpdx(table: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Assets and inspections from the exchange's columns.

    Parameters
    ----------
    table : pyarrow.Table
        One row a report; several rows of one `wpdx_id` are visits to one point, of which the
        latest says where it stands.

    Returns
    -------
    assets, inspections : pyarrow.Table

    Examples
    --------
    >>> import pyarrow as pa
    >>> rows = pa.table({"wpdx_id": ["a"], "lat_deg": [1.0], "lon_deg": [2.0],
    ...                  "status_id": ["No"], "report_date": ["2019-03-01T00:00:00.000"],
    ...                  "install_year": [2009]})
    >>> assets, seen = from_wpdx(rows)
    >>> assets["built"].to_pylist(), seen["state"].to_pylist(), seen["on"].to_pylist()
    (['2009'], ['not functional'], ['2019-03-01'])
    """
    import pyarrow as pa

    said = table.rename_columns([name.removeprefix(_MARK) for name in table.column_names])
    said = _without_tags(said)
    frame = pd.DataFrame({
        "asset": _texts(said, "wpdx_id", "row_id"),
        "kind": _texts(said, "water_tech_clean", "water_tech", "facility_type"),
        "latitude": _numbers(said, "lat_deg"), "longitude": _numbers(said, "lon_deg"),
        "owner": _texts(said, "management_clean", "management"),
        "built": _texts(said, "install_year"), "on": _days(_texts(said, "report_date")),
        "state": _states(said), "by": _texts(said, "source"),
    })  # fmt: skip
    rows = pd.Series(range(1, len(frame) + 1), index=frame.index).astype(str)
    frame["asset"] = frame["asset"].where(frame["asset"] != "", "row " + rows)
    frame["kind"] = frame["kind"].where(frame["kind"] != "", "water point")
    frame["built"] = frame["built"].str.replace(r"\.0*$", "", regex=True)
    latest = frame.sort_values("on", kind="stable").drop_duplicates("asset", keep="last")
    assets = latest.sort_index()[["asset", "kind", "latitude", "longitude", "owner", "built"]]
    for name in KEPT:
        if name in said.column_names:
            assets[name] = _texts(said, name)
    seen = frame.loc[frame["state"] != "", ["asset", "on", "state", "by"]]
    return (
        pa.Table.from_pandas(assets, preserve_index=False),
        pa.Table.from_pandas(seen, preserve_index=False),
    )


def _without_tags(table: pa.Table) -> pa.Table:
    """Rows without that of HXL tags, which exports of the Humanitarian Data Exchange put first."""
    if not table.num_rows:
        return table
    first = [one[0].as_py() for one in table.columns]
    tags = [one for one in first if isinstance(one, str) and one != ""]
    whole = bool(tags) and all(one.startswith(_MARK) for one in tags)
    return table.slice(1) if whole and len(tags) == sum(one is not None for one in first) else table


def _numbers(table: pa.Table, name: str) -> Any:
    """A column of degrees; text that is none stays text, and is refused where it is typed."""
    values = table[name].to_pandas()
    return pd.to_numeric(values, errors="coerce") if _all_numbers(values) else values


def _all_numbers(values: Any) -> bool:
    found = pd.to_numeric(values, errors="coerce")
    return bool((found.notna() | values.isna()).all())


def _texts(table: pa.Table, *names: str) -> Any:
    """The first of some columns that is there, as text; empty where none is."""
    for name in names:
        if name in table.column_names:
            return pd.Series([written(one) or "" for one in table[name].to_pylist()], dtype=object)
    return pd.Series([""] * table.num_rows, dtype=object)


def _days(text: Any) -> Any:
    """Days as year-month-day, from those with a time behind, and from month/day/year."""
    american = text.str.extract(r"^(\d{1,2})/(\d{1,2})/(\d{4})")
    turned = american[2] + "-" + american[0].str.zfill(2) + "-" + american[1].str.zfill(2)
    return text.str[:10].where(american[2].isna(), turned)


def _states(table: pa.Table) -> Any:
    """What was found, from the cleaned status or else from whether water was there."""
    clean = _texts(table, "status_clean", "status").str.lower()
    known = _texts(table, "status_id").str.lower().map(_KNOWN).fillna("")
    found = pd.Series([""] * table.num_rows, dtype=object)
    for words, state in reversed(_FOUND):
        found = found.mask(clean.str.contains(words, regex=False), state)
    return found.where(found != "", known)
