"""Labels that rooms below make as data are known to every catalogue."""

import inspect

import pytest

from exitline.stats.measure.catalogue import MEASURES, counting
from exitline.words.catalogue import language
from exitline.words.texts import languages

GIVEN = {
    "alpha": "1.5", "beta": "2", "epsilon": "0.5", "p": "0.4", "lower": "0.2", "upper": "0.8",
    "standard": "25", "share": "0.6", "before": "0.1", "amount": "10", "budget": "0.5",
    "quota": "0.3", "after": "0.5",
}  # fmt: skip
SAMPLE = {
    "richness_concave": "0.5",
    "growth_elasticity": "1",
    "reynolds_smolensky": "net",
    "bourguignon": "income + rooms",
    "bourguignon_chakravarty": "income < 300 + rooms < 2",
    "clark": "0.5",
}
"""Where the usual value of a parameter is out of range."""


def _asked(name):
    """A measure with a value for each parameter that it needs."""
    needed = [
        parameter
        for parameter in inspect.signature(MEASURES[name]).parameters.values()
        if parameter.default is parameter.empty
    ]
    values = [SAMPLE.get(name) or GIVEN.get(p.name, f"col_{p.name}") for p in needed]
    return f"{name}({', '.join(values)})" if values else name


@pytest.mark.parametrize("code", languages()[1:])
@pytest.mark.parametrize("people", ["persons", "households"])
def test_every_label_is_known(code, people):
    t = language(code)
    unknown = [
        label
        for name in MEASURES
        if not t.knows(label := counting(_asked(name), people, "households").label)
    ]
    assert not unknown, f"add to words/labels.py and to {code}: {unknown}"


@pytest.mark.parametrize("code", languages()[1:])
def test_a_label_as_a_heading_begins_with_a_capital(code):
    t = language(code)
    low, high = t.of("poor persons, share"), t.of("Poor persons, share")
    assert high == low[:1].upper() + low[1:] != "Poor persons, share"
