"""Maps of a model's figures: marked as a model's, hatched where it cannot speak."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exitline as xl
from exitline.errors import ExitlineError

EXAMPLE = Path("examples/imaginary-country").resolve()
DISTRICTS = pd.read_csv(EXAMPLE / "districts.csv")


@pytest.fixture(scope="module")
def boundaries(tmp_path_factory):
    """A square for each district, in rows of six."""
    features = []
    for i, name in enumerate(DISTRICTS["geo2"]):
        x, y = float(i % 6), float(i // 6)
        ring = [[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]]
        features.append({
            "type": "Feature", "properties": {"name": name},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        })  # fmt: skip
    path = tmp_path_factory.mktemp("shapes") / "squares.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def fitted(**missing):
    data = DISTRICTS.assign(var=0.01)
    data.loc[:1, "toilet"] = float("nan")
    data["direct"] = data["census_headcount"].where(data.index >= 5)
    return xl.small_area.fay_herriot(
        "direct ~ toilet + rooms", data, area="geo2", variance="var", **missing
    )


def test_areas_that_a_model_cannot_speak_for_are_hatched(boundaries):
    found = fitted()
    silent = found.to_pandas()["estimate"].isna()
    assert silent.sum() == 2
    drawn = xl.map(found, boundaries, "name", threshold=0.5)
    figures, widths = drawn.svg.split('<g transform="translate(460,36)">')
    for part in (figures, widths):
        assert part.count('class="h"') == 2
        assert part.count('class="e"') == 2
    assert "hatched: the model cannot speak for it" in drawn.svg
    assert "a model&#x27;s figures" in drawn.svg
    assert "Model, not a measurement" in drawn.svg
    again = xl.map(found.figures, boundaries, "name", threshold=0.5)
    assert again.svg.count('class="h"') == 4
    with pytest.raises(ExitlineError, match="no figures of a model"):
        xl.map(found, boundaries, "name", measure="gini")
    mse = np.where(np.arange(23) == 7, np.nan, found.figures.mse)
    unsure = found.figures.with_estimates(found.figures.estimate, mse)
    assert xl.map(unsure, boundaries, "name").svg.count('class="h"') == 6


def test_the_report_draws_a_studys_models(boundaries, tmp_path):
    text = (EXAMPLE / "small-areas.yaml").read_text()
    text = text.replace("hld_sample", f"{EXAMPLE}/hld_sample").replace(
        "covariates: ", f"covariates: {EXAMPLE}/"
    )
    text = text.replace("areas: [geo1]", "areas:\n  province: geo1\n  district:\n"
                        f"    {{column: geo2, boundaries: {boundaries}, key: name}}\n")  # fmt: skip
    text = text.replace("mse: bootstrap\n    benchmark: ratio", "mse: analytic\n    #")
    path = tmp_path / "study.yaml"
    path.write_text(text)
    done = xl.run(path, tmp_path / "out")
    html = (done.folder / "report.html").read_text(encoding="utf-8")
    models = html[html.index('<section id="models"') :]
    models = models[: models.index("</section>")]
    assert models.count('<svg class="map"') == 2
    assert "figure by area, not a measurement" in models
