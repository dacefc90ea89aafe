"""Works from a notebook: `xl.works.reach`, `xl.works.choose`.

Who is within reach of what, and which works or repairs to do next under a budget.
"""

from __future__ import annotations

from exitline.api.works.choosing import choose
from exitline.api.works.reaching import reach

__all__ = ["choose", "reach"]
