"""Decompositions and curves as jobs: what `exitline.decompose` and its kin give beside R's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import exitline as xl
from benchmarks.parity.others import GHANA
from benchmarks.parity.references import PEERS, rows, survey
from benchmarks.parity.wanted import Job, Key, Wanted, values

PARTS = {"estimate": "estimate", "se": "se"}
MEXICO = {"weight": "factor"}
FGT = {"FGT0": "headcount", "FGT1": "poverty_gap", "FGT2": "severity"}
SHAPLEY = {
    "P1": "before", "P2": "after", "change": "change",
    "growth (base period 1)": "growth (base before)",
    "redistribution (base period 1)": "redistribution (base before)",
    "residual (base 1)": "residual (base before)", "growth (base 2)": "growth (base after)",
    "redistribution (base 2)": "redistribution (base after)",
    "residual (base 2)": "residual (base after)", "growth (Shapley)": "growth",
    "redistribution (Shapley)": "redistribution",
}  # fmt: skip
DINEQ = {
    "total": "total", "within": "within", "between": "between", "overlap": "overlap",
    "_group": "index", "_group_contribution": "contribution",
}  # fmt: skip
CONVEYED = {
    "fgt0": "headcount", "fgt1": "poverty_gap", "fgt2": "severity", "fgt3": "fgt(3)",
    "igr": "income_gap_ratio", "watts": "watts", "watts pov. gap ratio": "watts_gap_ratio",
    "theil(poor)": "inequality",
}  # fmt: skip


def _of(measure: str, decomposition: Any, components: Mapping[str, str] | None = None) -> Any:
    """Components by key: the part's name is the measure's, its group the domain."""
    names = components or {}
    return {
        (f"{measure}: {names.get(c.component, c.component)}", "", "", c.group): {
            "estimate": c.estimate, "se": c.se, "df": c.df,
        }
        for c in decomposition.components
    }  # fmt: skip


def _curve(measure: str, curve: Any) -> Mapping[Key, Any]:
    """Points of a curve by key: the point is the domain."""
    return {(measure, "", "", f"{p.x:g}"): {"estimate": p.estimate, "se": p.se}
            for p in curve.points}  # fmt: skip


def changes(data: Path, reference: Path) -> Iterator[Job]:
    """Datt-Ravallion, growth incidence, TIP, Lorenz; within and between by dineq."""
    found: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in rows(reference / "surveys/decompositions/results.csv"):
        found[row["topic"], row["params"]].append(row)
    if not found:
        return
    waves = {year: survey(data, f"mex{year}") for year in ("2008", "2016")}
    design = xl.Design(**MEXICO)
    for (topic, params), mine in found.items():
        if topic.startswith("Datt-Ravallion"):
            yield _shapley(waves, design, params, mine)
        elif topic.startswith(("growth incidence", "TIP", "Lorenz")):
            yield _points(waves, design, topic, mine)
        elif topic in {"dineq mld_decomp", "dineq gini_decomp"}:
            yield _dineq(waves, design, topic, params, mine)
        elif topic == "dineq point":
            names = {"gini.wtd": "gini", "theil.wtd": "theil", "mld.wtd": "mld"}
            wanted = tuple(Wanted(names[r["component"]], values(r, PARTS))
                           for r in mine if r["component"] in names)  # fmt: skip
            yield Job(f"mex{params}", "dineq", waves[params], wanted, "income", MEXICO, {},
                      {"where": "income > 0"})  # fmt: skip


def _shapley(waves: Any, design: Any, params: str, found: Iterable[Mapping[str, str]]) -> Job:
    """Growth and redistribution of one index at one line."""
    index, _, z = params.partition(" z=")
    measure = FGT[index]
    wanted = tuple(
        Wanted(f"growth and redistribution of {measure}: {SHAPLEY[r['component']]}",
               values(r, PARTS))
        for r in found
    )  # fmt: skip

    def call() -> Mapping[Key, Any]:
        apart = xl.decompose_change(
            waves["2008"], waves["2016"], measure, line=float(z), welfare="income", design=design
        )
        return _of(f"growth and redistribution of {measure}", apart)

    return Job(f"mexico 2008-2016, line {z}", "by definition", None, wanted, call=call)


def _points(waves: Any, design: Any, topic: str, found: Iterable[Mapping[str, str]]) -> Job:
    """A curve's points."""
    name = topic.rpartition(" ")[0].removesuffix(" curve")
    wanted = tuple(Wanted(name, values(r, PARTS), "", "", r["component"].removeprefix("p"))
                   for r in found)  # fmt: skip
    at = [float(w.domain) for w in wanted]
    given: dict[str, Any] = {"welfare": "income", "at": at, "design": design}

    def call() -> Mapping[Key, Any]:
        if name == "growth incidence":
            curve = xl.growth_incidence(waves["2008"], waves["2016"], **given)
        elif name == "TIP":
            curve = xl.tip(waves["2008"], line=30000, **given)
        else:
            curve = xl.lorenz(waves[topic[-4:]], **given)
        return _curve(name, curve)

    return Job(f"mexico {topic.split()[-1]}", "by definition", None, wanted, call=call)


def _dineq(
    waves: Any, design: Any, topic: str, params: str, found: Iterable[Mapping[str, str]]
) -> Job:
    """dineq's parts of the mean log deviation or of the Gini."""
    year, _, groups = params.partition(" by ")
    measure = topic.split()[1].partition("_")[0]
    wanted = []
    for row in found:
        named = _dineq_part(row["component"], measure)
        if named is not None:
            part, group = named
            wanted.append(Wanted(f"{measure}: {part}", values(row, PARTS), "", "", group))

    def call() -> Mapping[Key, Any]:
        return _of(measure, xl.decompose(
            waves[year], measure, groups=groups, welfare="income", design=design
        ))  # fmt: skip

    return Job(f"mex{year} by {groups}", "dineq", None, tuple(wanted), call=call)


def _dineq_part(component: str, measure: str) -> tuple[str, str] | None:
    """Our part and group for one of dineq's; None for counts and notes."""
    head, _, rest = component.partition(".")
    inner, _, group = rest.partition(".")
    if head == f"{measure}_decomp":
        return DINEQ[rest.removeprefix(f"{measure}_")], ""
    if head == f"{measure}_group":
        return DINEQ[inner.removeprefix(measure)], group
    shares = {"share_groups": "population_share", "share_income_groups": "welfare_share"}
    if head in shares:
        return shares[head], rest
    return ("mean", group) if head == "mean" and inner == "mean_group" else None


def conveyed_parts(data: Path, reference: Path) -> Iterator[Job]:
    """convey's geidec, jdivdec, fgtdec and wattsdec."""
    table = None
    asked: dict[tuple[str, str, str], list[dict[str, str]]] = defaultdict(list)
    for row in rows(reference / "surveys/convey/ghana.csv"):
        if row["stat"].endswith("dec"):
            asked[row["stat"], row["params"], row["by"]].append(row)
    for (stat, params, by), found in asked.items():
        table = survey(data, "ghana") if table is None else table
        if stat in {"geidec", "jdivdec"}:
            yield _within_between(table, stat, params, found)
        else:
            yield _how_deep(table, stat, params, by, found)


def _within_between(table: Any, stat: str, params: str, found: Iterable[Mapping[str, str]]) -> Job:
    """geidec and jdivdec: total, within, between."""
    name = "j_divergence" if stat == "jdivdec" else f"ge({params.split()[1]})"
    measure = {"ge(0)": "mld", "ge(1)": "theil"}.get(name, name)
    wanted = tuple(Wanted(f"{measure}: {r['component']}", values(r, PARTS)) for r in found)

    def call() -> Mapping[Key, Any]:
        return _of(measure, xl.decompose(
            table, measure, groups="region", welfare="inc_pc", design=xl.Design(**GHANA),
            where="inc_pc > 0",
        ))  # fmt: skip

    return Job("ghana by region", PEERS["convey"], None, wanted, call=call)


def _how_deep(table: Any, stat: str, params: str, by: str, found: list[dict[str, str]]) -> Job:
    """fgtdec and wattsdec, over all and by region."""
    line = xl.PovertyLine("z", 370.0, "<=")
    order = "watts" if stat == "wattsdec" else {"2": "severity", "3": "fgt(3)"}[params[2]]
    wanted = tuple(
        Wanted(f"{order}: {_conveyed(r['component'])}", values(r, PARTS), "", "", r["domain"])
        for r in found
    )

    def call() -> Mapping[Key, Any]:
        figures: dict[Key, Any] = {}
        for domain in dict.fromkeys(r["domain"] for r in found):
            where = {"where": f"{by} = '{domain}'"} if by else {}
            apart = xl.decompose(table, order, welfare="inc_pc", line=line,
                                 design=xl.Design(**GHANA), **where)  # fmt: skip
            parts = _of(order, apart)
            figures |= {(m, z, b, domain): f for (m, z, b, _), f in parts.items()}
        return figures

    return Job("ghana", PEERS["convey"], None, wanted, call=call)


def _conveyed(component: str) -> str:
    """Our name of a component of convey's."""
    return "inequality" if component.startswith("gei(poor") else CONVEYED[component]
