"""False claims: whatever is changed in a true one, it matches only while it says the truth."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from exitline import api
from exitline.proof.claim import (
    Claim,
    ClaimError,
    Recomputed,
    RowPick,
    claim_decision,
    claim_estimate,
    read_claims,
    verify,
)
from exitline.rules.standard import load

STANDARD = """\
standard: example-2024
title: An example
jurisdiction: ALB
valid: {from: 2024-01-01, to: 2024-12-31}
sources:
  law: {title: Law on social assistance, date: 2023-11, url: https://example.org}
columns:
  welfare: {meaning: Consumption per person, unit: lek per person per month, type: number}
lines:
  national:
    label: National line
    unit: ALL per person per month
    boundary: "<"
    values: {2023: 2000, 2024: 2500}
    source: law
household:
  source: law
  poor: welfare < line('national')
  exits:
    income: {label: Consumption reaches the line, condition: welfare >= line('national')}
village:
  source: law
  evidence: full count
  exits:
    incidence: {label: Poverty incidence, share: {of: households, where: poor}, below: 0.45}
"""
STUDY = """\
study: A town
standard: std.yaml
data: {households: d.csv}
columns: {household: id, welfare: y, size: n}
design: %s
areas: [village]
levels: {village: village}
measures: [headcount, poor_count, poverty_gap, mean]
year: 2024
"""
SAMPLE, CENSUS = "{weight: w, psu: psu}", "{census: true}"
OTHERS = {
    "measure": ["mean", "poor_count", "household_headcount", "severity", "Nobody is poor"],
    "line": ["", "2500", "extreme", 'national", 2.0 %'],
    "by": ["", "region", "village: 2.0 %"],
    "domain": ["", "v1", "v2", "Kukes", "v0\u202e"],
    "column": ["se", "n", "population", "ci_low"],
    "confidence": ["0.99", "0.9", "0.950", "0.05"],
    "people": ["", "persons", "households"],
    "year": ["", "2012", "2024 ", "2025"],
    "criterion": ["", "incidence", "income", "roads"],
    "outcome": ["met", "not met", "cannot tell"],
    "unit": ["", "percent", "persons", "households", "villages", "% poor", "v1", "v2"],
    "level": ["county", "village", "hamlet"],
    "value": ["0", "2.0", "100", "met", "not met"],
    "decimals": [-30, -3, 0, 2, 3],
    "mode": ["half up", "down", "up", "exact"],
    "scale": ["1", "100", "1000", "1/100"],
    "software": ["exitline 99", "exitline", "R 4.5"],
    "name": ["other.csv", "Albania 2012", "albania-2012", "/etc/passwd"],
    "sha256": ["00" * 32],
    "kind": ["decision", "decision count", "estimate"],
    "version": ["2011"],
    "rows": ["00" * 32],
}
WORDS = ["In Kukes {figure} were poor.", "Poverty fell to 2.0 % ({figure}).", "{figure}"]


def _write(folder: Path, design: str) -> None:
    (folder / "std.yaml").write_text(STANDARD)
    (folder / "study.yaml").write_text(STUDY % design)
    draw = random.Random(8)
    rows = [
        f"h{i},{draw.gauss(2600 + 250 * (i % 3), 700):.2f},{draw.randint(1, 8)},v{i % 3},"
        f"{draw.uniform(1, 9):.2f},{i % 30}"
        for i in range(240)
    ]
    (folder / "d.csv").write_text("id,y,n,village,w,psu\n" + "\n".join(rows) + "\n")


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A sample and a full count of one town, each with its run."""
    made = {}
    for name, design in (("sample", SAMPLE), ("census", CENSUS)):
        made[name] = tmp_path_factory.mktemp(name)
        _write(made[name], design)
        api.run(made[name] / "study.yaml", made[name] / "out")
    return made


def _outcome(claim: Claim, folder: Path) -> str:
    data, standard = folder / "d.csv", load(folder / "std.yaml")

    def recompute(claim: Claim, data: Any, standard: Any) -> Recomputed:
        return api.recompute_claim(claim, data, standard=standard)

    return verify(claim, data, recompute, standard=standard).outcome


def _true(towns: dict[str, Path]) -> list[tuple[Claim, Path]]:
    """True claims of every kind."""
    sample, census = towns["sample"], towns["census"]
    picks = [
        (RowPick("headcount", by="village", domain="v1"), "estimate"),
        (RowPick("headcount", by="village", domain="v1"), "se"),
        (RowPick("poor_count"), "estimate"),
        (RowPick("mean", line=""), "estimate"),
        (RowPick("poverty_gap"), "n"),
    ]
    found = [(claim_estimate(sample / "out", p, column=c), sample) for p, c in picks]
    run = [signed.claim for signed, _ in read_claims(census / "out/claims.json")]
    counts = [claim for claim in run if claim.query.kind == "decision count"]
    found += [(claim, census) for claim in (run[0], counts[0], counts[-1])]
    found.append((claim_decision(census / "out", "village", "v1"), census))
    return found


@pytest.fixture(scope="module")
def truths(towns: dict[str, Path]) -> set[str]:
    """Every sentence that is true of the two runs."""
    said = {claim.sentence for claim, _ in _true(towns)}
    for folder in towns.values():
        said |= {s.claim.sentence for s, _ in read_claims(folder / "out/claims.json")}
        for column in ("se", "n", "population"):
            for by, domain in (("", ""), ("village", "v0"), ("village", "v1"), ("village", "v2")):
                for measure in ("headcount", "poor_count", "poverty_gap", "mean"):
                    pick = RowPick(measure, by=by, domain=domain)
                    said.add(claim_estimate(folder / "out", pick, column=column).sentence)
    for unit in ("v0", "v1", "v2"):
        for criterion in ("", "incidence"):
            claim = claim_decision(towns["census"] / "out", "village", unit, criterion)
            said.add(claim.sentence)
    return said


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every text and number of a claim."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _leaves(below, (*path, key))
    elif isinstance(value, list):
        for i, below in enumerate(value):
            yield from _leaves(below, (*path, i))
    else:
        yield path


def _changes(content: dict[str, Any]) -> list[Callable[[dict[str, Any]], None]]:
    """Every change of one field that is tried."""

    def put(path: tuple[Any, ...], new: Any) -> Callable[[dict[str, Any]], None]:
        def change(of: dict[str, Any]) -> None:
            for part in path[:-1]:
                of = of.setdefault(part, {}) if isinstance(part, str) else of[part]
            if new is None:
                of.pop(path[-1], None)
            else:
                of[path[-1]] = new

        return change

    found = []
    for path in _leaves(content):
        if path[-1] in ("text",):
            continue
        found.append(put(path, None))
        tried = WORDS if path[-1] == "statement" else OTHERS.get(str(path[-1]), ["9.9"])
        found += [put(path, new) for new in tried]
    added = {
        ("query", name): OTHERS[name]
        for name in ("line", "by", "domain", "year", "people", "confidence", "criterion")
    }
    added[("query", "indicator")] = ["water", "Nobody is poor"]
    added |= {("unit",): OTHERS["unit"], ("low",): ["1.0"], ("high",): ["3.0"]}
    added |= {("standard", "version"): ["2011"], ("study", "version"): ["2"]}
    found += [put(path, new) for path, values in added.items() for new in values]
    extra = {"name": "census.csv", "sha256": content["inputs"][0]["sha256"]}
    found.append(lambda of: of["inputs"].append(extra))
    return found


def _says_the_truth(content: dict[str, Any], true: Claim, folder: Path, truths: set[str]) -> bool:
    """Whether a changed claim is refused, or does not match, or says nothing false."""
    try:
        claim = Claim.from_dict(content)
    except ClaimError:
        return True
    if _outcome(claim, folder) != "match":
        return True
    same = (claim.inputs, claim.standard, claim.study, claim.software, claim.query.year)
    bound = (true.inputs, true.standard, true.study, true.software, true.query.year)
    return claim.sentence in truths and same == bound


def test_true_claims_match(towns: dict[str, Path], truths: set[str]) -> None:
    for claim, folder in _true(towns):
        assert _outcome(claim, folder) == "match", claim.sentence
        assert claim.sentence in truths


def test_no_claim_with_one_field_changed_says_something_false(towns, truths) -> None:
    tried = 0
    for claim, folder in _true(towns):
        content = claim.to_dict()
        for change in _changes(content):
            changed = copy.deepcopy(content)
            change(changed)
            tried += changed != content
            assert _says_the_truth(changed, claim, folder, truths), changed
    assert tried > 700


def test_no_claim_with_two_fields_changed_says_something_false(towns, truths) -> None:
    draw, claims = random.Random(2026), _true(towns)
    for _ in range(500):
        claim, folder = draw.choice(claims)
        content = claim.to_dict()
        changed = copy.deepcopy(content)
        for change in draw.sample(_changes(content), 2):
            try:
                change(changed)
            except (KeyError, IndexError, TypeError, AttributeError):
                continue
        assert _says_the_truth(changed, claim, folder, truths), changed


def test_a_remark_is_free_and_never_part_of_the_sentence(towns) -> None:
    claim, folder = _true(towns)[0]
    said = Claim.from_dict({**claim.to_dict(), "remark": "Poverty fell to 2.0 %."})
    assert _outcome(said, folder) == "match"
    assert said.sentence == claim.sentence
