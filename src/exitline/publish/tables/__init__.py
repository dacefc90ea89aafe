"""Tables that can be published: small counts suppressed, the suppression audited."""

from __future__ import annotations

from exitline.publish.tables.audit import Audit, Bounds, audit
from exitline.publish.tables.linked import Linked, linked
from exitline.publish.tables.protection import whole_rows
from exitline.publish.tables.rounding import controlled_rounding
from exitline.publish.tables.suppress import Suppressed, suppress, suppress_together
from exitline.publish.tables.system import TableError, TableSystem
from exitline.publish.tables.ways import (
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
    "Bounds",
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
