"""Draws against a redraw with nothing but hashlib, against simulation, and tampered with."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from exitline.errors import DataError
from exitline.exits.draw.check import check_draw
from exitline.exits.draw.frame import open_frame
from exitline.exits.draw.record import (
    as_record,
    instructions,
    read_record,
    write_list,
    write_record,
)
from exitline.exits.draw.sample import Draw, DrawPlan, draw_sample
from exitline.exits.draw.seed import DrawError, Seed, hex_key, moment
from exitline.stats.engine.session import session
from exitline.stats.measure.draw import FrameRoles

PUBLISHED = datetime(2026, 12, 1, 20, 0, tzinfo=UTC)
DRAWN = PUBLISHED + timedelta(hours=1)
SEED = Seed("state lottery 2026-12-01: 4 8 15 16 23 42", PUBLISHED)
ROLES = FrameRoles("hid", village="village", stratum="poor_village", group="status")
PLAN = DrawPlan({"exited": 4, "unregistered": 6}, villages=8)
GROUPS = ("registered", "exited", "unregistered")


def make_frame(villages: int = 40, seed: int = 1) -> pd.DataFrame:
    """A frame of villages of unequal size, with awkward ids."""
    generator = np.random.default_rng(seed)
    rows = []
    for village in range(villages):
        for home in range(int(generator.integers(8, 60))):
            odd = ("é|'\\", "中", '"', " ")[home % 4]
            rows.append(
                {
                    "hid": f"{village:02d}{odd}{home:03d}",
                    "village": village,
                    "poor_village": "poor" if village % 3 else "other",
                    "status": str(generator.choice(GROUPS, p=[0.1, 0.3, 0.6])),
                    "township": f"T{village % 5}",
                }
            )
    return pd.DataFrame(rows)


def draw(frame: Any, plan: DrawPlan = PLAN, roles: FrameRoles = ROLES, engine: Any = None) -> Draw:
    """A draw on DuckDB, unless told otherwise."""
    with session(engine or "duckdb") as running:
        return draw_sample(open_frame(running, frame, roles), plan, SEED, DRAWN)


def smallest(ids: list[str], number: int) -> set[str]:
    """The redraw of a cell in plain Python."""
    keyed = sorted(
        (hashlib.sha256(f"{SEED.text}|household|{i}".encode()).hexdigest(), i) for i in ids
    )
    return {i for _, i in keyed[:number]}


class TestRedraw:
    def test_households_by_hashlib_alone(self) -> None:
        frame = make_frame()
        drawn = draw(frame)
        villages = {v.village for v in drawn.villages}
        assert len(villages) == 8
        expected: set[str] = set()
        for (village, group), part in frame.groupby(["village", "status"]):
            if str(village) in villages and group in PLAN.take:
                expected |= smallest(part["hid"].tolist(), PLAN.take[group])
        assert {h.household for h in drawn.selected} == expected

    def test_villages_by_plain_fractions(self) -> None:
        """The systematic draw from its description, with exact fractions."""
        frame = make_frame()
        frame["poor_village"] = "all"
        drawn = draw(frame)
        sizes = frame[frame["status"].isin(list(PLAN.take))].groupby("village").size()
        names = sorted((str(v) for v in sizes.index), key=lambda v: hex_key(SEED.text, "order", v))
        total = int(sizes.sum())
        start = Fraction(int(hex_key(SEED.text, "start", "all")[:16], 16), 16**16)
        points = [(start + j) * Fraction(total, 8) for j in range(8)]
        chosen, running = set(), 0
        for name in names:
            size = int(sizes[int(name)])
            if any(running <= point < running + size for point in points):
                chosen.add(name)
            running += size
        assert {v.village for v in drawn.villages} == chosen
        for village in drawn.villages:
            assert village.probability == Fraction(8 * village.households, total)

    def test_digest_from_its_description(self) -> None:
        frame = make_frame(6)
        lines = []
        for row in frame.itertuples():
            parts = (row.hid, str(row.village), row.poor_village, row.status)
            line = "".join(f"{len(part)}:{part}" for part in parts)
            lines.append(hashlib.sha256(line.encode()).hexdigest())
        whole = "".join(f"{line}\n" for line in sorted(lines))
        expected = f"sha256:{hashlib.sha256(whole.encode()).hexdigest()}"
        with session() as engine:
            assert open_frame(engine, frame, ROLES).digest() == expected

    def test_digest_in_sixteen_passes_is_the_same(self, monkeypatch: pytest.MonkeyPatch) -> None:
        frame = make_frame(10)
        with session() as engine:
            opened = open_frame(engine, frame, ROLES)
            before = opened.digest()
            monkeypatch.setattr("exitline.exits.draw.frame.AT_ONCE", 10)
            assert opened.digest() == before

    @pytest.mark.parametrize("how", ["sha256", "md5"])
    @pytest.mark.parametrize("method", ["systematic", "poisson", "equal"])
    def test_same_on_every_engine(self, engine: Any, method: Any, how: Any) -> None:
        frame = make_frame(15)
        plan = DrawPlan({"exited": 3, "unregistered": 3}, villages=5, method=method, how=how)
        opened = open_frame(engine, frame.sample(frac=1.0, random_state=3), ROLES)
        there = as_record(draw_sample(opened, plan, SEED, DRAWN))
        here = as_record(draw(frame, plan))
        assert there == here

    def test_order_of_rows_and_file_type_do_not_matter(self, tmp_path: Path) -> None:
        frame = make_frame(12)
        frame.sample(frac=1.0, random_state=1).to_parquet(tmp_path / "frame.parquet")
        assert as_record(draw(str(tmp_path / "frame.parquet"))) == as_record(draw(frame))

    def test_another_seed_draws_others(self) -> None:
        frame = make_frame()
        other = Seed("state lottery 2026-12-01: 4 8 15 16 23 43", PUBLISHED)
        with session() as engine:
            opened = open_frame(engine, frame, ROLES)
            a = draw_sample(opened, PLAN, SEED, DRAWN)
            b = draw_sample(opened, PLAN, other, DRAWN)
        assert {h.household for h in a.selected} != {h.household for h in b.selected}


class TestProbabilities:
    @pytest.mark.parametrize("method", ["systematic", "poisson", "equal"])
    def test_inclusion_over_many_seeds(self, method: Any) -> None:
        frame = make_frame(12, seed=4)
        plan = DrawPlan({"exited": 2, "unregistered": 3}, villages=4, method=method)
        runs, seen = 80, Counter()
        chance: dict[str, float] = {}
        with session() as engine:
            opened = open_frame(engine, frame, ROLES)
            object.__setattr__(opened, "digest", lambda: "sha256:0")
            for run in range(runs):
                seed = Seed(f"seed number {run:05d}", PUBLISHED)
                for one in draw_sample(opened, plan, seed, DRAWN).selected:
                    seen[one.household] += 1
                    chance[one.household] = float(one.probability)
        expected = np.array([chance[h] for h in seen])
        found = np.array([seen[h] for h in seen]) / runs
        z = (found - expected) / np.sqrt(expected * (1 - expected) / runs)
        assert np.abs(z).max() < 5.0
        assert found.sum() == pytest.approx(expected.sum(), rel=0.05)

    def test_weights_add_up_to_the_groups(self) -> None:
        frame = make_frame(30, seed=8)
        plan = DrawPlan({"exited": 5, "unregistered": 5}, villages=15)
        totals: dict[str, list[float]] = defaultdict(list)
        with session() as engine:
            opened = open_frame(engine, frame, ROLES)
            object.__setattr__(opened, "digest", lambda: "sha256:0")
            for run in range(60):
                sums: Counter[str] = Counter()
                seed = Seed(f"seed number {run:05d}", PUBLISHED)
                for one in draw_sample(opened, plan, seed, DRAWN).selected:
                    sums[one.group] += one.weight
                for group in plan.take:
                    totals[group].append(sums[group])
        for group, values in totals.items():
            truth = (frame["status"] == group).sum()
            spread = np.std(values) / len(values) ** 0.5
            assert np.mean(values) == pytest.approx(truth, abs=4 * spread)

    def test_one_stage_is_stratified(self) -> None:
        frame = make_frame()
        roles = FrameRoles("hid", stratum="poor_village", group="status")
        drawn = draw(frame, DrawPlan({"exited": 60, "registered": 20}), roles)
        assert Counter(h.group for h in drawn.selected) == {"exited": 60, "registered": 20}
        for (stratum, group), part in frame.groupby(["poor_village", "status"]):
            mine = [h for h in drawn.selected if (h.stratum, h.group) == (stratum, group)]
            for one in mine:
                assert one.probability == Fraction(len(mine), len(part))
                assert one.village_probability == 1

    def test_everyone_without_any_role(self) -> None:
        frame = pd.DataFrame({"household": range(1000)})
        drawn = draw(frame, DrawPlan({"": 10}), FrameRoles())
        assert len(drawn.selected) == 10
        assert {h.household for h in drawn.selected} == smallest([str(i) for i in range(1000)], 10)

    def test_small_cells_give_all_they_have(self) -> None:
        frame = make_frame(10)
        drawn = draw(frame, DrawPlan({"registered": 50}, villages=10))
        inside = frame[frame["status"] == "registered"]
        assert len(drawn.selected) == len(inside)
        assert all(h.probability == h.village_probability for h in drawn.selected)


class TestSeed:
    def test_published_after_the_draw_is_refused(self) -> None:
        late = Seed(SEED.text, DRAWN + timedelta(seconds=1))
        with session() as engine:
            frame = open_frame(engine, make_frame(5), ROLES)
            with pytest.raises(DrawError, match="published after the draw"):
                draw_sample(frame, PLAN, late, DRAWN)

    def test_time_zones_are_compared_as_moments(self) -> None:
        beijing = moment("2026-12-02T03:00:00+08:00", "seed.published")
        Seed(SEED.text, beijing).refuse_late(moment("2026-12-01T19:00:01Z", "drawn"))
        with pytest.raises(DrawError):
            Seed(SEED.text, beijing).refuse_late(moment("2026-12-01T19:00:00Z", "drawn"))

    @pytest.mark.parametrize(
        "text",
        ["short", "has|a separator", "line\nbreak here", " leading blank", "trailing blank ",
         "cafe\u0301 au lait", "null\u0000 byte here", "zero\u200bwidth text"],
    )  # fmt: skip
    def test_ambiguous_texts_are_refused(self, text: str) -> None:
        with pytest.raises(DrawError, match="seed's text"):
            Seed(text, PUBLISHED)

    @pytest.mark.parametrize("text", ["2026-12-01T20:00:00", "yesterday", ""])
    def test_times_without_zone_are_refused(self, text: str) -> None:
        with pytest.raises(DrawError):
            moment(text, "drawn")


class TestCheck:
    @pytest.fixture
    def frame(self) -> pd.DataFrame:
        return make_frame(12)

    @pytest.fixture
    def record(self, frame: pd.DataFrame) -> dict[str, Any]:
        roles = FrameRoles("hid", "village", "poor_village", "status", ("township",))
        return as_record(draw(frame, roles=roles))

    def check(self, record: dict[str, Any], frame: pd.DataFrame) -> Any:
        """Through JSON, as a stranger would."""
        with session() as engine:
            return check_draw(json.loads(json.dumps(record)), engine, frame)

    def test_untouched_record_matches(self, record: dict[str, Any], frame: pd.DataFrame) -> None:
        found = self.check(record, frame)
        assert found.match
        assert found.differences == ()
        assert found.households == len(record["selected"])

    def test_record_without_ids_matches(self, frame: pd.DataFrame) -> None:
        record = as_record(draw(frame), ids=False)
        assert not any("household" in row for row in record["selected"])
        assert not any(hid in json.dumps(record) for hid in frame["hid"].head(50))
        assert self.check(record, frame).match

    @pytest.mark.parametrize("part", ["swap", "drop", "double", "weight", "village", "rename"])
    def test_every_tampering_is_seen(
        self, record: dict[str, Any], frame: pd.DataFrame, part: str
    ) -> None:
        rows = record["selected"]
        if part == "swap":
            rows[3]["key"] = "0" * 64
        elif part == "drop":
            rows.pop()
        elif part == "double":
            rows.append(dict(rows[0]))
        elif part == "weight":
            rows[0]["weight"] *= 2
        elif part == "village":
            record["villages"][0]["probability"] = "1/2"
        else:
            rows[0]["household"] = "somebody else"
        found = self.check(record, frame)
        assert not found.match
        assert "somebody" not in " ".join(found.differences)

    def test_changed_frame_is_seen(self, record: dict[str, Any], frame: pd.DataFrame) -> None:
        moved = frame.copy()
        moved.loc[moved.index[-1], "status"] = "registered"
        assert any("digest" in d for d in self.check(record, moved).differences)
        assert not self.check(record, frame.iloc[:-1]).match
        assert self.check(record, frame.assign(note="not part of the draw")).match

    def test_seed_after_the_draw_in_a_record(
        self, record: dict[str, Any], frame: pd.DataFrame
    ) -> None:
        record["seed"]["published"] = "2027-01-01T00:00:00Z"
        with pytest.raises(DrawError, match="published after the draw"):
            self.check(record, frame)

    def test_files(self, frame: pd.DataFrame, tmp_path: Path) -> None:
        roles = FrameRoles("hid", "village", "poor_village", "status", ("township",))
        drawn = draw(frame, roles=roles)
        write_record(drawn, tmp_path / "draw.json")
        write_list(drawn.selected, tmp_path / "list.csv")
        record = read_record(tmp_path / "draw.json")
        assert instructions(record).plan == drawn.plan
        assert self.check(record, frame).match
        with (tmp_path / "list.csv").open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        assert [row["household"] for row in rows] == [h.household for h in drawn.selected]
        assert {row["township"] for row in rows} <= {f"T{i}" for i in range(5)}
        assert float(rows[0]["weight"]) == drawn.selected[0].weight

    @pytest.mark.parametrize(
        "text", ["", "[]", "{}", '{"format": "exitline-draw/1"}', "not json", None]
    )
    def test_what_is_no_record(self, text: str | None, tmp_path: Path) -> None:
        path = tmp_path / "draw.json"
        if text is not None:
            path.write_text(text, encoding="utf-8")
        with pytest.raises(DrawError, match="no record of a draw"):
            read_record(path)

    def test_record_with_unknown_method(self, record: dict[str, Any], frame: pd.DataFrame) -> None:
        record["plan"]["method"] = "by hand"
        with pytest.raises(DrawError, match="not known"):
            self.check(record, frame)


class TestFrame:
    def open(self, frame: Any, roles: FrameRoles = ROLES) -> None:
        with session() as engine:
            open_frame(engine, frame, roles)

    def test_doubled_and_missing_ids(self) -> None:
        frame = make_frame(3)
        with pytest.raises(DataError, match="more than once"):
            self.open(pd.concat([frame, frame.head(1)]))
        frame.loc[4, "hid"] = None
        with pytest.raises(DataError, match="lacks the household of some"):
            self.open(frame)

    def test_missing_village_column_and_empty(self) -> None:
        frame = make_frame(3)
        with pytest.raises(DataError, match="no column 'villlage'") as caught:
            self.open(frame, FrameRoles("hid", village="villlage"))
        assert "'village'" in str(caught.value)
        with pytest.raises(DataError, match="empty"):
            self.open(
                frame.head(0).astype({"village": "int64", "hid": "string"}), FrameRoles("hid")
            )

    def test_fractional_ids_are_refused(self) -> None:
        with pytest.raises(DataError, match="cannot be hashed"):
            self.open(pd.DataFrame({"household": [1.5, 2.0]}), FrameRoles())

    def test_village_in_two_strata(self) -> None:
        frame = make_frame(3)
        frame.loc[0, "poor_village"] = "elsewhere"
        with pytest.raises(DrawError, match="more than one stratum"):
            self.open(frame)

    def test_plans_the_frame_cannot_serve(self) -> None:
        frame = make_frame(4)
        with pytest.raises(DrawError, match="lacks what the plan draws"):
            draw(frame, DrawPlan({"left": 3}, villages=2))
        with pytest.raises(DrawError, match="lacks what the plan draws"):
            draw(frame, DrawPlan({"exited": 3}, villages=2), FrameRoles("hid", group="status"))
        with pytest.raises(DrawError, match="fewer units"):
            draw(frame, DrawPlan({"exited": 3}, villages=50))
        with pytest.raises(DrawError, match="draws nobody"):
            DrawPlan({})
        with pytest.raises(DrawError, match="not known"):
            DrawPlan({"": 1}, how="sha1")  # type: ignore[arg-type]
