"""How exitline spells each statistic of R's packages.

A spelling is a name of the catalogue or a call of `exitline.stats.measure`. What does not exist is
counted as absent, so that a measure joins the comparison when it lands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from exitline.stats.measure.catalogue import MEASURES

FULL = "threshold of the full sample"
OWN = "threshold of the domain itself"

CONVEY: Mapping[str, tuple[str, Any]] = {
    "gini": ("gini", None),
    "zenga y>0": ("zenga", None),
    "zenga": ("zenga", None),
    "jdiv y>0": ("j_divergence", None),
    "jdiv": ("j_divergence", None),
    "qsr": ("quintile_ratio(rule='convey')", None),
    "qsr alpha1 0.2": ("quintile_ratio(rule='convey')", None),
    "qsr 0.2/0.8": ("quintile_ratio(rule='convey')", None),
    "qsr alpha1 0.1": ("quantile_share_ratio(0.1, 0.9, rule='convey')", None),
    "qsr alpha1 0.4 alpha2 0.9 (Palma inverse form)": ("palma(rule='convey')", None),
    "rmpg": ("relative_median_gap", None),
    "rmpg 0.6 x median": ("relative_median_gap", None),
    "rmpg 0.6 median": ("relative_median_gap", None),
    "poormed": ("median_of_poor", None),
    "poormed 0.6 x median": ("median_of_poor", None),
    "poormed 0.6 median": ("median_of_poor", None),
    "arpr": ("at_risk_rate", None),
    "arpr 0.6 x median of the full sample": ("at_risk_rate", None),
    "arpr 0.6 median (full-sample threshold)": ("at_risk_rate", None),
    "arpr 0.5 x median of the full sample": ("at_risk_rate(0.5)", None),
    "arpt": ("at_risk_threshold", None),
    "arpt 0.6 x own median": ("at_risk_threshold", None),
    "arpt 0.6 median (within domain)": ("at_risk_threshold", None),
    "arpt 0.5 x own first quartile": ("at_risk_threshold(0.5, 0.25)", None),
    "isq alpha 0.2 lower sum": ("bottom_sum(0.2)", None),
    "isq alpha 0.8 upper sum": ("top_sum(0.8)", None),
    "rich FGTT1 g=1 z=1500": ("richness_concave(1)", 1500.0),
    "rich Cha g=0.5 z=1500": ("richness(0.5)", 1500.0),
    "watts abs z=370, y>0": ("watts", 370.0),
    "watts relq 0.6 x median of y>0": ("watts", "0.6 x median of y>0"),
    "mean rcons": ("mean", None),
    "total one": ("count", None),
    "mean_poor rcons<4891": ("headcount", 4891.0),
    "watts abs 4891": ("watts", 4891.0),
}
"""From stat and params to a measure and its line."""

FGT = {"fgt0": "headcount", "fgt1": "poverty_gap", "fgt2": "severity"}


def of_convey(stat: str, params: str, component: str) -> tuple[str, Any]:
    """The measure and the line of one of convey's figures.

    Returns
    -------
    (str, line)
        The line is None, a number, or the arguments of `exitline.relative_line`.

    Examples
    --------
    >>> of_convey("gei", "epsilon 0.5, y>0", "")
    ('ge(0.5)', None)
    >>> of_convey("fgt1", "relm 0.5 x mean, threshold of the full sample", "")
    ('poverty_gap', {'share': 0.5, 'of': 'mean', 'boundary': '<='})
    """
    known = CONVEY.get(f"{stat} {params}".strip())
    if known is not None:
        measure, line = known
        if measure.startswith("at_risk_rate") and "at_risk_rate" not in MEASURES:
            share = 0.5 if "0.5" in measure else 0.6
            return "headcount", {"share": share, "of": "median", "boundary": "<="}
        return measure, relative("relq 0.6 x median") if isinstance(line, str) else line
    if stat in FGT:
        return FGT[stat], relative(params)
    if stat in {"gei", "atkinson"}:
        name = "ge" if stat == "gei" else "atkinson"
        return f"{name}({params.split()[1].rstrip(',')})", None
    if stat == "lorenz":
        return component.replace("L", "lorenz"), None
    if stat == "iqalpha":
        return f"quantile({params.split()[1]})", None
    return f"{stat}({params})", None


def relative(params: str) -> Any:
    """The line of convey's parameters: a number after "abs", or a relative line's arguments."""
    absolute = re.match(r"abs (?:z=)?([0-9.]+)", params)
    if absolute:
        return float(absolute[1])
    kind, share = params.split()[:2]
    of: Any = "mean" if kind == "relm" else "median"
    if "third quartile" in params:
        of = 0.75
    own = {"within": True} if OWN in params else {}
    return {"share": float(share), "of": of, "boundary": "<="} | own


REPLICATED = {
    "mean": "mean", "total": "total", "population": "count", "gini": "gini",
    "qsr": "quintile_ratio(rule='convey')", "zenga": "zenga", "jdiv": "j_divergence",
    "arpr": "at_risk_rate", "arpt": "at_risk_threshold", "rmpg": "relative_median_gap",
    "poormed": "median_of_poor", "watts": "watts", "poor_count": "poor_count",
    "headcount": "headcount", "fgt1": "poverty_gap", "fgt2": "severity",
}  # fmt: skip


def of_replicates(stat: str, component: str, line: float) -> tuple[str, Any, str]:
    """The measure, the line and the part of one figure of surveys/replicates.

    Examples
    --------
    >>> of_replicates("quantile 0.25 Woodruff limits", "low", 1.0)
    ('quantile(0.25)', None, 'low')
    """
    head, _, rest = stat.partition(" ")
    if head == "quantile":
        part = component if component in {"low", "high"} else "estimate"
        return f"quantile({rest.split()[0]})", None, part
    if head in {"gei", "atkinson"}:
        return f"{'ge' if head == 'gei' else head}({rest})", None, "estimate"
    if head == "lorenz":
        return component.replace("L", "lorenz"), None, "estimate"
    if stat == "ratio y per poor":
        return "ratio(exp_pc, poor)", None, "estimate"
    if head == "arpr" and "at_risk_rate" not in MEASURES:
        return "headcount", {"share": 0.6, "of": "median", "boundary": "<="}, "estimate"
    measure = REPLICATED.get(head, stat)
    if rest.startswith(("0.6 median", "0.5 mean")):
        share, of = rest.split()[:2]
        return measure, {"share": float(share), "of": of, "boundary": "<="}, "estimate"
    needs = head in {"headcount", "fgt1", "fgt2", "poor_count", "watts"}
    boundary = "<=" if head in {"fgt1", "fgt2", "watts"} else "<"
    return measure, (line, boundary) if needs else None, "estimate"
