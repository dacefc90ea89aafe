"""exitline init: what is recognised by name and by value, and a proposal that loads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from exitline.cli import main
from exitline.data import load_study, open_source
from exitline.data.propose import Proposal
from exitline.data.recognise import rank, score
from exitline.engine.duckdb import DuckDB
from exitline.measure.profile import look

ROOT = Path(__file__).parents[2]
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
    "revenu: total": np.linspace(10.5, 99.5, 60),
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
    assert study.columns["welfare"] == "revenu: total"
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
