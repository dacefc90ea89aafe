"""Drawing again: does the published frame, with the published seed, give this sample?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exitline.exits.draw.frame import open_frame
from exitline.exits.draw.record import as_record, instructions
from exitline.exits.draw.sample import draw_sample
from exitline.words.said import Told, say

if TYPE_CHECKING:
    from exitline.stats.engine.base import Engine


@dataclass(frozen=True)
class Check:
    """The result of drawing again.

    Attributes
    ----------
    match : bool
    differences : tuple of str
        What differs, in words; never a household's id.
    households : int
        Drawn again.
    """

    match: bool
    differences: tuple[str, ...]
    households: int


def check_draw(record: Mapping[str, Any], engine: Engine, data: Any) -> Check:
    """Draw again from a frame by a record, and compare everything.

    Parameters
    ----------
    record : mapping
        As `exitline.exits.draw.record.read_record` returns it.
    engine : Engine
    data : path or table
        The frame.

    Returns
    -------
    Check

    Raises
    ------
    DrawError
        When the record's seed was published after the draw, or it cannot be followed.
    """
    told = instructions(record)
    told.seed.refuse_late(told.drawn)
    frame = open_frame(engine, data, told.roles)
    again = draw_sample(frame, told.plan, told.seed, told.drawn)
    has_ids = all("household" in row for row in record["selected"])
    redrawn = as_record(again, ids=has_ids)
    found: list[str] = []
    if record["frame"].get("digest") != redrawn["frame"]["digest"]:
        found.append("the frame is not the one that was published: its digest differs")
    if record["frame"].get("households") != redrawn["frame"]["households"]:
        found.append(
            f"households in the frame: {redrawn['frame']['households']:,}; the record "
            f"refers to {record['frame'].get('households')}"
        )
    found += _compare("villages", record["villages"], redrawn["villages"], "village")
    found += _compare("households", record["selected"], redrawn["selected"], "key")
    return Check(not found, tuple(found), len(again.selected))


def _compare(
    what: str, recorded: Sequence[Mapping[str, Any]], redrawn: Sequence[Mapping[str, Any]], by: str
) -> list[str]:
    """Differences between two lists of rows, by count."""
    before = {str(row.get(by)): row for row in recorded}
    after = {str(row.get(by)): row for row in redrawn}
    extra, missing = len(set(before) - set(after)), len(set(after) - set(before))
    changed = sum(before[name] != after[name] for name in set(before) & set(after))
    doubled = len(recorded) - len(before)
    of = {"what": Told(what)}
    found: list[str] = []
    if extra:
        found.append(
            say(
                "{n} {what} in the record are not drawn by its own seed and plan",
                n=extra,
                **of,
            )
        )
    if missing:
        found.append(say("{n} {what} that are drawn are not in the record", n=missing, **of))
    if changed:
        found.append(
            say(
                "{n} {what} have other values (probability, weight, group or id)",
                n=changed,
                **of,
            )
        )
    if doubled:
        found.append(say("{n} {what} are in the record more than once", n=doubled, **of))
    return found
