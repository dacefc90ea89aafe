"""From a run's folder, a study or an explorer file to one explorer."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.publish.explorer.errors import ExplorerError
from exitline.publish.explorer.settings import RunUse, Settings, load_settings
from exitline.words import catalogue

if TYPE_CHECKING:
    from exitline.publish.explorer.model import Explorer
    from exitline.publish.explorer.moved_line import MovedLine
    from exitline.publish.explorer.runs import RunFolder

Say = Callable[[str], None]


@dataclass(frozen=True)
class Explored:
    """An explorer's page.

    Attributes
    ----------
    explorer : Explorer
        What it shows: years, areas, figures, decisions.
    page : Path
    size : int
        Bytes of the page.
    """

    explorer: Explorer
    page: Path
    size: int

    def counts(self) -> dict[str, Any]:
        """What the page contains, in numbers."""
        shown = self.explorer
        return {
            "page": str(self.page),
            "bytes": self.size,
            "years": list(shown.years),
            "areas": len(shown.areas) - 1,
            "figures": sum(len(f.cells) for f in shown.figures),
            "decisions": sum(len(row) for d in shown.decisions for row in d.judged),
            "suppressed": shown.suppressed,
        }


def explore(
    sources: str | Path | Sequence[str | Path],
    *,
    out: str | Path | None = None,
    study: str | Path | None = None,
    min_count: float | None = None,
    language: str | Sequence[str] = (),
    say: Say = lambda _: None,
) -> Explored:
    """One offline page to explore a run, or a record of decisions.

    Parameters
    ----------
    sources : path, or sequence of path
        The folder of a run, several of them (one for each year), or an explorer file.
    out : path, optional
        The page; explorer.html beside the source unless given.
    study : path, optional
        The study of the run: every figure is computed again and compared.
    min_count : float, optional
        Counts from 1 to below this are suppressed, where the runs themselves hide less.
    language : str or sequence of str
        Of the page, the first one first; those of the explorer file, or English and Chinese,
        unless given.
    say : callable
        Told, in a few words, what is being done.

    Returns
    -------
    Explored

    Raises
    ------
    ExitlineError
        When something cannot be shown as it stands; then nothing was written.

    Examples
    --------
    >>> import tempfile, exitline as xl
    >>> page = tempfile.mkdtemp() + "/list.html"
    >>> xl.explore("examples/china-832/explorer.yaml", out=page).counts()["areas"] > 800
    True
    """
    from exitline.files import whole_file
    from exitline.folders import check_folder
    from exitline.publish.explorer.page import render

    named = [sources] if isinstance(sources, str | Path) else list(sources)
    target = Path(out) if out is not None else Path(named[0]).parent / "explorer.html"
    check_folder(target)
    shown = build(named, study=study, min_count=min_count, language=language, say=say)
    say("writing the page")
    html = render(shown.payload())
    with whole_file(target) as partial:
        partial.write_text(html, encoding="utf-8")
    return Explored(shown, target, len(html.encode()))


def build(
    sources: list[str | Path],
    *,
    study: str | Path | None = None,
    min_count: float | None = None,
    language: str | Sequence[str] = (),
    say: Say = lambda _: None,
) -> Explorer:
    """An explorer of what is named.

    Parameters
    ----------
    sources : list of path
        Folders of runs (one for each year), or one explorer file.
    study : path, optional
        For the folder of one run: its study; every figure and decision is then computed
        again from the data and must be what the run says.
    min_count : float, optional
        Counts from 1 to below this are suppressed, where the runs themselves hide less.
    language : str or sequence of str
        Of the page, the first one first; those of the explorer file, or English and Chinese,
        unless given.
    say : callable
        Told, in a few words, what is being done.

    Returns
    -------
    Explorer

    Raises
    ------
    ExitlineError
        When something cannot be shown as it stands; when a figure differs from its claim
        or from the figure computed again, with both.

    Examples
    --------
    >>> build(["examples/china-832/explorer.yaml"]).kind
    'record'
    """
    from exitline.publish.explorer.from_runs import explorer_of_runs
    from exitline.publish.explorer.record import explorer_of_record

    settings = _settings(sources)
    if min_count is not None:
        settings = replace(settings, min_count=min_count)
    if language:
        asked = [language] if isinstance(language, str) else language
        settings = replace(settings, languages=tuple(catalogue.language(c).code for c in asked))
    if settings.record is not None:
        say("reading the record")
        return explorer_of_record(settings)
    with tempfile.TemporaryDirectory(prefix="exitline-") as work:
        runs = [
            _run(use, Path(work) / str(i), say, settings.min_count)
            for i, use in enumerate(settings.runs)
        ]
        if study is not None:
            _recompute(runs, Path(study), Path(work) / "again", say)
        fresh = study is not None or all(use.study is not None for use in settings.runs)
        say("laying out the page")
        shown = explorer_of_runs(runs, settings, recomputed=fresh)
        return replace(shown, slide=_moved_line(settings, runs, study))


def _settings(sources: list[str | Path]) -> Settings:
    """An explorer file, or the settings of plain folders."""
    paths = [Path(source) for source in sources]
    files = [path for path in paths if path.suffix in (".yaml", ".yml")]
    if not files:
        return Settings(runs=tuple(RunUse(folder=path) for path in paths))
    if len(paths) > 1:
        raise ExplorerError(
            "an explorer file is given alone", expected="one explorer file, or folders of runs",
            got=f"{len(paths)} names", remedy="name the folders in the file, under `runs`",
        )  # fmt: skip
    return load_settings(files[0])


def _run(use: RunUse, work: Path, say: Say, min_count: float | None) -> RunFolder:
    """A run's folder, made from its study where the file names one."""
    from exitline.publish.explorer.runs import read_run

    if use.folder is not None:
        return read_run(use.folder)
    from exitline.api.runs.prepare import open_study
    from exitline.api.runs.provenance import commands
    from exitline.api.runs.running import run

    assert use.study is not None
    run(use.study, work, min_count=min_count, say=say)
    made = read_run(work)
    return replace(made, record={**made.record, **commands(open_study(use.study))})


def _moved_line(
    settings: Settings, runs: list[RunFolder], study: str | Path | None
) -> MovedLine | None:
    """How many are below a line wherever it is drawn, for the latest year of a sample.

    A census has none: its counts at lines close to each other would tell of single households.
    """
    from exitline.api.figures.estimation import estimate_table
    from exitline.api.figures.lines import poverty_lines_of
    from exitline.api.runs.prepare import ready
    from exitline.publish.explorer.moved_line import lines_around, moved_line
    from exitline.stats.measure.lines import PovertyLine
    from exitline.words.money import amount
    from exitline.words.numbers import write

    latest = max(range(len(runs)), key=lambda i: runs[i].year)
    file = settings.runs[latest].study if study is None else Path(study)
    if file is None:
        return None
    with ready(file) as made:
        own = next(iter(poverty_lines_of(made)), None)
        if not isinstance(own, PovertyLine) or not isinstance(own.value, float | int):
            return None
        if made.design.exact or own.value <= 0 or made.study.scenario:
            return None
        lines, at = lines_around(float(own.value))
        found = estimate_table(
            made.table, ["headcount"], made.engine, welfare=made.welfare, design=made.design,
            line=[PovertyLine(f"{i}", line, own.boundary) for i, line in enumerate(lines)],
            level=made.study.confidence, interval=made.study.interval,
            missing=made.study.missing_welfare, where=made.study.subpopulation,
        )  # fmt: skip
        currency = made.data.lines[0].currency
    cells = [found.find(measure="headcount", line=f"{i}") for i in range(len(lines))]
    written = [write(c.estimate, c.ci_low, c.ci_high, c.se, "share") for c in cells]
    words = [
        {code: amount(float(f"{line:.3g}"), currency, catalogue.language(code))
         for code in settings.languages} if currency else f"{line:,.4g}"
        for line in lines
    ]  # fmt: skip
    words[at] = (
        {c: amount(lines[at], currency, catalogue.language(c)) for c in settings.languages}
        if currency
        else f"{lines[at]:,.6g}"
    )
    return moved_line(
        lines, words, [(c.estimate, c.ci_low, c.ci_high) for c in cells],
        [(w.text, w.interval) for w in written], at,
    )  # fmt: skip


def _recompute(runs: list[RunFolder], study: Path, work: Path, say: Say) -> None:
    """Hold the one run against its study, computed again."""
    from exitline.publish.explorer.runs import compare

    if len(runs) != 1:
        raise ExplorerError(
            "one study cannot check several runs", expected="one folder with --study",
            got=f"{len(runs)} folders", remedy="list the studies in an explorer file, under `runs`",
        )  # fmt: skip
    say("computing every figure again")
    compare(runs[0], _run(RunUse(study=study), work, say, runs[0].min_count))
