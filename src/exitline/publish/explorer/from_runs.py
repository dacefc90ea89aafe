"""From finished runs to what the explorer shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from exitline.proof.disclose.counts import Tables, refuse_uncountable
from exitline.proof.disclose.hidden import SHOWN, Hidden, hidden_of
from exitline.publish.explorer.errors import ExplorerError
from exitline.publish.explorer.figures import Grid, decisions_of, figures_of, series_of
from exitline.publish.explorer.model import Area, AreaLevel, Explorer
from exitline.publish.explorer.places import match_of, places_of, put_in_place
from exitline.publish.explorer.sentences import Sentences
from exitline.publish.explorer.shapes import put_in_shape
from exitline.publish.explorer.tables import read_table
from exitline.publish.explorer.texts import known
from exitline.publish.explorer.words import (
    apart_of,
    disclosure_words,
    left_out,
    method_of,
    summary_of,
    unplaced,
    verify_of,
)
from exitline.stats.infer.intake.codes import MISSING_DOMAIN
from exitline.words.catalogue import ENGLISH
from exitline.words.labels import column_words
from exitline.words.said import Text, say

if TYPE_CHECKING:
    from exitline.proof.disclose.hidden import Hidden
    from exitline.publish.explorer.model import Series, SeriesFigures
    from exitline.publish.explorer.runs import RunFolder
    from exitline.publish.explorer.settings import Settings

MOST_UNITS = 3000
"""Most units of one level that a page carries; the tables of the run hold all of them."""
_LISTED = 100
"""Most areas without a place that a page opens on."""


def explorer_of_runs(runs: Sequence[RunFolder], settings: Settings, recomputed: bool) -> Explorer:
    """An explorer of one or several runs, a year each.

    Parameters
    ----------
    runs : sequence of RunFolder
    settings : Settings
    recomputed : bool
        Whether the figures were computed again from the data while this was made.

    Returns
    -------
    Explorer

    Raises
    ------
    ExplorerError
        When two runs are of the same year, or a place is not in any run.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from exitline.api import run
    >>> from exitline.publish.explorer.runs import read_run
    >>> from exitline.publish.explorer.settings import Settings
    >>> out = pathlib.Path(tempfile.mkdtemp()) / "out"
    >>> done = run("examples/albania-2012/study.yaml", out)
    >>> shown = explorer_of_runs([read_run(out)], Settings(), recomputed=False)
    >>> shown.figures[0].cells[0].text.replace("\\xa0", " ")
    '14.3 %'
    """
    ordered = _told_apart(sorted(runs, key=lambda run: run.year))
    years = _years(ordered)
    frame = _frame(ordered, settings)
    grid = Grid({(frame.levels[a.level].key if a.level >= 0 else "", a.key): i
                 for i, a in enumerate(frame.areas)}, frame.areas, frame.levels)  # fmt: skip
    hidden = tuple(hidden_in(run, settings.min_count) for run in ordered)
    gone = tuple(frozenset(grid.position[key] for key in h.areas & grid.position.keys())
                 for h in hidden)  # fmt: skip
    series = series_of(ordered, grid, settings.translations, gone)
    figures = tuple(
        _with_apart(of, ordered[of.year], grid, series[of.series], hidden[of.year], settings)
        for of in figures_of(ordered, grid, series, gone)
    )
    sentences = Sentences(_labels(ordered), settings.translations)
    decided = decisions_of(ordered, grid, hidden, settings, sentences)
    last = ordered[-1]
    standard = last.about["standard"]
    shown = Explorer(
        "run", settings.title or _title(last), "", settings.languages, years,
        frame.levels, frame.areas, series, figures, decided, settings.notice,
        outcomes=(known("met"), known("not met"), known("cannot tell yet")),
        templates=tuple(sentences.templates),
        standard=_standard(standard) if standard else None,
        sources=tuple((_source(s), s["url"]) for s in standard["sources"]) if standard else (),
        method=(*_parts(ordered), *method_of(ordered), *left_out(decided), *frame.unplaced),
        verify=verify_of(ordered, recomputed),
        rows="person" if last.about.get("unit") == "person" else "household",
        opens=settings.opens or _telling(last, frame.levels),
    )  # fmt: skip
    summary = settings.summary or summary_of(shown)
    least = max(h.min_count for h in hidden)
    return replace(shown, summary=summary, disclosure=disclosure_words(shown, least))


def _telling(run: RunFolder, levels: Sequence[AreaLevel]) -> str:
    """The view that the page opens on: a kind of area in which some stand apart.

    One with boundaries comes first; "" for the usual view, which is the first kind of area.
    """
    first = next(iter(run.standings), None)
    known = {level.key: level for level in levels}
    told = [
        of.by for of in run.standings
        if first is not None and (of.measure, of.line) == (first.measure, first.line)
        and not of.within and of.by in known
        and of.above.n + of.below.n + of.highest.n + of.lowest.n
        and (known[of.by].layout != "list" or of.shown <= _LISTED)
    ]  # fmt: skip
    best = min(told, key=lambda by: known[by].layout != "map", default="")
    return urlencode({"level": best}) if best and best != levels[0].key else ""


def _with_apart(
    of: SeriesFigures,
    run: RunFolder,
    grid: Grid,
    series: Series,
    hidden: Hidden,
    settings: Settings,
) -> SeriesFigures:
    """Figures with what is said of areas side by side; nothing where more is hidden than was."""
    if hidden.min_count > run.min_count:
        return of
    return replace(
        of, apart=apart_of(run, grid, of, series, settings.translations, settings.languages)
    )


@dataclass(frozen=True)
class AreaFrame:
    """Levels and areas."""

    levels: tuple[AreaLevel, ...]
    areas: tuple[Area, ...]
    unplaced: tuple[tuple[Text, Text], ...] = ()


def _told_apart(runs: Sequence[RunFolder]) -> list[RunFolder]:
    """The runs with villages of the same name in two counties named with their county."""
    counties: dict[tuple[str, str], set[str]] = {}
    for run in runs:
        for row in run.decisions:
            counties.setdefault((row["level"], row["unit"]), set()).add(row["parent"])
    twice = {unit for unit, parents in counties.items() if len(parents) > 1}

    def named(row: dict[str, Any]) -> dict[str, Any]:
        own = (row["level"], row["unit"]) not in twice
        if own:
            return row
        return {**row, "named": row["unit"], "unit": f"{row['parent']}, {row['unit']}"}

    return [replace(run, decisions=[named(row) for row in run.decisions]) for run in runs]


def _years(runs: Sequence[RunFolder]) -> tuple[str, ...]:
    """The years of the runs, which must differ."""
    years = tuple(run.year for run in runs)
    twice = next((y for y in years if years.count(y) > 1), None)
    if twice is not None:
        raise ExplorerError(
            f"two runs are of the same year: {twice}" if twice else "two runs have no year",
            expected="runs of different years", got=f"{len(runs)} runs",
            remedy="show one run alone, or set `year` in the studies",
        )  # fmt: skip
    return years


def _frame(runs: Sequence[RunFolder], settings: Settings) -> AreaFrame:
    """Levels and areas of all runs, named and put in their places."""
    within = _levels_of(runs, settings)
    keys = list(within)
    levels = tuple(
        _level(key, keys.index(within[key]) if within[key] in keys else -1, settings,
               _area_words(key, runs))
        for key in keys
    )  # fmt: skip
    areas = _areas_of(runs, keys, within)
    few: tuple[tuple[Text, Text], ...] = ()
    for index, key in enumerate(keys):
        path = settings.areas[key].places if key in settings.areas else None
        if path is not None:
            layout, places = places_of(path, read_table(path, ("key", "label")))
            here = [area for area in areas if area.level == index]
            level, areas = put_in_place(levels[index], index, areas, layout, places)
            levels = (*levels[:index], level, *levels[index + 1 :])
            few += unplaced(match_of(here, places), key)
        shapes = settings.areas[key].boundaries if key in settings.areas else None
        if shapes is not None:
            level, areas, notes = put_in_shape(levels[index], index, areas, shapes)
            levels = (*levels[:index], level, *levels[index + 1 :])
            few += notes
    return AreaFrame(levels, tuple(areas), few)


def _levels_of(runs: Sequence[RunFolder], settings: Settings) -> dict[str, str]:
    """Each kind of area, and the kind it lies in ("" for all together); parents first."""
    found: dict[str, str] = {}
    for run in runs:
        found |= {row["by"]: found.get(row["by"], "") for row in run.estimates if row["by"]}
        found |= {by: parent for (by, _), (parent, _) in run.parents.items()}
        named, decided = run.about["levels"], {row["level"] for row in run.decisions}
        if "county" in decided:
            found.setdefault(named["county"], "")
        if "village" in decided:
            found[named["village"]] = named.get("county", "")
    for key, area in settings.areas.items():
        if key not in found:
            raise ExplorerError(
                f"no run has areas of the kind '{key}'", where=str(settings.path),
                expected="one of " + ", ".join(found), got=key,
                remedy="name a column of the study's areas or levels",
            )  # fmt: skip
        found[key] = area.within if area.within is not None else found[key]
    return _parents_first(found, settings)


def _parents_first(found: dict[str, str], settings: Settings) -> dict[str, str]:
    """The same, so ordered that each kind comes after the one it lies in."""
    ordered: dict[str, str] = {}
    while len(ordered) < len(found):
        ready = [k for k, p in found.items() if k not in ordered and (not p or p in ordered)]
        if not ready:
            raise ExplorerError(
                "kinds of area lie within each other in a circle", where=str(settings.path),
                expected="a chain that ends", got=", ".join(found), remedy="correct `within`",
            )  # fmt: skip
        ordered |= {key: found[key] for key in ready}
    return ordered


def _area_words(key: str, runs: Sequence[RunFolder]) -> str:
    """What the run calls a kind of area: by one column, or by several."""
    named = runs[-1].about.get("areas", {})
    return ENGLISH.listed(named.get(column) or column_words(column) for column in key.split(", "))


def _level(key: str, within: int, settings: Settings, plain: str) -> AreaLevel:
    """A kind of area with its names."""
    given = settings.areas.get(key)
    title = known(plain, settings.translations)
    named = given.title if given is not None and given.title is not None else title
    many = given.many if given is not None and given.many is not None else named
    return AreaLevel(key, named, many, within)


def _areas_of(runs: Sequence[RunFolder], keys: list[str], within: dict[str, str]) -> list[Area]:
    """All areas, each after the one it lies in; the first is everything together."""
    areas = [Area("", known("All together"))]
    position: dict[tuple[str, str], int] = {("", ""): 0}
    for index, key in enumerate(keys):
        for name, parent in _members(runs, key, within[key]).items():
            position[key, name] = len(areas)
            label: Text = known(name) if name == MISSING_DOMAIN else name
            areas.append(Area(name, label, index, position.get(parent, 0)))
    return areas


def _members(
    runs: Sequence[RunFolder], key: str, within: str
) -> dict[str, tuple[str, str]]:  # fmt: skip
    """The areas of one kind, in order of appearance, with the area each lies in."""
    found: dict[str, tuple[str, str]] = {}
    for run in runs:
        named = run.about["levels"]
        for row in run.estimates:
            if row["by"] == key:
                found.setdefault(row["domain"], ("", ""))
        for row in _shown_units(run):
            if named.get(row["level"]) == key:
                parent = (within, row["parent"]) if row["parent"] else ("", "")
                found.setdefault(row["unit"], parent)
                found[row["unit"]] = parent if row["parent"] else found[row["unit"]]
        for (by, area), parent in run.parents.items():
            if by == key and parent[0] == within:
                found[area] = parent
    return found


def _shown_units(run: RunFolder) -> list[dict[str, Any]]:
    """Overall decisions, as many of each level as a page carries: the open ones first."""
    found: list[dict[str, Any]] = []
    for level in ("county", "village"):
        rows = [r for r in run.decisions if r["level"] == level and not r["criterion"]]
        rows.sort(key=lambda r: ("cannot tell", "not met", "met").index(r["outcome"]))
        kept = {(r["parent"], r["unit"]) for r in rows[:MOST_UNITS]}
        found += [r for r in rows if (r["parent"], r["unit"]) in kept]
    return found


def _labels(runs: Sequence[RunFolder]) -> list[str]:
    """Labels of all criteria."""
    standards = [run.about["standard"] for run in runs if run.about["standard"]]
    return [c["label"] for s in standards for rule in s["criteria"].values() for c in rule.values()]


def _title(run: Any) -> str:
    """The study's title, and the part of the population that its estimates refer to."""
    title, where = str(run.record["study"]["title"]), run.about.get("where")
    return f"{title} (only where {where})" if where else title


def _parts(runs: Sequence[Any]) -> tuple[tuple[Text, Text], ...]:
    """Which part of the population the estimates of runs refer to, where it is a part."""
    said = dict.fromkeys(str(run.about["where"]) for run in runs if run.about.get("where"))
    return tuple(
        (say("Subpopulation"), say("Estimates refer to the part where {condition}.", condition=one))
        for one in said
    )


def _standard(standard: dict[str, Any]) -> tuple[Text, tuple[Text, ...]]:
    """The rule in words; the title is the first sentence of its scope."""
    wanted = [s for s in standard["sections"] if s["title"] not in ("Sources", "Scope")]
    texts = tuple(f"{s['title']}. {' '.join(s['sentences'])}" for s in wanted)
    return standard["title"], texts


def _source(source: dict[str, Any]) -> Text:
    """A source with its publisher and date."""
    parts = [source[name] for name in ("title", "publisher", "date") if source[name]]
    return ", ".join(parts)


def hidden_in(run: RunFolder, min_count: float | None) -> Hidden:
    """What of a run is not published.

    Parameters
    ----------
    run : RunFolder
    min_count : float or None
        Counts from 1 to below this are hidden; never fewer than the run itself hides.

    Returns
    -------
    Hidden

    Raises
    ------
    TableError
        When a full count has figures at a line without the number of the poor, and more is to
        be hidden than the run hid.
    """
    own = Hidden(
        run.min_count,
        frozenset((r["by"], r["domain"]) for r in run.estimates if r["release"] != SHOWN),
        decisions=frozenset(
            (r["level"], r["parent"], r.get("named", r["unit"]), r["criterion"])
            for r in run.decisions if r["release"] != SHOWN
        ),
    )  # fmt: skip
    if min_count is None or min_count <= run.min_count:
        return own
    tables = _tables(run)
    if run.census:
        refuse_uncountable(tables, str(run.path))
    more = hidden_of(tables, min_count, {})
    return Hidden(min_count, own.areas | more.areas, decisions=own.decisions | more.decisions)


def _tables(run: RunFolder) -> Tables:
    """The run's rows as tables."""
    import pandas as pd

    decided = [{**r, "unit": r.get("named", r["unit"])} for r in run.decisions]
    columns = ["level", "parent", "unit", "criterion", "evidence", "value", "n"]
    return Tables(
        pd.DataFrame(run.estimates), pd.DataFrame(decided, columns=columns),
        pd.DataFrame(run.inside, columns=["by", "domain", "within", "within_domain"]), run.about,
    )  # fmt: skip
