"""A claim holds together, and comes back from its file as it was."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from exitline.proof.claim import (
    Claim,
    ClaimError,
    Context,
    InputDigest,
    Query,
    Rounding,
    RuleRef,
    claim_of,
    claims_document,
    read_claims_document,
    statement_of,
)


def test_a_claim_survives_its_statement(claim: Claim) -> None:
    full = replace(
        claim,
        statement="{figure} ({low}-{high})",
        low="12.6",
        high="61.0",
        query=replace(claim.query, confidence="0.95", by="region", domain="Süd ♦ 东乡"),
        standard=RuleRef("albania-2012", "ab" * 32, version="2012"),
        study=RuleRef("Albania", "cd" * 32, text="study: Albania\n"),
    )
    assert claim_of(statement_of(full)) == full


def test_a_claim_without_unit_survives_too(claim: Claim) -> None:
    bare = replace(claim, unit="")
    assert claim_of(statement_of(bare)) == bare


def test_sentence_shows_figure_and_interval(claim: Claim) -> None:
    full = replace(
        claim,
        statement="In all, {figure} ({low} to {high}).",
        value="12933",
        low="12000",
        high="14000",
        unit="persons",
        query=replace(claim.query, confidence="0.95"),
    )
    assert full.sentence == "In all, 12,933 persons (12,000 to 14,000)."
    assert replace(full, statement="{figure}人 {{low}}").sentence == "12,933 persons人 {low}"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"statement": "no figure"}, "shows its figure"),
        ({"value": "0.5e2"}, "not an exact number"),
        ({"value": 50.0}, "not an exact number"),
        ({"inputs": ()}, "names the data"),
        ({"software": ""}, "names the software"),
        ({"low": "1"}, "an interval needs"),
        ({"statement": "{figure} {low}"}, "an interval that the claim lacks"),
    ],
)
def test_a_claim_that_lacks_something_is_refused(claim: Claim, change, message: str) -> None:
    with pytest.raises(ClaimError, match=message):
        replace(claim, **change)


def test_intervals_have_two_ends_in_order(claim: Claim) -> None:
    level = replace(claim.query, confidence="0.95")
    with pytest.raises(ClaimError, match="wrong way round"):
        replace(claim, low="2", high="1", query=level)
    with pytest.raises(ClaimError, match="confidence out of range"):
        replace(claim, low="1", high="2", query=replace(level, confidence="95"))


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"kind": "guess", "measure": "mean"},
        {"kind": "decision", "level": "village"},
        {"kind": "decision count", "level": "village"},
        {"kind": "decision count", "level": "village", "outcome": "success"},
    ],
)
def test_queries_that_say_too_little_are_refused(parts) -> None:
    with pytest.raises(ClaimError):
        Query(**parts)


def test_the_decision_on_one_household_is_never_a_claim() -> None:
    with pytest.raises(ClaimError, match="one household") as caught:
        Query(kind="decision", level="household", unit="4711")
    assert "4711" not in str(caught.value)


def test_a_decision_is_a_word(claim: Claim) -> None:
    query = Query(kind="decision", level="county", unit="622926")
    assert replace(claim, query=query, value="cannot tell", unit="").figure == "cannot tell"
    with pytest.raises(ClaimError, match="has an outcome"):
        replace(claim, query=query, value="1")


@pytest.mark.parametrize("digest", ["AB" * 32, "ab" * 31, "zz" * 32])
def test_digests_are_sha256_in_lower_case(digest: str) -> None:
    with pytest.raises(ClaimError):
        InputDigest("survey.csv", sha256=digest)
    with pytest.raises(ClaimError):
        RuleRef("standard", digest)
    with pytest.raises(ClaimError):
        RuleRef("standard", "")
    with pytest.raises(ClaimError, match="needs a name"):
        InputDigest("", sha256="ab" * 32)


def test_a_claim_on_data_without_digest_is_not_signed(claim: Claim) -> None:
    with pytest.raises(ClaimError, match="not fixed by any digest"):
        statement_of(replace(claim, inputs=(*claim.inputs, InputDigest("db.example/survey"))))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"vallue": "1"}, "unknown part 'vallue'"),
        ({"value": 1}, "'value' is not text"),
        ({"rounding": []}, "Rounding is not an object"),
        ({"rounding": {"decimals": 1, "mode": 3}}, "'mode' is not text"),
        ({"query": {"measure": "mean", "domian": "x"}}, "did you mean 'domain'"),
        ({"inputs": "x"}, "inputs are not a list"),
        ({"standard": {"name": "x"}}, "RuleRef lacks 'sha256'"),
    ],
)
def test_files_of_another_form_are_refused(claim: Claim, change, message: str) -> None:
    with pytest.raises(ClaimError) as caught:
        Claim.from_dict({**claim.to_dict(), **change}, where="claims.json")
    assert message in str(caught.value)


@pytest.mark.parametrize("name", ["statement", "value", "rounding", "query", "software"])
def test_missing_parts_are_named(claim: Claim, name: str) -> None:
    content = claim.to_dict()
    del content[name]
    with pytest.raises(ClaimError, match=name):
        Claim.from_dict(content)


def test_claims_of_a_run_share_what_is_common(claim: Claim, many) -> None:
    claims = tuple(many(50))
    document = json.dumps(claims_document(claims), indent=2).encode()
    assert read_claims_document(document) == claims
    assert document.count(claim.inputs[0].sha256.encode()) == 1
    with pytest.raises(ClaimError, match="different runs"):
        claims_document([claim, replace(claim, software="exitline 9")])


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"run":1,"claims":[]}', b'{"run":{},"claims":[1]}']
)
def test_other_documents_are_refused(content: bytes) -> None:
    with pytest.raises(ClaimError, match=r"cannot be read|is not JSON that can be used"):
        read_claims_document(content, where="claims.json")


def test_context_is_read_from_what_a_run_keeps() -> None:
    content = {
        "software": {"name": "exitline", "version": "0.1.0"},
        "study": {"title": "Albania 2012", "digest": "cd" * 32, "file": None},
        "standard": {"name": "albania-2012", "digest": "ef" * 32},
        "inputs": [{"name": "s.csv", "sha256": "ab" * 32}, {"name": "db", "sha256": None}],
        "seed": None,
        "seconds": {"estimate": 0.2},
    }
    context = Context.of_provenance(content)
    assert context.inputs == (InputDigest("s.csv", sha256="ab" * 32), InputDigest("db"))
    assert context.software == "exitline 0.1.0"
    assert context.standard == RuleRef("albania-2012", "ef" * 32)
    assert context.study == RuleRef("Albania 2012", "cd" * 32)
    assert Context.of_provenance({**content, "standard": None, "study": None}).standard is None
    for change in (
        {"inputs": "s.csv"},
        {"inputs": ["s.csv"]},
        {"inputs": [{"path": "s.csv"}]},
        {"software": "exitline"},
        {"standard": "albania-2012"},
    ):
        with pytest.raises(ClaimError):
            Context.of_provenance({**content, **change})


def test_rounding_stands_in_the_claim(claim: Claim) -> None:
    assert claim.to_dict()["rounding"] == {"decimals": 1, "mode": "half even", "scale": "100"}
    assert Claim.from_dict(claim.to_dict()).rounding == Rounding(1, scale="100")
