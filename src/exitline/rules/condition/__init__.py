"""The condition language: what a rule file or a study asks of one row.

May import `errors` and `words`. Provides `parse` and `Condition`; `spoken.in_words` says
one in words. The grammar is `condition.lark`; adding a function touches `spelling.FUNCTIONS`,
`builder` and docs/condition-language.md.
"""

from __future__ import annotations

from exitline.rules.condition.condition import Condition, parse

__all__ = ["Condition", "parse"]
