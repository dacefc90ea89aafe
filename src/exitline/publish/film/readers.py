"""Reading the parts of a story file: texts, references to figures, files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from exitline.errors import nearest
from exitline.publish.film.bound.formats import Format, read_format
from exitline.publish.film.bound.references import (
    STEPS,
    ClaimRef,
    Computed,
    DataRef,
    DeclaredQuery,
    EstimateRef,
    FigureRef,
    Of,
    PointsRef,
    RunRef,
)
from exitline.publish.film.errors import StoryError
from exitline.publish.film.keys import (
    ClaimKeys,
    EstimateKeys,
    PointsKeys,
    StoryFigureKeys,
    StoryQueryKeys,
)
from exitline.publish.film.model import SourceNote, StoryText
from exitline.publish.film.template import Piece, read_template
from exitline.rules.yamlfile.tree import Tree


@dataclass
class StoryReader:
    """What is known while a story is read: languages, and what has been declared so far."""

    languages: tuple[str, ...]
    folder: Path
    sources: dict[str, SourceNote] = field(default_factory=dict)
    data: dict[str, DataRef] = field(default_factory=dict)
    runs: dict[str, RunRef] = field(default_factory=dict)
    figures: dict[str, FigureRef] = field(default_factory=dict)
    points: dict[str, PointsRef] = field(default_factory=dict)
    used_figures: set[str] = field(default_factory=set)
    used_points: set[str] = field(default_factory=set)

    def begin_scene(self) -> None:
        """Start to collect what one scene uses."""
        self.used_figures, self.used_points = set(), set()


def text(tree: Tree, reading: StoryReader) -> StoryText:
    """A text in every language; every digit a figure or marked."""
    found = _languages(tree, reading)
    pieces = {code: read_template(below.text(), below.where) for code, below in found.items()}
    made = StoryText(pieces, tree.where)
    for name in sorted(made.figures()):
        tree.known(reading.figures, "figure", name)
        reading.used_figures.add(name)
    return made


def citation(tree: Tree, reading: StoryReader) -> StoryText:
    """A text quoted from elsewhere: its digits are its own."""
    found = _languages(tree, reading)
    return StoryText(
        {code: (Piece("quote", below.text()),) for code, below in found.items()}, tree.where
    )


def _languages(tree: Tree, reading: StoryReader) -> dict[str, Tree]:
    """The text's tree in each language; one plain text stands for all of them."""
    if not tree.is_mapping:
        tree.text()
        return dict.fromkeys(reading.languages, tree)
    found = dict(tree.items())
    for code, below in found.items():
        if code not in reading.languages:
            raise below.fault(
                f"'{code}' is no language of this series",
                expected=", ".join(reading.languages),
                got=code,
                remedy="add it to 'languages', or put the text in quotes if it contains a comma",
            )
    for code in reading.languages:
        if code not in found:
            raise tree.fault(
                f"a text is missing in the language '{code}'",
                expected=", ".join(f"{c}: ..." for c in reading.languages),
                got=", ".join(found) or "nothing",
                remedy="add it",
            )
    return found


def figure(tree: Tree, reading: StoryReader) -> str:
    """The name of a figure: one declared before, or a reference written in place."""
    if tree.is_mapping:
        name = _place_name(tree)
        reading.figures[name] = figure_reference(tree, name, reading)
    else:
        name = tree.text()
        if tree.is_number:
            raise tree.fault(
                "a figure without a reference",
                expected="the name of a figure, {claim: ...}, {estimate: ...} or {data: ...}",
                got=name,
                remedy="declare the figure under 'figures' and write its name here",
            )
        tree.known(reading.figures, "figure", name)
    reading.used_figures.add(name)
    return name


def points(tree: Tree, reading: StoryReader) -> str:
    """The name of a row of figures: one declared before, or a reference written in place."""
    if tree.is_mapping:
        name = _place_name(tree)
        reading.points[name] = points_reference(tree, name, reading)
    else:
        name = tree.text()
        tree.known(reading.points, "row of figures", name)
    reading.used_points.add(name)
    return name


def _place_name(tree: Tree) -> str:
    """The name of a reference that is written in place: its path of keys."""
    return re.sub(r"\W+", "_", tree.key).strip("_")


def figure_reference(tree: Tree, name: str, reading: StoryReader) -> FigureRef:
    """A declared figure."""
    if not tree.is_mapping:
        raise tree.fault(
            "a figure without a reference",
            expected="{claim: ...}, {estimate: ...}, {data: ...} or {compute: ...}",
            got=repr(tree.plain()),
            remedy="say where the figure comes from",
        )
    keys = StoryFigureKeys.read(tree)
    of = _of(keys, reading)
    return FigureRef(name, of, _format(keys), _source(of, keys, reading), tree.where)


def points_reference(tree: Tree, name: str, reading: StoryReader) -> PointsRef:
    """A declared row of figures."""
    keys = PointsKeys.read(tree)
    of = _of_data(keys, reading) if keys.estimate is None else _of_estimate(keys.estimate, reading)
    return PointsRef(
        name, of, keys.by, keys.split, keys.running, _format(keys), _source(of, keys, reading),
        tree.where,
    )  # fmt: skip


def _of(keys: StoryFigureKeys, reading: StoryReader) -> Of:
    """What a figure refers to."""
    if keys.claim is not None:
        return _of_claim(keys.claim, reading)
    if keys.estimate is not None:
        return _of_estimate(keys.estimate, reading)
    return Computed(keys.compute) if keys.compute is not None else _of_data(keys, reading)


def _of_claim(keys: ClaimKeys, reading: StoryReader) -> ClaimRef:
    """{claim: {run: or file:, data:, id: or measure:, line:, by:, domain:, part:}}"""
    given = {**keys.given, "data": tuple(existing(file, reading) for file in keys.data)}
    given["run"] = "" if keys.run is None else keys.run.known(reading.runs, "run")
    given["file"] = None if keys.file is None else existing(keys.file, reading)
    return ClaimRef(**given)


def _of_estimate(keys: EstimateKeys, reading: StoryReader) -> EstimateRef:
    """{estimate: {run:, measure:, line:, by:, domain:, column:}}"""
    return EstimateRef(**{**keys.given, "run": keys.run.known(reading.runs, "run")})


def _of_data(keys: StoryQueryKeys, reading: StoryReader) -> DeclaredQuery:
    """{data:, count|distinct|sum|mean|share|value:, where:, weight:}"""
    place, steps = keys.at("data"), keys.steps
    if len(steps) != 1:
        raise place.fault(
            "a query needs exactly one step",
            expected="one of " + ", ".join(STEPS),
            got=", ".join(steps) or "none",
            remedy="add one, for instance count: rows",
        )
    expression = "" if steps[0] == "count" else getattr(keys, steps[0])
    query = DeclaredQuery(
        place.known(reading.data, "file"), steps[0], expression, keys.where, keys.weight,
        against=keys.against,
    )  # fmt: skip
    if keys.against and (
        steps[0] != "share" or keys.weight or not isinstance(keys, StoryFigureKeys)
    ):
        raise keys.at("against").fault(
            "only two shares without weights are compared with each other here",
            expected="a figure with share, without weight",
            got=steps[0],
            remedy="compare weighted figures in a study",
        )
    part = keys.part if isinstance(keys, StoryFigureKeys) else None
    if part is None or not isinstance(keys, StoryFigureKeys):
        return query
    if steps[0] != "share" or keys.weight:
        raise keys.at("part").fault(
            "only a share without weights has an interval here",
            expected="share, without weight",
            got=steps[0],
            remedy="take intervals of weighted figures from a run: {estimate: ...}",
        )
    return replace(query, part=part, level=keys.level)


def _format(keys: StoryQueryKeys) -> Format:
    """The declared format, or a plain number."""
    if keys.format is None:
        return Format("number", 0)
    return read_format(keys.format.text(), keys.format.where)


def _source(of: Of, keys: StoryQueryKeys, reading: StoryReader) -> str:
    """The source that is shown: the declared one, or that of the file or run."""
    if keys.source is not None:
        return str(keys.source.known(reading.sources, "source"))
    if isinstance(of, DeclaredQuery):
        return reading.data[of.data].source
    if isinstance(of, EstimateRef | ClaimRef) and of.run:
        return reading.runs[of.run].source
    return ""


def existing(tree: Tree, reading: StoryReader) -> Path:
    """A file beside the story that must be there."""
    path = reading.folder / tree.text()
    if path.is_file():
        return path
    beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
    raise StoryError(
        "there is no such file",
        where=tree.where,
        expected=f"a file, from the folder of {tree.file}",
        got=tree.text(),
        remedy=nearest(path.name, beside) or "check the path",
    )
