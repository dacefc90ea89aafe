"""Whatever the api returns with a table in it shows itself and leaves in the same ways."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exitline as xl
from exitline.words.shown.result import ShownResult

WITHOUT_A_TABLE = {
    # files, folders and pages
    "Path", "Explored", "Notice", "Report", "MapDrawing", "Drawing", "Proposed", "ReleaseReport",
    # what is declared, and data to go on with
    "Study", "Standard", "Procedure", "TargetingRule", "Measure", "RelativeLine", "Source",
    "Adjusted", "Calibrated", "Replicated", "RecordedWorks",
    # one sentence, one event, one digest
    "Claimed", "NewKey", "FrameDigest", "Check", "CheckedLog", "Drawn", "Duty", "Event", "Finding",
    "HouseholdStates", "RecordedEvents", "ScreenFinding", "Standing",
}  # fmt: skip


def _functions():
    """All public functions of the package and of the modules that it names."""
    for name, home in xl._HOME.items():
        found = getattr(xl, name)
        if inspect.isfunction(found):
            yield found
        elif home.endswith(":"):
            for other in vars(found).values():
                if inspect.isfunction(other) and not other.__name__.startswith("_"):
                    yield other


@pytest.fixture(scope="module")
def returned():
    """Every class of ours that a public function says it returns."""
    named = {
        word
        for one in _functions()
        if one.__module__.startswith("exitline")
        for word in re.findall(r"\b[A-Z]\w+", str(one.__annotations__.get("return")))
    }
    root = Path(xl.__file__).parent
    found = {}
    for path in root.rglob("*.py"):
        for name in named & set(re.findall(r"^class (\w+)", path.read_text(), re.MULTILINE)):
            module = ".".join(("exitline", *path.relative_to(root).with_suffix("").parts))
            found[name] = getattr(import_module(module.removesuffix(".__init__")), name)
    return found


def test_every_result_with_a_table_is_shown_by_one_mechanism(returned):
    assert len(returned) > 50
    kept = {name for name in returned if issubclass(returned[name], ShownResult)}
    assert set(returned) - kept - WITHOUT_A_TABLE == set()
    assert not kept & WITHOUT_A_TABLE
    for name in kept:
        assert returned[name].to_pandas is not ShownResult.to_pandas, name


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """One result of each kind that costs little; small cells of the table hold thousands."""
    rng = np.random.default_rng(3)
    homes = pd.DataFrame({"area": rng.choice(list("abcdef"), 900), "w": rng.uniform(400, 900, 900)})
    homes["kind"] = np.where(rng.random(900) < 0.04, "few", "many")
    file = tmp_path_factory.mktemp("made") / "homes.parquet"
    homes.to_parquet(file)
    table = xl.table(file, rows="area", columns="kind", weight="w")
    test = xl.t_test(homes, "w", by="kind")
    return {"table": table, "test": test, "plan": xl.plan(threshold=0.02, rate="wrong")}


@pytest.mark.parametrize("name", ["table", "test", "plan"])
def test_a_result_leaves_in_every_way(made, name, tmp_path):
    one = made[name]
    size = len(one.to_pandas())
    assert one.to_polars().height == one.to_arrow().num_rows == size > 0
    assert repr(one).startswith(f"{type(one).__name__}: ")
    assert "<table" in one._repr_html_()
    assert "|" in one.to_markdown()
    assert r"\toprule" in one.to_latex()
    for ending in ("csv", "xlsx", "dta", "docx", "html", "parquet"):
        assert one.save(tmp_path / f"t.{ending}").stat().st_size > 0
    assert len(pd.read_stata(tmp_path / "t.dta")) == size


def test_a_hidden_cell_is_hidden_in_every_form(made, tmp_path):
    """Its count stands in no text and no file, nor in what the table prints of itself."""
    table = made["table"]
    audit = table.made.audits["households"]
    counts = {f"{v:,.0f}" for v in audit.table.values[audit.hidden] if v > 999}
    assert counts
    for ending in ("docx", "html", "md", "tex"):
        table.save(tmp_path / f"t.{ending}")
    said = [repr(table), repr(table.made), table._repr_html_(), table.to_markdown()]
    said += [(tmp_path / f"t.{ending}").read_text() for ending in ("html", "md", "tex")]
    for text in said:
        assert not counts & set(re.findall(r"[\d,]+", text))
    hidden = table.to_pandas().suppressed
    assert hidden.sum() == audit.hidden.sum()
    assert pd.read_stata(table.save(tmp_path / "t.dta")).households.isna().sum() == hidden.sum()
    assert table.plot().save(tmp_path / "t.svg").exists()
