"""Makes first-steps.ipynb: runs each cell and keeps what it shows.

Run from the project's root: python examples/notebook/make.py
"""

from __future__ import annotations

import ast
import io
import json
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
NOTEBOOK = HERE / "first-steps.ipynb"


def cells(text: str) -> list[tuple[str, str]]:
    """Kind and text of each cell of first-steps.md: prose, and code between fences."""
    found = []
    for i, part in enumerate(text.split("```")):
        body = part.removeprefix("python\n").strip("\n") if i % 2 else part.strip()
        if body:
            found.append(("code" if i % 2 else "markdown", body))
    return found


def shown(code: str, names: dict[str, Any]) -> list[dict[str, Any]]:
    """What a notebook shows of a cell: the value of its last line."""
    tree = ast.parse(code)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    printed, value = io.StringIO(), None
    with redirect_stdout(printed):
        exec(compile(tree, "cell", "exec"), names)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    if printed.getvalue():
        return [{"name": "stdout", "output_type": "stream", "text": lines(printed.getvalue())}]
    if value is None:
        return []
    data: dict[str, Any] = {"text/plain": lines(repr(value))}
    if hasattr(value, "_repr_html_"):
        data["text/html"] = lines(value._repr_html_())
    if hasattr(value, "chart"):
        data = {"image/svg+xml": lines(picture(value)), "text/plain": ["a drawing"]}
    return [
        {"data": data, "metadata": {}, "output_type": "execute_result", "execution_count": None}
    ]


def picture(drawn: Any) -> str:
    """A drawing as SVG."""
    import vl_convert

    found: str = vl_convert.vegalite_to_svg(drawn.to_dict())
    return found


def lines(text: str) -> list[str]:
    """A text as notebooks keep it: one string a line."""
    return text.splitlines(keepends=True)


def notebook() -> dict[str, Any]:
    """The whole notebook, every cell run in order."""
    names: dict[str, Any] = {}
    made = []
    for i, (kind, text) in enumerate(cells((HERE / "first-steps.md").read_text(encoding="utf-8"))):
        cell: dict[str, Any] = {"cell_type": kind, "id": f"cell-{i}", "metadata": {},
                                "source": lines(text)}  # fmt: skip
        if kind == "code":
            cell |= {"execution_count": None, "outputs": shown(text, names)}
        made.append(cell)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


if __name__ == "__main__":
    NOTEBOOK.write_text(
        json.dumps(notebook(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
