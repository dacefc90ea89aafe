"""The measures by name, or one of them explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from exitline.words.help_texts import of_page

if TYPE_CHECKING:
    from exitline.stats.measure.model import Measure


@overload
def measures(name: None = None) -> list[dict[str, Any]]: ...
@overload
def measures(name: str) -> dict[str, Any]: ...
def measures(name: str | None = None) -> dict[str, Any] | list[dict[str, Any]]:
    """The measures, or one of them explained: formula, source, unit, what it leaves out.

    Parameters
    ----------
    name : str, optional
        A measure as `exitline.estimate` takes it, with or without its parameters.

    Returns
    -------
    dict, or list of dict
        name, usage, title, what; Formula, Standard error, Mind, Source and unit where known.

    Raises
    ------
    MeasureError
        For a name that no measure has.

    Examples
    --------
    >>> import exitline as xl
    >>> xl.measures("severity")["name"], "headcount" in [one["name"] for one in xl.measures()]
    ('severity', True)
    """
    from exitline.stats.measure.catalogue import MEASURES

    return [_told(one) for one in MEASURES] if name is None else _told(name)


def _told(asked: str) -> dict[str, Any]:
    """Everything that is known of a measure: from its page, and from the measure itself."""
    from exitline.stats.measure.catalogue import MEASURES, named, usage
    from exitline.stats.measure.pages import page

    name = asked.partition("(")[0].strip()
    if name not in MEASURES:
        named(asked)  # says which there are
    found: dict[str, Any] = {"name": name, "usage": usage(name), **of_page(page(name))}
    bare = "(" not in usage(name) or "[" in usage(name)
    return found | (_of_measure(named(asked)) if "(" in asked or bare else {})


def _of_measure(measure: Measure) -> dict[str, str]:
    """Unit, whom it refers to and what it needs."""
    poor = any(part.kind == "poor" for part in measure.about.parts)
    who = "the poor" if poor else "all with welfare above zero" if measure.positive else "everyone"
    needs = [("welfare", measure.needs_welfare), ("a poverty line", measure.needs_line)]
    return {
        "unit": measure.unit,
        "speaks of": who,
        "needs": " and ".join(name for name, wanted in needs if wanted),
        "better": measure.better,
    }
