"""A small data set, a claim on it and key pairs, for every test of the room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from exitline import __version__
from exitline.proof.claim import Claim, InputDigest, Query, Rounding, file_digest, new_key
from exitline.proof.claim.signing.keys import load_public, load_signer


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    """Seven households with weights; welfare below 100 is poor."""
    path = tmp_path / "survey.parquet"
    pd.DataFrame(
        {
            "hh": [f"h{i}" for i in range(7)],
            "region": ["a", "a", "a", "b", "b", "b", "b"],
            "y": [50.0, 120.0, 99.5, 300.0, 80.0, 101.0, 20.0],
            "w": [1.5, 2.0, 1.0, 3.0, 2.5, 1.0, 1.0],
        }
    ).to_parquet(path)
    return path


def _claim(survey: Path) -> Claim:
    # weights of the poor 1.5 + 1 + 2.5 + 1 = 6 of 12: exactly one half
    return Claim(
        statement='headcount (poor persons, share), line "100": {figure}.',
        value="50.0",
        unit="percent",
        rounding=Rounding(1, scale="100"),
        query=Query(measure="headcount", line="100"),
        inputs=(InputDigest(survey.name, sha256=file_digest(survey)),),
        software=f"exitline {__version__}",
    )


@pytest.fixture
def claim(survey: Path) -> Claim:
    """Half of the weighted households are poor."""
    return _claim(survey)


@pytest.fixture
def many(claim: Claim) -> Callable[[int], list[Claim]]:
    """As many different claims as asked for."""

    def make(count: int) -> list[Claim]:
        return [
            replace(claim, query=replace(claim.query, by="village", domain=str(number)))
            for number in range(count)
        ]

    return make


@pytest.fixture(scope="session")
def signer(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """The publisher's signer."""
    return load_signer(new_key(tmp_path_factory.mktemp("keys") / "office.key").private)


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """Somebody else's public key."""
    return load_public(new_key(tmp_path_factory.mktemp("keys") / "other.key").public)
