"""Scenes of words: title, text card, quotation, method card, credits, sources, photograph."""

from __future__ import annotations

import skia

from exitline.publish.film import theme
from exitline.publish.film.canvas import Ink
from exitline.publish.film.errors import StoryError
from exitline.publish.film.kinds import (
    PhotographScene,
    QuotationScene,
    TextScene,
    TitleScene,
)
from exitline.publish.film.lettering import Box, Style
from exitline.publish.film.media.captions import glue_of, words_of
from exitline.publish.film.paint.base import BODY, SMALL, SUBTITLE, Painter, picture_box

_REMARK = Style(46, bold=True, leading=1.2)
_REMARKS = ("accent", "other", "dark")
RISE = 0.5
"""Seconds in which a text comes to its place."""
WRITING = 0.7
"""How much of a row's time it takes to be written; then it stands alone for a moment."""


class TitlePainter(Painter[TitleScene]):
    """A name in large letters; a line draws itself beneath."""

    moves = 0.9

    def still(self, ink: Ink) -> None:
        """Series, name, subtitle."""
        box, u = picture_box(ink.size), ink.u
        head = Style(150, bold=True, leading=1.08)
        room = Box(box.x, 0, box.width, box.height * 0.5)
        title = self.say(self.scene.title)
        style = ink.fitted(title, head, room, "the title")
        title = ink.phrased(title, style, box.width)
        width = ink.balanced(title, style, box.width)
        height = ink.height(title, style, width)
        top = box.y + (box.height - height) * 0.42
        ink.text(self.stage.kicker, box.x, top - 80 * u, SUBTITLE, width=box.width)
        ink.text(title, box.x, top, style, width=width)
        self._line = Box(box.x, top + height + 34 * u, 240 * u, 10 * u)
        below = Box(box.x, self._line.bottom + 44 * u, box.width, 0)
        room = Box(below.x, below.y, box.width, box.bottom - below.y)
        subtitle = self.say(self.scene.subtitle)
        if subtitle:
            style = ink.fitted(subtitle, Style(56, colour=theme.MUTED), room, "the subtitle")
            ink.text(
                subtitle, below.x, below.y, style, width=ink.balanced(subtitle, style, box.width)
            )
        foot = self.foot()
        if foot:
            height = ink.height(foot, SMALL, box.width)
            ink.text(foot, box.x, box.bottom - height, SMALL, width=box.width)

    def moving(self, ink: Ink, p: float) -> None:
        """The line."""
        line = self._line
        width = line.width * theme.ease(p)
        ink.rectangle(Box(line.x, line.y, width, line.height), theme.MARKS["accent"])

    def content(self) -> list[str]:
        """The series it belongs to."""
        return [self.stage.kicker]


class TextPainter(Painter[TextScene]):
    """A sentence that has the picture to itself; a second one comes beneath it."""

    def still(self, ink: Ink) -> None:
        """Where the sentence stands, and the second one smaller."""
        box, u = picture_box(ink.size), ink.u
        box = self._foot(ink, box)
        title, text = self.say(self.scene.title), self.say(self.scene.text)
        share = 0.55 if text else 0.9
        style = ink.fitted(
            title, Style(88, bold=True, leading=1.16),
            Box(box.x, 0, box.width, box.height * share), "the sentence",
        )  # fmt: skip
        title = ink.phrased(title, style, box.width)
        width = ink.balanced(title, style, box.width)
        height = ink.height(title, style, width)
        gap = 48 * u if text else 0
        small = Style(54, colour=theme.MUTED, leading=1.3)
        if text:
            small = ink.fitted(
                text, small, Box(box.x, 0, box.width, box.height - height - gap), "the second text"
            )
        below = ink.height(text, small, box.width) if text else 0
        top = box.y + (box.height - height - gap - below) * 0.45
        self._parts = [(title, box.x, top, style, width)]
        if text:
            text = ink.phrased(text, small, box.width)
            fit = ink.balanced(text, small, box.width)
            self._parts.append((text, box.x, top + height + gap, small, fit))

    def moving(self, ink: Ink, p: float) -> None:
        """The sentence rises into its place; the second one is written."""
        first = min(RISE / self.move_seconds, 0.5)
        for i, (text, x, y, style, width) in enumerate(self._parts):
            if i == 0:
                part = theme.stage(p, 0.0, first)
                ink.text(text, x, y + 18 * ink.u * (1 - part), style, width=width, alpha=part)
                continue
            bottom = y + ink.height(text, style, width)
            if begin_writing(ink, theme.stage(p, first, 1.0), y, bottom):
                ink.text(text, x, y, style, width=width)
            ink.canvas.restore()

    def content(self) -> list[str]:
        """The second sentence."""
        return [self.say(self.scene.text)]


_APPEARS = 0.4
"""By when, as a share of the marking of a stretch, its remark is there."""


class QuotationPainter(Painter[QuotationScene]):
    """Somebody else's words; stretches of them are marked in turn, and something said of each."""

    def still(self, ink: Ink) -> None:
        """Words and source; where the marked stretches are."""
        box, u = self.frame(ink), ink.u
        quote, by = self.marked(), "— " + self.say(self.scene.by)
        inner = box.without(left=56 * u)
        foot = ink.height(by, SUBTITLE, inner.width)
        notes = [self.say(mark.label) for mark in self.scene.marks]
        below = sum(ink.height(note, _REMARK, inner.width) + 14 * u for note in notes)
        room = Box(inner.x, 0, inner.width, inner.height - foot - 40 * u - below)
        style = ink.fitted(quote, Style(72, leading=1.34), room, "the quotation")
        lines = wrapped(ink, quote, style, ink.balanced(quote, style, inner.width) + 2 * u)
        high = max(ink.height(line, style, 2 * ink.size.width) for line in lines)
        height = high * len(lines)
        top = box.y + (box.height - height - foot - 40 * u - below) * 0.4
        self._bar = Box(box.x, top, 10 * u, height + foot + 40 * u)
        self._quote = [(line, inner.x, top + i * high, style) for i, line in enumerate(lines)]
        ink.text(by, inner.x, top + height + 40 * u, SUBTITLE, width=inner.width)
        self._stretches, y = [], top + height + foot + 64 * u
        for mark, note in zip(self.scene.marks, notes, strict=True):
            boxes = self._stretch(ink, self.say(mark.text), high)
            if not boxes:
                raise StoryError(
                    "these words are not in the quotation", where=self.scene.where,
                    expected=quote, got=self.say(mark.text), remedy="write them as they stand",
                )  # fmt: skip
            note = f"{self.say(mark.text)}{self.t.signs[': ']}{note}"
            self._stretches.append((boxes, note, y))
            y += ink.height(note, _REMARK, inner.width) + 14 * u

    def moving(self, ink: Ink, p: float) -> None:
        """A bar that is drawn beside the words; then one mark after the other, with its remark."""
        count = len(self._stretches)
        first = 1.0 if not count else 0.2
        bar = self._bar
        height = bar.height * theme.stage(p, 0.0, first)
        ink.rectangle(Box(bar.x, bar.y, bar.width, height), theme.MARKS["accent"], radius=5 * ink.u)
        for i, (boxes, note, at) in enumerate(self._stretches):
            share = (1 - first) / count
            part = theme.stage(p, first + i * share, first + (i + 0.85) * share)
            tone = _REMARKS[i % len(_REMARKS)]
            long = sum(b.width for b in boxes) * part
            for b in boxes:
                wide = min(long, b.width)
                long -= wide
                tint = Box(b.x, b.y + b.height * 0.12, wide, b.height * 0.88)
                ink.rectangle(tint, theme.MARKS[tone], alpha=0.16)
                ink.rectangle(Box(b.x, b.bottom - 8 * ink.u, wide, 9 * ink.u), theme.MARKS[tone])
            look = Style(_REMARK.size, True, theme.LETTERS[tone], _REMARK.leading)
            x = bar.x + 56 * ink.u
            seen = min(part / _APPEARS, 1.0)
            ink.text(note, x, at, look, width=picture_box(ink.size).right - x, alpha=seen)
        for line, x, y, style in self._quote:
            ink.text(line, x, y, style)

    def _stretch(self, ink: Ink, part: str, high: float) -> list[Box]:
        """Where a stretch of the quotation stands: a box for each of its lines."""
        glue = glue_of(ink.language)
        whole = glue.join(line for line, *_ in self._quote)
        start = whole.find(part)
        if start < 0:
            return []
        boxes, at = [], 0
        for line, x, y, style in self._quote:
            first, last = max(start - at, 0), min(start + len(part) - at, len(line))
            if first < last:
                wide = ink.width(line[first:last].strip(), style)
                left = ink.width(line[:last], style) - wide
                boxes.append(Box(x + left, y, wide, high))
            at += len(line) + len(glue)
        return boxes

    def marked(self) -> str:
        """The words in quotation marks."""
        return f"“{self.say(self.scene.quote)}”"

    def content(self) -> list[str]:
        """Words and source, and what is said of them."""
        said = [f"“{self.say(m.text)}”: {self.say(m.label)}" for m in self.scene.marks]
        return [self.marked(), self.say(self.scene.by), *said]


class PhotographPainter(Painter[PhotographScene]):
    """A photograph, whole, with its credit; it stands still."""

    moves = 0.0

    def still(self, ink: Ink) -> None:
        """The picture and whose it is."""
        box = self.frame(ink)
        credit = self.say(self.scene.credit)
        height = ink.height(credit, SMALL, box.width)
        ink.picture(self.image(), box.without(bottom=height + 16 * ink.u))
        ink.text(credit, box.x, box.bottom - height, SMALL, width=box.width)

    def image(self) -> skia.Image:
        """The picture's pixels.

        Raises
        ------
        StoryError
            When the file is not a picture that can be read.
        """
        data = skia.Data.MakeFromFileName(str(self.scene.file))
        image = skia.Image.MakeFromEncoded(data) if data is not None else None
        image = image.makeRasterImage() if image is not None else None
        if image is None:
            raise StoryError(
                "a picture cannot be read",
                where=self.scene.where,
                expected="a PNG, JPEG or WebP file",
                got=self.scene.file.name,
                remedy="save it again as PNG or JPEG",
            )
        return image

    def content(self) -> list[str]:
        """The author's description."""
        return [self.say(self.scene.alt), self.say(self.scene.credit)]


def begin_writing(ink: Ink, part: float, top: float, bottom: float) -> bool:
    """Let only a part of what is drawn be seen, from the left; whether that is anything.

    What follows must end with the canvas's `restore`.
    """
    box = picture_box(ink.size)
    ink.canvas.save()
    if part < 1:
        edge = box.x + box.width * part
        ink.canvas.clipRect(skia.Rect.MakeLTRB(0, top, edge, bottom + 20 * ink.u))
    return part > 0


def wrapped(ink: Ink, text: str, style: Style, width: float) -> list[str]:
    """A text in lines that are no wider than a place, as far as its words allow."""
    glue = glue_of(ink.language)
    lines: list[str] = []
    for word in words_of(text, ink.language):
        longer = f"{lines[-1]}{glue}{word}" if lines else word
        if lines and ink.width(longer, style) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


__all__ = [
    "BODY",
    "PhotographPainter",
    "QuotationPainter",
    "TextPainter",
    "TitlePainter",
]
