"""A design holds one way of sampling: nothing that contradicts itself can be written down."""

from __future__ import annotations

from dataclasses import replace

import pytest

import exitline as xl
from exitline.api.weights.calibrating import calibration_of
from exitline.errors import DesignError
from exitline.stats.data.sampling.replicated import ReplicateWeights
from exitline.stats.data.sampling.sampling import ClusterSampling, FullCount


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ({}, ClusterSampling()),
        ({"strata": ["a", "b"], "psu": "p", "fpc": "n", "nest": True, "lonely": "adjust"},
         ClusterSampling(("a", "b"), ("p",), ("n",), True, "adjust")),
        ({"psu": "p", "fpc": "n", "weight": "w", "pps": "brewer"},
         ClusterSampling(stages=("p",), fpcs=("n",), pps=xl.Pps("brewer"))),
        ({"replicates": "rw*", "kind": "JK1", "mse": True},
         ReplicateWeights(("rw*",), "JK1", mse=True)),
        ({"census": True}, FullCount()),
    ],
)  # fmt: skip
def test_keywords_make_one_way_of_sampling(given, made):
    design = xl.Design(**given)
    assert design.sampling == made
    assert replace(design, size="n").sampling == made
    assert xl.Design(weight=design.weight, sampling=made) == design


def test_keywords_beside_a_sampling_change_it():
    """So that `dataclasses.replace` works with every keyword, None included."""
    design = xl.Design(weight="w", strata="s", psu=["p", "h"], fpc=["a", "b"])
    assert replace(design, lonely="adjust").sampling.stages == ("p", "h")
    assert replace(design, fpc=None).fpcs == ()
    assert replace(design, fpc=None).stages == ("p", "h")
    again = xl.Design(weight="w", replicates="rw*", kind="Fay", rho=0.3)
    assert replace(again, mse=True).sampling == ReplicateWeights(("rw*",), "Fay", rho=0.3, mse=True)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"replicates": "r*", "kind": "JK1", "psu": "p"}, "replicate weights and psu"),
        ({"replicates": "r*", "kind": "JK1", "census": True}, "replicate weights and census"),
        ({"census": True, "strata": "s"}, "a census and strata"),
        ({"kind": "JK1"}, "kind without replicate weights"),
        ({"scale": 0.5, "mse": True}, "scale, mse without replicate weights"),
        ({"sampling": FullCount(), "psu": "p"}, "a census and psu"),
        ({"sampling": ClusterSampling(), "rho": 0.3}, "rho without replicate weights"),
        ({"sampling": ReplicateWeights(("r1",), "JK1"), "fpc": "n"}, "replicate weights and fpc"),
        ({"census": True, "calibration": calibration_of({"z": {"a": 1}}, None, "w")},
         "a census and a calibration"),
        ({"replicates": "r*", "kind": "JK1",
          "calibration": calibration_of({"z": {"a": 1}}, None, "w")},
         "replicate weights and a calibration"),
    ],
)  # fmt: skip
def test_two_ways_at_once_are_refused(given, words):
    with pytest.raises(DesignError, match=words):
        xl.Design(**given)
