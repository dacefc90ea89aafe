"""The explorer: read-only pages over finished runs or a record of decisions.

May import content, report and claim; shows figures, and computes none. Provides
`Explorer` and its page.
"""
