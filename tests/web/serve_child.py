"""`exitline serve` in a process of its own; the arguments are the command's."""

from __future__ import annotations

import importlib.util
import sys
import types

from exitline.cli import main


def _page_of_its_own() -> None:
    """A page in a line, as long as there is none."""
    page = types.ModuleType("exitline.web.page")
    page.render = lambda payload: f"<!doctype html><title>{payload['kind']}</title>"  # type: ignore[attr-defined]
    sys.modules["exitline.web.page"] = page


if __name__ == "__main__":
    if importlib.util.find_spec("exitline.web.page") is None:
        _page_of_its_own()
    main(["serve", *sys.argv[1:]])
