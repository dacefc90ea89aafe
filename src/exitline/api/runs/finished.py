"""What a run found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.errors import ExitlineError
from exitline.words.shown.result import ShownResult

if TYPE_CHECKING:
    import pandas as pd

    from exitline.api.runs.followed import FollowedHouseholds
    from exitline.exits.decide.table import Decisions
    from exitline.exits.target.scenario import Effects
    from exitline.proof.disclose.hidden import Hidden
    from exitline.rules.standard import Standard
    from exitline.stats.data.checking.findings import Finding
    from exitline.stats.data.studies.study import Study
    from exitline.stats.infer.blocks import Estimate
    from exitline.stats.infer.estimates import Estimates
    from exitline.stats.smallarea.modelled import Modelled
    from exitline.words.shown.charts import Drawing
    from exitline.words.shown.table import ReadableTable


def _nothing_hidden() -> Hidden:
    from exitline.proof.disclose.hidden import Hidden

    return Hidden()


@dataclass(frozen=True)
class Run(ShownResult):
    """What a run found.

    Attributes
    ----------
    study : Study
    standard : Standard or None
    estimates : Estimates
    decisions : Decisions
        On villages and counties.
    outcomes : dict of str to Estimate
        Households by outcome (met, not met, cannot tell), weighted; empty without a rule.
    findings : tuple of Finding
        From the data-quality report.
    provenance : dict
        Versions, digests, timings: what run.json holds.
    hidden : Hidden
        What of it may not be published.
    models : tuple of Modelled
        Of small areas.
    effects : Effects or None
        What the transfers of the study's scenario do.
    followed : FollowedHouseholds or None
        Movements, watch and assessment that the study asks for.
    folder : Path or None
        Where the run was written.
    """

    study: Study
    standard: Standard | None
    estimates: Estimates
    decisions: Decisions
    outcomes: dict[str, Estimate]
    findings: tuple[Finding, ...]
    provenance: dict[str, Any]
    hidden: Hidden = field(default_factory=lambda: _nothing_hidden())
    models: tuple[Modelled, ...] = ()
    effects: Effects | None = None
    followed: FollowedHouseholds | None = None
    folder: Path | None = None

    @cached_property
    def published(self) -> Run:
        """The run as it may be read: report, claims, terminal and tables hold no other figures."""
        from exitline.publish.content.published import (
            decisions_shown,
            effects_shown,
            estimates_shown,
            outcomes_shown,
        )

        return replace(
            self, estimates=estimates_shown(self.estimates, self.hidden),
            decisions=decisions_shown(self.decisions, self.hidden),
            outcomes=outcomes_shown(self.outcomes, self.hidden),
            effects=None if self.effects is None else effects_shown(self.effects, self.hidden),
            followed=self.followed and self.followed.shown(
                self.hidden.min_count, census=self.study.design.exact
            ),
        )  # fmt: skip

    def to_pandas(self) -> pd.DataFrame:
        """The estimates that may be published; `estimates` and `decisions` hold all.

        Returns
        -------
        pandas.DataFrame
            Columns as those of `Estimates.to_pandas`.
        """
        return self.published.estimates.to_pandas()

    @property
    def period(self) -> str:
        """The study's year."""
        return "" if self.study.year is None else str(self.study.year)

    def readable(self) -> ReadableTable:
        """The estimates that may be published, as they are read, under the study's title."""
        from exitline.stats.infer.shown import readable

        table = readable(self.published.estimates, self._titles())
        title = ": ".join(text for text in (self.study.title, table.title) if text)
        return replace(table, title=title)

    def plot(self) -> Drawing:
        """The estimates that may be published, drawn (extra ``plots``)."""
        from exitline.stats.infer.shown import plot

        return plot(self.published.estimates, None, self._titles())

    def _titles(self) -> dict[str, str]:
        """What area columns, lines and measures of single indicators are called."""
        from exitline.publish.report import ReportInput
        from exitline.publish.report.blocks import line_name
        from exitline.words.labels import inside

        content = ReportInput.from_run(self)
        blocks = self.estimates.blocks
        lines = {block.line for block in blocks if block.line}
        return {
            **{name: made.label for name, made in content.measures.items()},
            **{label: inside(line_name(content, label)) for label in lines},
            **{
                column: content.area_title(column)
                for block in blocks for column in block.by.split(", ") if column
            },
        }  # fmt: skip

    @property
    def households(self) -> dict[str, float]:
        """Number of households by outcome."""
        return {outcome: found.estimate for outcome, found in self.outcomes.items()}


def report(found: Run) -> Path:
    """Open the page of a run in the browser.

    Parameters
    ----------
    found : Run
        One that was written to a folder: ``xl.run(study, out="out")``.

    Returns
    -------
    Path
        Of the page.

    Raises
    ------
    ExitlineError
        Where the run was not written.

    Examples
    --------
    >>> import exitline as xl
    >>> run = xl.run("examples/albania-2012/study.yaml", out="build/albania")
    >>> xl.report(run)  # doctest: +SKIP
    """
    import webbrowser

    if found.folder is None:
        raise ExitlineError(
            "this run has no page", expected="a run that was written to a folder",
            got="one that was only computed", remedy="run it with out=: xl.run(study, out='out')",
        )  # fmt: skip
    page = found.folder / "report.html"
    webbrowser.open(page.resolve().as_uri())
    return page
