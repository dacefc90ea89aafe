"""A study proposed from a look at a data file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exitline.stats.data.proposing.guesses import Proposal


@dataclass(frozen=True)
class Proposed:
    """A commented study file, as it was proposed.

    Attributes
    ----------
    proposal : Proposal
        What was recognised: columns by role, areas, year.
    text : str
        The study file.
    path : Path or None
        Where it was written.
    """

    proposal: Proposal
    text: str
    path: Path | None = None


def init(
    data: str | Path,
    *,
    out: str | Path | None = None,
    title: str | None = None,
    reading: Mapping[str, Any] | None = None,
    language: str = "en",
) -> Proposed:
    """Look at a data file and propose a commented study file.

    Columns are recognised by their names and by their values. Nothing is certain: read the
    proposal before you use it.

    Parameters
    ----------
    data : path
    out : path, optional
        File to write; an existing one is never overwritten. Without it nothing is written,
        and the text names the data as seen from the working folder.
    title : str, optional
        Title of the study; the file's name unless given.
    reading : mapping, optional
        Options of the reader, as `exitline.open_source` takes them.
    language : str
        Of the comments in the file.

    Returns
    -------
    Proposed

    Raises
    ------
    DataError, StudyError
        When the file cannot be read, or the study file is there already.

    Examples
    --------
    >>> import exitline as xl
    >>> xl.init("examples/albania-2012/lival.parquet").proposal.guesses["weight"].column
    'weight'
    """
    from exitline.stats.data import open_source
    from exitline.stats.data.proposing.proposal_text import study_text, write_new
    from exitline.stats.data.readers.names import twins
    from exitline.stats.engine.session import session
    from exitline.stats.measure.quality.profile import look
    from exitline.words.catalogue import language as language_of

    options = dict(reading or {})
    source = open_source(data, **options)
    aside = [name for group in twins(source.names or ()) for name in group[1:]]
    with session() as engine:
        table = engine.attach(source.without(aside), "data")
        proposal = look(table, engine.run)
    target = None if out is None else Path(out)
    path = os.path.relpath(data, Path() if target is None else target.parent)
    text = study_text(
        proposal, title or Path(data).stem, Path(path).as_posix(), options, aside,
        language_of(language),
    )  # fmt: skip
    if target is not None:
        write_new(target, text)
    return Proposed(proposal, text, target)
