"""What a reader prefers: language and form of an answer (RFC 9110, section 12)."""

from __future__ import annotations

from collections.abc import Sequence


def preferences(header: str) -> dict[str, float]:
    """Names of an Accept header with their weights; those that cannot be read weigh nothing.

    Examples
    --------
    >>> preferences("zh-CN, en;q=0.5, *;q=oops")
    {'zh-cn': 1.0, 'en': 0.5, '*': 0.0}
    """
    found: dict[str, float] = {}
    for part in header.split(","):
        name, *rest = (p.strip().lower() for p in part.split(";"))
        weight = next((p[2:] for p in rest if p.startswith("q=")), "1")
        if name:
            found.setdefault(name, _weight(weight))
    return found


def _weight(text: str) -> float:
    """A weight from 0 to 1."""
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if 0.0 <= weight <= 1.0 else 0.0


def language(header: str, there: Sequence[str]) -> str:
    """The language of an answer.

    Parameters
    ----------
    header : str
        Accept-Language.
    there : sequence of str
        Languages that there are, the usual one first.

    Examples
    --------
    >>> language("fr, zh-CN;q=0.9, en;q=0.8", ["en", "zh"]), language("", ["en", "zh"])
    ('zh', 'en')
    """
    best: dict[str, float] = {}
    for name, weight in preferences(header).items():
        short = name.split("-")[0]
        best[short] = max(best.get(short, 0.0), weight)
    other = best.get("*", 0.0)
    return max(there, key=lambda code: best.get(code.lower(), other))


def wants_csv(header: str) -> bool:
    """Whether CSV is preferred to JSON.

    Examples
    --------
    >>> wants_csv("text/csv"), wants_csv("*/*"), wants_csv("application/json, text/csv;q=0.5")
    (True, False, False)
    """
    wanted = preferences(header)
    other = max(wanted.get("application/*", 0.0), wanted.get("*/*", 0.0))
    return wanted.get("text/csv", 0.0) > wanted.get("application/json", other)
