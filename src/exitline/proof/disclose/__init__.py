"""Tables that can be published: small counts suppressed, the suppression audited.

May import `stats`; the only room that hides. Provides `suppress`, audits and rounding.
"""

from __future__ import annotations

from exitline.proof.disclose.audit import Audit, CellInterval, audit
from exitline.proof.disclose.protection import whole_rows
from exitline.proof.disclose.rounding import controlled_rounding
from exitline.proof.disclose.suppress import Suppressed, suppress, suppress_together
from exitline.proof.disclose.system import Linked, TableError, TableSystem, linked
from exitline.proof.disclose.ways import (
    Hierarchy,
    Way,
    cross,
    flat,
    hierarchy,
    tree,
    with_margins,
)

__all__ = [
    "Audit",
    "CellInterval",
    "Hierarchy",
    "Linked",
    "Suppressed",
    "TableError",
    "TableSystem",
    "Way",
    "audit",
    "controlled_rounding",
    "cross",
    "flat",
    "hierarchy",
    "linked",
    "suppress",
    "suppress_together",
    "tree",
    "whole_rows",
    "with_margins",
]
