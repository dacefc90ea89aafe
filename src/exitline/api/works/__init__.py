"""Works from a notebook: `xl.works.records`, `xl.works.reach`, `xl.works.choose`.

What was built and whether it works, who is within reach of what, and which works or repairs to do
next under a budget.
"""

from __future__ import annotations

from exitline.api.works.choosing import choose
from exitline.api.works.reaching import reach
from exitline.api.works.recorded import record, records
from exitline.api.works.telling import map, notice, page

__all__ = ["choose", "map", "notice", "page", "reach", "record", "records"]
