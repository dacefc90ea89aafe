"""The commands plan, draw and assess, and the example they are shown on."""

from __future__ import annotations

import json
import runpy
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from exitline.cli import main

EXAMPLE = Path("examples/assessment")
FRAME = str(EXAMPLE / "frame.parquet")
ROLES = ["--household", "hid", "--village", "ea", "--stratum", "stratum", "--group", "status"]
SEED = [
    "--seed", "state lottery 2026-12-01: 4 8 15 16 23 42",
    "--published", "2026-12-01T20:00:00Z", "--drawn", "2026-12-02T09:00:00Z",
]  # fmt: skip
TAKE = ["--take", "registered=3", "--take", "exited=26", "--take", "unregistered=30"]
VISITS = [
    "assess", str(EXAMPLE / "visits.parquet"), "--counts", str(EXAMPLE / "counts.csv"),
    "--standard", "china-2011-2020", "--icc", "0.02",
]  # fmt: skip


def run(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    """What a command prints, after checking its exit status."""
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    said = capsys.readouterr()
    assert (end.value.code or 0) == status, said.err
    return said.out if status == 0 else said.out + said.err


class TestDraw:
    def test_the_example_is_drawn_again_byte_for_byte(
        self, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        out = tmp_path / "new" / "draw.json"
        run(capsys, "draw", FRAME, *ROLES, "--villages", "84", *TAKE, *SEED, "--keys-only",
            "--out", str(out))  # fmt: skip
        assert out.read_bytes() == (EXAMPLE / "draw.json").read_bytes()

    def test_check_says_match(self, capsys: pytest.CaptureFixture[str]) -> None:
        said = run(capsys, "draw", FRAME, "--check", str(EXAMPLE / "draw.json"))
        assert "match" in said
        assert "4,491 households" in said

    def test_check_of_a_changed_record_ends_with_one(
        self, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        record = json.loads((EXAMPLE / "draw.json").read_text(encoding="utf-8"))
        record["selected"][7]["key"] = "f" * 64
        changed = tmp_path / "draw.json"
        changed.write_text(json.dumps(record), encoding="utf-8")
        said = run(capsys, "draw", FRAME, "--check", str(changed), "--json", status=1)
        found = json.loads(said)
        assert found["match"] is False
        assert len(found["differences"]) == 2

    def test_digest_is_the_record_s(self, capsys: pytest.CaptureFixture[str]) -> None:
        said = json.loads(run(capsys, "draw", FRAME, *ROLES, "--digest", "--json"))
        record = json.loads((EXAMPLE / "draw.json").read_text(encoding="utf-8"))
        assert said["digest"] == record["frame"]["digest"]

    def test_assignments_keep_the_rules(
        self, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        folder = tmp_path / "visits"
        run(capsys, "draw", FRAME, *ROLES, "--villages", "84", *TAKE, *SEED,
            "--assessors", str(EXAMPLE / "assessors.csv"), "--identified-by", "identified_by",
            "--reinterview", "0.05", "--assignments", str(folder))  # fmt: skip
        office = pd.read_csv(folder / "office.csv", keep_default_na=False)
        frame = pd.read_parquet(FRAME).set_index("hid").loc[office["household"]].reset_index()
        home = pd.read_csv(EXAMPLE / "assessors.csv").set_index("assessor")["township"]
        again = office["again"] != ""
        assert again.sum() == 225  # 5 % of 4,491, rounded up
        assert (office["first"].map(home) != frame["township"]).all()
        assert (office["first"] != frame["identified_by"]).all()
        assert (office["again"][again].map(home) != frame["township"][again]).all()
        assert (office["again"] != office["first"]).all()
        assert (office["again"] != frame["identified_by"]).all()
        lists = [pd.read_csv(path) for path in sorted((folder / "visits").glob("*.csv"))]
        assert len(lists) == 24
        assert {tuple(one.columns) for one in lists} == {("assessor", "household", "village")}
        sizes = [len(one) for one in lists]
        assert sum(sizes) == 4491 + 225
        assert max(sizes) - min(sizes) <= 1

    def test_refusals(self, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        out = tmp_path / "draw.json"
        late = [*SEED[:3], "2026-12-03T00:00:00Z", *SEED[4:]]
        said = run(capsys, "draw", FRAME, "--household", "hid", "--take", "10", *late,
                   "--out", str(out), status=1)  # fmt: skip
        assert "published after the draw" in said
        assert not out.exists()
        run(capsys, "draw", FRAME, "--household", "hid", "--take", "ten", *SEED, status=2)
        run(capsys, "draw", FRAME, "--household", "hid", "--take", "10", status=2)
        run(capsys, "draw", FRAME, "--household", "hid", *SEED, status=2)
        run(capsys, "draw", FRAME, *ROLES, *TAKE, *SEED, status=2)
        few = tmp_path / "assessors.csv"
        few.write_text("assessor,township,capacity\nA01,geo_02_01,5\n", encoding="utf-8")
        said = run(capsys, "draw", FRAME, *ROLES, "--villages", "84", *TAKE, *SEED,
                   "--assessors", str(few), "--assignments", str(tmp_path / "visits"),
                   "--out", str(out), status=1)  # fmt: skip
        assert "independence" in said
        assert not out.exists()
        assert not (tmp_path / "visits").exists()


class TestPlan:
    def plan(self, capsys: pytest.CaptureFixture[str], *flags: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(run(capsys, "plan", *flags, "--json"))
        return found

    def test_fixed_and_staged(self, capsys: pytest.CaptureFixture[str]) -> None:
        found = self.plan(capsys, "--true-rate", "0.01", "--kind", "sequential", "--power", "0.9")
        assert found["plan"]["sample"] == {"households": 3120, "villages": 156, "icc": 0.05}
        assert found["staged"]["saving"] > 0.3
        text = run(capsys, "plan", "--true-rate", "0.01", "--kind", "curtailed")
        assert "fewer than the 2,380 of one stage" in text

    def test_standard_gives_the_threshold(self, capsys: pytest.CaptureFixture[str]) -> None:
        flags = ["--standard", "china-2011-2020", "--rate", "recognition", "--true-rate", "0.95"]
        found = self.plan(capsys, *flags)
        assert found["plan"]["aim"]["threshold"] == 0.9
        assert found["plan"]["aim"]["comparison"] == "at_least"
        west = self.plan(
            capsys, "--standard", "china-2011-2020", "--rate", "comprehensive",
            "--area-class", "west", "--true-rate", "0.015",
        )  # fmt: skip
        assert west["plan"]["aim"]["threshold"] == 0.03

    def test_costs_and_counties(self, capsys: pytest.CaptureFixture[str]) -> None:
        found = self.plan(capsys, "--cost-village", "300", "--cost-household", "15")
        assert found["cost"] == min(one["cost"] for one in found["considered"])
        budget = ["--counties", str(EXAMPLE / "counties.csv"), "--budget", "60000"]
        shares = self.plan(capsys, *budget)["shares"]
        assert sum(share["cost"] for share in shares) <= 60_000
        assert "expected to be settled" in run(capsys, "plan", *budget)

    def test_refusals(self, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        assert "does not satisfy" in run(capsys, "plan", "--true-rate", "0.03", status=1)
        run(capsys, "plan", "--counties", str(EXAMPLE / "counties.csv"), status=2)
        run(capsys, "plan", "--cost-village", "3", status=2)
        run(capsys, "plan", "--curve", "one,two", status=2)
        broken = tmp_path / "counties.csv"
        broken.write_text("county,rate\nA,0.01\n", encoding="utf-8")
        said = run(capsys, "plan", "--counties", str(broken), "--budget", "9", status=1)
        assert "lack the column 'expected_rate'" in said


class TestAssess:
    def test_outcomes_of_the_example(self, capsys: pytest.CaptureFixture[str]) -> None:
        rows = json.loads(
            run(capsys, *VISITS, "--reading", "missed-denominator=surveyed-unregistered", "--json")
        )
        overall = {row["unit"]: row["outcome"] for row in rows if not row["criterion"]}
        assert overall == {"geo_02": "met", "geo_03": "not met", "geo_04": "cannot tell"}
        truth = pd.read_csv(EXAMPLE / "truth.csv", index_col="county")
        for row in rows:
            if row["criterion"]:
                assert row["low"] <= truth.loc[row["unit"], row["criterion"]] <= row["high"]

    def test_decisions_are_right_where_they_are_made(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        rows = json.loads(
            run(capsys, *VISITS, "--reading", "missed-denominator=surveyed-unregistered", "--json")
        )
        truth = pd.read_csv(EXAMPLE / "truth.csv", index_col="county")
        for row in rows:
            if row["criterion"] and row["outcome"] != "cannot tell":
                true = truth.loc[row["unit"], row["criterion"]]
                low = row["comparison"] == "below"
                meets = true < row["threshold"] if low else true >= row["threshold"]
                assert meets == (row["outcome"] == "met")

    def test_what_if(self, capsys: pytest.CaptureFixture[str]) -> None:
        rows = json.loads(run(capsys, *VISITS, "--what-if", "--json"))
        south = {row["reading"]: row["outcome"] for row in rows if row["unit"] == "geo_04"}
        assert south["as declared"] == "cannot tell"
        assert south["the bare estimate is compared"] == "met"
        assert "what differs" in run(capsys, *VISITS, "--what-if")

    def test_text_says_why(self, capsys: pytest.CaptureFixture[str]) -> None:
        said = run(capsys, *VISITS, "--reading", "missed-denominator=surveyed-unregistered")
        assert "geo_04: cannot tell yet" in said
        assert "2 % is within; about" in " ".join(said.split())

    def test_other_column_names(self, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        table = pd.read_parquet(EXAMPLE / "visits.parquet").rename(columns={"size": "hhsize"})
        path = tmp_path / "visits.csv"
        table.to_csv(path, index=False)
        other = ["assess", str(path), *VISITS[2:], "--column", "size=hhsize", "--json"]
        assert json.loads(run(capsys, *other)) == json.loads(run(capsys, *VISITS, "--json"))
        run(capsys, *VISITS, "--column", "sise=hhsize", status=2)
        assert "lack the column 'size'" in run(capsys, "assess", str(path), *VISITS[2:], status=1)

    def test_refusals(self, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
        counts = tmp_path / "counts.csv"
        lines = (EXAMPLE / "counts.csv").read_text(encoding="utf-8").splitlines()
        counts.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
        arguments = [*VISITS[:3], str(counts), *VISITS[4:]]
        assert "visits but no counts" in run(capsys, *arguments, status=1)
        said = run(capsys, *VISITS, "--reading", "missed-denominator=everyone", status=1)
        assert "no reading 'everyone'" in said
        run(capsys, *VISITS, "--reading", "everyone", status=2)


def test_the_example_is_built_again(tmp_path: Path) -> None:
    make = runpy.run_path(str(EXAMPLE / "make.py"))
    make["main"](tmp_path)
    for name in ("counts.csv", "truth.csv", "assessors.csv", "draw.json"):
        assert (tmp_path / name).read_bytes() == (EXAMPLE / name).read_bytes(), name
    for name in ("frame.parquet", "visits.parquet"):
        built, kept = pd.read_parquet(tmp_path / name), pd.read_parquet(EXAMPLE / name)
        pd.testing.assert_frame_equal(built, kept)
    shutil.rmtree(tmp_path)
