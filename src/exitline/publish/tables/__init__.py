"""Tables that can be published: small counts suppressed, the suppression audited."""

from __future__ import annotations

from exitline.publish.tables.audit import Audit, Bounds, audit
from exitline.publish.tables.rounding import controlled_rounding
from exitline.publish.tables.suppress import Suppressed, suppress
from exitline.publish.tables.system import TableError, TableSystem, with_margins

__all__ = [
    "Audit",
    "Bounds",
    "Suppressed",
    "TableError",
    "TableSystem",
    "audit",
    "controlled_rounding",
    "suppress",
    "with_margins",
]
