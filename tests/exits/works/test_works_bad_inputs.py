"""Every input that a works command must refuse, or leave out and count: the issue's list in one."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import exitline as xl
from exitline.cli import exitline
from exitline.errors import ExitlineError

GIVEN = {"unit": "village", "time": "year", "first": "first"}


def panel(first, holes=()):
    """Villages and four years, with what is missing taken out."""
    rows = [(v, y, f, 1.0 * v + y - (f > 0) * (y >= f)) for v, f in enumerate(first) for y in
            range(2001, 2005) if (v, y) not in holes]  # fmt: skip
    return pd.DataFrame(rows, columns=["village", "year", "first", "poor"])


def effect(table, **more):
    return xl.effect.difference_in_differences(table, "poor", **GIVEN, **more)


def homes(**columns):
    return pd.DataFrame({"latitude": [0.0, 0.0], "longitude": [0.0, 1.0], "people": [5, 4],
                         "cost": [3.0, 2.0]} | columns)  # fmt: skip


def choice(candidates, budget=3.0, **more):
    return xl.works.choose(candidates, homes(), cost="cost", budget=budget, within_km=1, **more)


def written(folder, **tables):
    """A works folder of one village with one well that works."""
    texts = {"villages": "village,people,latitude,longitude\na,10,0,0\n",
             "assets": "asset,kind,latitude,longitude\nx,well,0,0\n",
             "inspections": "asset,on,state\nx,2020-01-01,functional\n"} | tables  # fmt: skip
    new = texts.pop("keys", "")
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text)
    criteria = f"criteria: {{water: {{kinds: [well], within_km: 1{new}}}}}\n"
    (folder / "works.yaml").write_text(f"works: x\nas_of: 2021-01-01\n{criteria}")
    return str(folder)


def records(folder, **tables):
    return xl.works.records(written(folder, **tables))


REFUSED = {
    "no village was never treated": (
        lambda _: effect(panel([2002, 2003, 2003]), controls="never"), "no unit was never treated"),
    "nobody is treated": (lambda _: effect(panel([0, 0, 0])), "nobody is treated"),
    "all are treated at once": (lambda _: effect(panel([2003, 2003])), "nobody is left"),
    "a hole in every village": (
        lambda _: effect(panel([2003, 0], [(0, 2001), (1, 2002)])), "no unit is left"),
    "several treated for a synthetic control": (
        lambda _: xl.effect.synthetic_control(panel([2003, 2003, 0, 0]), "poor", **GIVEN),
        "not exactly one unit is treated"),
    "no other county": (
        lambda _: xl.effect.synthetic_control(panel([2003, 0]), "poor", **GIVEN),
        "a synthetic control cannot be made"),
    "one treated village in one round": (
        lambda _: xl.effect.matched_comparison(
            homes(road=[1, 0]), "cost", treated="road", covariates="people"),
        "too few units to match"),
    "a candidate without a place": (
        lambda _: choice(homes(latitude=[0.0, np.nan])), "coordinates that are missing"),
    "latitude and longitude exchanged": (
        lambda _: choice(homes(latitude=[100.0, 101.0])), "not on the Earth"),
    "a negative cost": (lambda _: choice(homes(cost=[3.0, -1.0])), "'cost' is missing or below 0"),
    "a budget of zero": (lambda _: choice(homes(), budget=0), "budget is out of range"),
    "a budget of zero in one year": (lambda _: choice(homes(), budget=[3, 0]), "budget is out of"),
    "no candidates": (lambda _: choice(homes().iloc[:0]), "there is no candidate"),
    "a budget of zero for a folder": (lambda at: records(at).choose(0), "budget is out of range"),
    "negative costs of works": (
        lambda at: records(at, works="work,kind,cost\nw,well,-1\n"), "'cost' is out of range"),
    "a day that is none": (
        lambda at: records(at, inspections="asset,on,state\nx,2020-13-01,gone\n"), "no day"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_used_is_refused(name, tmp_path):
    call, said = REFUSED[name]
    with pytest.raises(ExitlineError, match=said) as caught:
        call(tmp_path)
    assert caught.value.remedy


STATED = {
    "one treated village": (
        lambda _: effect(panel([2003, 0, 0, 0])).notes, "one unit alone in group 2003"),
    "a few treated villages": (
        lambda _: effect(panel([2003, 2003, 0, 0])).notes,
        "fewer than 15 units or clusters in group 2003"),
    "a panel with holes": (
        lambda _: effect(panel([2003] * 3 + [0] * 3, [(0, 2001)])).notes,
        "units without an outcome in every period: 1 left out"),
    "candidates that serve nobody": (
        lambda _: choice(homes(longitude=[0.0, 50.0])).notes, "1 candidate serves nobody"),
    "works dearer than all that there is": (
        lambda _: choice(homes(cost=[1.0, 99.0])).notes, "1 candidate costs more than the whole"),
    "assets without a place": (
        lambda at: records(at, assets="asset,kind,latitude,longitude\nx,well,,\n").coverage().notes,
        "1 asset has no place"),
    "places without coordinates": (
        lambda at: records(at, villages="village,people,latitude,longitude\na,1,,\n")
        .coverage().notes, "1 place has no coordinates"),
    "inspections after the day": (
        lambda at: records(at, inspections="asset,on,state\nx,2022-01-01,functional\n")
        .coverage().notes, "inspections dated after 2021-01-01: 1 left out"),
    "assets that nobody looked at": (
        lambda at: records(at, assets="asset,kind,latitude,longitude\nx,well,0,0\ny,well,0,0\n")
        .coverage().notes, "nobody looked at 1 of 2 assets"),
    "works without place": (
        lambda at: records(at, works="work,kind,criterion\nw,well,water\n").check()
        .table["text"].tolist(), "it has no place"),
    "works begun after the day": (
        lambda at: records(at, works="work,kind,criterion,began\nw,well,water,2030-01-01\n")
        .check().table["text"].tolist(), "a day that is still to come"),
}  # fmt: skip


@pytest.mark.parametrize("name", STATED)
def test_what_is_left_out_is_stated_and_counted(name, tmp_path):
    call, said = STATED[name]
    assert any(said in text for text in call(tmp_path)), call(tmp_path)


def test_days_are_asked_about_as_of_a_day(tmp_path):
    early = records(tmp_path)
    assert early.coverage().table["outcome"].tolist() == ["met"]
    before = xl.works.records(tmp_path, as_of=date(2019, 1, 1))
    assert before.coverage().table["outcome"].tolist() == ["not met"]


HOLES = [(village, 2004) for village in range(3)]  # all who are treated
EFFECT = "effect {t} --outcome poor --unit village --time year --first first"
ALONE = EFFECT.replace("effect", "synthetic", 1)
CHOOSE = "choose {t} {places} --cost cost --within 1 --people people --budget 3"
FUTURE = {
    "works": "work,kind,criterion,villages\nw,well,water,a\nv,well,water,a\nu,well,water,a\n",
    "phases": "work,phase,began\nw,pump,2030-01-01\n",
    "funds": "work,source,amount,on\nv,county,5,2030-01-01\n",
}
ON_THE_LINE = {  # what stands in the table or the folder, the command, its exit, what is said
    "no never-treated units": (
        panel([2002, 2003, 2003]), f"{EFFECT} --controls never", 1, "no unit was never treated"),
    "never-treated units with holes": (
        panel([2002, 2003, 0], [(2, 2001)]), f"{EFFECT} --controls never", 1,
        "units without an outcome in every period: 1 left out"),
    "all treated in the end": (
        panel([2002, 2003, 2003]), EFFECT, 0, "nobody is left to compare with: group 2002 in 2003"),
    "one treated village": (
        panel([2003, 0, 0, 0]), EFFECT, 0, "one unit alone in group 2003: its effect has no"),
    "one treated village, and what matters": (
        panel([2003, 0, 0, 0]), f"{EFFECT} --matters 1", 0, "from none is not known"),
    "one treated village, bounds of it": (
        panel([2003, 0, 0, 0]), f"{EFFECT} --honest relative --bound 1", 1, "no bounds can be"),
    "one treated village of one round": (
        homes(road=[1, 0]), "matched {t} --outcome cost --treated road --covariates people", 1,
        "too few units to match"),
    "several for a synthetic control": (
        panel([2003, 2003, 0]), ALONE, 1, "not exactly one unit is treated"),
    "a panel with holes": (
        panel([2003] * 3 + [0] * 3, [(0, 2001)]), EFFECT, 0,
        "units without an outcome in every period: 1 left out"),
    "holes in all who are treated": (
        panel([2003] * 3 + [0] * 3, HOLES), EFFECT, 1, "every period: 3 left out"),
    "the same alone": (panel([2003] * 3 + [0] * 3, HOLES), ALONE, 1, "every period: 3 left out"),
    "holes in all": (panel([2003, 0], [(0, 2001), (1, 2002)]), EFFECT, 1, "no unit is left"),
    "a candidate without place": (
        homes(latitude=[0.0, np.nan]), CHOOSE, 1, "coordinates that are missing"),
    "a negative cost": (homes(cost=[3.0, -1.0]), CHOOSE, 1, "'cost' is missing or below 0"),
    "a budget of zero": (homes(), f"{CHOOSE} --budget 0", 2, "'--budget': 0.0 is not in the range"),
    "a candidate that serves nobody": (
        homes(longitude=[0.0, 50.0]), CHOOSE, 0, "1 candidate serves nobody"),
    "candidates that serve nobody": (
        homes(longitude=[40.0, 50.0]), CHOOSE, 0, "2 candidates serve nobody"),
    "works without place": ({"works": "work,kind,criterion\nw,well,water\n"}, "check {t} --json", 0,
                            "it has no place"),
    "assets without place": ({"assets": "asset,kind\nx,well\n"}, "coverage {t}", 0,
                             "1 asset has no place"),
    "phases and funds after today": (
        FUTURE, "check {t} --json", 0, 'come", "unit": "work", "looked_at": 3, "findings": 2'),
    "inspections after today": ({"inspections": "asset,on,state\nx,2022-01-01,functional\n"},
                                "gaps {t}", 0, "inspections dated after 2021-01-01: 1 left out"),
    "a day that is still to come": ({}, "coverage {t} --as-of 2999-01-01", 1, "still to come"),
    "negative costs of works": ({"works": "work,kind,cost\nw,well,-1\n"}, "check {t}", 1,
                                "'cost' is out of range"),
    "negative costs of repairs": (
        {"assets": "asset,kind,latitude,longitude,repair_cost\nx,well,0,0,-5\n"}, "gaps {t}", 1,
        "'repair_cost' is out of range"),
    "negative costs of new ones": ({"keys": ", new_cost: -5"}, "gaps {t}", 1, "new_cost is not an"),
    "negative funds": ({"works": "work,kind\nw,well\n", "funds": "work,source,amount\nw,c,-5\n"},
                       "check {t}", 1, "'amount' is out of range"),
    "a budget of zero for a folder": ({}, "choose {t} --budget 0", 2, "'--budget': 0.0 is not in"),
    "nothing to choose from": ({}, "choose {t} --budget 9", 1, "there is nothing to choose from"),
}  # fmt: skip


@pytest.mark.parametrize("name", ON_THE_LINE)
def test_the_terminal_refuses_or_states_the_same(name, tmp_path):
    given, command, code, said = ON_THE_LINE[name]
    table, places = tmp_path / "t.csv", tmp_path / "homes.csv"
    homes().to_csv(places, index=False)
    if isinstance(given, dict):
        table = written(tmp_path, **given)
    else:
        given.to_csv(table, index=False)
    asked = [one.format(t=table, places=places) for one in command.split()]
    result = CliRunner().invoke(exitline, ["works", *asked])
    error = result.exception
    assert result.exit_code == code, error
    assert error is None or isinstance(error, SystemExit | ExitlineError)
    shown = " ".join(f"{result.output} {error}".split())
    assert said in shown, shown
