"""Micro data for release: identifiers refused, top-coded, checked, written."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.errors import DataError, ExitlineError
from exitline.proof.disclose.release import Anonymity, Diversity, ReleaseReport, TopCode
from exitline.stats.data.readers.declaring import choose

if TYPE_CHECKING:
    from exitline.stats.engine.base import Engine


LOOKED_AT = 10_000
"""Different values of a column, at most, that are looked at for the form of an identifier."""


class ReleaseError(ExitlineError):
    """Micro data that must not be released as they stand."""


@dataclass(frozen=True)
class ReleasePlan:
    """What is to be released, and what it must stand up to.

    Attributes
    ----------
    keys : tuple of str
        Columns by which somebody could recognise a household (quasi-identifiers).
    sensitive : tuple of str
        Columns whose value nobody should learn.
    weight : str or None
    k, level : int
        k-anonymity and l-diversity asked for.
    c : float or None
        For recursive (c, l)-diversity.
    top : tuple of (str, float, bool)
        Column, and a cut-off or (True) the share of rows that stay as they are.
    drop : tuple of str
        Columns that are left out.
    welfare, line : str and float, optional
        What a headcount is taken of, to see what top-coding does to it.
    """

    keys: tuple[str, ...]
    sensitive: tuple[str, ...] = ()
    weight: str | None = None
    k: int = 5
    level: int = 2
    c: float | None = None
    top: tuple[tuple[str, float, bool], ...] = ()
    drop: tuple[str, ...] = ()
    welfare: str | None = None
    line: float | None = None


def release(
    data: Any, plan: ReleasePlan, out: str | Path | None = None, *, engine: str | Engine = "duckdb"
) -> ReleaseReport:
    """Check micro data, and write them where they hold.

    The rows are written in the order of their own values, so that the order of the file
    tells nothing.

    Parameters
    ----------
    data : path, pandas, Polars or PyArrow table
        One household per row.
    plan : ReleasePlan
    out : path, optional
        A .parquet file; written only where the checks are met.
    engine : {"duckdb", "spark"} or Engine

    Returns
    -------
    ReleaseReport

    Raises
    ------
    ReleaseError
        Where a column names people.
    DataError
        For columns that are not there or cannot be used.

    Examples
    --------
    >>> plan = ReleasePlan(("region", "urban"), ("poor",))
    >>> import pandas as pd
    >>> homes = pd.DataFrame({"region": ["N"] * 6, "urban": [1] * 6, "poor": [0, 1] * 3})
    >>> found = release(homes, plan)
    >>> found.anonymity.smallest, found.diversity[0].distinct, found.met
    (6, 2, True)
    """
    from exitline.stats.data.codebook import as_metadata, codebook
    from exitline.stats.data.readers.names import twins
    from exitline.stats.data.source import open_source
    from exitline.stats.data.studies.uses import role_uses
    from exitline.stats.engine.session import session
    from exitline.stats.measure.quality.release import top_coded

    if out is not None and Path(out).suffix.lower() != ".parquet":
        raise ReleaseError(
            "micro data are released as Parquet", where=str(out), expected="a .parquet file",
            got=Path(out).suffix or "no ending", remedy="for instance release.parquet",
        )  # fmt: skip
    uses = role_uses(
        numeric=(plan.weight, plan.welfare, *(column for column, _, _ in plan.top)),
        code=(*plan.keys, *plan.sensitive),
    )
    source = open_source(data).using(uses)
    aside = {name for group in twins(source.names or ()) for name in group} & {*plan.drop}
    with session(engine) as running:
        table = running.attach(source.without(aside), "households")
        _check(table, replace(plan, drop=tuple(n for n in plan.drop if n not in aside)))
        _refuse_identifiers(table, plan, running)
        kept = [name for name in table.columns if name not in plan.drop]
        _refuse_unreadable(table, kept)
        book = codebook(source, kept)
        _refuse_labels(book)
        cuts = _cuts(table, plan, running)
        report = replace(_report(table, plan, cuts, running), labelled=tuple(book))
        if out is not None and report.met:
            coded = top_coded(table, cuts).select(kept)
            running.write(coded.order_by(kept), Path(out), as_metadata(book))
    return report


def _refuse_unreadable(table: Any, kept: list[str]) -> None:
    """Columns whose values cannot be looked at cannot be checked."""
    from exitline.stats.measure import portable

    odd = [name for name in kept if not portable.usable(table[name].type())]
    if odd:
        raise ReleaseError(
            "columns cannot be checked", got=", ".join(f"{n} ({table[n].type()})" for n in odd),
            expected="one number, text or date on each row of a column",
            remedy=f"leave them out ({_drop()}), or write them as one value to a row",
        )  # fmt: skip


def _refuse_labels(book: dict[str, dict[str, Any]]) -> None:
    """Labels are released, too: none has the form of an id number, a phone or an account."""
    from exitline.proof.disclose.identifiers import first_kind

    found = [
        f"{name} ({kind})"
        for name, said in book.items()
        if (kind := first_kind(set(said.get("values", {}).values()))) is not None
    ]
    if found:
        raise ReleaseError(
            "value labels name people", got=", ".join(found),
            expected="labels of areas and categories",
            remedy=f"leave these columns out ({_drop()}), or take their labels away",
        )  # fmt: skip


def _report(table: Any, plan: ReleasePlan, cuts: dict[str, float], engine: Engine) -> ReleaseReport:
    """Every check on the data as they would be released."""
    from exitline.stats.measure.quality.release import top_coded

    coded = top_coded(table, cuts)
    without = []
    if len(plan.keys) > 1:
        for key in plan.keys:
            rest = tuple(name for name in plan.keys if name != key)
            without.append((key, _anonymity(coded, plan, rest, engine).rows_below))
    return ReleaseReport(
        plan.keys,
        _anonymity(coded, plan, plan.keys, engine),
        tuple(without),
        tuple(_diversity(coded, plan, column, engine) for column in plan.sensitive),
        tuple(_effect(table, plan, column, cut, engine) for column, cut in cuts.items()),
        plan.drop,
    )


def _anonymity(table: Any, plan: ReleasePlan, keys: tuple[str, ...], engine: Engine) -> Anonymity:
    from exitline.stats.measure.quality.release import anonymity

    row = engine.run(anonymity(table, keys, plan.k, plan.weight)).to_pylist()[0]
    if not row["rows"]:
        raise DataError("there are no rows to release", expected="households, one row each")
    return Anonymity(k=plan.k, **row)


def _diversity(table: Any, plan: ReleasePlan, column: str, engine: Engine) -> Diversity:
    from exitline.stats.measure.quality.release import diversity

    row = engine.run(diversity(table, plan.keys, column, plan.level)).to_pylist()[0]
    ratio = math.inf if row.pop("unbounded") else row["ratio"]
    entropy = math.exp(row["entropy"])
    return Diversity(column, plan.level, plan.c, **row | {"ratio": ratio, "entropy": entropy})


def _effect(table: Any, plan: ReleasePlan, column: str, cut: float, engine: Engine) -> TopCode:
    from exitline.stats.measure.quality.release import effect

    line = plan.line if column == plan.welfare else None
    row = engine.run(effect(table, column, cut, plan.weight, line)).to_pylist()[0]
    return TopCode(column, cut, **row)


def _cuts(table: Any, plan: ReleasePlan, engine: Engine) -> dict[str, float]:
    """The cut-off of each column that is top-coded."""
    from exitline.stats.measure.quality.release import cut_off

    cuts = {}
    for column, figure, is_share in plan.top:
        cut = figure
        if is_share:
            cut = engine.run(cut_off(table, column, figure)).column("cut")[0].as_py()
        if cut is None or not math.isfinite(cut):
            raise DataError(f"the column '{column}' has no values to top-code")
        cuts[column] = math.floor(cut) if table[column].type().is_integer() else float(cut)
    return cuts


def _check(table: Any, plan: ReleasePlan) -> None:
    """Columns that are there and fit, and thresholds that protect."""
    from exitline.stats.measure.passes.plan import require_usable

    tops = [column for column, *_ in plan.top]
    optional = [name for name in (plan.weight, plan.welfare) if name is not None]
    require_usable([*plan.keys, *plan.sensitive, *tops, *plan.drop, *optional], table)
    if not plan.keys or plan.k < 2 or plan.level < 2:
        raise ReleaseError(
            "the check protects nobody", expected="at least one key, k and l of 2 or more",
            got=f"{len(plan.keys)} keys, k = {plan.k}, l = {plan.level}",
            remedy="name the columns by which somebody could recognise a household",
        )  # fmt: skip
    both = {*plan.drop} & {*plan.keys, *plan.sensitive, *tops}
    if both:
        raise ReleaseError(
            "a column is both checked and left out", got=", ".join(sorted(both)),
            remedy="leave it out of one of the two",
        )  # fmt: skip
    for column in (*tops, *optional):
        if not table[column].type().is_numeric():
            raise DataError(f"the column '{column}' contains no numbers", expected="numbers")


def _refuse_identifiers(table: Any, plan: ReleasePlan, engine: Engine) -> None:
    """Columns that name people, by their own name or by the form of their values."""
    found = [*_named(table, plan, engine), *_formed(table, plan, engine)]
    if found:
        raise ReleaseError(
            "the data hold columns that name people", got=", ".join(dict.fromkeys(found)),
            expected="no names, id numbers, phones, bank accounts, addresses or positions",
            remedy=f"leave them out ({_drop()}), or rename a column that was taken for one",
        )  # fmt: skip


def _formed(table: Any, plan: ReleasePlan, engine: Engine) -> list[str]:
    """Columns whose values have the form of id numbers, phones, bank accounts or positions.

    One such value is enough in a column of text; in a column of numbers, most of the long ones,
    since a sum of money may look like a telephone number. Numbers dialled within a country
    look like codes with a leading zero: most of a column's values, too.
    """
    from exitline.proof.disclose.identifiers import first_kind, kind_of_value
    from exitline.stats.measure.quality.release import telling_values

    found = []
    for name in table.columns:
        of = table[name].type()
        if name in plan.drop or not (of.is_string() or of.is_numeric()):
            continue
        values = engine.run(telling_values(table, name, LOOKED_AT)).column("value").to_pylist()
        kind = first_kind(values)
        if of.is_numeric():
            kinds = [k for v in values if (k := kind_of_value(v)) is not None]
            kind = kinds[0] if 2 * len(kinds) > len(values) else None
        if kind is not None:
            found.append(f"{name} ({kind})")
    return found


def _named(table: Any, plan: ReleasePlan, engine: Engine) -> list[str]:
    """Columns that name people, by their own name; those of two values (yes, no) do not.

    Positions, user names and device ids do even then: nobody answers them with yes or no.
    """
    from exitline.proof.disclose.identifiers import ALWAYS, DIRECT, kind_of_name

    suspects = {
        name: kind
        for name in table.columns
        if name not in plan.drop
        and not table[name].type().is_boolean()
        and (kind := kind_of_name(name)) in DIRECT
    }
    if not suspects:
        return []
    each = {f"n{i}": table[name].nunique() for i, name in enumerate(suspects)}
    distinct = engine.run(table.aggregate(**each)).to_pylist()[0].values()
    return [
        f"{name} ({kind})"
        for (name, kind), n in zip(suspects.items(), distinct, strict=True)
        if n > 2 or kind in ALWAYS
    ]


def _drop() -> str:
    """How columns are left out."""
    return choose("drop=", "--drop")
