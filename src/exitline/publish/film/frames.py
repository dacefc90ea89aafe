"""The reel: an episode's pictures in order, drawn only when something changes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import skia

from exitline.publish.film import theme
from exitline.publish.film.canvas import Ink
from exitline.publish.film.errors import StoryError
from exitline.publish.film.fonts import Fonts
from exitline.publish.film.lettering import Style
from exitline.publish.film.making.look import FilmLook
from exitline.publish.film.media.captions import Cue
from exitline.publish.film.model import FPS, Episode, Scene
from exitline.publish.film.paint.base import CAPTION, Painter, PaintStage, caption_box
from exitline.publish.film.paint.registry import located, painter


@dataclass(frozen=True)
class Picture:
    """One picture that stands from a frame on.

    Parameters
    ----------
    frame : int
    pixels : memoryview
        Valid until the next one is asked for.
    """

    frame: int
    pixels: memoryview


@dataclass(frozen=True)
class _State:
    """All that a picture depends on: equal states are the same picture."""

    scene: int
    progress: float
    fade: float
    cue: int


class Canvas:
    """A buffer of pixels to draw on, in lengths of a picture whose shorter side has 1080.

    Parameters
    ----------
    size : Size
        In pixels.

    Examples
    --------
    >>> Canvas(theme.Size(320, 180)).pixels.shape
    (180, 320, 4)
    """

    def __init__(self, size: theme.Size) -> None:
        self.size = size
        self.pixels: npt.NDArray[np.uint8] = np.zeros((size.height, size.width, 4), np.uint8)
        info = skia.ImageInfo.Make(
            size.width, size.height, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType
        )
        self._surface = skia.Surface.MakeRasterDirect(info, self.pixels)
        self.skia = self._surface.getCanvas()
        self.skia.scale(size.unit, size.unit)

    def clear(self, colour: str = theme.PAPER) -> None:
        """Fill with one colour."""
        self.skia.clear(0xFF000000 | int(colour[1:], 16))

    def stamp(self, image: Any, x: float = 0, y: float = 0, alpha: float = 1.0) -> None:
        """Lay an image of the same scale on, pixel by pixel."""
        self.skia.save()
        self.skia.resetMatrix()
        paint = skia.Paint(Alphaf=alpha)
        self.skia.drawImage(image, x, y, skia.SamplingOptions(), paint)
        self.skia.restore()

    def image(self) -> Any:
        """What is drawn so far, as an image of its own."""
        return self._surface.makeImageSnapshot()

    def png(self) -> bytes:
        """What is drawn so far, as PNG."""
        return bytes(self.image().encodeToData(skia.EncodedImageFormat.kPNG, 100))


def compose(painted: Painter[Any], canvas: Canvas, fonts: Fonts, p: float = 1.0) -> Ink:
    """Draw a scene at one moment on a canvas.

    Returns
    -------
    Ink
        With the record of its texts.

    Raises
    ------
    StoryError
        Naming the scene whose texts do not fit.
    """
    canvas.clear()
    ink = Ink(canvas.skia, painted.stage.size, painted.stage.language, fonts)
    try:
        painted.still(ink)
        painted.moving(ink, p)
    except StoryError as reason:
        raise located(reason, painted.scene) from reason
    return ink


class Reel:
    """Draws an episode's pictures in order.

    Parameters
    ----------
    episode : Episode
    stage : PaintStage
    canvas : Canvas
        Of the film's size.
    fonts : Fonts
    cues : sequence of Cue
        Drawn when `look` burns them.
    look : FilmLook
    """

    def __init__(
        self,
        episode: Episode,
        stage: PaintStage,
        canvas: Canvas,
        fonts: Fonts,
        cues: Sequence[Cue] = (),
        look: FilmLook | None = None,
    ) -> None:
        self._episode = episode
        self._stage = stage
        self._fonts = fonts
        self._cues = cues
        self._look = look or FilmLook()
        self._canvas = canvas
        self._still: Any = None
        self._before: Any = None
        self._entry: Any = None
        self._painter: Painter[Any] | None = None

    def pictures(self) -> Iterator[Picture]:
        """Each picture that differs from the one before, and the last frame."""
        frame, last = 0, None
        for scene in self._episode.scenes:
            self._begin(scene)
            for within in range(scene.frames):
                state = self._state(scene, within, frame)
                final = frame == self._episode.frames - 1
                if state != last:
                    self._draw(state)
                if state != last or final:
                    yield Picture(frame, self._canvas.pixels.data.cast("B"))
                last = state
                frame += 1

    def _begin(self, scene: Scene) -> None:
        """Draw what stands still in a scene once."""
        self._before = self._canvas.image() if self._painter is not None else None
        self._painter = painter(scene, self._stage)
        self._canvas.clear()
        ink = self._ink()
        try:
            self._painter.still(ink)
            self._still = self._canvas.image()
            self._painter.moving(ink, self._start())
        except StoryError as reason:
            raise located(reason, scene) from reason
        self._entry = self._canvas.image()

    def _state(self, scene: Scene, within: int, frame: int) -> _State:
        """What the picture of a frame depends on."""
        if self._painter is None:
            raise RuntimeError("no scene has begun")
        moving = not self._look.reduced_motion
        p = round(self._painter.progress(within / FPS), 6) if moving else 1.0
        change = 2 * round(theme.FADE * FPS)
        fades = moving and self._before is not None and within < change
        fade = (within + 1) / (change + 1) if fades else 1.0
        cue = -1
        if self._look.burn_captions:
            here = (i for i, c in enumerate(self._cues) if c.start <= frame < c.end)
            cue = next(here, -1)
        return _State(scene.number, p, round(fade, 6), cue)

    def _draw(self, state: _State) -> None:
        """Draw one picture."""
        if state.fade < 1:
            self._canvas.clear()
            image = self._before if state.fade < 0.5 else self._entry
            self._canvas.stamp(image, alpha=theme.ease(abs(1 - 2 * state.fade)))
        else:
            self._canvas.stamp(self._still)
            if self._painter is not None:
                self._painter.moving(self._ink(), state.progress)
        if state.cue >= 0:
            draw_caption(self._ink(), self._cues[state.cue])

    def _start(self) -> float:
        """Progress at which a scene begins."""
        if self._painter is None or self._look.reduced_motion:
            return 1.0
        return self._painter.progress(0.0)

    def _ink(self) -> Ink:
        return Ink(self._canvas.skia, self._stage.size, self._stage.language, self._fonts)


def draw_caption(ink: Ink, cue: Cue) -> None:
    """Write a caption into its place, on a ground of its own."""
    box = caption_box(ink.size)
    style = CAPTION
    heights, above, below = _heights(ink, cue, style)
    while sum(heights) + above + below > box.height and style.size > theme.SMALLEST_TEXT:
        style = replace(style, size=style.size - 2)
        heights, above, below = _heights(ink, cue, style)
    ink.rectangle(box, ink.paper)
    top = box.bottom - below - sum(heights)
    for line, height in zip(cue.lines, heights, strict=True):
        ink.text(line, box.x + box.width / 2, top, style, align="centre")
        top += height


def _heights(ink: Ink, cue: Cue, style: Style) -> tuple[list[float], float, float]:
    """What each line takes in its own script, and how far signs reach out above and below."""
    heights = [ink.height(line, style, ink.size.width) for line in cue.lines]
    first, last = (
        reach(ink.fonts, ink.language, line, replace(style, size=style.size * ink.u))
        for line in (cue.lines[0], cue.lines[-1])
    )
    return heights, max(-first[0], 0.0), max(last[1] - heights[-1], 0.0)


@lru_cache(maxsize=256)
def reach(fonts: Fonts, language: str, text: str, style: Style) -> tuple[float, float]:
    """Highest and lowest pixel of a line of text, from the upper edge of its line.

    What a font says of its height is not what its signs take: those of Burmese reach out of
    their line at both sides. So the line is drawn, and looked at.

    Examples
    --------
    >>> from exitline.publish.film.fonts import load_fonts
    >>> top, bottom = reach(load_fonts("en", ["x"]), "en", "xxx", Style(40.0))
    >>> 10 < top < bottom < 45
    True
    """
    edge = 2 * style.size
    size = theme.Size(1080, 1080)
    wide = Ink(None, size, language, fonts).width(text, style) + 2 * edge
    canvas = Canvas(theme.Size(math.ceil(wide), math.ceil(3 * edge)))
    canvas.skia.resetMatrix()
    canvas.clear()
    Ink(canvas.skia, size, language, fonts).text(text, edge, edge, style)
    drawn = np.flatnonzero((canvas.pixels[..., :3] != canvas.pixels[0, 0, :3]).any(axis=(1, 2)))
    return (float(drawn[0] - edge), float(drawn[-1] + 1 - edge)) if drawn.size else (0.0, 0.0)
