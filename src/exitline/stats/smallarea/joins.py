"""Areas of a survey and areas of a table of covariates, side by side: which match, which do not."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exitline.stats.smallarea.errors import SmallAreaError
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd

_MOST = 2000


@dataclass(frozen=True)
class JoinedAreas(ShownResult):
    """What became of the areas of two tables.

    Attributes
    ----------
    both, survey_only, covariates_only : tuple of str
        Areas by where they stand.

    Examples
    --------
    >>> found = joined(["North", "Sout"], ["North", "South", "West"])
    >>> found.survey_only, found.covariates_only
    (('Sout',), ('South', 'West'))
    >>> found.to_pandas().query("found == 'survey only'")["nearest"].item()
    'South'
    """

    both: tuple[str, ...]
    survey_only: tuple[str, ...]
    covariates_only: tuple[str, ...]

    def to_pandas(self) -> pd.DataFrame:
        """One row for each area: where it was found, and the most alike name on the other side
        of one that stands on one side alone."""
        import pandas as pd

        rows = [(area, "both", "") for area in self.both]
        rows += [
            (area, "survey only", _nearest(area, self.covariates_only)) for area in self.survey_only
        ]
        rows += [
            (area, "covariates only", _nearest(area, self.survey_only))
            for area in self.covariates_only
        ]
        return pd.DataFrame(rows, columns=["area", "found", "nearest"], dtype="str")

    def refuse(self, where: str) -> None:
        """Refuse areas of the survey that nothing is known of.

        Raises
        ------
        SmallAreaError
            Naming some of them, with the names most like theirs.
        """
        if not self.survey_only:
            return
        some = [
            f"'{area}'" + (f" (like '{near}')" if near else "")
            for area in self.survey_only[:5]
            for near in [_nearest(area, self.covariates_only)]
        ]
        count = len(self.survey_only)
        raise SmallAreaError(
            f"{count} of the areas with a direct estimate {'is' if count == 1 else 'are'} not in "
            "the table of covariates",
            where=where,
            expected="covariates of every area of the survey",
            got=", ".join(some) + (f" and {count - 5} more" if count > 5 else ""),
            remedy='write areas in one way in both tables, or leave these out: unmatched="drop"',
        )


def joined(survey: Sequence[str], covariates: Sequence[str]) -> JoinedAreas:
    """Match areas by name, in the order of the survey and then of the covariates.

    Parameters
    ----------
    survey, covariates : sequence of str
        As `exitline.stats.data.values.written` writes them, each once.
    """
    there, here = set(covariates), set(survey)
    return JoinedAreas(
        tuple(area for area in survey if area in there),
        tuple(area for area in survey if area not in there),
        tuple(area for area in covariates if area not in here),
    )


def _nearest(name: str, others: Sequence[str]) -> str:
    """The other name most like this one, if any is."""
    return next(iter(difflib.get_close_matches(name, list(others)[:_MOST], n=1, cutoff=0.6)), "")
