"""An episode made ready in one language: figures bound, fonts found, every picture checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from exitline.publish.film import theme
from exitline.publish.film.bound.figures import EpisodeFigures
from exitline.publish.film.errors import StoryError
from exitline.publish.film.fonts import Fonts, load_fonts
from exitline.publish.film.frames import Canvas, compose, draw_caption
from exitline.publish.film.lettering import Box, Lettering
from exitline.publish.film.making.options import WIDE
from exitline.publish.film.media.captions import Cue, cues_of
from exitline.publish.film.model import Episode, Scene, Story
from exitline.publish.film.paint.base import Painter, PaintStage
from exitline.publish.film.paint.registry import painter
from exitline.publish.film.theme import Size
from exitline.words.catalogue import closest

_PROOF = 6
"""Pictures are checked at a sixth of their size: the layout is the same at every size."""


@dataclass(frozen=True)
class ReadyEpisode:
    """An episode in one language: all that its films have in common."""

    episode: Episode
    bound: EpisodeFigures
    language: str
    fonts: Fonts
    kicker: str
    cues: tuple[Cue, ...]
    captions: Mapping[str, tuple[Cue, ...]] = field(default_factory=dict)

    def stage(self, size: Size) -> PaintStage:
        """What painters need at one size."""
        return PaintStage(
            size.virtual, self.language, self.bound, self.episode.sources, self.kicker
        )


def prepare(story: Story, episode: Episode, bound: EpisodeFigures, language: str) -> ReadyEpisode:
    """Fonts and captions of an episode in one language."""
    place = [e.name for e in story.episodes].index(episode.name) + 1
    many = len(story.episodes)
    series = story.title.say(language, {})
    t = closest(language)
    kicker = t("{what} · {n} of {m}", what=series, n=place, m=many)
    captions = {code: cues_of(episode, code, bound) for code in story.languages}
    stage = PaintStage(WIDE, language, bound, episode.sources, kicker)
    texts = [kicker, "0123456789.,%$–—−…·“” ", *(c.text for c in captions[language])]
    for scene in episode.scenes:
        one = painter(scene, stage)
        texts += [one.describe(), one.foot(), stage.say(scene.subtitle)]
    return ReadyEpisode(
        episode, bound, language, load_fonts(language, texts), kicker, captions[language], captions
    )


def check(ready: ReadyEpisode, sizes: Sequence[Size]) -> None:
    """Draw every scene once and hold it to the rules of legibility."""
    for size in sizes:
        canvas = Canvas(Size(size.virtual.width // _PROOF, size.virtual.height // _PROOF))
        for one in painters(ready, size):
            ink = compose(one, canvas, ready.fonts)
            for cue in ready.cues:
                if cue.scene == one.scene.number:
                    draw_caption(ink, cue)
                    check_picture(one.scene, ink.log, one.stage.size)
                    del ink.log[-len(cue.lines) :]
            check_picture(one.scene, ink.log, one.stage.size)


def painters(ready: ReadyEpisode, size: Size) -> list[Painter[Any]]:
    """The painters of an episode's scenes, in order."""
    stage = ready.stage(size)
    return [painter(scene, stage) for scene in ready.episode.scenes]


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
