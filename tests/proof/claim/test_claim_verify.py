"""Verifying: match, mismatch with both values, or cannot verify with what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from exitline.proof.claim import (
    Claim,
    ClaimError,
    InputDigest,
    Query,
    Recomputed,
    RecomputeError,
    Rounding,
    RuleRef,
    file_digest,
    row_digest,
    verify,
)
from exitline.proof.claim.wording import statement_of
from exitline.rules.standard import ALWAYS, Line, Standard, StandardFigure


def _rules(value: float, digest: str) -> Standard:
    """A standard with one line."""
    figure = StandardFigure(value, source="test", verified=True)
    line = Line("poor", "poor", "per person", "EUR", "year", None, "<", {ALWAYS: figure})
    return Standard("small", "A small standard", "XXX", lines={"poor": line}, digest=digest)


def recompute(claim: Claim, data: Mapping[str, Any], standard: Any) -> Recomputed:
    """The weighted share below the line, straight from the Parquet file with pandas."""
    (source,) = data.values()
    frame = pd.read_parquet(source) if isinstance(source, Path) else source
    for column in ("y", "w"):
        if column not in frame:
            raise RecomputeError(
                "a column that the query names is gone", missing=(f"column '{column}'",)
            )
    line = float(claim.query.line)
    if standard is not None:
        line = standard.lines["poor"].figure(2020).value
    if claim.query.domain:
        frame = frame[frame[claim.query.by] == claim.query.domain]
    poor, weight = frame["w"][frame["y"] < line].sum(), frame["w"].sum()
    share = float(poor / weight) if weight else None
    return Recomputed(share)


def with_interval(claim: Claim, data: Mapping[str, Any], standard: Any) -> Recomputed:
    """The same with an interval of ten points to either side."""
    found = float(recompute(claim, data, standard).value or 0.0)
    return Recomputed(found, found - 0.1, found + 0.1, se=0.05, level=0.95)


def test_same_data_and_same_figure_match(claim: Claim, survey: Path) -> None:
    found = verify(claim, survey, recompute)
    assert (found.outcome, found.missing, found.notes) == ("match", (), ())
    (figure,) = found.figures
    assert (figure.claimed, figure.recomputed, figure.unrounded) == ("50.0", "50.0", "50")


def test_interval_is_verified_with_its_figure(claim: Claim, survey: Path) -> None:
    query = replace(claim.query, confidence="0.95")
    said = statement_of(query, interval=True)
    right = replace(claim, statement=said, low="40.0", high="60.0", query=query)
    assert verify(right, survey, with_interval).outcome == "match"
    found = verify(replace(right, high="60.1"), survey, with_interval)
    assert found.outcome == "mismatch"
    assert [figure.part for figure in found.figures if not figure.same] == ["high", "sentence"]
    found = verify(claim, survey, with_interval)
    assert (found.outcome, found.figures[1].claimed) == ("mismatch", "left out")


def test_an_interval_that_cannot_be_computed_hides_no_other_figure(
    claim: Claim, survey: Path
) -> None:
    query = replace(claim.query, confidence="0.95")
    bound = replace(claim, low="40.0", high="60.0", query=query)
    found = verify(bound, survey, lambda *_: Recomputed(0.5, float("nan"), None))
    assert (found.outcome, found.figures[1].recomputed) == ("mismatch", "no interval")
    found = verify(bound, survey, lambda *_: Recomputed(0.0, float("nan"), None))
    assert (found.outcome, found.figures[0].recomputed) == ("mismatch", "0.0")


def test_another_figure_is_a_mismatch_with_both_values(claim: Claim, survey: Path) -> None:
    found = verify(replace(claim, value="41.7"), survey, recompute)
    assert found.outcome == "mismatch"
    figure = found.figures[0]
    assert (figure.claimed, figure.recomputed, figure.same) == ("41.7", "50.0", False)


def _changed(survey: Path, column: str, row: int, value: float) -> None:
    frame = pd.read_parquet(survey)
    frame.loc[row, column] = value
    frame.to_parquet(survey)


def test_changed_data_with_another_figure(claim: Claim, survey: Path) -> None:
    _changed(survey, "y", 3, 10.0)
    found = verify(claim, survey, recompute)
    assert found.outcome == "mismatch"
    assert found.figures[0].recomputed == "75.0"
    assert found.notes[0].startswith("the data changed: survey.parquet has sha256")


def test_changed_data_with_the_same_figure_do_not_verify_the_claim(
    claim: Claim, survey: Path
) -> None:
    _changed(survey, "y", 3, 301.0)
    found = verify(claim, survey, recompute)
    assert found.outcome == "cannot verify"
    assert found.figures[0].same
    assert found.missing == (f"data file survey.parquet (sha256 {claim.inputs[0].sha256[:16]})",)


def test_the_same_rows_in_another_file_verify_the_claim(claim: Claim, survey: Path) -> None:
    bound = replace(claim, inputs=(replace(claim.inputs[0], rows=row_digest(survey)),))
    pd.read_parquet(survey).iloc[::-1].to_parquet(survey, compression="gzip")
    assert file_digest(survey) != claim.inputs[0].sha256
    found = verify(bound, survey, recompute)
    assert (found.outcome, found.notes) == (
        "match",
        ("survey.parquet: another file with the same rows",),
    )
    assert verify(claim, survey, recompute).outcome == "cannot verify"


def test_a_renamed_file_is_known_by_its_digest(claim: Claim, survey: Path) -> None:
    other = survey.rename(survey.with_name("other.parquet"))
    assert verify(claim, other, recompute).outcome == "match"


def test_missing_data_are_named(claim: Claim, survey: Path) -> None:
    found = verify(claim, None, recompute)
    assert found.outcome == "cannot verify"
    assert found.missing == (f"data file survey.parquet (sha256 {claim.inputs[0].sha256[:16]})",)
    second = InputDigest("prices.csv", sha256="ab" * 32)
    found = verify(replace(claim, inputs=(*claim.inputs, second)), survey, recompute)
    assert found.missing == ("data file prices.csv (sha256 abababababababab)",)
    with pytest.raises(ClaimError, match="cannot be read"):
        verify(claim, survey.with_name("none.parquet"), recompute)


def test_several_inputs_are_matched_each_to_its_own(claim: Claim, survey: Path) -> None:
    prices = survey.with_name("prices.csv")
    prices.write_text("year,cpi\n2020,100\n")
    second = InputDigest("prices.csv", sha256=file_digest(prices))
    two = replace(claim, inputs=(*claim.inputs, second))
    seen: list[set[str]] = []

    def both(claim: Claim, data: Mapping[str, Any], standard: Any) -> Recomputed:
        seen.append(set(data))
        return recompute(claim, {"survey.parquet": data["survey.parquet"]}, standard)

    for data in ([prices, survey], {"survey.parquet": survey, "prices.csv": str(prices)}):
        assert verify(two, data, both).outcome == "match"
    assert seen == [{"survey.parquet", "prices.csv"}] * 2


def test_a_table_in_memory_needs_a_digest_of_its_rows(claim: Claim, survey: Path) -> None:
    frame = pd.read_parquet(survey)
    assert verify(claim, frame, recompute).outcome == "cannot verify"
    bound = replace(claim, inputs=(InputDigest("survey", rows=row_digest(frame)),))
    assert verify(bound, frame, recompute).outcome == "match"
    other = frame.assign(y=frame["y"] + 1)
    found = verify(bound, other, recompute)
    assert found.outcome == "mismatch"
    assert "a table in memory has other rows" in found.notes[0]


def test_data_that_no_digest_fixes_cannot_be_verified(claim: Claim, survey: Path) -> None:
    loose = replace(claim, inputs=(InputDigest("database"),))
    found = verify(loose, survey, recompute)
    assert found.outcome == "cannot verify"
    assert found.missing == ("a digest of database in the claim",)


@pytest.mark.parametrize("column", ["y", "w"])
def test_a_column_that_is_gone_is_named(claim: Claim, survey: Path, column: str) -> None:
    pd.read_parquet(survey).drop(columns=column).to_parquet(survey)
    found = verify(claim, survey, recompute)
    assert found.outcome == "cannot verify"
    assert found.missing == (f"column '{column}'",)
    assert found.figures == ()
    assert "the data changed" in found.notes[0]


def test_any_other_reason_is_passed_on_in_its_own_words(claim: Claim, survey: Path) -> None:
    def fails(*_: Any) -> Recomputed:
        raise ClaimError("the measure does not exist", where="query")

    assert verify(claim, survey, fails).missing == ("the measure does not exist (query)",)


def test_a_domain_that_is_gone_holds_no_value(claim: Claim, survey: Path) -> None:
    elsewhere = replace(claim, query=replace(claim.query, by="region", domain="c"))
    found = verify(elsewhere, survey, recompute)
    assert (found.outcome, found.missing) == ("cannot verify", ("a value for the figure",))


def test_a_figure_without_value_is_never_a_match(claim: Claim, survey: Path) -> None:
    found = verify(claim, survey, lambda *_: Recomputed(float("nan")))
    assert found.outcome == "cannot verify"


@pytest.mark.parametrize(
    ("value", "rounding", "note"),
    [
        ("50.1", Rounding(1, "half even", "100"), "'up' gives the claimed figure"),
        ("50", Rounding(0, "half even", "100"), "the claimed figure has 0 decimals"),
        ("0.5", Rounding(1, "half even", "100"), ""),
    ],
)
def test_a_difference_in_rounding_alone_is_said_to_be(
    claim: Claim, survey: Path, value: str, rounding: Rounding, note: str
) -> None:
    def slightly_more(*_: Any) -> Recomputed:
        return Recomputed(0.50012)

    found = verify(replace(claim, value=value, rounding=rounding), survey, slightly_more)
    assert found.outcome == "mismatch"
    assert note in found.figures[0].note
    assert bool(note) == bool(found.figures[0].note)


def test_noise_at_a_rounding_edge_is_no_mismatch(claim: Claim, survey: Path) -> None:
    for computed in (0.5005 - 1e-13, 0.5005 + 1e-13):
        for value in ("50.0", "50.1"):
            found = verify(
                replace(claim, value=value), survey, lambda *_, x=computed: Recomputed(x)
            )
            assert found.outcome == "match"
            assert "on a rounding edge" in found.figures[0].note
    far = verify(replace(claim, value="50.1"), survey, lambda *_: Recomputed(0.50049))
    assert far.outcome == "mismatch"


def test_decisions_are_words(claim: Claim, survey: Path) -> None:
    query = Query(kind="decision", level="county", unit="12")
    decision = replace(
        claim, query=query, value="met", unit="", rounding=Rounding(mode="exact"),
        statement='outcome of county "12": {figure}.',
    )  # fmt: skip
    assert verify(decision, survey, lambda *_: Recomputed("met")).outcome == "match"
    found = verify(decision, survey, lambda *_: Recomputed("cannot tell"))
    assert (found.outcome, found.figures[0].recomputed) == ("mismatch", "cannot tell")
    assert verify(decision, survey, lambda *_: Recomputed(1)).outcome == "cannot verify"


def test_another_software_version_is_noted(claim: Claim, survey: Path) -> None:
    found = verify(replace(claim, software="exitline 0.0.1"), survey, recompute)
    assert found.outcome == "match"
    assert 'the claim says "exitline 0.0.1", which is not checked' in found.notes[0]
    for never in ("exitline 99", "exitline", "other 0.1.0", "exitline 0.1.0 on a better machine"):
        found = verify(replace(claim, software=never), survey, recompute)
        assert (found.outcome, found.missing) == ("cannot verify", (f'software "{never}"',))


def test_the_same_standard_matches(claim: Claim, survey: Path) -> None:
    bound = replace(claim, standard=RuleRef("small", "ab" * 32))
    found = verify(bound, survey, recompute, standard=_rules(100, "ab" * 32))
    assert found.outcome == "match"


def test_a_changed_standard_is_named(claim: Claim, survey: Path) -> None:
    bound = replace(claim, standard=RuleRef("small", "ab" * 32))
    found = verify(bound, survey, recompute, standard=_rules(100, "cd" * 32))
    named = "rule file small (sha256 abababababababab)"
    assert (found.outcome, found.missing) == ("cannot verify", (named,))
    assert "the standard changed" in found.notes[0]
    found = verify(bound, survey, recompute, standard=_rules(400, "cd" * 32))
    assert (found.outcome, found.figures[0].recomputed) == ("mismatch", "100.0")
    assert "the standard changed" in found.notes[0]


def test_a_standard_that_is_not_at_hand_is_missing(claim: Claim, survey: Path) -> None:
    bound = replace(claim, standard=RuleRef("no-such-standard", "ab" * 32, version="2031"))
    found = verify(bound, survey, recompute)
    assert found.outcome == "cannot verify"
    assert found.missing == ("rule file no-such-standard 2031 (sha256 abababababababab)",)
