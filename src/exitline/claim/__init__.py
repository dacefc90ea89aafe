"""Claims: published figures bound to data, standard and query, that anyone can recompute."""

from __future__ import annotations

from exitline.claim.canonical import canonical, file_digest, sha256
from exitline.claim.errors import ClaimError, LedgerError, RecomputeError, SignatureError
from exitline.claim.exact import Rounding
from exitline.claim.head import TreeHead, open_head
from exitline.claim.keys import NewKey, load_public, load_signer, new_key
from exitline.claim.ledger import Ledger, append, read_ledger
from exitline.claim.record import Claim, InputDigest, Query, RuleRef
from exitline.claim.statement import SignedClaim, claim_of, open_claim, sign_claim, statement_of

__all__ = [
    "Claim",
    "ClaimError",
    "InputDigest",
    "Ledger",
    "LedgerError",
    "NewKey",
    "Query",
    "RecomputeError",
    "Rounding",
    "RuleRef",
    "SignatureError",
    "SignedClaim",
    "TreeHead",
    "append",
    "canonical",
    "claim_of",
    "file_digest",
    "load_public",
    "load_signer",
    "new_key",
    "open_claim",
    "open_head",
    "read_ledger",
    "sha256",
    "sign_claim",
    "statement_of",
]
