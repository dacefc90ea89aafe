"""A contact sheet: every scene as it ends, on one picture, in seconds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import skia

from exitline.publish.story.fonts import Fonts
from exitline.publish.story.ink import Ink, Style
from exitline.publish.story.paint.base import Painter
from exitline.publish.story.reel import Canvas, compose
from exitline.publish.story.theme import Size

_GROUND = "#6E6E6E"
_EDGE = 24.0


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
    size = painted[0].stage.size
    columns = 6 if size.is_upright else 3
    wide = 300 if size.is_upright else 600
    high = wide * size.height // size.width
    rows = -(-len(painted) // columns)
    step_x, step_y = wide + _EDGE, high + _EDGE + 44
    sheet = Canvas(Size(int(columns * step_x + _EDGE), int(rows * step_y + _EDGE + 70)))
    sheet.clear(_GROUND)
    unit = Ink(sheet.skia, Size(1080, 1080), painted[0].stage.language, fonts, paper=_GROUND)
    unit.text(heading, _EDGE, 16, Style(40, bold=True, colour="#FFFFFF"))
    smooth = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
    picture = Canvas(size)
    for i, one in enumerate(painted):
        compose(one, picture, fonts)
        x = _EDGE + i % columns * step_x
        y = 70 + _EDGE + i // columns * step_y
        place = skia.Rect.MakeXYWH(x, y, wide, high)
        sheet.skia.drawImageRect(picture.image(), place, smooth)
        label = f"{one.scene.number} {one.scene.kind}, {one.scene.seconds:g} s"
        unit.text(label, x, y + high + 4, Style(26, colour="#FFFFFF"))
    return sheet.png()
