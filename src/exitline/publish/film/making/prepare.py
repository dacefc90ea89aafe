"""An episode made ready in one language: figures bound, fonts found, every picture checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from exitline.publish.film.bound.figures import EpisodeFigures
from exitline.publish.film.checks import check_picture
from exitline.publish.film.fonts import Fonts, load_fonts
from exitline.publish.film.frames import Canvas, compose, draw_caption
from exitline.publish.film.making.options import WIDE
from exitline.publish.film.media.captions import Cue, cues_of
from exitline.publish.film.model import Episode, Story
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
