"""Rules of legibility that every picture is held to before a film is made."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from exitline.publish.film import theme
from exitline.publish.film.errors import StoryError
from exitline.publish.film.lettering import Box, Lettering
from exitline.publish.film.model import Scene


def safe_area(size: theme.Size) -> Box:
    """Where text may stand.

    Examples
    --------
    >>> safe_area(theme.Size(1920, 1080))
    Box(x=96.0, y=54.0, width=1728.0, height=972.0)
    """
    across, down = theme.SAFE * size.width, theme.SAFE * size.height
    return Box(across, down, size.width - 2 * across, size.height - 2 * down)


def faults(letterings: Sequence[Lettering], size: theme.Size) -> list[str]:
    """What is wrong with the texts of a picture, in words.

    Parameters
    ----------
    letterings : sequence of Lettering
        As `Ink` recorded them.
    size : Size

    Examples
    --------
    >>> text = Lettering("edge", Box(0, 0, 50, 40), 30.0, "#777777", "#FFFFFF")
    >>> [fault.partition(":")[0] for fault in faults([text], theme.Size(1920, 1080))]
    ['outside the safe area', 'letters too small', 'too little contrast']
    """
    safe, found = safe_area(size), []
    for text in letterings:
        shown = text.text if len(text.text) <= 40 else text.text[:37] + "..."
        if not safe.holds(text.box, slack=1.0):
            found.append(f'outside the safe area: "{shown}"')
        if text.size < theme.SMALLEST_TEXT:
            found.append(f'letters too small: "{shown}" at {text.size:g} pixels')
        contrast = theme.contrast(text.colour, text.paper)
        if contrast < theme.LEAST_CONTRAST:
            found.append(f'too little contrast: "{shown}" at {contrast:.1f} to 1')
    for one, other in combinations(letterings, 2):
        if _core(one).meets(_core(other)):
            found.append(f'one text over another: "{one.text[:30]}" and "{other.text[:30]}"')
    return found


def check_picture(scene: Scene, letterings: Sequence[Lettering], size: theme.Size) -> None:
    """Refuse a picture that breaks a rule of legibility.

    Raises
    ------
    StoryError
        Naming the scene and the text.
    """
    found = faults(letterings, size)
    if found:
        raise StoryError(
            "a picture cannot be read well",
            where=f"{scene.where}, {scene.name}, {size.name}",
            expected=f"text within {1 - 2 * theme.SAFE:.0%} of each side, at least "
            f"{theme.SMALLEST_TEXT:g} pixels at 1080, contrast at least "
            f"{theme.LEAST_CONTRAST:g} to 1, no text over another",
            got="; ".join(found[:3]) + (f" (and {len(found) - 3} more)" if found[3:] else ""),
            remedy="shorten labels or titles, or split the scene",
        )


def _core(text: Lettering) -> Box:
    """Where letters really are: a line's box has air above and below."""
    lines = max(text.text.count("\n") + 1, 1)
    air = text.box.height / lines * 0.2
    return text.box.without(top=air, bottom=air)
