"""The words for who stands apart: the same in report and explorer, in every language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.publish.content.standing import NAMED, Group
from exitline.words.said import Said, say, say_plural

if TYPE_CHECKING:
    from exitline.publish.content.standing import AreaStanding
    from exitline.words.catalogue import Language


@dataclass(frozen=True)
class Words:
    """How a measure and its areas are spoken of.

    Attributes
    ----------
    subject : text
        "the share of poor persons".
    name, figure : callable
        From an area to its name, and to its figure as it is read.
    overall : str
        The figure of all areas together, or of the one that they lie in ("" for none).
    """

    subject: Any
    name: Callable[[str], Any]
    figure: Callable[[str], str]
    overall: str

    def both(self, area: str) -> Said:
        """Name and figure."""
        return say("{name} ({figure})", name=self.name(area), figure=self.figure(area))


def sentence(said: str, t: Language) -> str:
    """A finding in a language, from a capital letter.

    Examples
    --------
    >>> from exitline.words.catalogue import language
    >>> sentence(say("{subject} is highest in {area}", subject="the gap", area="A"), language("en"))
    'The gap is highest in A'
    """
    text = t.of(said)
    return text[:1].upper() + text[1:]


def finding(of: AreaStanding, words: Words) -> Said:
    """The title of a picture of areas side by side: only what the comparison bears out.

    Parameters
    ----------
    of : AreaStanding
    words : Words

    Returns
    -------
    Said
    """
    subject, n = words.subject, of.shown
    if not of.shown:
        return say("no figure can be given for {subject} in these areas", subject=subject)
    if of.additive:
        return _of_parts(words)
    ranked = _of_extremes(of, words)
    if ranked is not None and of.hidden:
        return say("{finding}, of {n} areas with a figure", finding=ranked, n=n)
    if ranked is not None:
        return ranked
    if of.above.n or of.below.n:
        return _beside_overall(of, words)
    if of.ends:
        low, high = of.ends
        return say(
            "{subject} ranges from {low} in {lowest} to {high} in {highest}", subject=subject,
            low=words.figure(low), lowest=words.name(low), high=words.figure(high),
            highest=words.name(high),
        )  # fmt: skip
    if of.exact:
        return say("{subject} is the same in all {n} areas", subject=subject, n=n)
    return say("no clear differences in {subject} between {n} areas", subject=subject, n=n)


def _of_parts(words: Words) -> Said:
    """Parts of a total have no rank: larger areas have more."""
    if not words.overall:
        return say("{subject} by area", subject=words.subject)
    return say("{subject}, {figure} in all, by area", subject=words.subject, figure=words.overall)


def _of_extremes(of: AreaStanding, words: Words) -> Said | None:
    """The areas that differ from all others."""
    top, bottom = _extreme(of.highest, words), _extreme(of.lowest, words)
    subject = words.subject
    if of.shown == NAMED and of.highest.n == 1 and of.lowest.n == 1 and top and bottom:
        return say("{subject} is higher in {top} than in {bottom}", subject=subject, top=top,
                   bottom=bottom)  # fmt: skip
    if top is not None and bottom is not None:
        return say("{subject} is highest in {top} and lowest in {bottom}", subject=subject,
                   top=top, bottom=bottom)  # fmt: skip
    if top is not None:
        return say("{subject} is highest in {area}", subject=subject, area=top)
    if bottom is not None:
        return say("{subject} is lowest in {area}", subject=subject, area=bottom)
    return None


def _extreme(group: Group, words: Words) -> Said | None:
    """The highest or the lowest areas: by name with their figure, or their number."""
    if not group.n:
        return None
    first = group.areas[0]
    if group.n == 1:
        return words.both(first)
    return say("{name} ({figure})", name=_listed(group, words), figure=words.figure(first))


def _beside_overall(of: AreaStanding, words: Words) -> Said:
    """Areas above and below the overall figure."""
    above, below = _listed(of.above, words), _listed(of.below, words)
    said = {"subject": words.subject, "figure": words.overall}
    if not of.below.n:
        return say("{subject} is above the overall {figure} in {area}", **said, area=above)
    if not of.above.n:
        return say("{subject} is below the overall {figure} in {area}", **said, area=below)
    return say("{subject} is above the overall {figure} in {above}, below it in {below}", **said,
               above=above, below=below)  # fmt: skip


def _listed(group: Group, words: Words) -> Any:
    """Areas by name, or their number; "" for none."""
    if not group.n:
        return ""
    names = [words.name(area) for area in group.areas]
    if group.n == 1:
        return names[0]
    if group.n <= NAMED:
        return say("{first} and {last}", first=names[0], last=names[1])
    return say_plural("{n} area", "{n} areas", group.n)


def beside_overall(of: AreaStanding, words: Words) -> Said | None:
    """How many areas lie above or below the overall figure; None where nothing is compared.

    Parameters
    ----------
    of : AreaStanding
    words : Words

    Returns
    -------
    Said or None
    """
    if of.additive or not words.overall or not of.shown:
        return None
    said = _numbers(of, words.overall)
    if not of.left_out:
        return say("{sentence}.", sentence=said)
    return say_plural(
        "{sentence}; {n} without a standard error is not compared.",
        "{sentence}; {n} without a standard error are not compared.", of.left_out, sentence=said,
    )  # fmt: skip


def _numbers(of: AreaStanding, overall: str) -> Said:
    """Areas above and below, and those that cannot be told from the overall figure."""
    if not of.above.n and not of.below.n:
        if of.exact:
            return say("every area has the overall {figure}", figure=overall)
        return say("no area can be told apart from the overall {figure}", figure=overall)
    parts = {"figure": overall, "m": of.below.n}
    if of.exact:
        return say_plural(
            "{n} area lies above the overall {figure}, {m} below",
            "{n} areas lie above the overall {figure}, {m} below", of.above.n, **parts,
        )  # fmt: skip
    clear = say_plural(
        "{n} area lies clearly above the overall {figure}, {m} clearly below",
        "{n} areas lie clearly above the overall {figure}, {m} clearly below", of.above.n, **parts,
    )  # fmt: skip
    if not of.alike:
        return clear
    return say_plural(
        "{sentence}; {n} cannot be told apart from it",
        "{sentence}; {n} cannot be told apart from it", of.alike, sentence=clear,
    )  # fmt: skip
