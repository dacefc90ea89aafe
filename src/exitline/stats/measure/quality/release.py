"""The queries that check tables and micro data before they are released."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis

from exitline.stats.measure import portable

FAULTS = ("missing_weight", "negative_weight", "infinite_weight", "bad_size")
"""Faults that are counted in the same pass."""

SPREADS = ("weight", "size", "weight_size")
"""What rows of a cell differ in: how many each counts for."""


def counts(
    table: Any, columns: Sequence[Any], *, weight: str | None = None, size: str | None = None
) -> Any:
    """Rows, weighted households and weighted persons by combination of some columns.

    Rows with weight zero stand for nobody and are not counted.

    Parameters
    ----------
    table : ibis.Table
        Households, one row each.
    columns : sequence of ibis columns
        Their names are those of the result.
    weight, size : str, optional
        Columns of weights and of persons per household; 1 where there are none.

    Returns
    -------
    ibis.Table
        Columns ``way1`` ..., ``n``, ``households``, ``persons``, least and most of one row of
        each of `SPREADS` (``weight_low``, ``weight_high`` ...), and one count for each of
        `FAULTS`.

    Examples
    --------
    >>> homes = ibis.table({"county": "string", "w": "float64"}, name="homes")
    >>> counts(homes, [homes.county], weight="w").columns[:4]
    ('way1', 'n', 'households', 'persons')
    """
    one = ibis.literal(1.0)
    rows = table.select(
        **{f"way{i + 1}": portable.key(column) for i, column in enumerate(columns)},
        _weight=portable.number(table[weight]) if weight else one,
        _size=portable.number(table[size]) if size else one,
    )
    rows = rows.mutate(**_faults(rows))
    there = rows["_weight"].notnull() & (rows["_weight"] != 0)
    amount = ibis.ifelse(there, rows["_weight"], 0.0)
    keys = [rows[f"way{i + 1}"] for i in range(len(columns))]
    return rows.group_by(keys).aggregate(
        n=there.cast("int64").sum(),
        households=amount.sum(),
        persons=(amount * rows["_size"].fill_null(0.0)).sum(),
        **_spreads(rows, there),
        **{fault: rows[f"_{fault}"].cast("int64").sum() for fault in FAULTS},
    )


def _spreads(rows: Any, there: Any) -> Mapping[str, Any]:
    """Least and most that one row of a cell counts for."""
    amounts = (rows["_weight"], rows["_size"], rows["_weight"] * rows["_size"])
    counted = [ibis.ifelse(there, amount, ibis.null("float64")) for amount in amounts]
    found = {f"{name}_low": of.min() for name, of in zip(SPREADS, counted, strict=True)}
    return found | {f"{name}_high": of.max() for name, of in zip(SPREADS, counted, strict=True)}


def _faults(rows: Any) -> Mapping[str, Any]:
    """One flag for each fault."""
    weight, size = rows["_weight"], rows["_size"]
    missing = weight.isnull() | portable.nan(weight)
    broken = size.isnull() | portable.nan(size) | ~(size > 0).fill_null(False)
    return {
        "_missing_weight": missing,
        "_negative_weight": (weight < 0).fill_null(False),
        "_infinite_weight": portable.infinite(weight).fill_null(False),
        "_bad_size": broken | portable.infinite(size).fill_null(False),
    }


def key_classes(table: Any, keys: Sequence[str], weight: str | None = None) -> Any:
    """One row for each combination of the keys: rows, and the population they stand for.

    Parameters
    ----------
    table : ibis.Table
    keys : sequence of str
        Columns by which somebody could recognise a household (quasi-identifiers).
    weight : str, optional

    Returns
    -------
    ibis.Table
        ``key1`` ..., ``n``, ``population``.
    """
    new: dict[str, Any] = {f"key{i + 1}": portable.key(table[name]) for i, name in enumerate(keys)}
    rows = table.select(
        **new, _weight=portable.number(table[weight]) if weight else ibis.literal(1.0)
    )
    return rows.group_by([rows[name] for name in new]).aggregate(
        n=rows.count(), population=rows["_weight"].sum()
    )


def anonymity(table: Any, keys: Sequence[str], k: int, weight: str | None = None) -> Any:
    """One row: how small the classes are, and the risk of re-identification.

    The risk of one row is the expectation of 1/F given f, with F the size of its class in the
    population, f in the sample, and p = f / sum of weights: p/(1-p) ln(1/p) for f = 1,
    p/(1-p) - (p/(1-p))^2 ln(1/p) for f = 2, p/(f - (1-p)) for more, and 1/f in a census.

    Parameters
    ----------
    table : ibis.Table
    keys : sequence of str
    k : int
    weight : str, optional

    Returns
    -------
    ibis.Table
        ``rows``, ``classes``, ``smallest``, ``rows_below``, ``classes_below``, ``unique``,
        ``unique_population`` (rows alone in the sample whose weight is 1 or less),
        ``expected`` (re-identifications), ``highest_risk``.

    References
    ----------
    Sweeney (2002), International Journal of Uncertainty 10: 557-570; Benedetti & Franconi
    (1998), New Techniques and Technologies for Statistics 1: 225-232; Hundepool et al. (2012),
    Statistical Disclosure Control, chapter 3; the formulas as in R package sdcMicro.
    """
    classes = key_classes(table, keys, weight)
    classes = classes.mutate(risk=_risk(classes))
    n, below = classes["n"], classes["n"] < k
    alone = n == 1
    return classes.aggregate(
        rows=n.sum(),
        classes=classes.count(),
        smallest=n.min(),
        rows_below=ibis.ifelse(below, n, 0).sum(),
        classes_below=below.cast("int64").sum(),
        unique=alone.cast("int64").sum(),
        unique_population=(alone & (classes["population"] <= 1.0)).cast("int64").sum(),
        expected=(classes["risk"] * n).sum(),
        highest_risk=classes["risk"].max(),
    )


def _risk(classes: Any) -> Any:
    """Individual risk of the rows of each class."""
    n = portable.number(classes["n"])
    share = ibis.ifelse(classes["population"] > n, n / classes["population"], 1.0)
    full = share >= 1.0
    safe = ibis.ifelse(full, 0.5, share)  # any value below 1 where the class is a census
    odds, log = safe / (1.0 - safe), -safe.log()
    sampled = ibis.ifelse(
        n == 1.0, odds * log,
        ibis.ifelse(n == 2.0, odds - odds * odds * log, safe / (n - (1.0 - safe))),
    )  # fmt: skip
    return ibis.ifelse(full, 1.0 / n, sampled)


def diversity(table: Any, keys: Sequence[str], sensitive: str, level: int) -> Any:
    """One row: how diverse the sensitive values are in the classes.

    Missing counts as a value of its own.

    Parameters
    ----------
    table : ibis.Table
    keys : sequence of str
    sensitive : str
        Column whose value nobody should learn.
    level : int
        l: the least number of values.

    Returns
    -------
    ibis.Table
        ``distinct`` (the least number in a class), ``entropy`` (the least entropy, in nats),
        ``ratio`` (the largest r1 / (rl + ... + rm)), ``unbounded`` (classes in which that has
        no bound), ``rows_below`` (rows in classes of fewer than `level` values),
        ``classes_below``.

    References
    ----------
    Machanavajjhala, Kifer, Gehrke & Venkitasubramaniam (2007), ACM Transactions on Knowledge
    Discovery from Data 1: 3.
    """
    new: dict[str, Any] = {f"key{i + 1}": portable.key(table[name]) for i, name in enumerate(keys)}
    rows = table.select(**new, value=table[sensitive])
    counted = rows.group_by([*new, "value"]).aggregate(c=rows.count())
    within = ibis.window(group_by=list(new))
    ordered = ibis.window(group_by=list(new), order_by=[ibis.desc(counted["c"]), counted["value"]])
    counted = counted.mutate(
        share=portable.number(counted["c"]) / counted["c"].sum().over(within),
        place=ibis.row_number().over(ordered),
    )
    tail = ibis.ifelse(counted["place"] >= level - 1, counted["c"], 0)
    classes = counted.group_by(list(new)).aggregate(
        n=counted["c"].sum(),
        values=counted.count(),
        entropy=-(counted["share"] * counted["share"].log()).sum(),
        largest=counted["c"].max(),
        tail=tail.sum(),
    )
    below = classes["values"] < level
    return classes.aggregate(
        distinct=classes["values"].min(),
        entropy=classes["entropy"].min(),
        ratio=portable.divide(
            portable.number(classes["largest"]), portable.number(classes["tail"])
        ).max(),
        unbounded=(classes["tail"] == 0).cast("int64").sum(),
        rows_below=ibis.ifelse(below, classes["n"], 0).sum(),
        classes_below=below.cast("int64").sum(),
    )


def telling_values(table: Any, column: str, most: int) -> Any:
    """Values of a column that may tell who a person is, each once, as text.

    Those with six digits or more, an @ sign or the mark of a device id.

    Parameters
    ----------
    table : ibis.Table
    column : str
        Of text or numbers.
    most : int
        Values at most.

    Returns
    -------
    ibis.Table
        ``value``.
    """
    value = table[column]
    if value.type().is_floating() or value.type().is_decimal():
        number = portable.number(value)
        whole = (number >= 1e9) & (number < 1e18) & ~portable.fractional(number)
        value = ibis.ifelse(whole, number, 0.0).cast("int64")
    found = table.select(value=value.cast("string"))
    telling = "([0-9０-９][^0-9０-９]*){6}|[@＠]|([Cc]ollect|imei|IMEI):"
    return found.filter(found["value"].re_search(telling)).distinct().limit(most)


def cut_off(table: Any, column: str, share: float) -> Any:
    """One row: the value that a share of the rows does not exceed."""
    return table.aggregate(cut=portable.number(table[column]).quantile(share))


def top_coded(table: Any, cuts: Mapping[str, float]) -> Any:
    """The table with every value above its cut-off replaced by the cut-off."""
    new: dict[str, Any] = {}
    for column, cut in cuts.items():
        value = table[column]
        limit = ibis.literal(cut).cast(value.type()) if value.type().is_integer() else cut
        new[column] = ibis.ifelse(value > cut, limit, value)
    return table.mutate(**new)


def effect(
    table: Any, column: str, cut: float, weight: str | None, line: float | None = None
) -> Any:
    """One row: what top-coding a column does to its mean and to a headcount.

    Returns
    -------
    ibis.Table
        ``coded`` (rows changed), ``mean``, ``mean_after``, and, with a line, ``poor``,
        ``poor_after`` (shares of the weight below it).
    """
    value = portable.number(table[column])
    weights = portable.number(table[weight]) if weight else ibis.literal(1.0)
    known = ibis.ifelse(portable.finite(value), weights, 0.0)
    value = ibis.ifelse(portable.finite(value), value, 0.0)
    after = ibis.ifelse(value > cut, cut, value)
    rows = table.select(w=known, x=value, y=after)
    total = rows["w"].sum()
    below: dict[str, Any] = {}
    if line is not None:
        for name, column_of in (("poor", "x"), ("poor_after", "y")):
            poor = ibis.ifelse(rows[column_of] < line, rows["w"], 0.0)
            below[name] = portable.divide(poor.sum(), total)
    return rows.aggregate(
        coded=(rows["x"] > cut).cast("int64").sum(),
        mean=portable.divide((rows["w"] * rows["x"]).sum(), total),
        mean_after=portable.divide((rows["w"] * rows["y"]).sum(), total),
        **below,
    )
