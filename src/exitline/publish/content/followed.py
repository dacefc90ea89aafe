"""What a run says of a panel: waves by their names, and nothing that gives a small count away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from exitline.words.said import Said, say, say_plural

if TYPE_CHECKING:
    from exitline.exits.watch.watchlist import WatchList
    from exitline.stats.panel.report import DynamicsSection

_PLACE = re.compile(r"\(([^()]*)\)$")


def parts_called(
    parts: Iterable[DynamicsSection], called: Mapping[str, str], titles: Mapping[str, str]
) -> tuple[DynamicsSection, ...]:
    """Parts of a report with waves, and columns of areas, as people call them.

    Parameters
    ----------
    parts : iterable of DynamicsSection
    called : mapping of str to str
        Wave: its name for people.
    titles : mapping of str to str
        Column: its name for people.
    """
    return tuple(
        replace(
            part, title=_text(part.title, called),
            records=tuple(_record(record, called, titles) for record in part.records),
            notes=tuple(_text(note, called) for note in part.notes),
        )
        for part in parts
    )  # fmt: skip


def watch_called(found: WatchList, called: Mapping[str, str]) -> WatchList:
    """A watch list with its wave as people call it."""
    notes = tuple(_text(note, called) for note in found.notes)
    tried = found.evaluation
    if tried is not None:
        seen, looked = (called.get(w, w) for w in (tried.scored_at, tried.outcome_at))
        learnt = tuple((called.get(a, a), called.get(b, b)) for a, b in tried.trained_on)
        tried = replace(tried, scored_at=seen, outcome_at=looked, trained_on=learnt)
    wave = called.get(found.wave, found.wave)
    return replace(found, wave=wave, notes=notes, evaluation=tried)


def _text(text: str, called: Mapping[str, str]) -> str:
    """A message whose parts are waves, or hold them."""
    if not isinstance(text, Said) or not text.parts:
        return text
    parts = {name: _text(called.get(part, part), called) if isinstance(part, str) else part
             for name, part in text.parts.items()}  # fmt: skip
    if not text.many:
        return say(text.message, **parts)
    return say_plural(text.message, text.many, text.n, **parts)


def _record(
    record: Mapping[str, Any], called: Mapping[str, str], titles: Mapping[str, str]
) -> Mapping[str, Any]:
    """A row whose measure, or column of waves, names them."""
    found = dict(record)
    if found.get("by"):
        found["by"] = titles.get(found["by"], found["by"])
    if "measure" in found:
        found["measure"] = _PLACE.sub(lambda m: f"({_waves(m[1], called)})", found["measure"])
    if "waves" in found:
        found["waves"] = _waves(found["waves"], called)
    return found


def _waves(text: str, called: Mapping[str, str]) -> str:
    """Waves between signs."""
    return re.sub(r"[^>,]+", lambda m: called.get(m[0].strip(), m[0]), text)


def parts_shown(
    parts: Sequence[DynamicsSection], min_count: float, *, census: bool
) -> tuple[DynamicsSection, ...]:
    """Parts of a report without figures of so few households that they tell of those.

    In a sample a figure of an area must rest on at least so many households; the whole is always
    told. In a full count a share and its base give a number exactly: where one is small, nothing
    of its kind of area is shown, since the others would give it away.

    Parameters
    ----------
    parts : sequence of DynamicsSection
    min_count : float
        Counts from 1 to below this are small.
    census : bool
    """
    shown = (_part_shown(part, min_count, census=census) for part in parts)
    return tuple(part for part in shown if part.records)


def _part_shown(part: DynamicsSection, least: float, *, census: bool) -> DynamicsSection:
    """One part."""
    small = [i for i, r in enumerate(part.records) if _is_small(r, least, census=census)]
    if not small:
        return part
    if census:
        kinds = {part.records[i].get("by", "") for i in small}
        kept = [r for r in part.records if r.get("by", "") not in kinds and "" not in kinds]
    else:
        gone = {(part.records[i]["measure"], part.records[i]["by"]) for i in small}
        kept = [
            r
            for i, r in enumerate(part.records)
            if i not in small and not (r.get("difference") and (r["measure"], r["by"]) in gone)
        ]
    note = say("figures that would give a small count away are not shown")
    return replace(part, records=tuple(kept), notes=(*part.notes, note))


def _is_small(record: Mapping[str, Any], least: float, *, census: bool) -> bool:
    """Whether a row tells of few households."""
    if record.get("difference"):
        return False
    if "n" not in record:
        whole = [v for v in record.values() if isinstance(v, int) and not isinstance(v, bool)]
        return census and any(0 < v < least for v in whole)
    n, share = record["n"], record["estimate"]
    if not census:
        return bool(record["by"]) and n < least
    inside = round(n * share) if 0 <= share <= 1 else 0
    return 0 < n < least or 0 < inside < least or 0 < n - inside < least


def watch_shown(found: WatchList, min_count: float, *, census: bool) -> WatchList:
    """A watch list of a full count without kinds that few households are of.

    Parameters
    ----------
    found : WatchList
    min_count : float
    census : bool
    """
    if census and any(0 < n < min_count for n in found.categories.values()):
        note = say("figures that would give a small count away are not shown")
        return replace(found, categories={}, notes=(*found.notes, note))
    return found
