"""The claims of a run, for whoever writes its folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from exitline.claim.context import Context, claims_document
from exitline.claim.make import estimate_claims

if TYPE_CHECKING:
    from exitline.infer.estimates import Estimates


def claims_of_run(estimates: Estimates, provenance: Mapping[str, Any]) -> dict[str, Any]:
    """What a run writes to claims.json: a claim for every estimate that has a value.

    Parameters
    ----------
    estimates : Estimates
        What the run found.
    provenance : mapping
        What it keeps in run.json; see :meth:`exitline.claim.Context.of_provenance`.

    Returns
    -------
    dict
        JSON-ready, as :func:`exitline.claim.claims_document`.

    Raises
    ------
    ClaimError
        When the provenance lacks the software or the inputs.
    """
    frame = estimates.to_pandas()
    rows = [dict(zip(frame.columns, row, strict=True)) for row in frame.itertuples(index=False)]
    return claims_document(estimate_claims(rows, Context.of_provenance(provenance)))
