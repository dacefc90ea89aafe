"""What a run, a measure or an area is called when it is told to people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from exitline.words.catalogue import ENGLISH, Language

if TYPE_CHECKING:
    from exitline.api.runs.finished import Run
    from exitline.publish.content.households import HouseholdWords
    from exitline.stats.data.scannable import Source
    from exitline.stats.data.studies.study import Study
    from exitline.stats.infer.estimates import Estimates
    from exitline.stats.measure.model import Measure


def people_of(study: Study) -> str:
    """Whom the figures of a study refer to: "persons" or "households".

    Parameters
    ----------
    study : Study

    Returns
    -------
    str
    """
    from exitline.stats.data import roles

    return roles.people_of(study)


def counting(measure: str | Measure, people: str, rows: str) -> Measure:
    """A measure in the words of what it counts.

    Parameters
    ----------
    measure : str or Measure
    people, rows : {"persons", "households"}
        Whom figures refer to, and what a row is.

    Returns
    -------
    Measure
    """
    from exitline.stats.measure import catalogue

    return catalogue.counting(measure, people, rows)


def measures_named(found: Run) -> dict[str, Measure]:
    """Measures of single indicators in the words of the standard.

    Parameters
    ----------
    found : Run

    Returns
    -------
    dict of str to Measure
    """
    from exitline.publish.content.indicators import named_measures

    return named_measures((e.measure for e in found.estimates), found.standard)


def columns_named(source: Source, columns: Iterable[str]) -> list[str]:
    """What columns are called: by their file, or in the words of their names.

    Parameters
    ----------
    source : Source
    columns : iterable of str

    Returns
    -------
    list of str
    """
    from exitline.words.labels import column_words

    return [source.titles.get(name) or column_words(name) for name in columns]


def worded(found: Estimates, people: str, rows: str = "households", asked: Any = ()) -> Estimates:
    """The estimates with each measure's name and unit, in the words of whom they refer to.

    Parameters
    ----------
    found : Estimates
    people, rows : {"persons", "households"}
        As in `counting`.
    asked : str, Measure, or a sequence of these
        The measures that were asked for: some are in no registry.

    Returns
    -------
    Estimates
    """
    many = [asked] if isinstance(asked, str) or hasattr(asked, "terms") else asked
    own = {one.name: one for one in many if not isinstance(one, str)}
    said = {b.measure: counting(own.get(b.measure, b.measure), people, rows) for b in found.blocks}
    blocks = [replace(b, unit=said[b.measure].unit, label=said[b.measure].label)
              for b in found.blocks]  # fmt: skip
    return replace(found, blocks=tuple(blocks))


def household_words(found: Run, t: Language = ENGLISH) -> HouseholdWords:
    """The words for the outcomes of a run's households.

    Parameters
    ----------
    found : Run
    t : Language
        The reader's.

    Returns
    -------
    HouseholdWords
    """
    from exitline.publish.content import households

    return households.household_words(found.study, found.standard, t)


def who_stands_apart(found: Run, t: Language = ENGLISH) -> list[str]:
    """Which areas stand apart, a sentence for each picture of the report.

    Parameters
    ----------
    found : Run
    t : Language
        The reader's.

    Returns
    -------
    list of str
    """
    from exitline.publish.report import ReportInput
    from exitline.publish.report.areas import area_sets
    from exitline.words.labels import inside

    sentences = []
    for areas in area_sets(ReportInput.from_run(found, t=t)):
        for figure in areas.figures:
            said = {"area": areas.name, "finding": figure.title}
            if len(areas.figures) > 1:
                sentences.append(
                    t("{area}, {line}: {finding}", line=inside(figure.line_name), **said)
                )
            else:
                sentences.append(t("{area}: {finding}", **said))
    return sentences


def line_words_of(found: Run, t: Language = ENGLISH) -> list[str]:
    """The lines of a run's figures, and the unit of its amounts, a sentence each.

    Parameters
    ----------
    found : Run
    t : Language
        The reader's.

    Returns
    -------
    list of str
    """
    from exitline.publish.report import ReportInput
    from exitline.publish.report.blocks import line_said, money_words

    content = ReportInput.from_run(found, t=t)
    said = []
    for label in dict.fromkeys(block.line for block in found.estimates.blocks if block.line):
        line = line_said(content, label)
        if line.value is not None and not (line.title or line.currency):
            continue
        if line.share is not None and not line.title and " of the " in label:
            continue  # "0.6 of the median" says it already
        said.append(label + t.signs[": "] + line(t) if line.title != label else line(t))
    money = any(block.unit == "money" for block in found.estimates.blocks)
    unit = money_words(content) if money else ""
    return [*said, *([t("amounts: {unit}", unit=unit)] if unit else [])]


def area_title(study: Study, column: str) -> str:
    """What a column of areas is called.

    Parameters
    ----------
    study : Study
    column : str

    Returns
    -------
    str
    """
    from exitline.words.labels import column_words

    return study.area_titles.get(column) or column_words(column)


def area_name(key: tuple[str, ...]) -> str:
    """One name for the values of several columns.

    Parameters
    ----------
    key : tuple of str

    Returns
    -------
    str

    Examples
    --------
    >>> area_name(("Tirana", "Urban"))
    'Tirana, Urban'
    """
    from exitline.stats.infer.intake.cells import label_of

    return label_of(key)
