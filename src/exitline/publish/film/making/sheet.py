"""A contact sheet: every scene as it ends, on one picture, in seconds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exitline.publish.film.canvas import Ink
from exitline.publish.film.fonts import Fonts
from exitline.publish.film.frames import Canvas, compose
from exitline.publish.film.lettering import Style
from exitline.publish.film.paint.base import Painter
from exitline.publish.film.theme import Size

_GROUND = "#6E6E6E"
_EDGE = 24


def contact_sheet(painted: Sequence[Painter[Any]], fonts: Fonts, heading: str) -> bytes:
    """Draw the scenes of an episode side by side.

    Parameters
    ----------
    painted : sequence of Painter
        In order.
    fonts : Fonts
    heading : str
        Episode, language, size.

    Returns
    -------
    bytes
        A PNG.
    """
    stage = painted[0].stage
    upright = stage.size.is_upright
    columns, wide = (6, 300) if upright else (3, 600)
    picture = Canvas(Size(wide, 2 * (wide * stage.size.height // stage.size.width // 2)))
    step_x, step_y = wide + _EDGE, picture.size.height + _EDGE + 44
    rows = -(-len(painted) // columns)
    sheet = Canvas(Size(columns * step_x + _EDGE, rows * step_y + _EDGE + 70))
    sheet.skia.resetMatrix()
    sheet.clear(_GROUND)
    unit = Ink(sheet.skia, Size(1080, 1080), stage.language, fonts, paper=_GROUND)
    unit.text(heading, _EDGE, 16, Style(40, bold=True, colour="#FFFFFF"))
    for i, one in enumerate(painted):
        compose(one, picture, fonts)
        x = _EDGE + i % columns * step_x
        y = 70 + _EDGE + i // columns * step_y
        sheet.stamp(picture.image(), x, y)
        label = f"{one.scene.number} {one.scene.kind}, {one.scene.seconds:g} s"
        unit.text(label, x, y + picture.size.height + 4, Style(26, colour="#FFFFFF"))
    return sheet.png()
