"""The words for who stands apart, in English and Chinese: the same in report and explorer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.publish.content.standing import NAMED, Group

if TYPE_CHECKING:
    from exitline.publish.content.standing import AreaStanding


@dataclass(frozen=True)
class Phrase:
    """A sentence in English and Chinese, with places {0}, {1} for what stands in it."""

    en: str
    zh: str
    parts: tuple[Any, ...] = ()


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

    def both(self, area: str) -> Phrase:
        """Name and figure."""
        return Phrase("{0} ({1})", "{0}（{1}）", (self.name(area), self.figure(area)))


def english(phrase: Phrase) -> str:
    """A phrase in English with what stands in it, from a capital letter.

    Examples
    --------
    >>> english(Phrase("{0} is {1}", "{0}{1}", ("the share", Phrase("{0} %", "{0}%", ("3",)))))
    'The share is 3 %'
    """
    text = phrase.en.format(*(_plain(part) for part in phrase.parts))
    return text[:1].upper() + text[1:]


def _plain(part: Any) -> Any:
    """A part of a phrase, which may be one itself."""
    if not isinstance(part, Phrase):
        return part
    return part.en.format(*(_plain(p) for p in part.parts))


def finding(of: AreaStanding, words: Words) -> Phrase:
    """The title of a picture of areas side by side: only what the comparison bears out.

    Parameters
    ----------
    of : AreaStanding
    words : Words

    Returns
    -------
    Phrase
    """
    subject, n = words.subject, f"{of.shown:,}"
    if not of.shown:
        return Phrase(
            "no figure can be given for {0} in these areas", "{0}：没有可给的数字", (subject,)
        )
    if of.additive:
        return _of_parts(words)
    ranked = _of_extremes(of, words)
    if ranked is not None and of.hidden:
        return Phrase("{0}, of {1} areas with a figure", "有数字的{1}个地区中，{0}", (ranked, n))
    if ranked is not None:
        return ranked
    if of.above.n or of.below.n:
        return _beside_overall(of, words)
    if of.ends:
        low, high = of.ends
        parts = (words.figure(low), words.name(low), words.figure(high), words.name(high))
        return Phrase("{0} ranges from {1} in {2} to {3} in {4}", "{0}：从{2}的{1}到{4}的{3}",
                      (subject, *parts))  # fmt: skip
    if of.exact:
        return Phrase("{0} is the same in all {1} areas", "{0}：{1}个地区相同", (subject, n))
    return Phrase("no clear differences in {0} between the {1} areas",
                  "{0}：{1}个地区之间没有明显差别", (subject, n))  # fmt: skip


def _of_parts(words: Words) -> Phrase:
    """Parts of a total have no rank: larger areas have more."""
    if not words.overall:
        return Phrase("{0} by area", "各地区的{0}", (words.subject,))
    return Phrase(
        "{0}, {1} in all, by area", "各地区的{0}，合计{1}", (words.subject, words.overall)
    )


def _of_extremes(of: AreaStanding, words: Words) -> Phrase | None:
    """The areas that differ from all others."""
    top, bottom = _extreme(of.highest, words), _extreme(of.lowest, words)
    if of.shown == NAMED and of.highest.n == 1 and of.lowest.n == 1 and top and bottom:
        return Phrase("{0} is higher in {1} than in {2}", "{0}：{1}高于{2}",
                      (words.subject, top, bottom))  # fmt: skip
    if top is not None and bottom is not None:
        return Phrase("{0} is highest in {1} and lowest in {2}", "{0}：最高为{1}，最低为{2}",
                      (words.subject, top, bottom))  # fmt: skip
    if top is not None:
        return Phrase("{0} is highest in {1}", "{0}：最高为{1}", (words.subject, top))
    if bottom is not None:
        return Phrase("{0} is lowest in {1}", "{0}：最低为{1}", (words.subject, bottom))
    return None


def _extreme(group: Group, words: Words) -> Phrase | None:
    """The highest or the lowest areas: by name with their figure, or their number."""
    if not group.n:
        return None
    first = group.areas[0]
    if group.n == 1:
        return words.both(first)
    figure = words.figure(first)
    return Phrase("{0} ({1})", "{0}（{1}）", (_listed(group, words), figure))


def _beside_overall(of: AreaStanding, words: Words) -> Phrase:
    """Areas above and below the overall figure."""
    above, below = _listed(of.above, words), _listed(of.below, words)
    if not of.below.n:
        return Phrase("{0} is above the overall {1} in {2}", "{0}：{2}高于总体的{1}",
                      (words.subject, words.overall, above))  # fmt: skip
    if not of.above.n:
        return Phrase("{0} is below the overall {1} in {2}", "{0}：{2}低于总体的{1}",
                      (words.subject, words.overall, below))  # fmt: skip
    return Phrase("{0} is above the overall {1} in {2}, below it in {3}",
                  "{0}：{2}高于总体的{1}，{3}低于总体",
                  (words.subject, words.overall, above, below))  # fmt: skip


def _listed(group: Group, words: Words) -> Phrase:
    """Areas by name, or their number."""
    names = tuple(words.name(area) for area in group.areas)
    if group.n == 1:
        return Phrase("{0}", "{0}", names)
    if group.n <= NAMED:
        return Phrase("{0} and {1}", "{0}和{1}", names)
    return Phrase("{0} areas", "{0}个地区", (f"{group.n:,}",))


def beside_overall(of: AreaStanding, words: Words) -> Phrase | None:
    """How many areas lie above or below the overall figure; None where nothing is compared.

    Parameters
    ----------
    of : AreaStanding
    words : Words

    Returns
    -------
    Phrase or None
    """
    if of.additive or not words.overall or not of.shown:
        return None
    said = _numbers(of, words.overall)
    if not of.left_out:
        return Phrase("{0}.", "{0}。", (said,))
    are = "is" if of.left_out == 1 else "are"
    return Phrase(f"{{0}}; {{1}} without a standard error {are} not compared.",
                  "{0}；{1}个没有标准误，不作比较。", (said, f"{of.left_out:,}"))  # fmt: skip


def _numbers(of: AreaStanding, overall: str) -> Phrase:
    """Areas above and below, and those that cannot be told from the overall figure."""
    if not of.above.n and not of.below.n:
        if of.exact:
            return Phrase("every area has the overall {0}", "各地区均为总体的{0}", (overall,))
        return Phrase("no area can be told apart from the overall {0}", "没有地区与总体的{0}分得开",
                      (overall,))  # fmt: skip
    lie = "area lies" if of.above.n == 1 else "areas lie"
    clearly = "" if of.exact else "clearly "
    parts = (f"{of.above.n:,}", overall, f"{of.below.n:,}", f"{of.alike:,}")
    rest = bool(of.alike) and not of.exact
    return Phrase(
        f"{{0}} {lie} {clearly}above the overall {{1}}, {{2}} {clearly}below"
        + ("; {3} cannot be told apart from it" if rest else ""),
        "{0}个地区高于总体的{1}，{2}个低于总体" + ("；{3}个与总体分不开" if rest else ""), parts,
    )  # fmt: skip
