"""The kinds of criteria that an exit rule may ask for: one line for each.

A new one is a line here, its key in `CriterionKeys` (`exitline.rules.standard.keys`), and what
decides it in `exitline.exits.decide.chain.DECIDE`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, get_args

from exitline.errors import RuleFileError
from exitline.registry import Registry
from exitline.rules.standard import keys as k
from exitline.rules.standard.load_context import POOR, LoadContext
from exitline.rules.standard.model import Criterion, Level, Rate
from exitline.rules.yamlfile.tree import Tree
from exitline.words.said import Told, collected, say

_RATES = {
    "missed": collected("missed rate"),
    "wrong": collected("wrong-exit rate"),
    "comprehensive": collected("comprehensive incidence"),
    "recognition": collected("recognition rate"),
}


class CriterionForm(NamedTuple):
    """A kind of criterion.

    Parameters
    ----------
    key : str
        What says so in rule files.
    levels : tuple of str
        Whose rules may ask for it.
    read : callable
        From what stands under the key, the level and the file so far to fields of `Criterion`.
    words : str
        What is asked, with places for `condition`, `threshold`, `unit`, `rate` and `of`.
    compared : bool
        Whether it has a threshold.
    """

    key: str
    levels: tuple[Level, ...]
    read: Callable[[Tree, Level, LoadContext], dict[str, Any]]
    words: str
    compared: bool = True


def _condition(here: Tree, level: Level, context: LoadContext) -> dict[str, Any]:
    """True where it is met, over the unit's own columns."""
    allow = (POOR, "indicators") if level == "household" else ()
    condition = context.condition(here, allow=allow)
    _check_level(here, condition.columns, level, context)
    return {"condition": condition}


def _share(here: Tree, _: Level, context: LoadContext) -> dict[str, Any]:
    """The persons or households for whom a condition holds."""
    keys = k.ShareKeys.read(here)
    condition = context.condition(keys.at("where"), allow=(POOR, "indicators"))
    _check_level(keys.at("where"), condition.columns, "household", context)
    return {"unit": keys.of, "condition": condition}


def _villages(here: Tree, _: Level, __: LoadContext) -> dict[str, Any]:
    """The villages that have exited."""
    if here.text() != "exited":
        raise here.fault("villages count where they have exited", expected="villages: exited")
    return {}


def _rate(here: Tree, _: Level, __: LoadContext) -> dict[str, Any]:
    """A rate that an assessment finds."""
    return {"rate": here.choice(get_args(Rate))}


def in_words(criterion: Criterion, condition: str, threshold: str) -> str:
    """What a criterion asks for, from its condition and its threshold in words."""
    named = {"rate": Told(_RATES[criterion.rate or "missed"])}
    rate = say("{rate} of the assessment", **named)
    if criterion.denominator:
        rate = say("{rate} of the assessment, as a share of {what}", **named,
                   what=criterion.denominator)  # fmt: skip
    return say(
        CRITERIA.find(criterion.kind).words,
        condition=condition, threshold=threshold, unit=Told(criterion.unit or ""), rate=rate,
    )  # fmt: skip


def _check_level(here: Tree, names: frozenset[str], level: Level, context: LoadContext) -> None:
    """Refuse a condition on columns of another level."""
    for name in sorted(names - {POOR}):
        if context.columns[name].level != level:
            raise here.fault(
                f"the column '{name}' refers to a {context.columns[name].level}",
                expected=f"columns with 'level: {level}'",
                got=name,
                remedy=f"declare the column with 'level: {level}', or use another",
            )


CRITERIA: Registry[CriterionForm] = Registry(
    "kind of criterion",
    {
        "condition": CriterionForm(
            "condition", ("household", "village", "county"), _condition,
            "{condition}",
            compared=False,
        ),
        "share": CriterionForm(
            "share", ("village", "county"), _share,
            collected('share of {unit} in households that meet "{condition}": {threshold}'),
        ),
        "villages": CriterionForm(
            "villages", ("county",), _villages,
            collected("share of villages that have exited: {threshold}"),
        ),
        "assessment": CriterionForm(
            "rate", ("village", "county"), _rate,
            collected("{rate}: {threshold}"),
        ),
    },
    RuleFileError,
)  # fmt: skip
"""Every kind of criterion by the name that records of runs hold."""
