"""The claims of a run, for whoever writes its folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from exitline.proof.claim.context import Context, claims_document
from exitline.proof.claim.make import count_claims, estimate_claims

if TYPE_CHECKING:
    from exitline.exits.decide.table import Decisions
    from exitline.stats.infer.estimates import Estimates


def claims_of_run(
    estimates: Estimates, decisions: Decisions, provenance: Mapping[str, Any]
) -> dict[str, Any]:
    """What a run writes to claims.json: a claim for every estimate that has a value, and for
    how many villages and counties have each outcome.

    Parameters
    ----------
    estimates : Estimates
    decisions : Decisions
        What the run found.
    provenance : mapping
        What it keeps in run.json; see :meth:`exitline.proof.claim.Context.of_provenance`.

    Returns
    -------
    dict
        JSON-ready, as :func:`exitline.proof.claim.claims_document`.

    Raises
    ------
    ClaimError
        When the provenance lacks the software or the inputs.
    """
    frame = estimates.to_pandas()
    rows = [dict(zip(frame.columns, row, strict=True)) for row in frame.itertuples(index=False)]
    names = ("level", "criterion", "outcome", "evidence")
    decided = [
        dict(zip(names, values, strict=True))
        for values in zip(*(decisions.columns[name] for name in names), strict=True)
    ]
    context = Context.of_provenance(provenance)
    return claims_document((*estimate_claims(rows, context), *count_claims(decided, context)))
