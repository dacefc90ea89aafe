"""Drawing: text, lines and marks on a picture, with a record of every text drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import skia

from exitline.publish.film import theme
from exitline.publish.film.errors import StoryError
from exitline.publish.film.fonts import Fonts
from exitline.publish.film.lettering import Align, Box, Lettering, Style, is_right_to_left

_ALIGN = {"left": "kLeft", "centre": "kCenter", "right": "kRight"}
_ENDLESS = 100_000.0


_STOPS = "，；：。？！、"
"""Signs of East Asian texts after which a line may break without breaking a word."""


@dataclass
class Ink:
    """A picture to draw on.

    Parameters
    ----------
    canvas : skia.Canvas
    size : Size
    language : str
    fonts : Fonts
    log : list of Lettering
        Every text that was drawn at full strength.
    """

    canvas: Any
    size: theme.Size
    language: str
    fonts: Fonts
    log: list[Lettering] = field(default_factory=list)
    paper: str = theme.PAPER

    @property
    def u(self) -> float:
        """One pixel at 1080."""
        return self.size.unit

    def width(self, text: str, style: Style) -> float:
        """How wide a text is in one line."""
        return self._laid(text, style, _ENDLESS, "left")[1]

    def height(self, text: str, style: Style, width: float) -> float:
        """How high a text is when it is wrapped."""
        return self._laid(text, style, width, "left")[2]

    def text(
        self,
        text: str,
        x: float,
        y: float,
        style: Style,
        *,
        width: float | None = None,
        align: Align = "left",
        alpha: float = 1.0,
        on: str | None = None,
    ) -> Box:
        """Draw a text with its upper left (centre, right) corner at x, y.

        Parameters
        ----------
        text : str
        x, y : float
            Pixels; `x` is the left edge, the middle or the right edge by `align`.
        style : Style
        width : float, optional
            Where it is wrapped; one line without it.
        align : {"left", "centre", "right"}
        alpha : float
            Strength, 0 to 1.
        on : str, optional
            Colour beneath, where it is not the paper.

        Returns
        -------
        Box
            What it covers.
        """
        if alpha <= 0 or not text:
            return Box(x, y, 0, 0)
        room = width if width is not None else self.width(text, style) + 2 * self.u
        paragraph, longest, height = self._laid(text, style, room, align, alpha)
        left = {"left": x, "centre": x - room / 2, "right": x - room}[align]
        paragraph.paint(self.canvas, left, y)
        inner = {"left": left, "centre": x - longest / 2, "right": x - longest}[align]
        if align == "left" and is_right_to_left(text) and width is not None:
            inner = left + room - longest
        box = Box(inner, y, longest, height)
        if alpha >= 1:
            self.log.append(Lettering(text, box, style.size, style.colour, on or self.paper))
        return box

    def fitted(self, text: str, style: Style, box: Box, what: str = "a text") -> Style:
        """The style, smaller if need be, in which a text fits a box.

        Raises
        ------
        StoryError
            When it does not fit at the smallest size that can be read.
        """
        size = style.size
        while size >= theme.SMALLEST_TEXT:
            tried = replace(style, size=size)
            if self.height(text, tried, box.width) <= box.height + 1:
                return tried
            size -= 2
        raise StoryError(
            f"{what} does not fit its place",
            where=f'"{text[:60]}{"..." if len(text) > 60 else ""}"',
            expected=f"a shorter text: the place is {box.width:.0f} x {box.height:.0f} pixels, "
            f"letters at least {theme.SMALLEST_TEXT:g}",
            got=f"{len(text)} characters in {self.language}",
            remedy="shorten it, or split the scene",
        )

    def shortened(self, text: str, style: Style, width: float) -> str:
        """A label cut to a width, with an ellipsis."""
        if self.width(text, style) <= width:
            return text
        kept = len(text)
        while kept > 1 and self.width(text[:kept].rstrip() + "…", style) > width:
            kept -= 1
        return text[:kept].rstrip() + "…"

    def balanced(self, text: str, style: Style, width: float) -> float:
        """The smallest width at which a text takes no more lines: lines of like length."""
        if is_right_to_left(text):
            return width
        height = self.height(text, style, width)
        low, high = width * 0.4, width
        for _ in range(8):
            middle = (low + high) / 2
            low, high = (
                (low, middle) if self.height(text, style, middle) <= height else (middle, high)
            )
        return min(high + 1, width)

    def phrased(self, text: str, style: Style, width: float) -> str:
        """A text without blanks that takes two lines, broken after a sign where that fits.

        Chinese and Japanese lines may break between any two letters, and then break words; after
        a comma, colon or stop they never do. The most even of such breaks is taken.
        """
        if "\n" in text or not any(sign in text for sign in _STOPS):
            return text
        if self.width(text, style) <= width:
            return text
        ends = [i + 1 for i, letter in enumerate(text[:-1]) if letter in _STOPS]
        fits = {
            end: max(self.width(part, style) for part in (text[:end], text[end:])) for end in ends
        }
        best = min(fits, key=lambda end: fits[end])
        return f"{text[:best]}\n{text[best:]}" if fits[best] <= width else text

    def line(
        self, points: list[tuple[float, float]], colour: str, width: float,
        dash: tuple[float, ...] = (), alpha: float = 1.0,
    ) -> None:  # fmt: skip
        """Draw a line through points."""
        if len(points) < 2:
            return
        builder = skia.PathBuilder()
        builder.moveTo(*points[0])
        for point in points[1:]:
            builder.lineTo(*point)
        path = builder.detach()
        paint = _paint(colour, alpha)
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(width)
        paint.setStrokeCap(skia.Paint.kRound_Cap if not dash else skia.Paint.kButt_Cap)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        if dash:
            paint.setPathEffect(skia.DashPathEffect.Make(list(dash), 0.0))
        self.canvas.drawPath(path, paint)

    def area(self, points: list[tuple[float, float]], colour: str, alpha: float = 1.0) -> None:
        """Fill the polygon through points."""
        builder = skia.PathBuilder()
        builder.moveTo(*points[0])
        for point in points[1:]:
            builder.lineTo(*point)
        builder.close()
        path = builder.detach()
        self.canvas.drawPath(path, _paint(colour, alpha))

    def areas(self, shapes: Sequence[Sequence[tuple[float, float]]], colour: str) -> None:
        """Fill many polygons of one colour at once."""
        if not shapes:
            return
        builder = skia.PathBuilder()
        for points in shapes:
            builder.moveTo(*points[0])
            for point in points[1:]:
                builder.lineTo(*point)
            builder.close()
        self.canvas.drawPath(builder.detach(), _paint(colour))

    def shape(
        self, rings: Sequence[Sequence[tuple[float, float]]], colour: str, alpha: float = 1.0,
        hatch: str = "",
    ) -> None:  # fmt: skip
        """Fill a shape with its holes; with `hatch`, in slanted lines of this colour over it."""
        builder = skia.PathBuilder()
        builder.setFillType(skia.PathFillType.kEvenOdd)
        for points in rings:
            builder.moveTo(*points[0])
            for point in points[1:]:
                builder.lineTo(*point)
            builder.close()
        path = builder.detach()
        self.canvas.drawPath(path, _paint(colour, alpha))
        if not hatch:
            return
        around, step = path.getBounds(), 17 * self.u
        self.canvas.save()
        self.canvas.clipPath(path, True)
        paint = _paint(hatch, alpha)
        paint.setStrokeWidth(2.6 * self.u)
        high = around.height()
        for i in range(int((around.width() + high) / step) + 2):
            x = around.left() - high + i * step
            self.canvas.drawLine(x, around.bottom(), x + high, around.top(), paint)
        self.canvas.restore()

    def lines(
        self, parts: Sequence[tuple[tuple[float, float], tuple[float, float]]], colour: str,
        width: float,
    ) -> None:  # fmt: skip
        """Draw many short lines with round ends at once."""
        if not parts:
            return
        paint = _paint(colour)
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        paint.setStrokeWidth(width)
        points = [skia.Point(x, y) for part in parts for x, y in part]
        self.canvas.drawPoints(skia.Canvas.kLines_PointMode, points, paint)

    def rectangle(self, box: Box, colour: str, *, radius: float = 0, alpha: float = 1.0) -> None:
        """Fill a rectangle."""
        shape = skia.Rect.MakeXYWH(box.x, box.y, box.width, box.height)
        self.canvas.drawRoundRect(shape, radius, radius, _paint(colour, alpha))

    def disc(self, x: float, y: float, radius: float, colour: str, alpha: float = 1.0) -> None:
        """Fill a disc."""
        self.canvas.drawCircle(x, y, radius, _paint(colour, alpha))

    def discs(self, places: Sequence[tuple[float, float]], radius: float, colour: str) -> None:
        """Fill many discs of one size and colour at once."""
        if not places:
            return
        paint = _paint(colour)
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        paint.setStrokeWidth(2 * radius)
        points = [skia.Point(x, y) for x, y in places]
        self.canvas.drawPoints(skia.Canvas.kPoints_PointMode, points, paint)

    def ring(self, x: float, y: float, radius: float, colour: str, width: float) -> None:
        """Draw a circle."""
        paint = _paint(colour)
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(width)
        self.canvas.drawCircle(x, y, radius, paint)

    def picture(self, image: Any, box: Box) -> None:
        """Draw an image into a box, whole and undistorted."""
        scale = min(box.width / image.width(), box.height / image.height())
        width, height = image.width() * scale, image.height() * scale
        place = skia.Rect.MakeXYWH(
            box.x + (box.width - width) / 2, box.y + (box.height - height) / 2, width, height
        )
        smooth = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
        self.canvas.drawImageRect(image, place, smooth)

    def _laid(
        self, text: str, style: Style, width: float, align: Align, alpha: float = 1.0
    ) -> tuple[Any, float, float]:
        """A paragraph with its longest line and its height."""
        pixels = replace(style, size=round(style.size * self.u, 3))
        return _paragraph(
            self.fonts, self.language, text, pixels, round(width, 2), align, round(alpha, 2)
        )


def _paint(colour: str, alpha: float = 1.0) -> Any:
    return skia.Paint(AntiAlias=True, Color=_argb(colour, alpha))


def _argb(colour: str, alpha: float = 1.0) -> int:
    return (round(255 * min(max(alpha, 0.0), 1.0)) << 24) | int(colour[1:], 16)


@lru_cache(maxsize=4096)
def _paragraph(
    fonts: Fonts, language: str, text: str, style: Style, width: float, align: Align, alpha: float
) -> tuple[Any, float, float]:
    """Lay a text out; right-to-left text is set off as such and starts at the right."""
    layout = skia.textlayout
    backwards = is_right_to_left(text)
    if backwards:
        text = "\n".join(f"\u2067{part}\u2069" for part in text.split("\n"))
        align = "right" if align == "left" and width < _ENDLESS else align
    look = layout.TextStyle()
    look.setFontFamilies(list(fonts.families))
    look.setFontSize(style.size)
    look.setColor(_argb(style.colour, alpha))
    look.setLocale(language)
    look.setHeight(style.leading)
    look.setHeightOverride(True)
    look.setHalfLeading(True)
    look.setFontStyle(skia.FontStyle.Bold() if style.bold else skia.FontStyle.Normal())
    form = layout.ParagraphStyle()
    form.setTextStyle(look)
    form.setTextAlign(getattr(layout.TextAlign, _ALIGN[align]))
    builder = layout.ParagraphBuilder.make(form, fonts.collection, skia.Unicodes.ICU.Make())
    builder.addText(text)
    paragraph = builder.Build()
    paragraph.layout(width)
    return paragraph, float(paragraph.LongestLine), float(paragraph.Height)
