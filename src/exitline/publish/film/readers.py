"""Reading the parts of a story file: texts, references to figures, files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from exitline.errors import nearest
from exitline.publish.film.bound.formats import Format, read_format
from exitline.publish.film.bound.references import (
    ESTIMATE_COLUMNS,
    STEPS,
    ClaimPart,
    ClaimRef,
    Computed,
    DataRef,
    DeclaredQuery,
    EstimateColumn,
    EstimateRef,
    FigureRef,
    Of,
    PointsRef,
    Running,
    RunRef,
)
from exitline.publish.film.errors import StoryError
from exitline.publish.film.model import SourceNote, StoryText
from exitline.publish.film.template import Piece, read_template
from exitline.rules.yamlfile.tree import Tree

FIGURE_KEYS = ("claim", "estimate", "data", "compute", "format", "source", "where", "weight",
               "part", "level", *STEPS)  # fmt: skip
POINTS_KEYS = ("estimate", "data", "by", "split", "running", "format", "source", "where", "weight",
               *STEPS)  # fmt: skip


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
                remedy="add it to 'languages', or put the text in quotes if it holds a comma",
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
    keys = tree.fields(FIGURE_KEYS)
    kinds = [kind for kind in ("claim", "estimate", "data", "compute") if kind in keys]
    if len(kinds) != 1:
        raise tree.fault(
            "a figure needs exactly one reference",
            expected="one of claim, estimate, data, compute",
            got=", ".join(kinds) or "none",
            remedy="say where the figure comes from",
        )
    of = _OF[kinds[0]](keys, reading)
    return FigureRef(name, of, _format(keys), _source(of, keys, reading), tree.where)


def points_reference(tree: Tree, name: str, reading: StoryReader) -> PointsRef:
    """A declared row of figures."""
    keys = tree.fields(POINTS_KEYS)
    if ("estimate" in keys) == ("data" in keys):
        raise tree.fault(
            "a row of figures needs exactly one reference",
            expected="one of estimate, data",
            got="both" if "data" in keys else "none",
            remedy="say where the figures come from",
        )
    of = _of_estimate(keys, reading) if "estimate" in keys else _of_data(keys, reading)
    by = tuple(member.text() for member in keys["by"].one_or_many()) if "by" in keys else ()
    if isinstance(of, DeclaredQuery) and not 1 <= len(by) <= 2:
        raise tree.fault(
            "a row of figures needs the columns that make its groups",
            expected="by: year, or by: [province, year]",
            got=", ".join(by) or "none",
            remedy="add 'by'",
        )
    running = keys["running"].choice(("total", "remaining")) if "running" in keys else ""
    return PointsRef(
        name, of, by, keys["split"].text() if "split" in keys else "", cast(Running, running),
        _format(keys), _source(of, keys, reading), tree.where,
    )  # fmt: skip


def _of_claim(keys: Mapping[str, Tree], reading: StoryReader) -> Of:
    """{claim: {run: or file:, data:, id: or measure:, line:, by:, domain:, part:}}"""
    words = ("measure", "line", "by", "domain")
    below = keys["claim"].fields(("run", "file", "data", "id", "part", *words))
    if ("run" in below) == ("file" in below) or ("id" in below) == ("measure" in below):
        raise keys["claim"].fault(
            "a claim is named by where it is and which one it is",
            expected="run or file; and id or measure",
            got=", ".join(below) or "nothing",
            remedy="write {claim: {run: ..., measure: ...}} or {claim: {file: ..., id: ...}}",
        )
    part = below["part"].choice(("value", "low", "high")) if "part" in below else "value"
    data = below["data"].one_or_many() if "data" in below else ()
    return ClaimRef(
        run=below["run"].known(reading.runs, "run") if "run" in below else "",
        file=existing(below["file"], reading) if "file" in below else None,
        data=tuple(existing(file, reading) for file in data),
        claim_id=below["id"].text() if "id" in below else "",
        part=cast(ClaimPart, part),
        **{name: below[name].text() for name in words if name in below},
    )


def _of_estimate(keys: Mapping[str, Tree], reading: StoryReader) -> EstimateRef:
    """{estimate: {run:, measure:, line:, by:, domain:, column:}}"""
    below = keys["estimate"].fields(
        ("run", "measure", "line", "by", "domain", "column"), ("run", "measure")
    )
    column = below["column"].choice(ESTIMATE_COLUMNS) if "column" in below else "estimate"
    words = {k: below[k].text() for k in ("line", "by", "domain") if k in below}
    run = below["run"].known(reading.runs, "run")
    return EstimateRef(run, below["measure"].text(), column=cast(EstimateColumn, column), **words)


def _of_data(keys: Mapping[str, Tree], reading: StoryReader) -> DeclaredQuery:
    """{data:, count|sum|mean|share|value:, where:, weight:}"""
    steps = [step for step in STEPS if step in keys]
    if len(steps) != 1:
        raise keys["data"].fault(
            "a query needs exactly one step",
            expected="one of " + ", ".join(STEPS),
            got=", ".join(steps) or "none",
            remedy="add one, for instance count: rows",
        )
    expression = keys[steps[0]].text()
    if "part" in keys and (steps[0] != "share" or "weight" in keys):
        raise keys["part"].fault(
            "only a share without weights has an interval here",
            expected="share, without weight",
            got=steps[0],
            remedy="take intervals of weighted figures from a run: {estimate: ...}",
        )
    return DeclaredQuery(
        keys["data"].known(reading.data, "file"),
        steps[0],
        "" if steps[0] == "count" else expression,
        keys["where"].text() if "where" in keys else "",
        keys["weight"].text() if "weight" in keys else "",
        cast(ClaimPart, keys["part"].choice(("value", "low", "high")))
        if "part" in keys
        else "value",
        keys["level"].number() if "level" in keys else 0.95,
    )


def _of_computed(keys: Mapping[str, Tree], _: StoryReader) -> Of:
    """{compute: formula over other figures}"""
    return Computed(keys["compute"].text())


_OF: Mapping[str, Callable[[Mapping[str, Tree], StoryReader], Of]] = {
    "claim": _of_claim,
    "estimate": _of_estimate,
    "data": _of_data,
    "compute": _of_computed,
}


def _format(keys: Mapping[str, Tree]) -> Format:
    """The declared format, or a plain number."""
    if "format" not in keys:
        return Format("number", 0)
    return read_format(keys["format"].text(), keys["format"].where)


def _source(of: Of, keys: Mapping[str, Tree], reading: StoryReader) -> str:
    """The source that is shown: the declared one, or that of the file or run."""
    if "source" in keys:
        return keys["source"].known(reading.sources, "source")
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
