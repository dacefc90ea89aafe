"""Which painter draws which kind of scene."""

from __future__ import annotations

from typing import Any

from exitline.publish.film.errors import StoryError
from exitline.publish.film.kinds import KINDS
from exitline.publish.film.model import Scene
from exitline.publish.film.paint.areas import ChoroplethPainter
from exitline.publish.film.paint.base import Painter, PaintStage
from exitline.publish.film.paint.charts import AreaPainter, LinePainter
from exitline.publish.film.paint.crossing import CrossingPainter
from exitline.publish.film.paint.estimates import DotsPainter
from exitline.publish.film.paint.maps import JourneyPainter, MapPainter
from exitline.publish.film.paint.numbers import ComparePainter, NumberPainter
from exitline.publish.film.paint.people import WafflePainter
from exitline.publish.film.paint.places import TilesPainter
from exitline.publish.film.paint.rows import (
    ClosingPainter,
    CreditsPainter,
    RowsPainter,
    SourcesPainter,
)
from exitline.publish.film.paint.words import (
    PhotographPainter,
    QuotationPainter,
    TextPainter,
    TitlePainter,
)
from exitline.publish.film.paint.works import WorksPainter

PAINTERS: dict[str, type[Painter[Any]]] = {
    "title": TitlePainter,
    "number": NumberPainter,
    "line chart": LinePainter,
    "area chart": AreaPainter,
    "before/after": ComparePainter,
    "tiles": TilesPainter,
    "journey": JourneyPainter,
    "map": MapPainter,
    "choropleth": ChoroplethPainter,
    "works": WorksPainter,
    "crossing": CrossingPainter,
    "dot plot": DotsPainter,
    "waffle": WafflePainter,
    "quotation": QuotationPainter,
    "text": TextPainter,
    "list": RowsPainter,
    "photograph": PhotographPainter,
    "method": RowsPainter,
    "credits": CreditsPainter,
    "sources": SourcesPainter,
    "closing": ClosingPainter,
}


def painter(scene: Scene, stage: PaintStage) -> Painter[Any]:
    """The painter of a scene.

    Raises
    ------
    StoryError
        When the scene's figures do not fit its kind.
    """
    try:
        return PAINTERS[scene.kind](scene, stage)
    except StoryError as reason:
        raise located(reason, scene) from reason


def located(reason: StoryError, scene: Scene) -> StoryError:
    """The same error with the scene it is in."""
    place = f"{scene.where}, {scene.name}"
    known = reason.where or ""
    where = known if scene.name in known else place
    if known and known not in place and scene.name not in known:
        where = f"{place}: {known}"
    return type(reason)(
        reason.what, where=where, expected=reason.expected, got=reason.got, remedy=reason.remedy
    )


if set(PAINTERS) != set(KINDS):  # pragma: no cover - a fault of this program
    raise RuntimeError("every kind of scene needs a painter")
