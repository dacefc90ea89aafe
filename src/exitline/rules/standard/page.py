"""The documentation page of a shipped standard, written from its rule file.

Regenerate all pages with ``python -m exitline.rules.standard.page docs/standards``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from exitline.files import whole_file
from exitline.rules.standard.cases import Case, cases_path, load_cases
from exitline.rules.standard.describe import describe, unverified
from exitline.rules.standard.loader import load, shipped
from exitline.rules.standard.model import Standard
from exitline.rules.standard.phrases import UNVERIFIED

REGENERATE = "python -m exitline.rules.standard.page docs/standards"


def page(standard: Standard) -> str:
    """A standard as a Markdown page: in words, with its test cases.

    Parameters
    ----------
    standard : Standard

    Examples
    --------
    >>> page(load("albania-2012")).splitlines()[0]
    '# albania-2012'
    """
    return "\n".join(_lines(standard)).rstrip() + "\n"


def write_pages(folder: str | Path) -> tuple[Path, ...]:
    """Write the page of every shipped standard into a folder.

    Parameters
    ----------
    folder : path
        Must exist.

    Returns
    -------
    tuple of Path
        The files written.
    """
    written = []
    for name in shipped():
        path = Path(folder) / f"{name}.md"
        with whole_file(path) as partial:
            partial.write_text(page(load(name)), encoding="utf-8")
        written.append(path)
    return tuple(written)


def _lines(standard: Standard) -> Iterator[str]:
    """The page line by line."""
    yield f"# {standard.name}"
    yield ""
    path = standard.path
    if path is not None:
        file = f"{path.parent.name}/{path.name}"
        yield f"Written from the rule file `{file}` by `{REGENERATE}`: edit that file."
        yield ""
    if unverified(standard):
        yield (
            f"**Figures marked {UNVERIFIED} were not read at their source.** "
            "Check them before you rely on them."
        )
        yield ""
    for section in describe(standard):
        yield f"## {section.title}"
        yield ""
        yield from (f"- {sentence}" for sentence in section.sentences)
        yield ""
    yield from _cases(standard)
    yield f"Content digest: `{standard.digest}`"


def _cases(standard: Standard) -> Iterator[str]:
    """The test cases as a table."""
    path = cases_path(standard)
    if path is None or not path.is_file():
        return
    yield "## Cases that the test suite runs"
    yield ""
    yield "| case | level | result |"
    yield "| --- | --- | --- |"
    for case in load_cases(standard, path):
        yield f"| {case.name} | {case.level} | {_result(case)} |"
    yield ""


def _result(case: Case) -> str:
    """What a case must come to."""
    shown = {True: "yes", False: "no", None: "missing"}
    return ", ".join(
        f"{key}: {shown[value] if value is None or isinstance(value, bool) else _number(value)}"
        for key, value in case.expect.items()
    )


def _number(value: object) -> str:
    """A number without a needless point; anything else as it is."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    for done in write_pages(sys.argv[1] if len(sys.argv) > 1 else "docs/standards"):
        print(done)
