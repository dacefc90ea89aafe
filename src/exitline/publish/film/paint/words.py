"""Scenes of words: title, text card, quotation, method card, credits, sources, photograph."""

from __future__ import annotations

from collections.abc import Sequence

import skia

from exitline.publish.film import theme
from exitline.publish.film.canvas import Box, Ink, Style
from exitline.publish.film.errors import StoryError
from exitline.publish.film.kinds import (
    CreditsScene,
    MethodScene,
    PhotographScene,
    QuotationScene,
    SourcesScene,
    TextScene,
    TitleScene,
)
from exitline.publish.film.paint.base import BODY, SMALL, SUBTITLE, Painter, picture_box


class TitlePainter(Painter[TitleScene]):
    """A name in large letters; a line draws itself beneath."""

    move_seconds = 0.9

    def still(self, ink: Ink) -> None:
        """Series, name, subtitle."""
        box, u = picture_box(ink.size), ink.u
        head = Style(150, bold=True, leading=1.08)
        room = Box(box.x, 0, box.width, box.height * 0.5)
        title = self.say(self.scene.title)
        style = ink.fitted(title, head, room, "the title")
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
    """A sentence that has the picture to itself."""

    def still(self, ink: Ink) -> None:
        """The sentence, and the second one smaller."""
        box, u = picture_box(ink.size), ink.u
        box = self._foot(ink, box)
        title, text = self.say(self.scene.title), self.say(self.scene.text)
        share = 0.55 if text else 0.9
        style = ink.fitted(
            title, Style(88, bold=True, leading=1.16),
            Box(box.x, 0, box.width, box.height * share), "the sentence",
        )  # fmt: skip
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
        ink.text(title, box.x, top, style, width=width)
        if text:
            fit = ink.balanced(text, small, box.width)
            ink.text(text, box.x, top + height + gap, small, width=fit)

    def content(self) -> list[str]:
        """The second sentence."""
        return [self.say(self.scene.text)]


class QuotationPainter(Painter[QuotationScene]):
    """Somebody else's words, set off by a bar, with where they stand."""

    def still(self, ink: Ink) -> None:
        """Words and source."""
        box, u = self.frame(ink), ink.u
        quote, by = self.marked(), "— " + self.say(self.scene.by)
        inner = box.without(left=56 * u)
        foot = ink.height(by, SUBTITLE, inner.width)
        room = Box(inner.x, 0, inner.width, inner.height - foot - 40 * u)
        style = ink.fitted(quote, Style(72, leading=1.3), room, "the quotation")
        width = ink.balanced(quote, style, inner.width)
        height = ink.height(quote, style, width)
        top = box.y + (box.height - height - foot - 40 * u) * 0.4
        ink.rectangle(
            Box(box.x, top, 10 * u, height + foot + 40 * u), theme.MARKS["accent"], radius=5 * u
        )
        ink.text(quote, inner.x, top, style, width=width)
        ink.text(by, inner.x, top + height + 40 * u, SUBTITLE, width=inner.width)

    def marked(self) -> str:
        """The words in quotation marks."""
        return f"“{self.say(self.scene.quote)}”"

    def content(self) -> list[str]:
        """Words and source."""
        return [self.marked(), self.say(self.scene.by)]


class RowsPainter(Painter[MethodScene]):
    """Headings, and a text beside (or beneath) each."""

    def heading(self) -> str:
        """Above the rows, where the scene has no title of its own."""
        return self.t("How the figures were made")

    def rows(self) -> Sequence[tuple[str, str]]:
        """Heading and text of each row."""
        return [(self.say(row.label), self.say(row.text)) for row in self.scene.rows]

    def still(self, ink: Ink) -> None:
        """The rows, as large as they fit."""
        box = self.frame(ink)
        if self.scene.title is None:
            style = Style(60, bold=True, leading=1.18)
            drawn = ink.text(self.heading(), box.x, box.y, style, width=box.width)
            box = box.below(drawn.height + 36 * ink.u)
        size = 60.0 if ink.size.is_upright else 50.0
        while size > theme.SMALLEST_TEXT and self._lay(ink, box, size, draw=False) > box.height:
            size -= 1
        if self._lay(ink, box, size, draw=False) > box.height + 1:
            raise StoryError(
                "the rows of a scene do not fit its place",
                where=self.scene.where,
                expected=f"letters of at least {theme.SMALLEST_TEXT:g} pixels",
                got=f"{len(self.rows())} rows in {self.stage.language}, {self.stage.size.name}",
                remedy="shorten them, or make two scenes",
            )
        self._lay(ink, box, size, draw=True)

    def _lay(self, ink: Ink, box: Box, size: float, *, draw: bool) -> float:
        """Draw the rows, or only measure them; return their height."""
        bold, plain = Style(size, bold=True, leading=1.22), Style(size, leading=1.22)
        gap, y = size * 0.55 * ink.u, box.y
        column = 0.0 if ink.size.is_upright else box.width * 0.24
        for label, text in self.rows():
            width = column - 30 * ink.u if column else box.width
            high = ink.height(label, bold, width) if label else 0.0
            below = 0.0 if column else high + 4 * ink.u
            deep = ink.height(text, plain, box.width - column)
            if draw:
                ink.text(label, box.x, y, bold, width=width)
                ink.text(text, box.x + column, y + below, plain, width=box.width - column)
            y += max(high, deep + below) + gap
        return y - gap - box.y

    def content(self) -> list[str]:
        """The rows."""
        return [f"{label}: {text}" if label else text for label, text in self.rows()]


class CreditsPainter(RowsPainter):
    """Roles and names."""

    scene: CreditsScene  # type: ignore[assignment]

    def heading(self) -> str:
        """Above the rows."""
        return self.t("Credits")


class SourcesPainter(RowsPainter):
    """Every source of the episode."""

    scene: SourcesScene  # type: ignore[assignment]

    def heading(self) -> str:
        """Above the list."""
        return self.t("Sources")

    def rows(self) -> Sequence[tuple[str, str]]:
        """The sources in full, with their addresses."""
        return [
            ("", self.say(note.full) + (f" {note.url}" if note.url else ""))
            for note in self.stage.sources.values()
        ]

    def _lay(self, ink: Ink, box: Box, size: float, *, draw: bool) -> float:
        """One source under the other."""
        plain = Style(size, leading=1.22)
        gap, y = size * 0.55 * ink.u, box.y
        for _, text in self.rows():
            if draw:
                ink.text(text, box.x, y, plain, width=box.width)
            y += ink.height(text, plain, box.width) + gap
        return y - gap - box.y


class PhotographPainter(Painter[PhotographScene]):
    """A photograph, whole, with its credit."""

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


__all__ = ["BODY", "CreditsPainter", "PhotographPainter", "QuotationPainter", "RowsPainter",
           "SourcesPainter", "TextPainter", "TitlePainter"]  # fmt: skip
