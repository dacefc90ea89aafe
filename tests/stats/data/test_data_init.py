"""exitline init: what is recognised by name and by value, and a proposal that loads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from exitline.cli import main
from exitline.stats.data import load_study, open_source
from exitline.stats.data.proposing.guesses import Proposal
from exitline.stats.data.proposing.recognise import rank, score
from exitline.stats.engine.duckdb import DuckDB
from exitline.stats.measure.quality.profile import look

ROOT = Path(__file__).parents[3]
Look = Callable[[object], Proposal]


@pytest.fixture
def looked(engine: DuckDB) -> Look:
    """The proposal for some data."""

    def run(data: object) -> Proposal:
        return look(engine.attach(open_source(data), "t"), engine.run)

    return run


def _roles(found: Proposal) -> dict[str, str]:
    return {role: guess.column for role, guess in found.guesses.items()}


NAMES = {
    # role: names seen in survey files in four languages
    "weight": ["hhweight", "poids", "Pondération", "factor_exp", "FactorExpansion", "fex_c", "peso",
               "wta_hh", "V1032", "hv005", "coef_ext"],
    "strata": ["stratum", "strate", "estrato", "estratos", "hv022", "Strat_ID"],
    "psu": ["psu", "cluster_id", "grappe", "conglome", "UPM", "UPA", "hv021", "ea_code", "ZD"],
    "size": ["hhsize", "taille_menage", "tam_hog", "npersonas", "miembros", "numpes", "HHSize",
             "nbpers", "hv009"],
    "household": ["hhid", "id_hogar", "id_menage", "household_id", "HHID", "hid"],
    "urban": ["urban", "milieu", "urbrur", "residence", "hv025", "Urban_Rural"],
    "region": ["region", "région", "département", "departamento", "UF", "municipio", "geo1"],
    "welfare": ["pc_exp", "rcons", "pcexp", "depense_pc", "gasto_pc", "ingreso_percapita",
                "renda_pc", "income", "consumption", "welfare", "revenu"],
}  # fmt: skip


@pytest.mark.parametrize(("role", "name"), [(r, n) for r, names in NAMES.items() for n in names])
def test_names_in_four_languages(role: str, name: str) -> None:
    assert score(role, name) > 0


@pytest.mark.parametrize(
    "name", ["water", "toilet", "marstat", "literacy", "tot_food", "age", "x1"]
)
def test_other_columns_play_no_role(name: str) -> None:
    assert {role: score(role, name) for role in NAMES if score(role, name)} == {}


def test_per_person_comes_before_total_and_parts_are_left_out() -> None:
    names = ("tot_exp", "tot_food", "share_food", "pc_exp")
    assert [match.column for match in rank("welfare", names)] == ["pc_exp", "tot_exp"]


def test_albania(looked: Look) -> None:
    found = looked(ROOT / "examples/albania-2012/lival.parquet")
    assert _roles(found) == {
        "household": "hhid", "welfare": "rcons", "weight": "weight", "strata": "strat",
        "psu": "psu",
    }  # fmt: skip
    assert set(found.areas) == {"urban", "region", "prefectu"}
    assert "each within one stratum" in found.guesses["psu"].reason
    assert not found.nest


def test_the_imaginary_country(looked: Look) -> None:
    found = looked(ROOT / "examples/imaginary-country/hld_sample_wb_2023.parquet")
    assert _roles(found) == {
        "household": "hid", "welfare": "pc_exp", "size": "hhsize", "weight": "hhweight",
        "psu": "ea",
    }  # fmt: skip
    assert found.nesting == ("geo1", "geo2", "urbrur")
    census = looked(ROOT / "examples/imaginary-country/hld_pop_wb_2023.parquet")
    assert "weight" not in census.guesses
    persons = looked(ROOT / "examples/imaginary-country/ind_sample_wb_2023.parquet")
    assert persons.repeats == "hid"
    assert "household" not in persons.guesses


def test_values_overrule_names(looked: Look) -> None:
    n = 200
    chance = np.random.default_rng(3)
    found = looked(
        pd.DataFrame(
            {
                "hhid": [i // 2 for i in range(n)],  # repeats: not the key
                "id_hogar": range(n),
                "weight": chance.normal(0, 1, n),  # negative: not a weight
                "poids": chance.uniform(1, 9, n),
                "hhsize": chance.uniform(1, 9, n),  # not whole: not a size
                "npers": chance.integers(1, 9, n),
                "income": ["n/a"] * n,  # text: not welfare
                "depense": chance.lognormal(5, 1, n),
                "estrato": [i % 2 for i in range(n)],
                "upm": [(i // 2) % 10 for i in range(n)],  # ids start anew in each stratum
                "ano": [2017] * n,
                "region": ["all"] * n,  # one value: not an area
            }
        )
    )
    assert _roles(found) == {
        "household": "id_hogar", "weight": "poids", "size": "npers", "welfare": "depense",
        "strata": "estrato", "psu": "upm",
    }  # fmt: skip
    assert found.nest
    assert found.year == 2017
    assert found.areas == ()


# --- the command -------------------------------------------------------------------------


def _run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


AWKWARD = {
    "hhid": range(60),
    "poids ménage": np.linspace(1.5, 9.5, 60),
    "revenu: pc": np.linspace(10.5, 999.5, 60),
    "région": ["nord", "sud"] * 30,
    "Household size": [1, 2, 3, 4, 5, 6] * 10,
}


def test_a_proposal_loads_and_can_be_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pd.DataFrame(AWKWARD).to_csv(tmp_path / "données 2012.csv", index=False, encoding="cp1252")
    data = str(tmp_path / "données 2012.csv")
    assert _run("init", data) == 1
    assert "cp1252" in capsys.readouterr().err
    assert _run("init", data, "--encoding", "cp1252") == 0
    study = load_study(tmp_path / "study.yaml")
    assert study.title == "données 2012"
    assert study.households.options["encoding"] == "cp1252"
    assert study.design.weight == "poids ménage"
    assert study.columns["welfare"] == "revenu: pc"
    assert study.areas == (("région",),)
    assert study.outside_folder == ()
    assert _run("check", str(tmp_path / "study.yaml")) == 0


@pytest.mark.parametrize(
    "name",
    [
        "albania-2012/lival.parquet",
        "imaginary-country/hld_sample_wb_2023.parquet",
        "imaginary-country/hld_pop_wb_2023.parquet",
        "imaginary-country/ind_sample_wb_2023.parquet",
        "imaginary-country/ea_frame_wb_2023.parquet",
    ],
)
def test_the_proposal_for_each_example_loads(tmp_path: Path, name: str) -> None:
    target = tmp_path / "study.yaml"
    assert _run("init", str(ROOT / "examples" / name), "--out", str(target)) == 0
    study = load_study(target)
    assert study.households.path is not None
    assert study.households.path.resolve() == (ROOT / "examples" / name).resolve()


def test_a_file_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pd.DataFrame(AWKWARD).to_parquet(tmp_path / "a.parquet")
    (tmp_path / "study.yaml").write_text("mine\n")
    assert _run("init", str(tmp_path / "a.parquet")) == 1
    assert "not overwritten" in capsys.readouterr().err
    assert (tmp_path / "study.yaml").read_text() == "mine\n"
    assert _run("init", str(tmp_path / "a.parquet"), "--out", "-") == 0
    assert "weight: poids ménage" in capsys.readouterr().out


def test_a_folder_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pd.DataFrame(AWKWARD).to_parquet(tmp_path / "a.parquet")
    out = str(tmp_path / "no" / "study.yaml")
    assert _run("init", str(tmp_path / "a.parquet"), "--out", out) == 1
    assert "cannot be written" in capsys.readouterr().err


# --- survey programmes -------------------------------------------------------------------

PROGRAMMES = Path(__file__).parent / "cases" / "programmes"
FOUND = {
    # file: roles and columns, areas, what is named as no welfare
    "silc": (
        {"household": "HB030", "welfare": "HX090", "size": "HX040", "weight": "DB090",
         "strata": "DB050", "psu": "DB060"}, {"DB040"}, {"HX080"},
    ),
    "silc-income": (
        {"household": "DB030", "welfare": "HY020", "size": "HX040", "weight": "DB090"},
        {"DB040"}, set(),
    ),
    "silc-persons": ({"welfare": "eqIncome", "weight": "rb050", "psu": "db030"}, {"db040"}, set()),
    "dhs": (
        {"household": "hhid", "size": "hv009", "weight": "hv005", "strata": "hv022",
         "psu": "hv021"}, {"hv024", "hv025"}, {"hv270", "hv271"},
    ),
    "lsms": (
        {"household": "hhid", "welfare": "rexpagg", "size": "hhsize", "weight": "hh_wgt",
         "psu": "ea_id"}, {"region"}, set(),
    ),
    "mics": (
        {"size": "HH48", "weight": "hhweight", "strata": "stratum", "psu": "PSU"},
        {"HH6", "HH7"}, {"wscore", "windex5"},
    ),
    "nhanes": ({"weight": "WTMEC2YR", "strata": "SDMVSTRA", "psu": "SDMVPSU"}, set(),
               {"INDFMPIR"}),
    "sisben": ({"household": "_uuid", "welfare": "ingreso_pc", "weight": "fex"}, {"cod_mpio"},
               {"puntaje", "pct_gasto"}),
    "api": ({"weight": "pw", "psu": "dnum"}, set(), set()),
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_the_names_of_survey_programmes(name: str, looked: Look) -> None:
    roles, areas, refused = FOUND[name]
    found = looked(PROGRAMMES / f"{name}.csv")
    assert _roles(found) == roles
    assert set(found.areas) == areas
    assert {column for column, _ in found.refused} == refused


@pytest.mark.parametrize("name", FOUND)
def test_proposals_for_survey_programmes_pass_check(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "study.yaml"
    assert _run("init", str(PROGRAMMES / f"{name}.csv"), "--out", str(target)) == 0
    status = _run("check", str(target))
    assert status == 0 or "FILL IN" in target.read_text(), capsys.readouterr().out


SAID = {
    "silc": ["welfare: HX090", "no welfare: HX080 (a flag of poverty)"],
    "silc-income": ["welfare: HY020 * HY025 / HX050"],
    "silc-persons": ["size: 1 ", "psu: db030", "PSUs lie within db040"],
    "dhs": ["weight: hv005 / 1000000", "hv271 (a wealth index score)",
            "hv270 (a wealth quintile)", "# welfare: "],
    "lsms": ["welfare: rexpagg / hhsize"],
    "mics": ["every pair of HH1 and HH2 occurs once", "# welfare: "],
    "nhanes": ["nest: true", "INDFMPIR (an income to poverty ratio)", "size: 1 "],
    "sisben": ["puntaje (a score)", "pct_gasto (a percentage or a share)"],
    "api": ["# fpc: fpc", "# welfare: "],
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_what_a_proposal_says(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("init", str(PROGRAMMES / f"{name}.csv"), "--out", "-") == 0
    said = capsys.readouterr().out
    assert [text for text in SAID[name] if text not in said] == []


@pytest.mark.parametrize(
    "name",
    ["hv271", "v191", "wscore", "INDFMPIR", "hv270", "age", "literate_pc", "income_pct", "pct_inc",
     "puntaje", "log_income", "income_quintile", "consent", "prevention", "income_source", "HX080",
     "explanation", "income_tax", "gasto_alimentos", "score_r", "experience", "food_share"],
)  # fmt: skip
def test_no_welfare_by_name(name: str) -> None:
    assert score("welfare", name) == 0


def test_numbers_from_0_to_100_are_no_welfare(looked: Look) -> None:
    found = looked(pd.DataFrame({"income": np.linspace(0, 100, 200)}))
    assert "welfare" not in found.guesses
    assert found.refused == (("income", "0 to 100, as percentages are"),)


def test_dhs_weights_that_were_divided_are_left(looked: Look) -> None:
    found = looked(pd.DataFrame({"hv005": np.linspace(0.4, 2.5, 50)}))
    assert found.guesses["weight"].text is None


def test_a_total_is_not_taken_for_one_person_s(capsys, tmp_path: Path) -> None:
    homes = {"hhid": range(60), "totcons": np.linspace(100, 9999, 60), "hhsize": [1, 2, 3] * 20}
    path = tmp_path / "a.csv"
    pd.DataFrame(homes).to_csv(path, index=False)
    assert _run("init", str(path), "--out", "-") == 0
    said = capsys.readouterr().out
    assert "  # welfare: totcons" in said
    assert "FILL IN: a total: if it is of the household, totcons / hhsize" in said


def test_single_psu_strata_and_waves_are_to_be_settled(capsys, tmp_path: Path) -> None:
    rows = {"hhid": [i % 40 for i in range(80)], "year": [2012] * 40 + [2014] * 40,
            "stratum": [min(i % 40 // 10, 2) for i in range(80)],
            "psu": [i % 40 // 10 for i in range(80)], "age": range(80)}  # fmt: skip
    path = tmp_path / "a.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    assert _run("init", str(path), "--out", "-") == 0
    said = capsys.readouterr().out
    assert "'year' has several values" in said
    assert "2 strata have only one PSU" in said
