"""Claims: published figures bound to data, standard and query, that anyone can recompute.

May import `stats`, `exits` and `rules`; computes no figure. Provides claims,
ledgers, signatures and their checks.
"""

from __future__ import annotations

from exitline.digest import sha256
from exitline.proof.claim.canonical import canonical, file_digest
from exitline.proof.claim.checking.bind import with_rows
from exitline.proof.claim.checking.restate import FigureCheck, Recomputed
from exitline.proof.claim.checking.rows import row_digest
from exitline.proof.claim.checking.tables import RowPick
from exitline.proof.claim.checking.verification import Recompute, Verification, verify
from exitline.proof.claim.context import Context, claims_document, read_claims_document
from exitline.proof.claim.errors import ClaimError, LedgerError, RecomputeError, SignatureError
from exitline.proof.claim.exact import Rounding
from exitline.proof.claim.from_run import claims_of_run
from exitline.proof.claim.ledgers.adding import append
from exitline.proof.claim.ledgers.head import TreeHead, open_head
from exitline.proof.claim.ledgers.ledger import Ledger, check_ledger, read_ledger
from exitline.proof.claim.ledgers.receipt import (
    Receipt,
    is_ledger,
    make_receipt,
    read_claims,
    read_head,
)
from exitline.proof.claim.make import (
    claim_count,
    claim_decision,
    claim_estimate,
    count_claim,
    count_claims,
    decision_claim,
    estimate_claim,
    estimate_claims,
)
from exitline.proof.claim.query import Query
from exitline.proof.claim.record import Claim, InputDigest, RuleRef
from exitline.proof.claim.signing.keys import NewKey, load_public, load_signer, new_key
from exitline.proof.claim.signing.statement import (
    SignedClaim,
    claim_of,
    open_claim,
    sign_claim,
    statement_of,
)

__all__ = [
    "Claim",
    "ClaimError",
    "Context",
    "FigureCheck",
    "InputDigest",
    "Ledger",
    "LedgerError",
    "NewKey",
    "Query",
    "Receipt",
    "Recompute",
    "RecomputeError",
    "Recomputed",
    "Rounding",
    "RowPick",
    "RuleRef",
    "SignatureError",
    "SignedClaim",
    "TreeHead",
    "Verification",
    "append",
    "canonical",
    "check_ledger",
    "claim_count",
    "claim_decision",
    "claim_estimate",
    "claim_of",
    "claims_document",
    "claims_of_run",
    "count_claim",
    "count_claims",
    "decision_claim",
    "estimate_claim",
    "estimate_claims",
    "file_digest",
    "is_ledger",
    "load_public",
    "load_signer",
    "make_receipt",
    "new_key",
    "open_claim",
    "open_head",
    "read_claims",
    "read_claims_document",
    "read_head",
    "read_ledger",
    "row_digest",
    "sha256",
    "sign_claim",
    "statement_of",
    "verify",
    "with_rows",
]
