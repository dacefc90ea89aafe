"""exitline story: films whose every figure is recomputed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exitline.cli.shared import show
from exitline.cli.shared.options import as_usage
from exitline.words.said import say, say_plural

if TYPE_CHECKING:
    from exitline.publish.film import Report


@click.group(
    help="""Short films and page series whose every figure is recomputed when they are built.

Examples:

\b
  exitline story build examples/series-out-of-poverty --out films
""",
)
def command() -> None:
    """The group; see its help."""


@command.command(
    help="""Build STORY (a series.yaml or its folder) into films, captions, transcripts,
lists of figures and a page.

Every figure is computed again from its data. One that differs from the story's record
stops the build, naming the scene, the old and the new value.

Examples:

\b
  exitline story build examples/series-out-of-poverty --out films
  exitline story build examples/series-out-of-poverty --out films \\
      --lang en --size 1920x1080 --episode the-line
  exitline story build story/ --preview --out sheets    # seconds, not minutes
  exitline story build story/ --record --preview        # after looking at new figures
""",
)
@click.argument("story", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), default=None,
              help="Folder of the results (default: out/ beside the story).")  # fmt: skip
@click.option("--lang", "languages", multiple=True, metavar="CODE",
              help="Only this language; may be given again.")  # fmt: skip
@click.option("--episode", "episodes", multiple=True, metavar="NAME",
              help="Only this episode; may be given again.")  # fmt: skip
@click.option("--size", "sizes", multiple=True, metavar="WxH",
              help="Only this size (default: 1920x1080 and 1080x1920).")  # fmt: skip
@click.option("--preview", is_flag=True, help="Contact sheets only, in seconds.")
@click.option("--watch", "watching", is_flag=True, help="Build again whenever a file changes.")
@click.option("--record", is_flag=True, help="Record the figures as they are now.")
@click.option("--burn-captions", is_flag=True, help="Draw captions into the picture.")
@click.option("--reduced-motion", is_flag=True, help="The version in which nothing moves.")
@click.option("--narration", is_flag=True, help="Let a local speech engine read the captions.")
@click.option("--sound", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              default=None, help="A sound track for the films.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
def build(story: Path, out: Path | None, watching: bool, as_json: bool, **asked: Any) -> None:
    """Build a series once, or again and again."""
    from exitline.api.filming import story as build_story
    from exitline.api.filming import watch_story

    def once() -> None:
        with as_usage(), show.working("building"):
            report = build_story(story, out, **asked)
        _print(report, as_json)

    if not watching:
        once()
        return
    show.note(say("watching {file}; stop with Ctrl-C", file=str(story)))
    watch_story(story, once, complain=show.error)


def _print(report: Report, as_json: bool) -> None:
    """What was made."""
    if as_json:
        show.as_json(
            {
                "series": report.story.name,
                "made": [vars(made) for made in report.made],
                "pages": report.pages,
                "recorded": [vars(change) for change in report.recorded],
            }
        )
        return
    rows = [(m.episode, m.language, f"{m.seconds:g}", str(m.frames), m.path.name)
            for m in report.made]  # fmt: skip
    columns = (say("Episode"), say("Language"), say("Seconds"), say("Frames"), say("File"))
    title = say("{name}: {n} made", name=report.story.name, n=len(rows))
    show.table(title, columns, rows, right=(2, 3))
    for change in report.recorded:
        if change.old:
            show.note(
                ": ".join((f"{change.episode}, {change.figure}", f"{change.old} -> {change.new}"))
            )
    if report.recorded:
        many = len(report.recorded)
        show.note(
            say_plural(
                "{n} figure recorded in {file}",
                "{n} figures recorded in {file}",
                many,
                file=report.story.lock.name,
            )
        )
    for page in report.pages:
        show.note(say("page: {file}", file=str(page)))
