"""From the values of a column to the names that are shown: each value its own name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from exitline.stats.infer.intake.codes import MISSING_DOMAIN, as_text


def shown_names(
    values: Sequence[str], labels: Mapping[Any, str], absent: str = MISSING_DOMAIN
) -> tuple[str, ...]:
    """What each value of a column is called, so that no two values share a name.

    A value has its label; without one, or where the label is blank, it has its own text. A
    label that several values share, or that reads like another value, is followed by the
    value in brackets: whichever of them the data hold, so that a value has the same name in
    every table, and on every page, of the same file; and no name can be taken for the value
    of another.

    Parameters
    ----------
    values : sequence of str
        As text, each once; "(missing)" is the one for missing values.
    labels : mapping
        From values, of any type, to what they mean.
    absent : str
        What missing values are called.

    Returns
    -------
    tuple of str
        One for each value.

    Examples
    --------
    >>> shown_names(["1", "2", "3", "9"], {1: "North", 2: "Other", 3: "Other", 9: " "})
    ('North', 'Other (2)', 'Other (3)', '9')
    >>> shown_names(["1", "2", "(missing)"], {1: "2", 5: "(missing)"})
    ('2 (1)', '2', '(missing)')
    >>> shown_names(["1", "2"], {1: "2", 2: "Coast"})
    ('2 (1)', 'Coast')
    """
    words = {
        text: label.strip()
        for value, label in labels.items()
        if value is not None and (text := as_text(value)) and label.strip()
    }
    words.pop(MISSING_DOMAIN, None)
    names = {value: words.get(value, value) for value in (*values, *words)}
    names[MISSING_DOMAIN] = absent
    while True:
        held = Counter(names.values())
        shared = [v for v, name in names.items() if held[name] > 1 or (name in names and name != v)]
        shared = [v for v in shared if v != MISSING_DOMAIN]
        shared = [v for v in shared if v in words or names[v] == absent]
        if not shared:
            return tuple(names[value] for value in values)
        names |= {value: f"{names[value]} ({value})" for value in shared}
