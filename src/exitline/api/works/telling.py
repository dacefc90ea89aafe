"""Works as a map and as a page: `xl.works.map`, `xl.works.page`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from exitline.api.works.recorded import RecordedWorks
from exitline.files import whole_file

if TYPE_CHECKING:
    from exitline.exits.works.plan import WorksPlan
    from exitline.publish.maps.boundaries import Boundaries
    from exitline.publish.maps.draw import MapDrawing


def map(  # as `xl.map`
    found: WorksPlan | RecordedWorks,
    *,
    boundaries: str | Path | None = None,
    key: str = "",
    source: str = "",
) -> MapDrawing:
    """A plan, or the works of a folder, as a map of points.

    Parameters
    ----------
    found : WorksPlan or RecordedWorks
    boundaries : path, optional
        Drawn under the points: GeoJSON or TopoJSON (extra ``maps``).
    key : str
        The property that names each shape.
    source : str
        Who drew the boundaries; it stands under the map.

    Returns
    -------
    MapDrawing
        Shown as it is in a notebook; ``save`` writes SVG or PNG.

    Raises
    ------
    MapError
        Where nothing has coordinates, or for boundaries that cannot be used.

    Examples
    --------
    >>> import pandas as pd, exitline as xl
    >>> wells = pd.DataFrame({"latitude": [0.0, 0.0], "longitude": [0.0, 1.0], "cost": [3, 2]})
    >>> plan = xl.works.choose(wells, wells, cost="cost", budget=3, within_km=1)
    >>> "works of the plan (1)" in xl.works.map(plan).svg
    True
    """
    from exitline.publish.works.told import map_of_coverage, map_of_plan

    drawn = _boundaries(boundaries, key, source)
    if isinstance(found, RecordedWorks):
        return map_of_coverage(found.coverage(), drawn, source)
    return map_of_plan(found, drawn, source)


def page(
    found: WorksPlan | RecordedWorks,
    path: str | Path,
    *,
    title: str = "",
    boundaries: str | Path | None = None,
    key: str = "",
    source: str = "",
    language: str = "en",
) -> Path:
    """A plan, or the works of a folder, as one page with a map and tables.

    Parameters
    ----------
    found : WorksPlan or RecordedWorks
    path : path
        Ends in ``.html``.
    title : str
        As the page is headed; that of the works file unless given.
    boundaries, key, source
        As in `exitline.works.map`.
    language : str
        Of the page's own words: en, es, fr, zh.

    Returns
    -------
    Path

    Raises
    ------
    MapError, ExitlineError
        For boundaries that cannot be used, or another ending.

    Examples
    --------
    >>> import pandas as pd, tempfile, exitline as xl
    >>> wells = pd.DataFrame({"latitude": [0.0, 0.0], "longitude": [0.0, 1.0], "cost": [3, 2]})
    >>> plan = xl.works.choose(wells, wells, cost="cost", budget=3, within_km=1)
    >>> xl.works.page(plan, tempfile.mkdtemp() + "/plan.html").name
    'plan.html'
    """
    from exitline.publish.report.findings.page import render_found
    from exitline.publish.works.told import plan_sections, works_page, works_sections
    from exitline.words.catalogue import language as spoken
    from exitline.words.shown.files import known_ending

    at, t = known_ending(path, (".html",), "a page"), spoken(language)
    drawn = _boundaries(boundaries, key, source)
    if isinstance(found, RecordedWorks):
        covered, lacking = found.coverage(), found.gaps()
        sections = works_sections(covered, lacking, found.check().counted, drawn, source, t)
        named, under, notes = found.records.keys.works, f"{found.records.as_of}", covered.notes
    else:
        sections = plan_sections(found, drawn, source, t)
        named, under, notes = t("Works to do next"), "", found.notes
    text = render_found(
        works_page(title or named, under, sections, [t.of(one) for one in notes], t), t
    )
    with whole_file(at) as partial:
        partial.write_text(text, encoding="utf-8")
    return at


def notice(
    works: RecordedWorks, path: str | Path, *, office: str = "", posted: bool = False,
    language: str = "en",
) -> Path:  # fmt: skip
    """Notices of works as sheets to be printed and posted, one for each village.

    Parameters
    ----------
    works : RecordedWorks
    path : path
        Ends in ``.html``.
    office : str
        Where objections and questions go.
    posted : bool
        Also those that were posted before.
    language : str
        Of the fixed words: en, es, fr, zh.

    Returns
    -------
    Path

    Raises
    ------
    ExitlineError
        Where there is no notice, or for another ending.

    Examples
    --------
    >>> import tempfile, exitline as xl
    >>> works = xl.works.records("examples/works-imaginary")
    >>> xl.works.notice(works, tempfile.mkdtemp() + "/notice.html", posted=True).name
    'notice.html'
    """
    from exitline.exits.works.due import TO_POST
    from exitline.exits.works.errors import WorksError
    from exitline.publish.works.notice import render_notices
    from exitline.words.catalogue import language as spoken
    from exitline.words.shown.files import known_ending

    at = known_ending(path, (".html",), "a page")
    found = [one for one in works.notices() if posted or one.status == TO_POST]
    if not found:
        raise WorksError(
            "there is no notice to be posted", expected="works whose next step is a notice",
            got="none", remedy="show those that were posted: posted=True, or --posted",
        )  # fmt: skip
    with whole_file(at) as partial:
        partial.write_text(render_notices(found, office, spoken(language)), encoding="utf-8")
    return at


def _boundaries(path: str | Path | None, key: str, source: str) -> Boundaries | None:
    """The boundaries, where some are named."""
    from exitline.publish.maps.boundaries import read_boundaries

    return None if path is None else read_boundaries(path, key, source)
