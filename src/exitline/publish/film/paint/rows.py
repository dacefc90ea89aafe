"""Scenes of rows: method card, credits, sources, closing card."""

from __future__ import annotations

from collections.abc import Sequence

from exitline.publish.film import theme
from exitline.publish.film.canvas import Ink
from exitline.publish.film.errors import StoryError
from exitline.publish.film.kinds import (
    ClosingScene,
    CreditsScene,
    ListScene,
    MethodScene,
    SourcesScene,
)
from exitline.publish.film.lettering import Box, Style
from exitline.publish.film.paint.base import Painter
from exitline.publish.film.paint.words import WRITING, begin_writing


class RowsPainter(Painter[MethodScene | ListScene]):
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
        size = 60.0
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
        spare = max(box.height - self._lay(ink, box, size, draw=False), 0.0)
        self._placed = (box.below(spare * 0.3), size)

    def moving(self, ink: Ink, p: float) -> None:
        """The rows, one after the other, each written from left to right."""
        self._lay(ink, *self._placed, p=p, draw=True)

    def _written(self, ink: Ink, p: float, i: int, top: float, bottom: float) -> bool:
        """Let only the part of a row be seen that is written so far; whether there is any."""
        count = len(self.rows())
        return begin_writing(ink, theme.stage(p, i / count, (i + WRITING) / count), top, bottom)

    def _lay(self, ink: Ink, box: Box, size: float, *, draw: bool, p: float = 1.0) -> float:
        """Draw the rows, or only measure them; return their height."""
        bold, plain = Style(size, bold=True, leading=1.22), Style(size, leading=1.22)
        gap, y = size * 0.55 * ink.u, box.y
        column = 0.0 if ink.size.is_upright else box.width * 0.24
        for i, (label, text) in enumerate(self.rows()):
            width = column - 30 * ink.u if column else box.width
            high = ink.height(label, bold, width) if label else 0.0
            below = 0.0 if column else high + 4 * ink.u
            deep = ink.height(text, plain, box.width - column)
            if draw:
                if self._written(ink, p, i, y, y + max(high, deep + below)):
                    ink.text(label, box.x, y, bold, width=width)
                    ink.text(text, box.x + column, y + below, plain, width=box.width - column)
                ink.canvas.restore()
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

    def _lay(self, ink: Ink, box: Box, size: float, *, draw: bool, p: float = 1.0) -> float:
        """One source under the other."""
        plain = Style(size, leading=1.22)
        gap, y = size * 0.55 * ink.u, box.y
        for i, (_, text) in enumerate(self.rows()):
            high = ink.height(text, plain, box.width)
            if draw:
                if self._written(ink, p, i, y, y + high):
                    ink.text(text, box.x, y, plain, width=box.width)
                ink.canvas.restore()
            y += high + gap
        return y - gap - box.y


class ClosingPainter(RowsPainter):
    """How it was made, from what and by whom, in one card."""

    scene: ClosingScene  # type: ignore[assignment]

    def rows(self) -> Sequence[tuple[str, str]]:
        """The method, every source in short, and who made the film."""
        notes = dict.fromkeys(self.say(note.short) for note in self.stage.sources.values())
        return [
            *super().rows(),
            (self.t("Sources"), self.t.joined(tuple(notes), "; ")),
            (self.t("Film"), self.say(self.scene.credit)),
        ]

    def foot(self) -> str:
        """Nothing beneath: the sources are among the rows."""
        return self.say(self.scene.note)
