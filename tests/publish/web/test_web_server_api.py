"""The API answers what the explorer holds, and as it describes itself."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from pathlib import Path
from urllib.parse import quote

import httpx
import jsonschema
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exitline.api import run
from exitline.api.exploring import build
from exitline.publish.explorer.model import Explorer
from exitline.publish.web.figures.handler import application

CHINA = "examples/china-832/explorer.yaml"
COUNTIES = Path("examples/series-out-of-poverty/data/china-832/counties.csv")
PAGE = "<!doctype html><title>a page</title>"


class Client:
    """Asks an application without a network."""

    def __init__(self, shown: Explorer) -> None:
        self.shown = shown
        self.app = application(shown, PAGE)

    def get(self, path: str, method: str = "GET", **headers: str) -> httpx.Response:
        """One request; underscores in names of headers are hyphens."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as to:
                named = {k.replace("_", "-"): v for k, v in headers.items()}
                return await to.request(method, path, headers=named)

        return asyncio.run(ask())

    def rows(self, path: str) -> pd.DataFrame:
        """All rows of a table, page by page."""
        found: list[dict[str, object]] = []
        following: str | None = path
        while following:
            answer = self.get(following)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            found += page["rows"]
            assert page["next"] is None or page["next"] in answer.headers["link"]
            following = page["next"]
        assert len(found) == page["total"]
        return pd.DataFrame(found)


@pytest.fixture(scope="module")
def china() -> Client:
    return Client(build([CHINA]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of the census, which has decisions on three levels."""
    out = tmp_path_factory.mktemp("run") / "out"
    run("examples/imaginary-country/census.yaml", out)
    return out


@pytest.fixture(scope="module")
def census(folder: Path) -> Client:
    return Client(build([folder]))


@pytest.fixture(params=["china", "census"])
def client(request: pytest.FixtureRequest) -> Client:
    """Either of them."""
    found: Client = request.getfixturevalue(request.param)
    return found


def test_counties_by_province_and_year_are_those_of_the_list(china):
    """Counted again from the file with pandas."""
    counties = pd.read_csv(COUNTIES)
    found = china.rows("/api/v1/estimates?series=in_year&level=province_zh&limit=50")
    expected = counties.groupby(["province_zh", "exit_year"]).size()
    there = found[found["value"] > 0].set_index(["area_key", "year"])["value"]
    assert len(there) == len(expected)
    for (province, year), number in expected.items():
        assert there[province, str(year)] == number


def test_counties_of_a_province_are_those_of_the_list(china):
    counties = pd.read_csv(COUNTIES, dtype={"adcode": str})
    of_one = counties[(counties.province_zh == "贵州省") & (counties.exit_year <= 2019)]
    path = "/api/v1/decisions?level=adcode&year=2019&outcome=left&within=" + quote("贵州省")
    assert sorted(china.rows(path)["area_key"]) == sorted(of_one["adcode"])


def test_figures_are_those_of_the_run_as_they_may_be_published(census, folder):
    table = pd.read_parquet(folder / "estimates.parquet")
    found = census.rows("/api/v1/estimates?series=headcount@basic&limit=7")
    theirs = table[table.measure == "headcount"].set_index(["by", "domain"])["estimate"]
    assert len(found) == len(theirs)
    suppressed = found["status"] == "suppressed"
    for row in found[~suppressed].itertuples():
        level = "" if row.level == "all" else row.level
        assert abs(row.value - 100 * theirs[level, row.area_key]) <= 0.05 + 1e-9
        assert row.claim
    assert found.loc[suppressed, ["value", "low", "high", "n", "claim"]].isna().all(axis=None)


def test_decisions_are_those_of_the_run(census, folder):
    table = pd.read_parquet(folder / "decisions.parquet")
    found = census.rows("/api/v1/decisions?level=ea&limit=900")
    theirs = table[table.level == "village"].copy()
    theirs["criterion"] = theirs["criterion"].replace("", "overall")
    both = found.merge(theirs, left_on=["area_key", "criterion"], right_on=["unit", "criterion"],
                       suffixes=("", "_run"), validate="one_to_one")  # fmt: skip
    assert len(both) == len(found) == len(theirs)
    assert (both["outcome"].str.replace("-", " ") == both["outcome_run"]).all()
    shown = ~both["suppressed"]
    assert shown.any()
    assert (both["reason"] == both["reason_run"])[shown].all()
    assert both.loc[~shown, "observed"].isna().all()


def test_outcomes_are_counted_as_in_the_run(census, folder):
    table = pd.read_parquet(folder / "decisions.parquet")
    villages = table[(table.level == "village") & (table.criterion == "")]
    found = census.rows("/api/v1/outcomes?level=ea&criterion=overall").set_index("outcome")
    for outcome, number in villages["outcome"].value_counts().items():
        assert found.loc[outcome.replace(" ", "-"), "areas"] == number


def test_suppressed_figures_are_in_no_answer(census, folder):
    """A run that suppresses more has fewer figures in JSON and CSV, and says how many."""
    strict = Client(build([folder], min_count=100))
    for client in (census, strict):
        hidden = client.rows("/api/v1/estimates?limit=1000").query("status == 'suppressed'")
        assert (hidden["text"] == "").all()
        assert (hidden["interval"] == "").all()
        assert client.get("/api/v1/about").json()["disclosure"]["suppressed"] >= len(hidden)
    more = strict.rows("/api/v1/estimates?limit=1000")
    fewer = census.rows("/api/v1/estimates?limit=1000")
    assert more["value"].notna().sum() < fewer["value"].notna().sum()


def test_every_answer_is_as_described(client):
    described = client.get("/openapi.json").json()
    root = {"$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": described["components"]}  # fmt: skip
    for path, item in described["paths"].items():
        ok = item["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        answer = client.get(path)
        jsonschema.Draft202012Validator({**root, **ok}).validate(answer.json())
        refused = client.get(f"{path}?nothing=1")
        assert refused.status_code == 400
        problem = {"$ref": "#/components/schemas/Problem"}
        jsonschema.Draft202012Validator({**root, **problem}).validate(refused.json())


def test_every_described_choice_is_answered(client):
    for path, item in client.get("/openapi.json").json()["paths"].items():
        for parameter in item["get"]["parameters"]:
            name, schema = parameter["name"], parameter["schema"]
            choices = [*schema.get("enum", []), schema.get("minimum"), schema.get("maximum"),
                       parameter.get("example")]  # fmt: skip
            for value in choices:
                if value is not None:
                    answer = client.get(f"{path}?{name}={quote(str(value))}")
                    assert answer.status_code == 200, answer.text


def test_pages_of_a_table_are_the_whole_table(china):
    whole = china.rows("/api/v1/estimates?limit=1000&year=2020")
    parts = china.rows("/api/v1/estimates?limit=37&year=2020")
    pd.testing.assert_frame_equal(whole, parts)
    assert china.get("/api/v1/estimates?year=2020&offset=99999").json()["rows"] == []


def test_csv_is_the_same_table(client):
    for name in ("levels", "areas", "series", "estimates", "decisions", "outcomes"):
        answer = client.get(f"/api/v1/{name}", accept="text/csv")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert f"{name}.csv" in answer.headers["content-disposition"]
        rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
        assert rows == list(csv.DictReader(io.StringIO(
            client.get(f"/api/v1/{name}?format=csv").text, newline="")))  # fmt: skip
        table = client.rows(f"/api/v1/{name}?limit=1000")
        assert list(rows[0]) == list(table.columns)
        assert len(rows) == len(table)
        first = table.iloc[0]
        for column in ("key", "id", "area", "text", "reason", "outcome"):
            if column in table and first[column] is not None:
                assert rows[0][column] == first[column]


def test_json_is_usual_and_format_decides(china):
    path = "/api/v1/levels"
    assert china.get(path, accept="*/*").headers["content-type"] == "application/json"
    assert china.get(path, accept="image/png").headers["content-type"] == "application/json"
    asked = china.get(f"{path}?format=json", accept="text/csv")
    assert asked.headers["content-type"] == "application/json"


def test_the_language_is_the_one_asked_for(china):
    zh = china.get("/api/v1/about?lang=zh")
    assert zh.headers["content-language"] == "zh"
    assert zh.json()["notice"] == "这是决定的记录，不是决定的依据。"
    assert china.get("/api/v1/about", accept_language="zh-CN,en;q=0.5").json() == zh.json()
    assert china.get("/api/v1/about", accept_language="fr").headers["content-language"] == "en"
    both = china.get("/api/v1/about?lang=en", accept_language="zh")
    assert both.headers["content-language"] == "en"
    reason = china.get("/api/v1/decisions?lang=zh&year=2016&outcome=left&limit=1").json()
    assert reason["rows"][0]["reason"] == "2016年公布。"


def test_the_notice_of_a_record_stands_in_every_table(china):
    for name in ("areas", "estimates", "decisions", "outcomes"):
        notice = china.get(f"/api/v1/{name}?limit=1").json()["notice"]
        assert notice == "A record of decisions, not evidence for them."
    assert set(china.rows("/api/v1/outcomes")["outcome"]) == {"left", "listed", "cannot-tell"}


def test_an_area_that_lies_in_another_is_found_at_any_depth(china):
    areas = china.rows("/api/v1/areas?limit=1000").set_index("id")
    inside = set(china.rows("/api/v1/areas?within=" + quote("province_zh:贵州省"))["id"])
    for name, row in areas.iterrows():
        above, parent = [], row["within"]
        while isinstance(parent, str):
            above.append(parent)
            parent = areas.loc[parent, "within"]
        assert (name in inside) == ("province_zh:贵州省" in above)
    found = china.rows("/api/v1/areas?search=GUIZHOU")
    assert list(found["key"]) == ["贵州省"]


@pytest.mark.parametrize(
    ("path", "status", "got", "remedy"),
    [
        ("/api/v1/estimates?yaer=2020", 400, "'yaer'", "did you mean 'year'?"),
        ("/api/v1/estimates?series=lef", 400, "'lef'", "did you mean 'left'?"),
        ("/api/v1/estimates?limit=0", 400, "'0'", "write digits alone"),
        ("/api/v1/estimates?limit=1001", 400, "'1001'", "write digits alone"),
        ("/api/v1/estimates?limit=-1", 400, "'-1'", "write digits alone"),
        ("/api/v1/estimates?limit=%D9%A3", 400, "'٣'", "write digits alone"),
        ("/api/v1/estimates?limit=5&limit=6", 400, "limit again", "ask once for each value"),
        ("/api/v1/estimates?lang=fr", 400, "'fr'", "or leave it out"),
        ("/api/v1/estimates?within=", 400, "''", "or leave it out"),
        ("/api/v1/estimates?within=Guizho", 404, "'Guizho'", "see /api/v1/areas"),
        ("/api/v1/estimates?area=adcode:13012", 404, "'adcode:13012'", "did you mean 'adcode:130"),
        ("/api/v1/estimate", 404, "'/api/v1/estimate'", "did you mean '/api/v1/estimates'"),
        ("/api/v1/", 404, "'/api/v1/'", "did you mean '/api/v1'"),
    ],
)
def test_refusals_say_what_to_do(china, path, status, got, remedy):
    answer = china.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == status
    assert said["what"] == said["detail"]
    assert said["got"] == got
    assert remedy in said["remedy"]
    assert said["where"]
    assert said["expected"]


def test_a_key_that_several_areas_have_is_not_guessed(census):
    """Two areas of different levels are given the same key."""
    from dataclasses import replace

    shown = census.shown
    twice = list(shown.areas)
    other = next(i for i, a in enumerate(twice) if a.level == 1)
    twice[other] = replace(twice[other], key=twice[1].key)
    client = Client(replace(shown, areas=tuple(twice)))
    answer = client.get(f"/api/v1/areas?within={twice[1].key}")
    assert answer.status_code == 400
    both = answer.json()["expected"].split(" or ")
    assert len(both) == 2
    assert all(client.get(f"/api/v1/areas?within={quote(name)}").status_code == 200
               for name in both)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.one_of(st.text(max_size=8), st.sampled_from(
        ["limit", "offset", "format", "lang", "series", "year", "level", "within", "area"])),
        st.text(max_size=30)), max_size=4)
)  # fmt: skip
def test_any_query_is_answered_or_refused_in_five_parts(china, query):
    """Never a fault of ours, whatever is sent."""
    pairs = "&".join(f"{quote(n, errors='replace')}={quote(v, errors='replace')}" for n, v in query)
    answer = china.get(f"/api/v1/estimates?{pairs}")
    assert answer.status_code in (200, 400, 404)
    if answer.status_code != 200:
        assert {"what", "where", "expected", "got", "remedy"} <= set(json.loads(answer.text))
