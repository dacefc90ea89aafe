"""The notebook shows what its cells give today."""

from __future__ import annotations

import importlib.util
import json
import sys

import pytest

pytest.importorskip("altair")
FOLDER = "examples/notebook"


def test_every_cell_of_the_notebook_gives_what_it_shows(monkeypatch):
    spec = importlib.util.spec_from_file_location("make_notebook", f"{FOLDER}/make.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "make_notebook", module)
    spec.loader.exec_module(module)
    kept = json.loads(module.NOTEBOOK.read_text(encoding="utf-8"))
    made = module.notebook()
    assert len([c for c in kept["cells"] if c["cell_type"] == "code"]) == 16
    for old, new in zip(kept["cells"], made["cells"], strict=True):
        assert old["source"] == new["source"], "run examples/notebook/make.py"
        assert texts(old) == texts(new), "run examples/notebook/make.py"


def texts(cell):
    """What a cell shows as text; a drawing's bytes differ between versions of its library."""
    return [o.get("text") or o["data"].get("text/plain") for o in cell.get("outputs", [])]
