"""What every command prints with: one table, one note, one error, JSON."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import click

from exitline.cli.shared.figures import plain
from exitline.cli.shared.speaking import reader
from exitline.errors import ExitlineError
from exitline.foreign import visible_json, visible_sentence
from exitline.words.catalogue import Language
from exitline.words.said import Told, collected

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 80
_KEPT = {"\u00a0": "\U0010f8a0", "\u202f": "\U0010f82f", " ": "\U0010f820"}
"""Spaces at which no line breaks, and what stands for them while rich breaks lines (at any)."""
_PERCENT = re.compile(r"(?<=\d) (?=%)")
"""The space of a percentage, at which no line breaks either."""
_AS_SIGNS = str.maketrans({space: sign for space, sign in _KEPT.items() if space != " "})
WIDE = 120
"""From so many columns on, tables say more."""


def console(*, stderr: bool = False) -> Console:
    """A rich console: coloured only on a terminal without NO_COLOR, 80 columns elsewhere."""
    from rich.console import Console

    class Printing(Console):
        """A console whose reader may leave: for `guard` to see, not for rich to end on."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else WIDTH
    return Printing(
        file=cast("Any", _Spaced(stream)), width=width, highlight=False, soft_wrap=False
    )


class _Spaced:
    """A stream that gets the spaces within figures back, when lines are broken."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        for space, sign in _KEPT.items():
            text = text.replace(sign, space)
        return int(self._stream.write(text) or 0)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def wide() -> bool:
    """Whether the reader's screen holds 120 columns."""
    return console().width >= WIDE


def table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    right: Sequence[int] = (),
    caption: str = "",
    t: Language | None = None,
) -> None:
    """Print one table, in the reader's language.

    Literals that are handed to `table`, `note` and `working` are messages of the catalogues
    (`exitline.words.collecting`); what is put together is said with `say`.

    Parameters
    ----------
    title : str
        The finding or the question, as a sentence.
    columns : sequence of str
        Headings, with units.
    rows : iterable of sequences
        Cells; None is shown as a dash. Those that are said or told are said in the language;
        others are somebody's data and stay.
    right : sequence of int
        Positions of columns that are aligned to the right (numbers).
    caption : str
        Line, standard, year, source.
    t : Language, optional
        Where everything handed over is in it already.
    """
    from rich import box
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    if t is None:
        t = reader()
        title, caption = t.of(title), t.of(caption)
        columns = [_heading(name, t) for name in columns]
        rows = [[_said(cell, t, number=i in right) for i, cell in enumerate(row)] for row in rows]
    shown = Table(
        title=Text(_shown(title), style="bold") if title else None, title_justify="left",
        box=box.SIMPLE_HEAD,
        caption=Text(_shown(caption), style="dim") if caption else None, caption_justify="left",
        pad_edge=False, show_edge=False, padding=(0, 1, 0, 0),
    )  # fmt: skip
    cells = [["-" if cell is None else _shown(str(cell)) for cell in row] for row in rows]
    output = console()
    headings = [_shown(name) for name in columns]
    right = [i for i in right if i < len(headings)]
    least = _least([headings, *cells], right, output.width)
    whole = [max(cell_len(row[i]) for row in [headings, *cells]) for i in right]
    texts = [size for i, size in enumerate(least) if i not in right]
    tight = sum(whole) + sum(texts) + len(columns) > output.width
    for i, name in enumerate(headings):
        number = i in right
        shown.add_column(
            Text(name), justify="right" if number else "left", overflow="fold",
            no_wrap=number and not tight, min_width=least[i] if tight or not number else None,
        )  # fmt: skip
    for row in cells:
        shown.add_row(*(Text(cell) for cell in row))
    output.print(shown)


def _heading(name: str, t: Language) -> str:
    """A heading in the reader's language; one that is a column's name in our results, as words."""
    spaced = name.replace("_", " ")
    return t.of(spaced if not t.knows(name) and t.knows(spaced) else name)


def _said(cell: Any, t: Language, *, number: bool) -> Any:
    """A cell in the reader's language."""
    if not isinstance(cell, str):
        return cell
    if not number or type(cell) is not str:
        return t.shown(cell)
    told = t.of(cell)  # "full count" among figures
    return plain(t.figure(cell) if told == cell else told)


def _least(rows: list[list[str]], right: Sequence[int], room: int) -> list[int]:
    """How wide each column must be: no number is cut, and no word where there is room."""
    from rich.cells import cell_len

    longest = [
        max((cell_len(word) for row in rows for word in row[i].split()), default=1)
        for i in range(len(rows[0]))
    ]
    whole = [max(cell_len(row[i]) for row in rows) for i in right]
    words = sum(size for i, size in enumerate(longest) if i not in right)
    if sum(whole) + words + len(longest) <= room:
        return longest
    return [size if i in right else min(size, 10) for i, size in enumerate(longest)]


def _shown(text: str) -> str:
    """Text for a terminal, on as many lines as it has; a figure stays on one of them."""
    shown = _PERCENT.sub(_KEPT[" "], visible_sentence(text))
    return shown.translate(_AS_SIGNS)


def note(text: str) -> None:
    """Print a sentence in the reader's language, wrapped."""
    from rich.text import Text

    console().print(Text(_shown(reader().of(text))))


def paragraph(text: str, indent: str = "") -> None:
    """Print what is said already, wrapped; further lines are indented."""
    from rich.text import Text

    output = console()
    for i, line in enumerate(Text(_shown(text)).wrap(output, min(output.width, 78) - len(indent))):
        line.rstrip()
        output.print(Text(indent if i else "") + line)


def notes(texts: Iterable[str]) -> None:
    """Print what is to be known of a result, a line each."""
    t = reader()
    for text in texts:
        note(t("note: {text}", text=t.of(text)))


def points(texts: Iterable[str]) -> None:
    """Print texts, each with a dash before it, and further lines of one below its first."""
    from rich.text import Text

    t, output = reader(), console()
    for text in texts:
        for i, line in enumerate(Text(_shown(t.error(text))).wrap(output, output.width - 2)):
            line.rstrip()
            output.print(Text("  " if i else "- ") + line)


def sure(level: float) -> str:
    """The heading of intervals.

    Examples
    --------
    >>> sure(0.95)
    '95 % interval'
    """
    t = reader()
    return plain(t("{sure} interval", sure=t.figure(f"{100 * level:g} %")))


def told(text: str) -> Told:
    """A word of ours in a cell, such as an outcome: said in the reader's language.

    Examples
    --------
    >>> told("not met")
    'not met'
    """
    return Told(text)


def as_json(value: Any) -> None:
    """Print a value as JSON; NaN and infinities become null."""
    text = json.dumps(_plain(value), indent=2, ensure_ascii=False, default=str)
    click.echo(visible_json(text))


def _plain(value: Any) -> Any:
    """The value with everything JSON cannot say made null."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if hasattr(value, "item") and not isinstance(value, str | bytes):
        return _plain(value.item())
    return value


_PARTS = {
    "where": collected("where"), "expected": collected("expected"), "got": collected("got"),
    "remedy": collected("remedy"),
}  # fmt: skip


def error(reason: ExitlineError, t: Language | None = None) -> None:
    """Print an error's parts to standard error, the remedy last; and those that came with it."""
    from rich.cells import cell_len
    from rich.text import Text

    t = reader() if t is None else t
    shown, colon = console(stderr=True), t.signs[": "]
    what = Text(_shown(t.error(reason.what)), style="bold")
    shown.print(Text(t("error") + colon, style="bold red") + what)
    for name, text in reason.parts().items():
        if name != "what":
            label = f"  {t(_PARTS[name])}{colon.rstrip()}"
            room = " " * max(12 - cell_len(label), 1)
            shown.print(Text(label + room, style="dim") + Text(_shown(t.error(text))))
    for other in reason.others:
        error(other, t)


@contextmanager
def steps(t: Language | None = None) -> Iterator[Callable[[str], None]]:
    """A function that says what is being done; on a terminal with the time it has taken.

    Parameters
    ----------
    t : Language, optional
        Of who reads it, where the command does not say.

    Yields
    ------
    callable
        Takes the few words that name the step that begins.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    t = reader() if t is None else t
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as progress:
        task = progress.add_task(t("starting"))
        yield lambda text: progress.update(task, description=t.of(text))


@contextmanager
def working(text: str, t: Language | None = None) -> Iterator[None]:
    """One step, said on a terminal while it lasts."""
    with steps(t) as say:
        say(text)
        yield
