"""Measures of a multidimensional index in the standard's words, and what the index is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exitline.rules.standard import Standard
    from exitline.rules.standard.model import Indicator
    from exitline.stats.infer.blocks import Estimate
    from exitline.stats.infer.estimates import Estimates
    from exitline.stats.measure.catalogue import Measure

_OF_ONE = re.compile(r"(uncensored|censored|contribution|contribution_share)\((\w+)\)")


def named_measures(names: Iterable[str], standard: Standard | None) -> dict[str, Measure]:
    """Measures of single indicators, with the indicator's label in place of its name.

    Parameters
    ----------
    names : iterable of str
        Of measures, as estimates have them.
    standard : Standard or None

    Returns
    -------
    dict of str to Measure
        Of those alone that speak of an indicator.
    """
    from exitline.stats.measure.catalogue import named

    found = {}
    for name in dict.fromkeys(names):
        indicator = _indicator(name, standard)
        if indicator is not None and indicator.label:
            made = named(name)
            before, _, after = made.label.partition(indicator.name)
            label = f"{before}‘{indicator.label}’{after}"
            found[name] = replace(made, label=label)
    return found


def _indicator(name: str, standard: Standard | None) -> Indicator | None:
    """The indicator that a measure speaks of."""
    form = _OF_ONE.fullmatch(name)
    if form is None or standard is None:
        return None
    return next((one for one in standard.indicators.values() if one.name == form[2]), None)


@dataclass(frozen=True)
class IndexPart:
    """An indicator and what it adds to a multidimensional index.

    Attributes
    ----------
    label, dimension : str
    weight : float
    share : Estimate
        Of the index.
    deprived : Estimate or None
        Share of persons who are poor and deprived in it.
    """

    label: str
    dimension: str
    weight: float
    share: Estimate
    deprived: Estimate | None


def index_parts(found: Estimates, standard: Standard | None) -> tuple[IndexPart, ...]:
    """What a multidimensional index is made of, the largest part first.

    Parameters
    ----------
    found : Estimates
        With `contribution_share` of each indicator; nothing is found without it.
    standard : Standard or None
    """
    whole = {e.measure: e for e in found if not e.by}
    parts = []
    for name, e in whole.items():
        indicator = _indicator(name, standard) if name.startswith("contribution_share(") else None
        if indicator is not None:
            deprived = whole.get(f"censored({indicator.name})")
            parts.append(IndexPart(indicator.label, indicator.dimension,
                                   float(indicator.weight or 0), e, deprived))  # fmt: skip
    return tuple(sorted(parts, key=lambda part: -part.share.estimate))
