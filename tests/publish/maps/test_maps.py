"""Maps say what the figures say, on boundaries as users bring them, good and bad."""

from __future__ import annotations

import importlib.util
import json
import math
import shutil
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import exitline as xl
from exitline.cli import exitline
from exitline.errors import ExitlineError

shapely = pytest.importorskip("shapely")
from exitline.publish.maps.boundaries import read_boundaries  # noqa: E402
from exitline.publish.maps.classes import classes  # noqa: E402
from exitline.publish.maps.errors import MapError  # noqa: E402
from exitline.publish.maps.joined import joined  # noqa: E402
from exitline.publish.maps.projection import equal_area, projected, simplified  # noqa: E402
from exitline.words.catalogue import language  # noqa: E402

ALBANIA = "examples/albania-2012/prefectures.geojson"
DESIGN = xl.Design(weight="weight", psu="psu", strata="strat")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def rates():
    return xl.estimate(
        "examples/albania-2012/lival.parquet", "headcount", welfare="rcons", line=4891,
        design=DESIGN, by="prefectu",
    )  # fmt: skip


def square(name, x=0.0, y=0.0, size=1.0, **more):
    ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    return {"type": "Feature", "properties": {"name": name, **more},
            "geometry": {"type": "Polygon", "coordinates": [ring]}}  # fmt: skip


def written(folder, features, **more):
    path = folder / "areas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **more}))
    return path


def test_every_area_is_drawn_with_its_figure_and_its_name(rates):
    drawn = xl.map(rates, ALBANIA, "shapeName", source="geoBoundaries")
    root = ElementTree.fromstring(drawn.svg)
    titles = [node.text for node in root.iter(f"{SVG}title")]
    wanted = {f"{row[0]}: {row[1]} ({row[3]})" for row in rates.readable().rows if row[0] != "all"}
    assert set(titles) == wanted
    assert len(titles) == 24  # the figures, and how sure they are
    texts = {node.text or "" for node in root.iter(f"{SVG}text")}
    assert {"Kukes", "Vlore"} <= texts
    assert any("geoBoundaries" in text for text in texts)
    assert drawn.notes == ()


def test_areas_are_hatched_whose_interval_holds_the_threshold(rates):
    drawn = xl.map(rates, ALBANIA, "shapeName", threshold=0.10, paired=False)
    wanted = sum(e.ci_low <= 0.10 <= e.ci_high for e in rates if e.by)
    assert 0 < wanted < 12
    assert drawn.svg.count('class="h"') == wanted
    assert ">10.0<" in drawn.svg  # an edge of the classes
    both = xl.map(rates, ALBANIA, "shapeName", paired=False)
    assert both.svg.count('class="h"') == 11  # Kukes alone stands apart, as in the report
    none = xl.map(rates, ALBANIA, "shapeName", threshold=0.99, paired=False)
    assert none.svg.count('class="h"') == 0


STUDY = """
study: Prefectures
data: {households: lival.parquet}
columns: {welfare: rcons}
design: {weight: weight, strata: strat, psu: psu}
areas:
  town or country: {column: urban}
  prefecture: {column: prefectu, boundaries: prefectures.geojson, key: shapeName, source: "<geo>"}
lines: [4891]
measures: [headcount]
"""


@pytest.fixture
def folder(tmp_path):
    for name in ("lival.parquet", "prefectures.geojson"):
        shutil.copy(f"examples/albania-2012/{name}", tmp_path / name)
    return tmp_path


def test_a_studys_report_has_the_map_and_the_same_areas_stand_apart(folder):
    (folder / "study.yaml").write_text(STUDY)
    found = xl.run(folder / "study.yaml", folder / "out")
    page = (folder / "out" / "report.html").read_text()
    assert page.count('<svg class="map"') == 2
    assert "Boundaries: &lt;geo&gt;" in page
    assert "Areas: prefecture" in page
    assert "Areas: town or country" in page
    block = next(b for b in found.estimates.blocks if b.by == "prefectu")
    from exitline.publish.content.standing import standing

    of = standing(found.estimates, block)
    hatched = page.count('<path class="h"')
    assert hatched == 12 - of.above.n - of.below.n
    titles = [
        e.domain for e in found.estimates if e.by == "prefectu" and f"<title>{e.domain}:" in page
    ]
    assert len(titles) == 12
    french = xl.run(folder / "study.yaml", folder / "fr", language="fr")
    assert "Projection équivalente" in (folder / "fr" / "report.html").read_text()
    assert french.to_pandas().equals(found.to_pandas())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("key: shapeName", "key: shapename"), "did you mean 'shapeName'"),
        (("prefectures.geojson, key", "nothing.geojson, key"), "the boundaries cannot be read"),
        ((", key: shapeName", ""), "'key' is missing"),
        (("column: prefectu", "columm: prefectu"), "did you mean 'column'"),
        (("key: shapeName", "key: shapeISO"), "no area has a shape"),
    ],
)
def test_check_and_run_refuse_boundaries_alike(change, said, folder):
    (folder / "study.yaml").write_text(STUDY.replace(*change))
    with pytest.raises(ExitlineError) as refused:
        xl.run(folder / "study.yaml")
    assert said in str(refused.value)
    assert not (folder / "out").exists()
    checked = CliRunner().invoke(exitline, ["check", str(folder / "study.yaml")])
    assert checked.exit_code == 1
    assert said in " ".join(checked.output.split()) + str(checked.exception)


def test_a_run_without_the_extra_has_no_map_and_says_so(folder, monkeypatch):
    """The first example runs as it is installed first: without extras."""
    (folder / "study.yaml").write_text(STUDY)
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec",
        lambda name, *more: None if name == "shapely" else find(name, *more),
    )  # fmt: skip
    ran = CliRunner().invoke(exitline, ["run", str(folder / "study.yaml")])
    assert ran.exit_code == 0, ran.output
    page = (folder / "out" / "report.html").read_text(encoding="utf-8")
    assert "The map is not drawn: the extra &#39;maps&#39; is not installed." in page
    assert "Equal-area projection" not in page


def test_a_suppressed_figure_is_no_colour_and_no_number():
    homes = pd.DataFrame({"y": [1.0, 3.0] * 20, "r": list("ab") * 20})
    counted = xl.estimate(homes, "mean", welfare="y", by="r")
    hidden = counted.blocks[1].at(0, 0.95)
    assert hidden.domain == "a"
    figures = [("a", math.nan, "suppressed: few households"), ("b", 0.3, "")]
    from exitline.publish.maps.draw import map_of
    from exitline.publish.maps.model import MapFigure, MapText

    drawn = map_of(
        [MapFigure(n, n, v, v - 0.1, v + 0.1, 0.05, why) for n, v, why in figures],
        [(n, shapely.box(i, 0, i + 1, 1)) for i, (n, _, _) in enumerate(figures)],
        "share", MapText("t"),
    )  # fmt: skip
    assert "a: suppressed" in drawn.svg
    assert 'class="e"' in drawn.svg


def test_names_of_strangers_are_text(tmp_path):
    homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0], "r": ["<b>x", "<b>x", "y & z", "y & z"]})
    found = xl.estimate(homes, "mean", welfare="y", by="r")
    path = written(tmp_path, [square("<b>x"), square("y & z", 1.0)])
    drawn = xl.map(found, path, "name", source="<script>")
    assert ElementTree.fromstring(drawn.svg) is not None
    assert "<b>x" not in drawn.svg
    assert "<script>" not in drawn.svg


def test_what_does_not_match_is_said_with_the_nearest_name(tmp_path):
    homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0], "r": ["Tirana", "Tirana", "DIBER", "DIBER"]})
    found = xl.estimate(homes, "mean", welfare="y", by="r")
    path = written(tmp_path, [square("Tiranë"), square("Dibër", 1.0), square("Elsewhere", 2.0)])
    notes = " ".join(xl.map(found, path, "name").notes)
    assert "'Tirana' has no shape: did you mean 'Tiranë'?" in notes
    assert "2 shapes without a figure" in notes
    assert "DIBER" not in notes
    named = xl.map(found, path, "name", names={"Tirana": "Tiranë"})
    assert named.notes == ("1 shape without a figure: Elsewhere",)
    with pytest.raises(MapError, match="no area has a shape"):
        joined(["Rome"], ["Paris", "Oslo"])


def shapes(*features, **more):
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more})


def shape(kind, coordinates, **properties):
    geometry = None if kind is None else {"type": kind, "coordinates": coordinates}
    return {"properties": properties or {"name": "a"}, "geometry": geometry}


UTM = {"properties": {"name": "urn:ogc:def:crs:EPSG::32634"}}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "cannot be read"),
        ('{"type": "Point", "coordinates": [1, 2]}', "cannot be read"),
        (shapes(), "no file of boundaries"),
        (shapes(square("a", 500_000, 4_000_000, 1e4)), "another projection"),
        (shapes(square("a"), crs=UTM), "another projection"),
        (shapes(shape("Point", [1, 2])), "'a' is no area"),
        (shapes(shape("Polygon", [[[1, 2], [1, 2]]])), "the rings of 'a' are broken"),
        (shapes(shape(None, None)), "'a' has no shape in the file"),
        (shapes(shape("Polygon", [[[0, 0], [1, 0], [0, 0], [0, 0]]])), "'a' enclose no area"),
        (shapes(shape("Polygon", [[[0, 0], [1, 0], [math.nan, 1], [0, 0]]])), "no number"),
        (shapes(square("a"), {"properties": None, "geometry": None}), "shape 2 has no name"),
        (shapes(square("a", 41.0, 120.0)), "wrong way round"),
        (shapes(square("a", 0.0, 0.0, 1e300)), "another projection"),
        (shapes(square("  ")), "shape 1 has no name"),
        (shapes(shape("Polygon", [], nam=1)), "did you mean 'nam'"),
        ("[" * 100_000, "cannot be read"),
    ],
)
def test_boundaries_that_cannot_be_used_are_refused_with_their_reason(content, said, tmp_path):
    path = tmp_path / "areas.geojson"
    path.write_text(content)
    with pytest.raises(ExitlineError) as refused:
        read_boundaries(path, "name")
    assert said in str(refused.value)


def test_a_name_may_be_a_number_zero_too(tmp_path):
    path = tmp_path / "areas.geojson"
    path.write_text(shapes(*(square(i, float(i)) for i in range(3))))
    assert list(read_boundaries(path, "name").shapes) == ["0", "1", "2"]


def test_a_ring_that_crosses_itself_is_mended_and_said(tmp_path):
    bow = square("a")
    bow["geometry"]["coordinates"] = [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]
    found = read_boundaries(written(tmp_path, [bow]), "name")
    assert found.mended == ("a",)
    assert joined(["a"], found).notes == ("Rings that cross themselves were corrected: a",)
    assert "corrigés" in language("fr").of(joined(["a"], found).notes[0])
    assert found.shapes["a"].is_valid


def test_topojson_is_the_same_as_geojson(tmp_path):
    topology = {
        "type": "Topology", "transform": {"scale": [0.5, 0.5], "translate": [10, 40]},
        "arcs": [[[2, 0], [0, 2]], [[2, 2], [-2, 0], [0, -2], [2, 0]],
                 [[2, 0], [2, 0], [0, 2], [-2, 0]]],
        "objects": {"areas": {"type": "GeometryCollection", "geometries": [
            {"type": "Polygon", "arcs": [[0, 1]], "properties": {"name": "west"}},
            {"type": "Polygon", "arcs": [[2, -1]], "properties": {"name": "east"}},
        ]}},
    }  # fmt: skip
    path = tmp_path / "areas.topojson"
    path.write_text(json.dumps(topology))
    found = read_boundaries(path, "name").shapes
    assert found["west"].equals(shapely.box(10, 40, 11, 41))
    assert found["east"].equals(shapely.box(11, 40, 12, 41))


def test_geopackage_and_shapefile_are_read(tmp_path):
    pyogrio = pytest.importorskip("pyogrio")
    names, shapes = np.array(["a", "b"]), [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]
    for ending, driver in ((".gpkg", "GPKG"), (".shp", "ESRI Shapefile")):
        path = tmp_path / f"areas{ending}"
        pyogrio.raw.write(
            str(path), shapely.to_wkb(shapes), [names], ["name"], geometry_type="Polygon",
            crs="EPSG:4326", driver=driver,
        )  # fmt: skip
        assert set(read_boundaries(path, "name").shapes) == {"a", "b"}
    other = tmp_path / "utm.gpkg"
    pyogrio.raw.write(str(other), shapely.to_wkb(shapes), [names], ["name"],
                      geometry_type="Polygon", crs="EPSG:32634", driver="GPKG")  # fmt: skip
    with pytest.raises(MapError, match="another projection"):
        read_boundaries(other, "name")


def test_the_projection_keeps_areas():
    here = read_boundaries(ALBANIA, "shapeName").shapes
    plane = projected(list(here.values()))
    # geoBoundaries' own areas (SOURCE.txt of the example): 28,598 km2 in all
    assert sum(shape.area for shape in plane) == pytest.approx(28_598, rel=0.005)
    cell = np.array([[20, 60], [21, 60], [21, 61], [20, 61]], dtype=float)
    fine = shapely.segmentize(shapely.Polygon(cell), 0.01)
    east = shapely.transform(fine, lambda p: equal_area(p, (0.0, 40.0)))
    sphere = 6371.0088**2 * np.radians(1) * (np.sin(np.radians(61)) - np.sin(np.radians(60)))
    assert east.area == pytest.approx(sphere, rel=1e-4)


def test_neighbours_keep_their_border_when_simplified():
    shapes = projected(list(read_boundaries(ALBANIA, "shapeName").shapes.values()))
    less = simplified(shapes, 3.0)
    count = sum(shapely.get_num_coordinates(shape) for shape in less)
    assert count < 0.6 * sum(shapely.get_num_coordinates(shape) for shape in shapes)
    whole = shapely.union_all(less)
    assert whole.area == pytest.approx(sum(shape.area for shape in less), rel=1e-9)


def test_across_the_date_line_is_one_piece(tmp_path):
    path = written(tmp_path, [square("west", 178.0), square("east", -179.0)])
    plane = projected(list(read_boundaries(path, "name").shapes.values()))
    west, east = (shape.centroid.x for shape in plane)
    assert 0 < east - west < 500


@pytest.mark.parametrize("pivot", [None, 0.05, 0.333])
@pytest.mark.parametrize("values", [[0.02, 0.31], [0.2], [0.0, 0.0], [1e6, 3e6], [-0.5, 0.5]])
def test_classes_hold_every_figure_and_the_threshold(values, pivot):
    cut = classes(values, pivot)
    assert 1 <= cut.count <= 5
    assert cut.edges[0] <= min(values)
    assert cut.edges[-1] >= max(values)
    assert pivot is None or pivot in cut.edges
    assert all(0 <= cut.of(value) < cut.count for value in values)
    assert cut.edges == tuple(sorted(set(cut.edges)))
    assert cut.edges[0] >= 0 or min(values) < 0


def test_three_thousand_shapes_are_one_page_of_moderate_size(tmp_path):
    side = 55
    path = written(tmp_path, [
        square(f"v{i}", (i % side) * 0.01, (i // side) * 0.01, 0.01) for i in range(3000)
    ])  # fmt: skip
    rows = pd.DataFrame({"y": np.arange(6000.0), "r": [f"v{i}" for i in range(3000)] * 2})
    found = xl.estimate(rows, "mean", welfare="y", by="r")
    drawn = xl.map(found, path, "name", paired=False)
    assert len(drawn.svg) < 1_000_000
    assert drawn.svg.count('class="l"') < 100  # names that fit


def test_right_to_left_names_and_png(tmp_path):
    pytest.importorskip("vl_convert")
    homes = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0], "r": ["طرابلس", "طرابلس", "云南", "云南"]})
    found = xl.estimate(homes, "mean", welfare="y", by="r")
    path = written(tmp_path, [square("طرابلس"), square("云南", 1.0)])
    drawn = xl.map(found, path, "name")
    assert drawn.save(tmp_path / "m.png").read_bytes()[1:4] == b"PNG"
    assert drawn.save(tmp_path / "m.svg").read_text().count("طرابلس") >= 2
    with pytest.raises(ExitlineError, match="write a map"):
        drawn.save(tmp_path / "m.pdf")
