"""The few functions a notebook calls; the command line calls the same ones."""

from exitline.api.estimation import estimate
from exitline.api.finished import Run
from exitline.api.multidimensional import mpi
from exitline.api.recompute import recompute_claim
from exitline.api.regression import glm
from exitline.api.running import check, decisions, run
from exitline.api.t_tests import t_test
from exitline.api.tabulation import tabulate

__all__ = [
    "Run", "check", "decisions", "estimate", "glm", "mpi", "recompute_claim", "run", "t_test",
    "tabulate",
]  # fmt: skip
